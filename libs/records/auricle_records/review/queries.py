"""The queue read: pages by risk, one item, and numbers of what waits and what was done."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from auricle_contracts.review import ReviewReason, ReviewState
from auricle_kit.errors import InvalidRequest
from sqlalchemy import ColumnElement, Select, and_, case, exists, func, literal, or_, select

from auricle_records.conversations import Filters
from auricle_records.database import Database
from auricle_records.errors import NotFound
from auricle_records.review import subjects
from auricle_records.review.models import REVIEWERS, ReviewItem, item_of
from auricle_records.review.subjects import SubjectState
from auricle_records.storable import Moment, Words
from auricle_records.tables import conversations, memberships, people, review_items

WAITING = (ReviewState.OPEN, ReviewState.ASSIGNED)
NOBODY = "none"
_WAITS = review_items.c.state.in_(WAITING)


@dataclass(frozen=True, slots=True)
class ReviewFilters:
    """All given ones must hold. Without a `state`: what waits, open or assigned. `assignee` is an id, or NOBODY.

    `subject`, a criterion or error class: what the evaluation says of it is `subject_state`, or without that a reason names it.
    """

    state: ReviewState | None = None
    reason: ReviewReason | None = None
    assignee: str | None = None
    subject: str | None = None
    subject_state: SubjectState | None = None
    conversations: Filters = field(default_factory=Filters)

    def conditions(self) -> list[ColumnElement[bool]]:
        """As SQL."""
        columns = review_items.c
        found = [columns.state == self.state if self.state is not None else _WAITS]
        if self.reason is not None:
            found.append(columns.reasons.contains([self.reason]))
        if self.assignee is not None:
            found.append(columns.assignee.is_(None) if self.assignee == NOBODY else columns.assignee == self.assignee)
        if self.subject is not None:
            found.append(subjects.about(self.subject, self.subject_state))
        return found


@dataclass(frozen=True, slots=True)
class ReviewPage:
    """What waits by risk, the highest first; what is closed, the newest first. `total` counts all pages; `cursor` asks for the next."""

    items: tuple[ReviewItem, ...]
    cursor: str | None
    total: int


@dataclass(frozen=True, slots=True)
class ReviewCount:
    """Numbers of items, done and skipped ones since the moment asked for. Of `by_reason` each waits, and counts once for each reason."""

    open: int
    assigned: int
    mine: int
    done: int
    skipped: int
    done_by_me: int
    skipped_by_me: int
    by_reason: Mapping[ReviewReason, int]


@dataclass(frozen=True, slots=True)
class ReviewerCount:
    """One who reviews: what they have, and what they did since the moment asked for."""

    id: str
    name: str
    assigned: int
    done: int
    skipped: int


async def get(db: Database, workspace: str, item_id: str) -> ReviewItem:
    """Raises NotFound."""
    async with db.transaction(workspace) as connection:
        row = (await connection.execute(select(review_items).where(review_items.c.id == item_id))).one_or_none()
    if row is None:
        raise NotFound(f"no review item {item_id}")
    return item_of(row)


async def page(
    db: Database, workspace: str, filters: ReviewFilters | None = None, *, cursor: str | None = None, limit: int = 50
) -> ReviewPage:
    """Raises InvalidRequest for a cursor that is none of ours."""
    chosen = filters or ReviewFilters()
    key = review_items.c.risk if chosen.state in (None, *WAITING) else review_items.c.closed_at
    statement = narrowed(select(review_items), chosen)
    ordered = statement.order_by(key.desc(), review_items.c.evaluation_id).limit(limit + 1)
    if cursor is not None:
        last, evaluation = _read_cursor(cursor, key)
        ordered = ordered.where(or_(key < last, and_(key == last, review_items.c.evaluation_id > evaluation)))
    async with db.transaction(workspace) as connection:
        rows = (await connection.execute(ordered)).all()
        total = await connection.scalar(select(func.count()).select_from(statement.subquery())) or 0
    items = tuple(item_of(row) for row in rows[:limit])
    return ReviewPage(items, _write_cursor(items[-1], key) if len(rows) > limit else None, total)


async def count(db: Database, workspace: str, *, reviewer: str | None, since: datetime) -> ReviewCount:
    """Of the whole workspace, and what of it is the reviewer's."""
    columns = review_items.c
    is_mine, is_closed_by_me = columns.assignee == reviewer, columns.closed_by == reviewer
    lately = columns.closed_at >= since
    numbers = {
        "open": columns.state == ReviewState.OPEN,
        "assigned": columns.state == ReviewState.ASSIGNED,
        "mine": (columns.state == ReviewState.ASSIGNED) & is_mine,
        "done": (columns.state == ReviewState.DONE) & lately,
        "skipped": (columns.state == ReviewState.SKIPPED) & lately,
        "done_by_me": (columns.state == ReviewState.DONE) & lately & is_closed_by_me,
        "skipped_by_me": (columns.state == ReviewState.SKIPPED) & lately & is_closed_by_me,
    }
    counted = select(*(func.count(case((condition, 1))).label(name) for name, condition in numbers.items()))
    async with db.transaction(workspace) as connection:
        row = (await connection.execute(counted.where(_WAITS | lately))).mappings().one()
    return ReviewCount(**row, by_reason=await waiting(db, workspace))


