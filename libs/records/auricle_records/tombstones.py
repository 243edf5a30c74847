"""Deleted conversations, whose prefix is emptied until it stays empty. Writes the table `tombstones`."""

from dataclasses import dataclass
from datetime import datetime

from auricle_kit.errors import AuricleError
from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from auricle_records.database import Database
from auricle_records.errors import Gone, NotFound
from auricle_records.tables import tombstones

_UNQUIET = text("SELECT * FROM auricle_unquiet_tombstones(make_interval(secs => :pause_s), :limit)")


@dataclass(frozen=True, slots=True)
class Tombstone:
    """A deleted conversation whose prefix may still fill again."""

    workspace: str
    conversation_id: str
    deleted_at: datetime


async def add(connection: AsyncConnection, workspace: str, conversation_id: str) -> None:
    """Mark a conversation as deleted."""
    values = {"workspace_id": workspace, "conversation_id": conversation_id}
    await connection.execute(insert(tombstones).values(values).on_conflict_do_nothing())


async def absence(connection: AsyncConnection, conversation_id: str) -> AuricleError:
    """Why there is no such conversation: Gone where a tombstone stands, else NotFound. For the caller to raise."""
    if (
        await connection.scalar(
            select(tombstones.c.conversation_id).where(tombstones.c.conversation_id == conversation_id)
        )
        is None
    ):
        return NotFound(f"no conversation {conversation_id}")
    return Gone(f"conversation {conversation_id} was deleted")


async def unquiet(db: Database, *, pause_s: float = 60.0, limit: int = 100) -> list[Tombstone]:
    """Tombstones of all workspaces that were not yet found empty QUIET_SWEEPS times, nor swept within `pause_s` seconds."""
    async with db.walk() as connection:
        rows = await connection.execute(_UNQUIET, {"pause_s": pause_s, "limit": limit})
        return [Tombstone(row.workspace_id, row.conversation_id, row.deleted_at) for row in rows]


async def swept(db: Database, tombstone: Tombstone, *, removed: int) -> None:
    """The prefix was emptied of `removed` blobs; none counts as a quiet sweep, some starts the count again."""
    quiet = tombstones.c.quiet_sweeps + 1 if removed == 0 else 0
    statement = update(tombstones).where(tombstones.c.conversation_id == tombstone.conversation_id)
    async with db.transaction(tombstone.workspace) as connection:
        await connection.execute(statement.values(quiet_sweeps=quiet, swept_at=func.now()))
