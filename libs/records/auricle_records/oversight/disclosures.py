"""The disclosure that agents are given before a machine judges their work, version by version, and who read which."""

from datetime import datetime
from typing import Any

from auricle_contracts.oversight import Disclosure, DisclosureIn
from sqlalchemy import Row, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from auricle_records.callers import Actor
from auricle_records.database import Database
from auricle_records.errors import DisclosureMoved
from auricle_records.tables import disclosure_acknowledgements, disclosures, workspaces

_NEWEST = select(disclosures).order_by(disclosures.c.version.desc()).limit(1)


async def write(db: Database, workspace: str, text: DisclosureIn, by: Actor) -> Disclosure:
    """The next version, which everybody is to read anew."""
    async with db.transaction(workspace) as connection:
        await connection.execute(select(workspaces.c.workspace_id).with_for_update(key_share=True))
        last = await connection.scalar(select(func.coalesce(func.max(disclosures.c.version), 0)))
        values = {"workspace_id": workspace, "version": (last or 0) + 1, **text.model_dump()}
        values |= {"written_by": by.id, "written_by_name": by.name or by.id}
        return _disclosure((await connection.execute(insert(disclosures).values(values).returning(disclosures))).one())


async def newest(db: Database, workspace: str, person_id: str | None) -> tuple[Disclosure | None, datetime | None]:
    """The version that counts, and when this person acknowledged it."""
    async with db.transaction(workspace) as connection:
        disclosure = await current(connection)
        read = None
        if disclosure is not None and person_id is not None:
            read = await connection.scalar(_read(person_id, disclosure.version))
    return disclosure, read


async def current(connection: AsyncConnection) -> Disclosure | None:
    """The version that counts, inside of a transaction."""
    row = (await connection.execute(_NEWEST)).one_or_none()
    return _disclosure(row) if row is not None else None


async def history(db: Database, workspace: str) -> list[Disclosure]:
    """All versions, the newest first."""
    async with db.transaction(workspace) as connection:
        return [
            _disclosure(row)
            for row in await connection.execute(select(disclosures).order_by(disclosures.c.version.desc()))
        ]


async def acknowledge(db: Database, workspace: str, version: int, by: Actor) -> tuple[Disclosure, datetime, bool]:
    """The disclosure, when it was read, and whether this is the first time. Raises DisclosureMoved for a version that is not the newest."""
    async with db.transaction(workspace) as connection:
        disclosure = await current(connection)
        if disclosure is None or disclosure.version != version:
            raise DisclosureMoved
        values = {"workspace_id": workspace, "person_id": by.id, "version": version, "person_name": by.name or by.id}
        put = insert(disclosure_acknowledgements).values(values).on_conflict_do_nothing()
        is_first = (await connection.execute(put)).rowcount == 1
        return disclosure, (await connection.execute(_read(by.id, version))).scalar_one(), is_first


def _read(person_id: str, version: int) -> Any:
    read = disclosure_acknowledgements.c
    return select(read.created_at).where(read.person_id == person_id, read.version == version)


def _disclosure(row: Row[Any]) -> Disclosure:
    return Disclosure.model_validate({name: getattr(row, name) for name in Disclosure.model_fields})
