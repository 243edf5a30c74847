"""Words that go together with a choice of conversations, against the rest of what the filters leave. Read only.

A word counts once a conversation, by its stem, in masked text only: of everybody, or of one role alone. How far it goes with the
choice is the log-odds ratio with an informative Dirichlet prior (Monroe, Colaresi and Quinn 2008): the prior is the words of both sides
together, PRIOR occurrences strong, so that a rare word needs more to stand out. Words that are told hold the false discovery rate of
Benjamini and Hochberg.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import erfc, log, sqrt
from typing import Any

from auricle_contracts import ConversationState, Role
from sqlalchemy import ARRAY, Boolean, and_, bindparam, exists, literal, select, text

from auricle_records.conversations.filters import Filters
from auricle_records.database import Database
from auricle_records.storable import Words
from auricle_records.tables import appeals, conversations, evaluations

LEAST = 5
"""Of fewer conversations nothing is shown: not of a word, not of a side."""
SHOWN = 25
MOST_CONVERSATIONS = 20_000
MOST_OF_A_ROLE = 5_000
"""Of one role's words there is no index: its turns are cut into words when they are asked for."""
PRIOR = 500.0
RATE = 0.05
QUOTES = 3
LOOKED_INTO = 12
"""Conversations that say the word, in which its quotes are looked for: in some of them another role says it."""
_Z95 = 1.959964
_COUNTED = "count(*) FILTER (WHERE side.is_chosen) AS chosen, count(*) FILTER (WHERE NOT side.is_chosen) AS others"
_COUNTS = f"""
    SELECT lexeme, {_COUNTED}
    FROM side JOIN transcript_texts t ON t.conversation_id = side.id CROSS JOIN unnest(t.terms) AS term(lexeme, positions, weights)
    WHERE lexeme ~ '^[[:alpha:]][[:alpha:]-]+$' GROUP BY lexeme
"""  # noqa: S608 - constants of ours
_COUNTS_OF_ROLE = f"""
    SELECT lexeme, {_COUNTED}
    FROM side JOIN transcript_texts t ON t.conversation_id = side.id
    CROSS JOIN LATERAL (
        SELECT string_agg(said, E'\n') AS said FROM jsonb_array_elements_text(t.texts) WITH ORDINALITY AS turns(said, place)
        WHERE t.places -> (turns.place::integer - 1) ->> 1 = :role) AS spoken
    CROSS JOIN unnest(to_tsvector('russian', coalesce(spoken.said, ''))) AS term(lexeme, positions, weights)
    WHERE lexeme ~ '^[[:alpha:]][[:alpha:]-]+$' GROUP BY lexeme
"""  # noqa: S608 - constants of ours
_SIZES = f"""
    SELECT {_COUNTED}
    FROM side JOIN transcript_texts t ON t.conversation_id = side.id
    WHERE CAST(:role AS text) IS NULL OR t.places @> jsonb_build_array(jsonb_build_array(CAST(:role AS text)))
"""  # noqa: S608 - constants of ours
# The stem as people write it, and turns that say it, of the side that it goes with.
_QUOTES = f"""
    SELECT wanted.lexeme, said.conversation_id, said.token, said.turn
    FROM unnest(CAST(:lexemes AS text[]), CAST(:sides AS boolean[])) AS wanted(lexeme, is_chosen)
    CROSS JOIN LATERAL (
        SELECT found.conversation_id, spoken.token, spoken.turn FROM (
            SELECT t.conversation_id, t.texts, t.places FROM side JOIN transcript_texts t ON t.conversation_id = side.id
            WHERE side.is_chosen = wanted.is_chosen AND t.terms @@ CAST(quote_literal(wanted.lexeme) AS tsquery)
            ORDER BY side.id DESC LIMIT {LOOKED_INTO}) AS found
        CROSS JOIN LATERAL (
            SELECT lower(p.token) AS token, turns.said AS turn
            FROM jsonb_array_elements_text(found.texts) WITH ORDINALITY AS turns(said, place)
            CROSS JOIN ts_parse('default', turns.said) AS p
            WHERE (CAST(:role AS text) IS NULL OR found.places -> (turns.place::integer - 1) ->> 1 = :role)
              AND to_tsvector('russian', turns.said) @@ CAST(quote_literal(wanted.lexeme) AS tsquery)
              AND to_tsvector('russian', p.token) @@ CAST(quote_literal(wanted.lexeme) AS tsquery)
            ORDER BY turns.place LIMIT 1) AS spoken
        LIMIT {QUOTES}
    ) AS said
"""  # noqa: S608 - constants of ours


@dataclass(frozen=True, slots=True)
class WordQuote:
    """A masked turn that says the word."""

    conversation_id: str
    text: str


@dataclass(frozen=True, slots=True)
class WordUse:
    """A word in `chosen` conversations of the choice and `others` of the rest; `log_odds` with its 95 % interval, above 0 with the choice.

    `is_told`: it holds the false discovery rate over all words that were compared.
    """

    word: str
    chosen: int
    others: int
    log_odds: float
    low: float
    high: float
    is_told: bool
    quotes: tuple[WordQuote, ...] = ()


