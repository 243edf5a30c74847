"""What people do with items of the queue. Each change takes the row's lock, so that of two reviewers one gets an item.

open ── claim_next, assign ──► assigned ── release ──► open
open | assigned ── done ──► done      (the same again by the same person: nothing changes)
open | assigned ── skip ──► skipped ── assign ──► assigned
assigned to another ── done, skip ──► AssignedElsewhere;  done, stale ── anything else ──► ReviewClosed
"""

from random import SystemRandom
from typing import Any

from auricle_contracts.review import ReviewState, SkipReason
from sqlalchemy import ColumnElement, case, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from auricle_records.callers import Actor
from auricle_records.database import Database
from auricle_records.errors import AssignedElsewhere, NotFound, ReviewClosed
from auricle_records.review import blind, settings
from auricle_records.review.models import Claim, ReviewItem, item_of
from auricle_records.review.queries import ReviewFilters, narrowed
from auricle_records.tables import review_items

_NOBODY = {"assignee": None, "assignee_name": None, "assigned_by": None, "assigned_at": None}
_NOT_CLOSED = {"skip_reason": None, "note": None, "closed_by": None, "closed_by_name": None, "closed_at": None}
_OPEN = review_items.c.state == ReviewState.OPEN
_BLIND = review_items.alias("blind")
_ASSIGNED = review_items.c.state == ReviewState.ASSIGNED


async def claim_next(
    db: Database, workspace: str, reviewer: Actor, filters: ReviewFilters | None = None, *, lot: float | None = None
) -> Claim | None:
    """What the reviewer has already, else the open item of the highest risk, which becomes theirs; None where nothing waits.

    By lot (0-1, drawn where none is given) below the workspace's `blind_share` a blind item comes first, and below twice that any item
    while blind ones wait, so that what comes out of its order is no sign of a blind one.
    """
    mine = _ASSIGNED & (review_items.c.assignee == reviewer.id)
    drawn = SystemRandom().random() if lot is None else lot
    wanted = (
        narrowed(select(review_items.c.id), filters or ReviewFilters())
        .where(or_(mine, _OPEN))
        .limit(1)
        .with_for_update(of=review_items, skip_locked=True)
    )
    async with db.transaction(workspace) as connection:
        share = (await settings.load(connection)).settings.blind_share
        order = (*_out_of_order(drawn, share), review_items.c.risk.desc(), review_items.c.evaluation_id)
        found = (await connection.execute(wanted.order_by(mine.desc(), *order))).scalar_one_or_none()
        if found is None:
            return None
        item = await _locked(connection, found)
        if item.state is ReviewState.ASSIGNED:
            return Claim(item, is_new=False)
        return Claim(await _change(connection, found, _given(reviewer, reviewer.id)), is_new=True)


def _out_of_order(lot: float, share: float) -> tuple[ColumnElement[Any], ...]:
    if lot < share:
        return (review_items.c.golden_id.is_not(None).desc(),)
    if lot >= 2 * share:
        return ()
    waits_blind = exists().where(_BLIND.c.golden_id.is_not(None), _BLIND.c.state == ReviewState.OPEN)
    return (case((waits_blind, func.random())),)


async def assign(db: Database, workspace: str, item_id: str, reviewer: Actor, by: str) -> ReviewItem:
    """Give it to somebody, whoever has it now; a skipped one waits again. Raises NotFound, ReviewClosed."""
    async with db.transaction(workspace) as connection:
        item = await _locked(connection, item_id)
        if item.state in (ReviewState.DONE, ReviewState.STALE):
            raise ReviewClosed(item.state)
        return await _change(connection, item_id, _given(reviewer, by))


async def release(db: Database, workspace: str, item_id: str) -> ReviewItem:
    """Whoever has it has it no more. Raises NotFound, ReviewClosed."""
    async with db.transaction(workspace) as connection:
        item = await _locked(connection, item_id)
        if item.state not in (ReviewState.OPEN, ReviewState.ASSIGNED):
            raise ReviewClosed(item.state)
        return await _change(connection, item_id, {"state": ReviewState.OPEN, **_NOBODY})


async def done(db: Database, workspace: str, item_id: str, reviewer: Actor) -> ReviewItem:
    """It was reviewed. Raises NotFound, ReviewClosed, AssignedElsewhere."""
    return await _close(db, workspace, item_id, reviewer, {"state": ReviewState.DONE})


async def skip(
    db: Database, workspace: str, item_id: str, reviewer: Actor, reason: SkipReason, note: str | None = None
) -> ReviewItem:
    """It was not reviewed, and why. Raises NotFound, ReviewClosed, AssignedElsewhere."""
    values = {"state": ReviewState.SKIPPED, "skip_reason": reason, "note": note}
    return await _close(db, workspace, item_id, reviewer, values)


async def _close(db: Database, workspace: str, item_id: str, reviewer: Actor, values: dict[str, Any]) -> ReviewItem:
    async with db.transaction(workspace) as connection:
        item = await _locked(connection, item_id)
        if item.state == values["state"] and item.closed_by == reviewer.id:
            return item
        if item.closed_at is not None:
            raise ReviewClosed(item.state)
        if item.assignee not in (None, reviewer.id):
            raise AssignedElsewhere(item.assignee_name or str(item.assignee))
        closed = {"closed_by": reviewer.id, "closed_by_name": reviewer.name, "closed_at": func.now()}
        changed = await _change(connection, item_id, {**values, **closed})
        if changed.state is ReviewState.DONE:
            await blind.leave(connection, item_id)
        return changed


def _given(reviewer: Actor, by: str) -> dict[str, Any]:
    given = {"assignee": reviewer.id, "assignee_name": reviewer.name, "assigned_by": by, "assigned_at": func.now()}
    return {"state": ReviewState.ASSIGNED, **_NOT_CLOSED, **given}


async def _locked(connection: AsyncConnection, item_id: str) -> ReviewItem:
    chosen = select(review_items).where(review_items.c.id == item_id).with_for_update()
    row = (await connection.execute(chosen)).one_or_none()
    if row is None:
        raise NotFound(f"no review item {item_id}")
    return item_of(row)


async def _change(connection: AsyncConnection, item_id: str, values: dict[str, Any]) -> ReviewItem:
    change = (
        update(review_items)
        .where(review_items.c.id == item_id)
        .values(**values, updated_at=func.now())
        .returning(review_items)
    )
    return item_of((await connection.execute(change)).one())
