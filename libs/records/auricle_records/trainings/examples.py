"""What there is to learn from: golden items of the training split that have every answer of a prompt, each with its place. Read only."""

from collections import defaultdict
from dataclasses import dataclass

from auricle_contracts.trainings import MAY_BE_NULL, TAUGHT
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

# A subject of an item counts by its newest golden label, and not at all while golden labels of it contradict each other.
_WHOLE = text(
    """
    WITH subjects AS (
        SELECT l.item_id, l.subject, (array_agg(l.state ORDER BY l.decided_at DESC, l.id DESC))[1] AS state,
               (array_agg(jsonb_array_length(l.places) ORDER BY l.decided_at DESC, l.id DESC))[1] AS places,
               count(DISTINCT (l.state, l.value)) AS verdicts
        FROM golden_labels l JOIN golden_items i ON i.id = l.item_id AND i.split = 'train'
        WHERE l.status = 'golden' AND l.kind = 'criterion' GROUP BY 1, 2
    )
    SELECT item_id, subject FROM subjects
    WHERE verdicts = 1 AND (state = 'answered' AND places > 0 OR state = 'not_applicable' AND subject = ANY (:may_be_null))
    """
)
_DIALOGUES = text("SELECT count(*) FROM golden_items WHERE split = 'train'")
_LABELS = text("SELECT count(*) FROM golden_labels WHERE status = 'golden'")


@dataclass(frozen=True, slots=True)
class Learnable:
    """`dialogues` of the training split, of which `examples` teach a prompt; `labels` golden labels of all splits."""

    dialogues: int
    examples: int
    labels: int


async def learnable(connection: AsyncConnection) -> Learnable:
    """Of the transaction's workspace, as the trainer's own reading of the export will find it."""
    known: defaultdict[str, set[str]] = defaultdict(set)
    for row in await connection.execute(_WHOLE, {"may_be_null": list(MAY_BE_NULL)}):
        known[row.item_id].add(row.subject)
    taught = sum(any(whole.issuperset(asked) for asked in TAUGHT.values()) for whole in known.values())
    dialogues, labels = await connection.scalar(_DIALOGUES), await connection.scalar(_LABELS)
    return Learnable(dialogues or 0, taught, labels or 0)
