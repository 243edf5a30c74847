"""What work used: seconds by device, tokens. Writes the table `ledger`, which only grows; prices are applied at reading."""

from collections.abc import Sequence
from typing import Any

from auricle_contracts import Usage
from sqlalchemy import Row, exists, select
from sqlalchemy.ext.asyncio import AsyncConnection

from auricle_records.database import from_json
from auricle_records.runs.models import DRY_RUN, RunRow
from auricle_records.tables import ledger, runs

_ADD = from_json(ledger)


async def add(connection: AsyncConnection, run: RunRow, usages: Sequence[Usage]) -> None:
    """Write what a run used; also of a worker that was not first, since it was spent all the same."""
    if usages:
        key = {"workspace_id": run.workspace, "conversation_id": run.conversation_id, "run_id": run.id}
        await connection.execute(_ADD, {"rows": [{**key, **usage.model_dump(mode="json")} for usage in usages]})


async def of_runs(
    connection: AsyncConnection, conversation_ids: Sequence[str], run_ids: Sequence[str]
) -> tuple[Usage, ...]:
    """What these runs used, oldest first."""
    mine = (
        ledger.c.conversation_id.in_(conversation_ids),
        ledger.c.run_id.in_(run_ids),
    )  # the index is by conversation
    statement = select(ledger).where(*mine).order_by(ledger.c.id)
    return tuple(_usage(row) for row in await connection.execute(statement))


async def of_conversations(
    connection: AsyncConnection, conversation_ids: Sequence[str]
) -> dict[str, tuple[Usage, ...]]:
    """The whole ledger of these conversations, oldest first; without what dry runs tried on them."""
    found: dict[str, list[Usage]] = {conversation_id: [] for conversation_id in conversation_ids}
    tried = exists().where(runs.c.id == ledger.c.run_id, runs.c.reason.like(f"{DRY_RUN}%"))
    statement = select(ledger).where(ledger.c.conversation_id.in_(conversation_ids), ~tried).order_by(ledger.c.id)
    for row in await connection.execute(statement):
        found[row.conversation_id].append(_usage(row))
    return {conversation_id: tuple(usages) for conversation_id, usages in found.items()}


def _usage(row: Row[Any]) -> Usage:
    return Usage.model_validate({name: getattr(row, name) for name in Usage.model_fields})
