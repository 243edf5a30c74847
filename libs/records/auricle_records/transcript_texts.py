"""What transcripts say, masked, and searching in it. Writes `transcript_texts` and `evaluations.searchable`, for keeper.

evaluation, current ── waiting ─► text is read and masked by keeper ── put ─► searchable
A deleted conversation's text goes with it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from auricle_contracts import Role, Span, TextMatch, TextMatches
from sqlalchemy import ColumnElement, bindparam, cast, func, literal, select, text, update
from sqlalchemy.dialects.postgresql import ARRAY, REGCONFIG, TSQUERY, insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from auricle_records.database import Database, violated
from auricle_records.storable import Words
from auricle_records.tables import conversations, evaluations, transcript_texts

MOST_CHARS = 300_000
"""Of a conversation's text: a column of full text holds 1 MiB of lexemes with their places."""
TURNS_SHOWN = 3
_MARK_START, _MARK_END = "\x02", "\x03"
_MARKS = str.maketrans("", "", _MARK_START + _MARK_END)
_CONFIGURATION = cast(literal("russian"), REGCONFIG)
_OWNER = "fk_transcript_texts_conversation_id"
# `querytree` leaves out what a query excludes; any of the rest makes a turn worth showing, and a turn that has all of it comes first.
_MATCHES = text(
    f"""
    WITH asked AS (
        SELECT whole, CAST(regexp_replace(querytree(whole), '<(->|[0-9]+>)|&', '|', 'g') AS tsquery) AS some
        FROM (SELECT websearch_to_tsquery('russian', :words) AS whole) AS given WHERE querytree(whole) NOT IN ('', 'T')
    )
    SELECT t.conversation_id, t.places, best.place, best.total,
           ts_headline('russian', best.said, asked.some, CASE WHEN length(best.said) <= 240 THEN 'HighlightAll=true'
               ELSE 'MaxFragments=2, MaxWords=24, MinWords=12, FragmentDelimiter=" … "' END
               || ', StartSel={_MARK_START}, StopSel={_MARK_END}') AS marked
    FROM asked CROSS JOIN transcript_texts t CROSS JOIN LATERAL (
        SELECT said, place, count(*) OVER () AS total
        FROM jsonb_array_elements_text(t.texts) WITH ORDINALITY AS turn(said, place), to_tsvector('russian', said) AS terms
        WHERE terms @@ asked.some
        ORDER BY terms @@ asked.whole DESC, ts_rank(terms, asked.some) DESC, place LIMIT {TURNS_SHOWN}
    ) AS best
    WHERE t.conversation_id = ANY (:conversations) ORDER BY t.conversation_id, best.place
    """  # noqa: S608 - constants of ours
).bindparams(bindparam("words", type_=Words), bindparam("conversations", type_=ARRAY(Words)))


@dataclass(frozen=True, slots=True)
class MaskedTurn:
    """What a turn says, without what is personal."""

    turn: int
    role: Role
    text: str
    start_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Unsearchable:
    """A current evaluation whose conversation's text is not in the index yet."""

    evaluation_id: str
    conversation_id: str
    revision: int


async def waiting(db: Database, workspace: str, *, limit: int) -> Sequence[Unsearchable]:
    """The oldest of them."""
    columns = (evaluations.c.id, evaluations.c.conversation_id, evaluations.c.revision)
    statement = select(*columns).where(evaluations.c.current, ~evaluations.c.searchable)
    async with db.transaction(workspace) as connection:
        return [Unsearchable(*row) for row in await connection.execute(statement.order_by(columns[0]).limit(limit))]


async def put(db: Database, workspace: str, one: Unsearchable, turns: Sequence[MaskedTurn]) -> None:
    """Keep a revision's text instead of an earlier one's. What was deleted meanwhile is left alone."""
    kept = _within_bounds(turns)
    values = {
        "workspace_id": workspace,
        "conversation_id": one.conversation_id,
        "revision": one.revision,
        "texts": [turn.text.translate(_MARKS) for turn in kept],
        "places": [[turn.turn, turn.role.value, turn.start_ms] for turn in kept],
    }
    add = insert(transcript_texts).values(values)
    replaced = {name: add.excluded[name] for name in ("revision", "texts", "places")} | {"updated_at": func.now()}
    newer = add.on_conflict_do_update(
        index_elements=["conversation_id"],
        set_=replaced,
        where=add.excluded.revision >= transcript_texts.c.revision,
    )
    done = update(evaluations).where(evaluations.c.id == one.evaluation_id).values(searchable=True)
    try:
        async with db.transaction(workspace) as connection:
            await connection.execute(newer)
            await connection.execute(done)
    except IntegrityError as error:
        if violated(error) != _OWNER:
            raise


def _within_bounds(turns: Sequence[MaskedTurn]) -> Sequence[MaskedTurn]:
    """The first of them, MOST_CHARS long together."""
    left = MOST_CHARS
    for count, turn in enumerate(turns):
        left -= len(turn.text)
        if left < 0:
            return turns[:count]
    return turns


def say(words: str) -> ColumnElement[bool]:
    """Whether a conversation's transcript says this: words, `"…"` for a phrase, `or`, `-` excludes. Words alone may stand in any turns."""
    wanted = func.websearch_to_tsquery(_CONFIGURATION, literal(words, Words), type_=TSQUERY)
    return conversations.c.id.in_(select(func.auricle_conversations_saying(wanted)))


async def matches(
    connection: AsyncConnection, conversation_ids: Sequence[str], words: str
) -> Mapping[str, TextMatches]:
    """The turns to show of each that has any of the words; one statement."""
    found: dict[str, list[TextMatch]] = {}
    totals: dict[str, int] = {}
    for row in await connection.execute(_MATCHES, {"words": words, "conversations": list(conversation_ids)}):
        turn, role, start_ms = row.places[row.place - 1]
        shown, marks = _marked(row.marked)
        match = TextMatch(turn=turn, role=Role(role), start_ms=start_ms, text=shown, marks=marks)
        found.setdefault(row.conversation_id, []).append(match)
        totals[row.conversation_id] = row.total
    return {name: TextMatches(turns=tuple(turns), total=totals[name]) for name, turns in found.items()}


def _marked(text_with_marks: str) -> tuple[str, tuple[Span, ...]]:
    found: list[Span] = []
    shown: list[str] = []
    start = 0
    for char in text_with_marks:
        if char == _MARK_START:
            start = len(shown)
        elif char == _MARK_END:
            found.append(Span(start=start, end=len(shown)))
        else:
            shown.append(char)
    return "".join(shown), tuple(found)
