"""Tenants. Writes the table `workspaces`."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from auricle_contracts import Level
from sqlalchemy import Row, func, select, update
from sqlalchemy.dialects.postgresql import insert

from auricle_records.database import Database
from auricle_records.errors import NotFound
from auricle_records.tables import article_versions, conversations, revisions, workspaces

PLATFORM = "platform"
"""The workspace of rows that belong to no tenant. Give an operator a key for it to show them."""


@dataclass(frozen=True, slots=True)
class Workspace:
    """A tenant and its settings. `allowed_hosts` are the only hosts that recordings and webhooks may name; empty allows any public one,
    and no bucket (`s3://bucket/prefix?endpoint=…`).
    """

    id: str
    name: str
    retention_days: int | None
    allowed_hosts: tuple[str, ...]
    created_at: datetime


async def ensure(
    db: Database,
    workspace: str,
    *,
    name: str | None = None,
    retention_days: int | None = None,
    allowed_hosts: tuple[str, ...] = (),
) -> Workspace:
    """Create the workspace unless it exists; an existing one is returned as it is. Ids are [a-z0-9][a-z0-9-]*, 63 characters at most."""
    values = {
        "workspace_id": workspace,
        "name": name or workspace,
        "retention_days": retention_days,
        "allowed_hosts": list(allowed_hosts),
    }
    async with db.transaction(workspace) as connection:
        await connection.execute(insert(workspaces).values(values).on_conflict_do_nothing())
        return _workspace((await connection.execute(select(workspaces))).one())


async def get(db: Database, workspace: str) -> Workspace:
    """Raises NotFound."""
    async with db.transaction(workspace) as connection:
        row = (await connection.execute(select(workspaces))).one_or_none()
    if row is None:
        raise NotFound(f"no workspace {workspace}")
    return _workspace(row)


async def configure(
    db: Database, workspace: str, *, retention_days: int | None, allowed_hosts: tuple[str, ...], active: bool = True
) -> Workspace:
    """Replace the settings. An inactive workspace's keys open nothing, and keeper leaves it alone. Raises NotFound."""
    values = {"retention_days": retention_days, "allowed_hosts": list(allowed_hosts), "active": active}
    async with db.transaction(workspace) as connection:
        row = (await connection.execute(update(workspaces).values(values).returning(workspaces))).one_or_none()
    if row is None:
        raise NotFound(f"no workspace {workspace}")
    return _workspace(row)


async def allow(db: Database, workspace: str, hosts: tuple[str, ...]) -> Workspace:
    """Replace the hosts and buckets that recordings and webhooks may name; none allows any public host. Raises NotFound."""
    change = update(workspaces).values(allowed_hosts=list(hosts)).returning(workspaces)
    async with db.transaction(workspace) as connection:
        row = (await connection.execute(change)).one_or_none()
    if row is None:
        raise NotFound(f"no workspace {workspace}")
    return _workspace(row)


async def retain(db: Database, workspace: str, days: int | None) -> Workspace:
    """Keep conversations so many days from their arrival; None: for good. Keeper deletes what is older. Raises NotFound."""
    change = update(workspaces).values(retention_days=days).returning(workspaces)
    async with db.transaction(workspace) as connection:
        row = (await connection.execute(change)).one_or_none()
    if row is None:
        raise NotFound(f"no workspace {workspace}")
    return _workspace(row)


async def older_than(db: Database, workspace: str, days: int) -> int:
    """How many conversations came in more than so many days ago."""
    came = conversations.c.created_at < func.now() - func.make_interval(0, 0, 0, days)
    async with db.transaction(workspace) as connection:
        return int(await connection.scalar(select(func.count()).select_from(conversations).where(came)) or 0)


@dataclass(frozen=True, slots=True)
class Depth:
    """How deep conversations may be cut, and by which key and when it was chosen; None where nobody did."""

    deepest: Level = Level.HARD
    chosen_by: str | None = None
    chosen_at: datetime | None = None


async def depth(db: Database, workspace: str) -> Depth:
    """The workspace's choice of compression. Raises NotFound."""
    chosen = select(workspaces.c.deepest, workspaces.c.deepest_by, workspaces.c.deepest_at)
    async with db.transaction(workspace) as connection:
        row = (await connection.execute(chosen)).one_or_none()
    if row is None:
        raise NotFound(f"no workspace {workspace}")
    return Depth(Level(row.deepest), row.deepest_by, row.deepest_at)


async def choose_depth(db: Database, workspace: str, deepest: Level, api_key_id: str) -> Depth:
    """Replace the choice. Raises NotFound."""
    values = {"deepest": deepest.value, "deepest_by": api_key_id, "deepest_at": func.now()}
    changed = update(workspaces).values(values).returning(workspaces.c.deepest_at)
    async with db.transaction(workspace) as connection:
        row = (await connection.execute(changed)).one_or_none()
    if row is None:
        raise NotFound(f"no workspace {workspace}")
    return Depth(deepest, api_key_id, row.deepest_at)


def _workspace(row: Row[Any]) -> Workspace:
    return Workspace(row.workspace_id, row.name, row.retention_days, tuple(row.allowed_hosts), row.created_at)


async def storage_bytes(db: Database, workspace: str) -> int:
    """Bytes of the recordings and texts as received, and of all versions of articles, for quotas."""
    parts = (select(func.coalesce(func.sum(table.c.size_bytes), 0)) for table in (revisions, article_versions))
    first, second = (part.scalar_subquery() for part in parts)
    async with db.transaction(workspace) as connection:
        return int(await connection.scalar(select(first + second)) or 0)
