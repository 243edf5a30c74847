"""Search over the passages of active articles, by Postgres' full text: stems of Russian and English words, headings weigh more."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from auricle_contracts.knowledge import ArticleState, Passage
from sqlalchemy import ColumnElement, Row, Select, cast, func, literal, select
from sqlalchemy.dialects.postgresql import REGCONFIG, TSQUERY

from auricle_records.database import Database
from auricle_records.knowledge.articles import passage_of
from auricle_records.storable import Words
from auricle_records.tables import articles, passages

_CONFIGURATION = cast(literal("russian"), REGCONFIG)
_MARK_START, _MARK_END = "\x02", "\x03"
_MARKED = f"HighlightAll=true, StartSel={_MARK_START}, StopSel={_MARK_END}"
_OPERATOR = re.compile(r'"|(?:^|\s)-\w')
_SIZE_COUNTS = 1  # divides the rank by 1 + log(length): a long passage is not better for being long


@dataclass(frozen=True, slots=True)
class PassageFound:
    """A passage that matches; `marks` are the spans of its matching words, in code points of its text."""

    article_id: str
    reference: str
    title: str
    language: str | None
    version: int
    passage: Passage
    marks: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Found:
    """The best first. `matched` says whether each has all words, or, as nothing had, any."""

    items: tuple[PassageFound, ...]
    matched: Literal["all", "any"]


async def find(
    db: Database,
    workspace: str,
    query: str,
    *,
    references: Sequence[str] | None = None,
    language: str | None = None,
    limit: int = 10,
) -> Found:
    """Passages with all words of the query; where there is none, with any of them, unless the query says more than words
    (`"…"` for a phrase, `-` excludes).
    """
    words = literal(query, Words)
    wanted: dict[str, ColumnElement[Any]] = {"all": func.websearch_to_tsquery(_CONFIGURATION, words, type_=TSQUERY)}
    if not _OPERATOR.search(query):
        wanted["any"] = _any_of(words)
    async with db.transaction(workspace) as connection:
        for matched, condition in wanted.items():
            statement = _matching(condition, references, language).limit(limit)
            if items := tuple(_found(row) for row in await connection.execute(statement)):
                return Found(items, "all" if matched == "all" else "any")
    return Found((), "all")


async def nearest(
    db: Database, workspace: str, words: str, references: Sequence[str] | None, *, most: int = 1
) -> tuple[PassageFound, ...]:
    """The passages of these articles (None: of all) that share most with the words, the best first; none where they share nothing."""
    async with db.transaction(workspace) as connection:
        statement = _matching(_any_of(literal(words, Words)), references, None).limit(most)
        return tuple(_found(row) for row in await connection.execute(statement))


def _any_of(words: ColumnElement[str]) -> ColumnElement[Any]:
    """A query for any of the lexemes, which are quoted: no text can be an operator."""
    lexemes = func.unnest(func.tsvector_to_array(func.to_tsvector(_CONFIGURATION, words))).column_valued("lexeme")
    joined = select(func.string_agg(func.quote_literal(lexemes), " | ")).scalar_subquery()
    return cast(func.coalesce(joined, ""), TSQUERY)


def _matching(query: ColumnElement[Any], references: Sequence[str] | None, language: str | None) -> Select[Any]:
    rank = func.ts_rank(passages.c.terms, query, _SIZE_COUNTS)
    statement = (
        select(
            passages,
            articles.c.reference,
            articles.c.title,
            articles.c.language,
            func.ts_headline(_CONFIGURATION, passages.c.text, query, _MARKED).label("marked"),
        )
        .join(articles, articles.c.id == passages.c.article_id)
        .where(passages.c.current, articles.c.state == ArticleState.ACTIVE, passages.c.terms.bool_op("@@")(query))
        .order_by(rank.desc(), passages.c.article_id, passages.c.position)
    )
    if references is not None:
        statement = statement.where(articles.c.reference.in_(references))
    return statement if language is None else statement.where(articles.c.language == language)


def _found(row: Row[Any]) -> PassageFound:
    about = (row.article_id, row.reference, row.title, row.language, row.version)
    return PassageFound(*about, passage_of(row), _marks(row.marked))


def _marks(marked: str) -> tuple[tuple[int, int], ...]:
    found, position, start = [], 0, 0
    for char in marked:
        if char == _MARK_START:
            start = position
        elif char == _MARK_END:
            found.append((start, position))
        else:
            position += 1
    return tuple(found)
