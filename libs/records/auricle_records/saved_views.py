"""Saved views of the list, a person's own or shared in the workspace. Writes `saved_views`, for the gateway."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from auricle_contracts.views import ViewIn
from sqlalchemy import ColumnElement, Row, delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from auricle_records.callers import Actor
from auricle_records.database import Database, new_id
from auricle_records.errors import NameTaken, NotFound
from auricle_records.tables import saved_views


@dataclass(frozen=True, slots=True)
class KeptView:
    """A view and whose it is: `owner` is the id of a person or a key."""

    id: str
    view: ViewIn
    owner: str
    owner_name: str | None
    updated_at: datetime


_COLUMNS = saved_views.c


async def seen_by(db: Database, workspace: str, owner: str) -> list[KeptView]:
    """One's own and the shared ones, by name."""
    statement = select(saved_views).where(or_(_COLUMNS.owner == owner, _COLUMNS.is_shared))
    async with db.transaction(workspace) as connection:
        rows = await connection.execute(statement.order_by(func.lower(_COLUMNS.name), _COLUMNS.id))
        return [_kept(row) for row in rows]


async def add(db: Database, workspace: str, view: ViewIn, owner: Actor) -> KeptView:
    """Raises NameTaken where the owner has one of this name."""
    values = _values(view) | {
        "workspace_id": workspace, "id": new_id(), "owner_kind": owner.kind, "owner": owner.id, "owner_name": owner.name,
    }  # fmt: skip
    try:
        async with db.transaction(workspace) as connection:
            return _kept((await connection.execute(insert(saved_views).values(values).returning(saved_views))).one())
    except IntegrityError:
        raise NameTaken("you have a view of this name already") from None


async def get(db: Database, workspace: str, view_id: str, owner: str) -> KeptView:
    """One's own, or a shared one. Raises NotFound."""
    async with db.transaction(workspace) as connection:
        row = (await connection.execute(select(saved_views).where(_visible(view_id, owner)))).one_or_none()
    if row is None:
        raise NotFound(f"no view {view_id}")
    return _kept(row)


async def change(db: Database, workspace: str, view_id: str, view: ViewIn, owner: str) -> KeptView:
    """Replace it. Raises NotFound, NameTaken."""
    statement = update(saved_views).where(_visible(view_id, owner)).values(_values(view) | {"updated_at": func.now()})
    try:
        async with db.transaction(workspace) as connection:
            row = (await connection.execute(statement.returning(saved_views))).one_or_none()
    except IntegrityError:
        raise NameTaken("its owner has a view of this name already") from None
    if row is None:
        raise NotFound(f"no view {view_id}")
    return _kept(row)


async def remove(db: Database, workspace: str, view_id: str, owner: str) -> None:
    """Raises NotFound."""
    async with db.transaction(workspace) as connection:
        gone = await connection.execute(delete(saved_views).where(_visible(view_id, owner)))
    if gone.rowcount == 0:
        raise NotFound(f"no view {view_id}")


def _visible(view_id: str, owner: str) -> ColumnElement[bool]:
    return (_COLUMNS.id == view_id) & or_(_COLUMNS.owner == owner, _COLUMNS.is_shared)


def _values(view: ViewIn) -> dict[str, Any]:
    return {
        "name": view.name,
        "query": {name: list(values) for name, values in view.query.items()},
        "days": view.days,
        "columns": list(view.columns),
        "is_shared": view.is_shared,
    }


def _kept(row: Row[Any]) -> KeptView:
    view = ViewIn(
        name=row.name,
        query={name: tuple(values) for name, values in row.query.items()},
        days=row.days,
        columns=tuple(row.columns),
        is_shared=row.is_shared,
    )
    return KeptView(row.id, view, row.owner, row.owner_name, row.updated_at)