@dataclass(frozen=True, slots=True)
class WordUses:
    """`chosen` and `others` conversations have text; `compared` words stand in LEAST or more. Each side's words the farthest first.

    `is_cut`: of more than MOST_CONVERSATIONS, or MOST_OF_A_ROLE, only the newest were read.
    """

    chosen: int
    others: int
    compared: int
    is_cut: bool
    with_choice: tuple[WordUse, ...]
    with_others: tuple[WordUse, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """Conversations that match the filters; `appealed`: an appeal was opened, whatever became of it, or none was."""

    filters: Filters
    appealed: bool | None = None


async def word_uses(
    db: Database, workspace: str, filters: Filters, choice: Choice, role: Role | None = None
) -> WordUses:
    """Of the newest MOST_CONVERSATIONS that the filters leave; with `role` only of what it says, of the newest MOST_OF_A_ROLE.

    Without LEAST conversations on a side, in which somebody of the role speaks: no words.
    """
    most = MOST_CONVERSATIONS if role is None else MOST_OF_A_ROLE
    side = _side(filters, choice, most)
    spoken_by = bindparam("role", role.value if role else None, type_=Words)
    async with db.transaction(workspace) as connection:
        sizes = (await connection.execute(text(_SIZES).bindparams(spoken_by).columns().add_cte(side))).one()
        if min(sizes.chosen, sizes.others) < LEAST:
            return WordUses(sizes.chosen, sizes.others, 0, False, (), ())
        counts = text(_COUNTS) if role is None else text(_COUNTS_OF_ROLE).bindparams(spoken_by)
        rows = (await connection.execute(counts.columns().add_cte(side))).all()
        found = compared({row.lexeme: (row.chosen, row.others) for row in rows})
        first = sorted((one for one in found if one.log_odds > 0), key=_farthest)[:SHOWN]
        second = sorted((one for one in found if one.log_odds < 0), key=_farthest)[:SHOWN]
        wanted = {
            "lexemes": [one.word for one in (*first, *second)],
            "sides": [True] * len(first) + [False] * len(second),
        }
        asked = text(_QUOTES).bindparams(
            bindparam("lexemes", type_=ARRAY(Words)), bindparam("sides", type_=ARRAY(Boolean)), spoken_by
        )
        quoted = (await connection.execute(asked.columns().add_cte(side), wanted)).all()
    shown = _spoken(quoted)
    return WordUses(
        chosen=sizes.chosen,
        others=sizes.others,
        compared=len(found),
        is_cut=sizes.chosen + sizes.others >= most,
        with_choice=tuple(_with_quotes(one, shown) for one in first),
        with_others=tuple(_with_quotes(one, shown) for one in second),
    )


def compared(counts: Mapping[str, tuple[int, int]]) -> list[WordUse]:
    """Words of at least LEAST conversations by their counts on both sides, the least likely by chance first."""
    totals = [sum(one[side] for one in counts.values()) for side in (0, 1)]
    whole = sum(totals)
    if not all(totals):
        return []
    usable = {word: one for word, one in counts.items() if sum(one) >= LEAST}
    measured = [_measured(word, one, totals, whole) for word, one in usable.items()]
    measured.sort(key=lambda one: one[1])
    told = max((rank for rank, (_, p) in enumerate(measured, 1) if p <= RATE * rank / len(measured)), default=0)
    return [_use(one, usable[one.word], is_told=rank <= told) for rank, (one, _) in enumerate(measured, 1)]


@dataclass(frozen=True, slots=True)
class _LogOdds:
    word: str
    value: float
    deviation: float


def _measured(word: str, counts: tuple[int, int], totals: Sequence[int], whole: int) -> tuple[_LogOdds, float]:
    """With its two-sided p-value."""
    prior = PRIOR * sum(counts) / whole
    odds = [log((y + prior) / (n + PRIOR - y - prior)) for y, n in zip(counts, totals, strict=True)]
    deviation = sqrt(sum(1 / (y + prior) for y in counts))
    value = odds[0] - odds[1]
    return _LogOdds(word, value, deviation), erfc(abs(value) / deviation / sqrt(2))


def _use(one: _LogOdds, counts: tuple[int, int], *, is_told: bool) -> WordUse:
    half = _Z95 * one.deviation
    return WordUse(one.word, *counts, one.value, one.value - half, one.value + half, is_told)


def _farthest(one: WordUse) -> tuple[float, str]:
    """By how many standard deviations it lies from none."""
    return -abs(one.log_odds) / (one.high - one.low), one.word


def _side(filters: Filters, choice: Choice, most: int) -> Any:
    """Evaluated conversations that the filters leave, the newest, as `side`: id, is_chosen."""
    columns = conversations.c
    conditions = choice.filters.conditions()
    if choice.appealed is not None:
        was = exists().where(appeals.c.conversation_id == columns.id)
        conditions.append(was if choice.appealed else ~was)
    return (
        select(columns.id, and_(literal(True), *conditions).label("is_chosen"))
        .join(evaluations, (evaluations.c.conversation_id == columns.id) & evaluations.c.current)
        .where(columns.state == ConversationState.STORED, *filters.conditions())
        .order_by(columns.happened_at.desc(), columns.id)
        .limit(most)
        .cte("side")
    )


def _spoken(rows: Iterable[Any]) -> Mapping[str, tuple[str, tuple[WordQuote, ...]]]:
    """By stem: a form that was said, and the turns."""
    found: dict[str, tuple[str, tuple[WordQuote, ...]]] = {}
    for row in rows:
        form, quotes = found.get(row.lexeme, (row.token, ()))
        found[row.lexeme] = form, (*quotes, WordQuote(row.conversation_id, row.turn))
    return found


def _with_quotes(one: WordUse, shown: Mapping[str, tuple[str, tuple[WordQuote, ...]]]) -> WordUse:
    form, quotes = shown.get(one.word, (one.word, ()))
    return WordUse(form, one.chosen, one.others, one.log_odds, one.low, one.high, one.is_told, quotes)
