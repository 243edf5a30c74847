"""Appeals read: one, a page of them, and how they ended by criterion and error class."""

from dataclasses import dataclass
from datetime import datetime

from auricle_contracts.appeals import Appeal
from auricle_contracts.vocabulary import AppealState
from sqlalchemy import ColumnElement, func, or_, select

from auricle_records.appeals import changes
from auricle_records.appeals.models import AppealFilters, AppealPage, appeal_of
from auricle_records.database import Database
from auricle_records.errors import NotFound
from auricle_records.tables import appeals


@dataclass(frozen=True, slots=True)
class AppealStatistics:
    """Appeals against one criterion or error class, by how they ended; `median_hours` from opening to decision, None before any."""

    criterion: str | None
    error_class: str | None
    opened: int
    open: int
    accepted: int
    partly: int
    rejected: int
    withdrawn: int
    overdue: int
    median_hours: float | None


async def get(db: Database, workspace: str, appeal_id: str) -> Appeal:
    """Raises NotFound."""
    async with db.transaction(workspace) as connection:
        row = (await connection.execute(select(appeals).where(appeals.c.id == appeal_id))).one_or_none()
        if row is None:
            raise NotFound("no such appeal")
        return (await changes.told(connection, [appeal_of(row)]))[0]


async def page(
    db: Database, workspace: str, filters: AppealFilters, *, cursor: str | None = None, limit: int = 50
) -> AppealPage:
    """The newest first. The cursor is the last appeal's id; a strange one gives the page that would follow it."""
    statement = select(appeals).where(*_conditions(filters)).order_by(appeals.c.id.desc()).limit(limit + 1)
    if cursor is not None:
        statement = statement.where(appeals.c.id < cursor)
    async with db.transaction(workspace) as connection:
        found = await changes.told(connection, [appeal_of(row) for row in await connection.execute(statement)])
    return AppealPage(tuple(found[:limit]), found[limit - 1].id if len(found) > limit else None)


def _conditions(filters: AppealFilters) -> list[ColumnElement[bool]]:
    equal = {name: getattr(filters, name) for name in ("state", "conversation_id", "opened_by", "owner")}
    conditions: list[ColumnElement[bool]] = [
        appeals.c[name] == value for name, value in equal.items() if value is not None
    ]
    if filters.subject is not None:
        conditions.append(or_(appeals.c.criterion == filters.subject, appeals.c.error_class == filters.subject))
    if filters.overdue:
        conditions.append(_overdue())
    if filters.answerable_by is not None:
        conditions += [*changes.fitting(filters.answerable_by), ~changes.ANSWERED]
    return conditions


def _overdue() -> ColumnElement[bool]:
    return (appeals.c.state == AppealState.OPEN) & (appeals.c.due_at < func.now())


async def statistics(
    db: Database, workspace: str, *, since: datetime | None = None, until: datetime | None = None
) -> list[AppealStatistics]:
    """Over appeals that were opened from `since` up to `until`, what was contested most first."""
    counted = [func.count().filter(appeals.c.state == state).label(state.value) for state in AppealState]
    hours = func.extract("epoch", appeals.c.decided_at - appeals.c.opened_at) / 3600
    median = func.percentile_cont(0.5).within_group(hours).label("median_hours")
    total, overdue = func.count().label("opened"), func.count().filter(_overdue()).label("overdue")
    statement = select(appeals.c.criterion, appeals.c.error_class, total, *counted, overdue, median)
    statement = statement.where(appeals.c.opened_at >= since) if since is not None else statement
    statement = statement.where(appeals.c.opened_at < until) if until is not None else statement
    statement = statement.group_by(appeals.c.criterion, appeals.c.error_class)
    statement = statement.order_by(total.desc(), appeals.c.criterion, appeals.c.error_class)
    async with db.transaction(workspace) as connection:
        rows = (await connection.execute(statement)).all()
    return [AppealStatistics(**{name: getattr(row, name) for name in AppealStatistics.__slots__}) for row in rows]
