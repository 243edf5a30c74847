"""Versions of what decides. Writes `artefacts`: rows are added, their state and figures change, their bodies never do."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from auricle_contracts.artefacts import ArtefactState
from sqlalchemy import Select, exists, or_, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from auricle_records.artefacts.models import (
    SHIPPED,
    Name,
    NewVersion,
    StoredBody,
    Version,
    VersionFilters,
    stored_body,
    version_of,
)
from auricle_records.callers import Actor
from auricle_records.conversations.filters import has_part
from auricle_records.database import Database, new_id
from auricle_records.errors import LiveMoved, NotFound
from auricle_records.tables import artefacts, live_artefacts

_HELD = exists().where(live_artefacts.c.artefact_id == artefacts.c.id)
SHOWN: Select[Any] = select(
    *(column for column in artefacts.c if column.name != "body"),
    artefacts.c.body["title"].label("title"),
    _HELD.label("held"),
)
_BODY: Select[Any] = select(artefacts.c.id, artefacts.c.kind, artefacts.c.name, artefacts.c.hash, artefacts.c.body)
_KEY = (artefacts.c.kind, artefacts.c.name, artefacts.c.hash)
_NAME = (artefacts.c.kind, artefacts.c.name)


async def seed(db: Database, workspace: str, shipped: Sequence[NewVersion]) -> int:
    """Keep what came with a release, as candidates; how many of them were new. Sent again, it changes nothing."""
    async with db.transaction(workspace) as connection:
        known = {tuple(row) for row in await connection.execute(select(*_KEY))}
        missing = [one for one in shipped if (one.kind, one.name, one.hash) not in known]
        if missing:
            rows = [_values(workspace, one, SHIPPED, ArtefactState.CANDIDATE) for one in missing]
            await connection.execute(insert(artefacts).values(rows).on_conflict_do_nothing())
    return len(missing)


async def add(
    db: Database, workspace: str, version: NewVersion, author: Actor, state: ArtefactState = ArtefactState.DRAFT
) -> tuple[Version, bool]:
    """The version, and whether it is new: the same content stays the version that it was."""
    values = _values(workspace, version, author, state)
    async with db.transaction(workspace) as connection:
        made = await connection.scalar(
            insert(artefacts).values(values).on_conflict_do_nothing().returning(artefacts.c.id)
        )
        found = tuple_(*_KEY) == tuple_(version.kind, version.name, version.hash)
        return version_of((await connection.execute(SHOWN.where(found))).one()), made is not None


async def get(db: Database, workspace: str, artefact_id: str) -> Version:
    """Raises NotFound."""
    async with db.transaction(workspace) as connection:
        return await one(connection, artefact_id)


async def one(connection: AsyncConnection, artefact_id: str) -> Version:
    """Raises NotFound."""
    row = (await connection.execute(SHOWN.where(artefacts.c.id == artefact_id))).one_or_none()
    if row is None:
        raise NotFound(f"no artefact {artefact_id}", action="List them: GET /v1/artefacts.")
    return version_of(row)


async def load(db: Database, workspace: str, artefact_id: str) -> StoredBody:
    """Raises NotFound."""
    async with db.transaction(workspace) as connection:
        await one(connection, artefact_id)
        return stored_body((await connection.execute(_BODY.where(artefacts.c.id == artefact_id))).one())


async def bodies(connection: AsyncConnection, ids: Iterable[str]) -> list[StoredBody]:
    """In the order of kinds and names."""
    rows = await connection.execute(_BODY.where(artefacts.c.id.in_(list(ids))).order_by(*_NAME))
    return [stored_body(row) for row in rows]


async def history(db: Database, workspace: str, of: Name, *, limit: int = 200) -> list[Version]:
    """Its versions, newest first."""
    return await versions_of(db, workspace, VersionFilters(of.kind, of.name), limit=limit)


async def versions_of(
    db: Database, workspace: str, filters: VersionFilters, *, before: str | None = None, limit: int = 200
) -> list[Version]:
    """Newest first; `before` is the id of the last one of the page before."""
    statement = SHOWN.order_by(artefacts.c.id.desc()).limit(limit)
    equal = {"kind": filters.kind, "name": filters.name, "state": filters.state}
    statement = statement.where(*(artefacts.c[name] == value for name, value in equal.items() if value is not None))
    if filters.search is not None:
        statement = statement.where(
            or_(has_part(artefacts.c.name, filters.search), has_part(artefacts.c.note, filters.search))
        )
    if before is not None:
        statement = statement.where(artefacts.c.id < before)
    async with db.transaction(workspace) as connection:
        return [version_of(row) for row in await connection.execute(statement)]


async def live(db: Database, workspace: str, shipped: Mapping[Name, str]) -> list[Version]:
    """What is live, by kind and name: what a pointer holds, and of other names what is `shipped` (their hashes)."""
    keys = [(*of, hashed) for of, hashed in shipped.items()]
    other = exists().where(live_artefacts.c.kind == artefacts.c.kind, live_artefacts.c.name == artefacts.c.name)
    wanted = or_(_HELD, tuple_(*_KEY).in_(keys) & ~other)
    async with db.transaction(workspace) as connection:
        return [version_of(row) for row in await connection.execute(SHOWN.where(wanted).order_by(*_NAME))]


async def change(
    db: Database,
    workspace: str,
    artefact_id: str,
    *,
    state: ArtefactState | None = None,
    figures: Mapping[str, Any] | None = None,
) -> Version:
    """Another state (never `live`: that is a promotion), other figures. Raises NotFound, LiveMoved for the state of a live one."""
    values: dict[str, Any] = {"state": state} if state is not None else {}
    values |= {"figures": dict(figures)} if figures is not None else {}
    async with db.transaction(workspace) as connection:
        found = await one(connection, artefact_id)
        if state is not None and found.held:
            raise LiveMoved("it is live", action="Promote another version or roll back first.")
        if values:
            await connection.execute(update(artefacts).where(artefacts.c.id == artefact_id).values(values))
        return await one(connection, artefact_id)


def _values(workspace: str, version: NewVersion, author: Actor, state: ArtefactState) -> dict[str, Any]:
    return {
        "workspace_id": workspace,
        "id": new_id(),
        "kind": version.kind,
        "name": version.name,
        "hash": version.hash,
        "version": version.version,
        "body": dict(version.body),
        "state": state,
        "author_kind": author.kind,
        "author": author.id,
        "author_name": author.name,
        "note": version.note,
        "serves": list(version.serves),
        "figures": {},
    }
