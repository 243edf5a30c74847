"""Runs read for people: one, those of some conversations, the dead."""

from collections.abc import Sequence
from dataclasses import dataclass

from auricle_contracts import RunState
from sqlalchemy import bindparam, select
from sqlalchemy.ext.asyncio import AsyncConnection

from auricle_records.database import Database
from auricle_records.errors import NotFound
from auricle_records.runs.models import DRY_RUN, RunRow, run_of
from auricle_records.tables import runs

_OF = (
    select(runs)
    .where(runs.c.conversation_id.in_(bindparam("conversations", expanding=True)))
    .where(runs.c.reason.not_like(f"{DRY_RUN}%"))
    .order_by(runs.c.id)
)


@dataclass(frozen=True, slots=True)
class DeadPage:
    """Dead runs, newest first. `cursor` asks for the next page; None on the last."""

    items: tuple[RunRow, ...]
    cursor: str | None


async def get(db: Database, workspace: str, run_id: str) -> RunRow:
    """Raises NotFound."""
    async with db.transaction(workspace) as connection:
        row = (await connection.execute(select(runs).where(runs.c.id == run_id))).one_or_none()
    if row is None:
        raise NotFound(f"no run {run_id}")
    return run_of(row)


async def dead(db: Database, workspace: str, *, cursor: str | None = None, limit: int = 50) -> DeadPage:
    """The cursor is the last run's id; a strange one gives the page that would follow it."""
    statement = select(runs).where(runs.c.state == RunState.DEAD).order_by(runs.c.id.desc()).limit(limit + 1)
    if cursor is not None:
        statement = statement.where(runs.c.id < cursor)
    async with db.transaction(workspace) as connection:
        found = [run_of(row) for row in await connection.execute(statement)]
    items = tuple(found[:limit])
    return DeadPage(items, items[-1].id if len(found) > limit else None)


async def of_conversations(connection: AsyncConnection, conversation_ids: Sequence[str]) -> dict[str, list[RunRow]]:
    """The runs of these conversations, oldest first, without those of dry runs."""
    found: dict[str, list[RunRow]] = {conversation_id: [] for conversation_id in conversation_ids}
    for row in await connection.execute(_OF, {"conversations": list(conversation_ids)}):
        found[row.conversation_id].append(run_of(row))
    return found
