"""What people write into the oversight record: who answers for the system, and incidents."""

from datetime import datetime
from typing import Any

from auricle_contracts.oversight import OversightEntry, OversightEntryIn, OversightEntryKind
from sqlalchemy import Row, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from auricle_records.callers import Actor
from auricle_records.database import Database, new_id
from auricle_records.tables import oversight_entries

MOST = 1000


async def add(db: Database, workspace: str, said: OversightEntryIn, by: Actor) -> OversightEntry:
    """For good: a mistake is put right by another entry."""
    values = {"id": new_id(), "kind": said.kind.value, "text": said.text, "happened_at": said.happened_at}
    who = {"added_by": by.id, "added_by_name": by.name or by.id}
    async with db.transaction(workspace) as connection:
        added = insert(oversight_entries).values(workspace_id=workspace, **values, **who).returning(oversight_entries)
        return _entry((await connection.execute(added)).one())


async def responsible(connection: AsyncConnection, until: datetime) -> OversightEntry | None:
    """Who answered for the system at the end of a period."""
    entry = oversight_entries.c
    named = select(oversight_entries).where(entry.kind == OversightEntryKind.RESPONSIBLE, entry.happened_at < until)
    newest = named.order_by(entry.happened_at.desc(), entry.id.desc()).limit(1)
    row = (await connection.execute(newest)).one_or_none()
    return _entry(row) if row is not None else None


async def incidents(connection: AsyncConnection, since: datetime, until: datetime) -> tuple[OversightEntry, ...]:
    """Of a period, the newest first, MOST at most."""
    entry = oversight_entries.c
    wanted = (entry.kind == OversightEntryKind.INCIDENT, entry.happened_at >= since, entry.happened_at < until)
    found = select(oversight_entries).where(*wanted).order_by(entry.happened_at.desc(), entry.id.desc()).limit(MOST)
    return tuple(_entry(row) for row in await connection.execute(found))


def _entry(row: Row[Any]) -> OversightEntry:
    return OversightEntry.model_validate({name: getattr(row, name) for name in OversightEntry.model_fields})