async def reviewers(db: Database, workspace: str, *, since: datetime, limit: int = 200) -> list[ReviewerCount]:
    """Active people whose role reviews, by name."""
    columns = review_items.c
    lately = columns.closed_at >= since
    numbers = {
        "assigned": (columns.state == ReviewState.ASSIGNED) & (columns.assignee == people.c.id),
        "done": (columns.state == ReviewState.DONE) & lately & (columns.closed_by == people.c.id),
        "skipped": (columns.state == ReviewState.SKIPPED) & lately & (columns.closed_by == people.c.id),
    }
    counted = (
        select(func.count()).select_from(review_items).where(condition).scalar_subquery().label(name)
        for name, condition in numbers.items()
    )
    have_role = exists().where(memberships.c.person_id == people.c.id, memberships.c.role.in_(REVIEWERS))
    chosen = select(people.c.id, people.c.name, *counted).where(people.c.active, have_role)
    async with db.transaction(workspace) as connection:
        rows = await connection.execute(chosen.order_by(people.c.name, people.c.id).limit(limit))
        return [ReviewerCount(**row) for row in rows.mappings()]


async def waiting(db: Database, workspace: str) -> dict[ReviewReason, int]:
    """How many items wait, by reason; an item with two reasons counts twice."""
    reason = func.unnest(review_items.c.reasons).label("reason")
    each = select(reason).where(_WAITS).subquery()
    async with db.transaction(workspace) as connection:
        rows = await connection.execute(select(each.c.reason, func.count().label("n")).group_by(each.c.reason))
        found = {ReviewReason(row.reason): row.n for row in rows}
    return {one: found.get(one, 0) for one in ReviewReason}


def narrowed(statement: Select[Any], filters: ReviewFilters) -> Select[Any]:
    """The statement over items, with the conditions of the filters; conversations are joined only where they narrow."""
    statement = statement.where(*filters.conditions())
    of_conversations = filters.conversations.conditions()
    if of_conversations:
        statement = statement.join(conversations, conversations.c.id == review_items.c.conversation_id)
    return statement.where(*of_conversations)


def _write_cursor(item: ReviewItem, key: ColumnElement[Any]) -> str:
    value = repr(item.risk) if key is review_items.c.risk else (item.closed_at or item.created_at).isoformat()
    return f"{value}_{item.evaluation_id}"


def _read_cursor(cursor: str, key: ColumnElement[Any]) -> tuple[ColumnElement[Any], ColumnElement[str]]:
    value, _, evaluation_id = cursor.rpartition("_")
    try:
        if key is review_items.c.risk:
            return literal(float(value)), literal(evaluation_id, Words)
        return literal(datetime.fromisoformat(value), Moment), literal(evaluation_id, Words)
    except ValueError:
        raise InvalidRequest("the cursor is none of this list", action="Start at the first page.") from None
