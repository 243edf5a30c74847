"""What comes in, counted by value and band before a moment and after it, over evaluated conversations. Read only."""

# ruff: noqa: S608 (the texts are put together here, from constants only)
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from auricle_contracts.drift import DriftInput, InputBin
from sqlalchemy import ColumnClause, column, select, text

from auricle_records.conversations.filters import Filters
from auricle_records.database import Database
from auricle_records.tables import conversations, evaluations

LENGTHS = ((1_000, "under_1000"), (3_000, "1000_to_3000"), (8_000, "3000_to_8000"))
LONGEST = "over_8000"
CONFIDENCES = (0.5, 0.7, 0.8, 0.9, 0.95)
_LENGTH = "CASE WHEN characters IS NULL THEN '' " + " ".join(
    f"WHEN characters < {below} THEN '{name}'" for below, name in LENGTHS
)
_CONFIDENCE = "CASE WHEN confidence IS NULL THEN '' " + " ".join(
    f"WHEN confidence < {one} THEN 'under_{one}'" for one in CONFIDENCES
)
_NAMES = {
    DriftInput.CHANNEL: "channel",
    DriftInput.LANGUAGE: "coalesce(language, '')",
    DriftInput.LENGTH: f"{_LENGTH} ELSE '{LONGEST}' END",
    DriftInput.CONFIDENCE: f"{_CONFIDENCE} ELSE 'over_{CONFIDENCES[-1]}' END",
}
_FACTS = """
    SELECT c.happened_at >= :now_from AS is_now, c.channel, coalesce(c.language, (
               SELECT t.language FROM transcripts t WHERE t.conversation_id = c.id ORDER BY t.run_id DESC LIMIT 1)) AS language, (
           SELECT sum(length(said)) FROM transcript_texts t, jsonb_array_elements_text(t.texts) AS said
           WHERE t.conversation_id = c.id) AS characters, (
           SELECT avg(a.confidence) FROM answers a WHERE a.evaluation_id = c.evaluation_id AND a.layer = 'model') AS confidence
    FROM came c
"""
_COLUMNS: tuple[ColumnClause[Any], ...] = tuple(
    column(name) for name in ("is_now", "channel", "language", "characters", "confidence")
)
_BINS = " UNION ALL ".join(
    f"SELECT '{one}' AS input, {name} AS name, count(*) FILTER (WHERE NOT is_now) AS before, count(*) FILTER (WHERE is_now) AS now"
    f" FROM facts GROUP BY 2"
    for one, name in _NAMES.items()
)


async def input_bins(
    db: Database, workspace: str, filters: Filters, *, now_from: datetime
) -> Mapping[DriftInput, tuple[InputBin, ...]]:
    """Of the conversations that the filters leave and that have a current evaluation, before `now_from` and from then on."""
    came = (
        select(
            conversations.c.id, conversations.c.channel, conversations.c.language, conversations.c.happened_at,
            evaluations.c.id.label("evaluation_id"),
        )
        .join(evaluations, (evaluations.c.conversation_id == conversations.c.id) & evaluations.c.current)
        .where(*filters.conditions())
        .cte("came")
    )  # fmt: skip
    facts = text(_FACTS).columns(*_COLUMNS).cte("facts")
    counted = text(f"{_BINS} ORDER BY input, name").columns().add_cte(came, facts)
    found: dict[DriftInput, tuple[InputBin, ...]] = dict.fromkeys(DriftInput, ())
    async with db.transaction(workspace) as connection:
        for row in await connection.execute(counted, {"now_from": now_from}):
            found[DriftInput(row.input)] += (InputBin(name=row.name, before=row.before, now=row.now),)
    return found
