"""Golden items as cases to show beside a question: what people decided of a class in dialogues like this one. Reads `golden_items`.

Only what counts: golden labels that nothing contradicts, of the train split (a gate measures on the others), of a workspace that consents,
of the same channel and language. Never a copy of the conversation itself, one of nearly the same words, or one of the same agent.

Likeness is TF-IDF over stems: the rarity of each shared one, among the items that could be shown, over the root of the item's length. It is
reckoned in decimals from what counts at the moment and nothing else, so a label that is taken back leaves no trace.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from auricle_contracts import Channel, DetectionState
from auricle_contracts.golden import MOST_CASE_CHARS, GoldenCase, GoldenPlace, GoldenTurn
from sqlalchemy import ARRAY, Double, Row, Text, TextClause, bindparam, text
from sqlalchemy.ext.asyncio import AsyncConnection

from auricle_records.database import Database
from auricle_records.golden.splits import pseudonym
from auricle_records.storable import Words, storable

SAME = 0.9
"""The share of stems, of all that either has, from which on two dialogues are the same one."""

_COUNTING = """
    WITH counting AS MATERIALIZED (
        SELECT l.item_id, l.subject, min(l.state) AS state,
               (array_agg(l.places ORDER BY l.decided_at DESC, l.id DESC))[1] AS places
        FROM golden_labels l JOIN golden_items i ON i.id = l.item_id
        WHERE l.kind = 'error_class' AND l.status = 'golden' AND l.subject = ANY (:subjects)
          AND i.split = 'train' AND i.channel = :channel AND (i.language IS NULL OR :language IS NULL OR i.language = :language)
          AND i.id <> :item AND i.conversation_id IS DISTINCT FROM :conversation AND (i.agent IS NULL OR i.agent <> ALL (:agents))
          AND EXISTS (SELECT FROM golden_settings WHERE consent)
        GROUP BY l.item_id, l.subject HAVING count(DISTINCT l.state) = 1
    )
"""
_NEAREST = """, said AS MATERIALIZED (
        SELECT tsvector_to_array(to_tsvector('russian', :words)) AS stems
    ), item AS MATERIALIZED (
        SELECT i.id, array_length(tsvector_to_array(i.terms), 1) AS length, tsvector_to_array(i.terms) AS stems
        FROM golden_items i WHERE i.id IN (SELECT item_id FROM counting)
    ), shared AS MATERIALIZED (
        SELECT item.id, item.length, stem FROM item, said, unnest(item.stems) AS stem WHERE stem = ANY (said.stems)
    ), rarity AS (
        SELECT stem, round(ln(1 + (SELECT count(*) FROM item)::numeric / count(*)), 9) AS weight FROM shared GROUP BY stem
    ), near AS (
        SELECT id, round(sum(weight) / sqrt(length::numeric), 6) AS likeness
        FROM shared JOIN rarity USING (stem) GROUP BY id, length
        HAVING count(*) < :same * (length + (SELECT cardinality(stems) FROM said) - count(*))
    ), ranked AS (
        SELECT counting.*, likeness,
               row_number() OVER (PARTITION BY subject, state ORDER BY likeness DESC, item_id) AS place
        FROM counting JOIN near ON near.id = counting.item_id
    )
    SELECT item_id, subject, state, places, i.turns FROM ranked JOIN golden_items i ON i.id = item_id
    WHERE place <= :most ORDER BY likeness DESC, item_id, subject
"""
_KEPT = """
    SELECT item_id, subject, state, places, i.turns FROM counting JOIN golden_items i ON i.id = item_id WHERE item_id = ANY (:ids)
"""


def _statement(sql: str, *more: Any) -> TextClause:
    lists = (bindparam("subjects", type_=ARRAY(Text)), bindparam("agents", type_=ARRAY(Text)))
    words = (bindparam(name, type_=Words) for name in ("channel", "language", "conversation", "item"))
    return text(_COUNTING + sql).bindparams(*lists, *words, *more)


# Without its type Postgres takes the share for a whole number.
_NEAREST_ONES = _statement(_NEAREST, bindparam("words", type_=Words), bindparam("same", type_=Double))
_KEPT_ONES = _statement(_KEPT, bindparam("ids", type_=ARRAY(Text)))
_OF_EVALUATION = text(
    """
    SELECT s.step, s.cases, e.recipe FROM dry_run_items d JOIN evaluations e ON e.id = d.evaluation_id
    LEFT JOIN flow_steps s ON s.run_id = e.run_id WHERE d.run_id = :run ORDER BY s.position
    """
)


@dataclass(frozen=True, slots=True)
class CasesAsked:
    """What cases are wanted for: a conversation with its agents' references, and the error classes that are asked about.

    `item_id`: a golden item that stands for the conversation, and is no case of itself.
    """

    conversation_id: str
    channel: Channel
    language: str | None
    agents: tuple[str, ...]
    error_classes: tuple[str, ...]
    item_id: str = ""


@dataclass(frozen=True, slots=True)
class JudgedBefore:
    """The evaluation that a dry run is compared with: its recipe, and the cases that its steps showed, as they are kept."""

    recipe: str
    cases: Mapping[str, Sequence[Mapping[str, Any]]]


async def nearest(db: Database, workspace: str, asked: CasesAsked, words: str, *, most: int) -> tuple[GoldenCase, ...]:
    """Of each class at most so many with the error and so many without it, the nearest first; none that shares no stem."""
    values = {**_bound(workspace, asked), "words": words[:MOST_CASE_CHARS], "most": most, "same": SAME}
    async with db.transaction(workspace) as connection:
        return await _read(connection, _NEAREST_ONES, values)


async def kept(db: Database, workspace: str, asked: CasesAsked, item_ids: Sequence[str]) -> tuple[GoldenCase, ...]:
    """Those of these items that still count, in no order."""
    values = {**_bound(workspace, asked), "ids": list(item_ids)}
    async with db.transaction(workspace) as connection:
        return await _read(connection, _KEPT_ONES, values)


async def judged_before(db: Database, workspace: str, run_id: str) -> JudgedBefore | None:
    """Of a dry run's run; None where there is none any more."""
    async with db.transaction(workspace) as connection:
        rows = (await connection.execute(_OF_EVALUATION, {"run": run_id})).all()
    return JudgedBefore(rows[0].recipe, {row.step: row.cases for row in rows if row.cases}) if rows else None


def _bound(workspace: str, asked: CasesAsked) -> dict[str, Any]:
    return {
        "subjects": list(asked.error_classes), "channel": asked.channel.value, "language": asked.language, "item": asked.item_id,
        "conversation": asked.conversation_id, "agents": [pseudonym(workspace, storable(one)) for one in asked.agents],
    }  # fmt: skip


async def _read(
    connection: AsyncConnection, statement: TextClause, values: Mapping[str, Any]
) -> tuple[GoldenCase, ...]:
    return tuple(_case(row) for row in await connection.execute(statement, values))


def _case(row: Row[Any]) -> GoldenCase:
    return GoldenCase(
        item_id=row.item_id,
        error_class=row.subject,
        state=DetectionState(row.state),
        turns=tuple(GoldenTurn.model_validate(one) for one in row.turns),
        places=tuple(GoldenPlace.model_validate(one) for one in row.places),
    )
