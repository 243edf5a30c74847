"""Conversations that somebody sends to review: an item for what has none, one that was closed is open again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from auricle_contracts.review import ReviewReason
from sqlalchemy import ARRAY, bindparam, text
from sqlalchemy.dialects.postgresql import JSONB

from auricle_records.database import Database
from auricle_records.review import risk, settings
from auricle_records.storable import Words

Outcome = Literal["added", "reopened", "waits", "not_evaluated", "not_found"]

_KNOWN = text("SELECT id FROM conversations WHERE id = ANY (:ids)").bindparams(bindparam("ids", type_=ARRAY(Words)))
_REQUEST = text(
    """
    INSERT INTO review_items AS r (workspace_id, id, conversation_id, evaluation_id, reasons, details, risk)
    SELECT workspace_id, gen_random_uuid()::text, conversation_id, id, ARRAY['requested'],
           jsonb_build_object('requested', cast(:why AS jsonb)), :w_requested
    FROM evaluations WHERE current AND conversation_id = ANY (:ids) ORDER BY id
    ON CONFLICT (evaluation_id) WHERE golden_id IS NULL DO UPDATE SET
        reasons = CASE WHEN 'requested' = ANY (r.reasons) THEN r.reasons ELSE array_prepend('requested', r.reasons) END,
        risk = CASE WHEN 'requested' = ANY (r.reasons) THEN r.risk ELSE round((1 - (1 - r.risk) * (1 - :w_requested))::numeric, 4) END,
        details = r.details || excluded.details, state = 'open', assignee = NULL, assignee_name = NULL, assigned_by = NULL,
        assigned_at = NULL, skip_reason = NULL, note = NULL, closed_by = NULL, closed_by_name = NULL, closed_at = NULL, updated_at = now()
    WHERE r.state IN ('done', 'skipped')
    RETURNING conversation_id, (xmax = 0) AS added
    """
).bindparams(
    bindparam("ids", type_=ARRAY(Words)), bindparam("why", type_=JSONB), risk.parameter(ReviewReason.REQUESTED)
)
_ITEMS = text(
    """
    SELECT r.conversation_id, r.id FROM review_items r JOIN evaluations e ON e.id = r.evaluation_id
    WHERE e.current AND r.golden_id IS NULL AND r.conversation_id = ANY (:ids)
    """
).bindparams(bindparam("ids", type_=ARRAY(Words)))


@dataclass(frozen=True, slots=True)
class Requested:
    """What became of one conversation; `item_id` is None where it has no current evaluation."""

    outcome: Outcome
    item_id: str | None


async def request(
    db: Database, workspace: str, conversation_ids: Sequence[str], *, why: str | None
) -> Mapping[str, Requested]:
    """By conversation. `waits`: its item waits already, and stays as it is."""
    ids = {"ids": list(conversation_ids)}
    async with db.transaction(workspace) as connection:
        weights = risk.weights((await settings.load(connection)).settings)
        known = set((await connection.scalars(_KNOWN, ids)).all())
        written = {
            row.conversation_id: row.added
            for row in await connection.execute(_REQUEST, ids | {"why": [why] if why else []} | weights)
        }
        items = {row.conversation_id: row.id for row in await connection.execute(_ITEMS, ids)}
    return {one: Requested(_outcome(one, known, written, items), items.get(one)) for one in conversation_ids}


def _outcome(one: str, known: set[str], written: Mapping[str, bool], items: Mapping[str, str]) -> Outcome:
    if one in written:
        return "added" if written[one] else "reopened"
    if one in items:
        return "waits"
    return "not_evaluated" if one in known else "not_found"
