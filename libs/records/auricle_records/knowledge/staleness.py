"""Stale findings: those of current evaluations that cite a passage which reads otherwise now, is gone, or whose article is retired.

A finding that a person rejected counts nowhere, so it is not stale either.
"""

from dataclasses import dataclass
from typing import Literal

from auricle_contracts import Priority, Step
from sqlalchemy import bindparam, text

from auricle_records import runs
from auricle_records.database import Database
from auricle_records.errors import Gone, NotFound
from auricle_records.runs import RunRequest, RunRow
from auricle_records.storable import Words

MOST_ARTICLES = 200
_STALE = """
    SELECT f.evaluation_id, f.conversation_id, f.revision, f.citation ->> 'article_id' AS article_id,
           f.citation ->> 'reference' AS reference, f.citation ->> 'title' AS title
    FROM effective_findings f
    WHERE f.current AND f.citation IS NOT NULL AND f.stale AND f.counts
"""
_BY_ARTICLE = text(
    f"""
    SELECT s.article_id, min(s.reference) AS reference, min(s.title) AS title, a.state,
           count(*) AS findings, count(DISTINCT s.conversation_id) AS conversations
    FROM ({_STALE}) s LEFT JOIN articles a ON a.id = s.article_id
    GROUP BY s.article_id, a.state ORDER BY conversations DESC, reference LIMIT {MOST_ARTICLES}
    """  # noqa: S608 - words of ours
)
# A conversation whose evaluation was asked for anew already is not asked for again: the run says which evaluation it is to replace.
_TO_JUDGE = text(
    f"""
    SELECT s.conversation_id, s.revision, s.evaluation_id, bool_or(r.id IS NOT NULL) AS asked
    FROM ({_STALE}) s
    LEFT JOIN runs r ON r.conversation_id = s.conversation_id AND r.reason = 'articles ' || s.evaluation_id
    WHERE cast(:article AS text) IS NULL OR s.article_id = :article
    GROUP BY s.conversation_id, s.revision, s.evaluation_id ORDER BY s.evaluation_id
    """  # noqa: S608 - words of ours
).bindparams(bindparam("article", type_=Words))


@dataclass(frozen=True, slots=True)
class StaleArticle:
    """An article and how many findings cite what it says no more. `now`: what became of it."""

    article_id: str
    reference: str
    title: str
    now: Literal["changed", "retired", "removed"]
    findings: int
    conversations: int


@dataclass(frozen=True, slots=True)
class JudgedAgain:
    """Runs that were asked for now; conversations whose run is there already; and those that are left for the next call."""

    runs: tuple[RunRow, ...]
    already: int
    left: int


async def by_article(db: Database, workspace: str) -> tuple[StaleArticle, ...]:
    """Those with the most conversations first, at most MOST_ARTICLES."""
    async with db.transaction(workspace) as connection:
        rows = (await connection.execute(_BY_ARTICLE)).all()
    return tuple(
        StaleArticle(row.article_id, row.reference, row.title, _now(row.state), row.findings, row.conversations)
        for row in rows
    )


def _now(state: str | None) -> Literal["changed", "retired", "removed"]:
    if state is None:
        return "removed"
    return "retired" if state == "retired" else "changed"


async def judge_again(
    db: Database, workspace: str, recipe: str, *, article_id: str | None = None, most: int = 200, traceparent: str = ""
) -> JudgedAgain:
    """An evaluation anew of each conversation with a stale finding (of this article). Asked for twice, it is one run.

    A conversation that is deleted meanwhile is left out.
    """
    async with db.transaction(workspace) as connection:
        rows = (await connection.execute(_TO_JUDGE, {"article": article_id})).all()
    open_ones = [row for row in rows if not row.asked]
    made = []
    for row in open_ones[:most]:
        reason = f"articles {row.evaluation_id}"
        wanted = RunRequest(row.conversation_id, row.revision, Step.EVALUATE, recipe, reason, Priority.BACKFILL)
        try:
            made.append(await runs.request(db, workspace, wanted, traceparent=traceparent))
        except (Gone, NotFound):
            continue
    return JudgedAgain(tuple(made), len(rows) - len(open_ones), len(open_ones[most:]))
