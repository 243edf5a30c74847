"""Events of hooks: kept before the vendor hears 202, claimed by one worker at a time, tried until done. Writes `hook_events`.

pending ─► done (its payload is emptied, but for messages, of which the next revision is made)
   └─ failed: pending again at `next_at`, or dead: listed, tried again by hand, removed by keeper after its time
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from auricle_kit.errors import NotFound
from sqlalchemy import Row, delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from auricle_records.database import Database, new_id, seconds
from auricle_records.errors import NotDead
from auricle_records.tables import hook_events

_DUE_WORKSPACES = text("SELECT auricle_workspaces_with_due_hook_events()")
MOST_MESSAGES = 20_000


@dataclass(frozen=True, slots=True)
class HookEvent:
    """One mapped event. `event_key` is the vendor's own id of it: what comes twice is one row."""

    id: str
    workspace: str
    hook_id: str
    kind: str
    source: str
    external_id: str
    payload: Mapping[str, Any]
    state: str
    attempts: int
    last_error: str | None
    conversation_id: str | None
    traceparent: str
    next_at: datetime
    created_at: datetime


@dataclass(frozen=True, slots=True)
class NewEvent:
    """What the mapping made of a post. It is due after `wait_s`."""

    event_key: str
    kind: str
    source: str
    external_id: str
    payload: Mapping[str, Any]
    wait_s: float = 0.0


async def add(
    db: Database, workspace: str, hook_id: str, events: Sequence[NewEvent], *, traceparent: str = ""
) -> list[HookEvent]:
    """All of them in one transaction; one that is there already is returned as it is."""
    async with db.transaction(workspace) as connection:
        for event in events:
            values = _values(workspace, hook_id, event, traceparent)
            await connection.execute(insert(hook_events).values(values).on_conflict_do_nothing())
        keys = [event.event_key for event in events]
        mine = select(hook_events).where(hook_events.c.hook_id == hook_id, hook_events.c.event_key.in_(keys))
        return [_event(row) for row in await connection.execute(mine.order_by(hook_events.c.id))]


def _values(workspace: str, hook_id: str, event: NewEvent, traceparent: str) -> dict[str, Any]:
    return {
        "workspace_id": workspace,
        "id": new_id(),
        "hook_id": hook_id,
        "event_key": event.event_key,
        "kind": event.kind,
        "source": event.source,
        "external_id": event.external_id,
        "payload": dict(event.payload),
        "traceparent": traceparent,
        "next_at": func.now() + seconds(event.wait_s),
    }


async def due(db: Database, *, limit: int, hold_s: float) -> list[HookEvent]:
    """Events of all workspaces whose time has come, held back from other callers for `hold_s` seconds; the limit is shared evenly."""
    async with db.walk() as connection:
        workspaces = (await connection.scalars(_DUE_WORKSPACES)).all()
    found: list[HookEvent] = []
    for place, workspace in enumerate(workspaces):
        if share := -(-(limit - len(found)) // (len(workspaces) - place)):
            found += await _claim(db, workspace, share, hold_s)
    return found


async def _claim(db: Database, workspace: str, limit: int, hold_s: float) -> list[HookEvent]:
    ready = (
        select(hook_events.c.id)
        .where(hook_events.c.state == "pending", hook_events.c.next_at <= func.now())
        .order_by(hook_events.c.next_at, hook_events.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("ready")
        .prefix_with("MATERIALIZED")
    )
    claim = (
        update(hook_events)
        .where(hook_events.c.id.in_(select(ready.c.id)))
        .values(next_at=func.now() + seconds(hold_s), attempts=hook_events.c.attempts + 1)
        .returning(hook_events)
    )
    async with db.transaction(workspace) as connection:
        rows = (await connection.execute(claim)).all()
    return sorted((_event(row) for row in rows), key=lambda event: event.id)


async def messages(db: Database, event: HookEvent) -> list[HookEvent]:
    """All messages of the event's conversation that came through its hook and were not given up, as they came."""
    mine = hook_events.c
    wanted = (
        select(hook_events)
        .where(mine.hook_id == event.hook_id, mine.source == event.source, mine.external_id == event.external_id)
        .where(mine.kind == "message", mine.state != "dead")
        .order_by(mine.id)
        .limit(MOST_MESSAGES)
    )
    async with db.transaction(event.workspace) as connection:
        return [_event(row) for row in await connection.execute(wanted)]


async def done(db: Database, workspace: str, event_ids: Sequence[str], conversation_id: str, *, keep: bool) -> None:
    """They are in the conversation. Without `keep` their payload is emptied: the conversation holds it now."""
    values: dict[str, Any] = {"state": "done", "conversation_id": conversation_id, "last_error": None}
    if not keep:
        values["payload"] = {}
    change = update(hook_events).where(hook_events.c.id.in_(list(event_ids)), hook_events.c.state == "pending")
    async with db.transaction(workspace) as connection:
        await connection.execute(change.values(values | {"updated_at": func.now()}))


async def failed(db: Database, event: HookEvent, error: str, *, retry_s: float | None) -> None:
    """Try again after `retry_s`; None gives it up (`dead`)."""
    again = {"next_at": func.now() + seconds(retry_s)} if retry_s is not None else {"state": "dead"}
    change = update(hook_events).where(hook_events.c.id == event.id, hook_events.c.state == "pending")
    async with db.transaction(event.workspace) as connection:
        await connection.execute(change.values(last_error=error, updated_at=func.now(), **again))


async def wait(db: Database, event: HookEvent, wait_s: float) -> None:
    """Look again after `wait_s`; this look counts as no attempt."""
    values = {"next_at": func.now() + seconds(wait_s), "attempts": hook_events.c.attempts - 1}
    change = update(hook_events).where(hook_events.c.id == event.id, hook_events.c.state == "pending")
    async with db.transaction(event.workspace) as connection:
        await connection.execute(change.values(values))


async def resend(db: Database, workspace: str, event_id: str) -> HookEvent:
    """A dead event is tried again, with its attempts counted from zero. Raises NotFound, NotDead."""
    mine = hook_events.c.id == event_id
    values = {"state": "pending", "attempts": 0, "next_at": func.now(), "updated_at": func.now()}
    change = update(hook_events).where(mine, hook_events.c.state == "dead").values(values).returning(hook_events)
    async with db.transaction(workspace) as connection:
        row = (await connection.execute(change)).one_or_none()
        if row is not None:
            return _event(row)
        if await connection.scalar(select(hook_events.c.id).where(mine)) is None:
            raise NotFound(f"no hook event {event_id}")
    raise NotDead(f"hook event {event_id} is not dead")


async def page(
    db: Database, workspace: str, hook_id: str, *, state: str | None = None, before: str | None = None, limit: int = 50
) -> list[HookEvent]:
    """The newest first; `before` is the id of the last one of the page before."""
    wanted = select(hook_events).where(hook_events.c.hook_id == hook_id).order_by(hook_events.c.id.desc()).limit(limit)
    if state is not None:
        wanted = wanted.where(hook_events.c.state == state)
    if before is not None:
        wanted = wanted.where(hook_events.c.id < before)
    async with db.transaction(workspace) as connection:
        return [_event(row) for row in await connection.execute(wanted)]


async def prune(db: Database, workspace: str, *, dead_s: float, limit: int = 1000) -> int:
    """Remove events that were given up this long ago; how many. Done ones go with their conversation."""
    old = hook_events.c.updated_at < func.now() - seconds(dead_s)
    dead = select(hook_events.c.id).where(hook_events.c.state == "dead", old).limit(limit)
    async with db.transaction(workspace) as connection:
        return (await connection.execute(delete(hook_events).where(hook_events.c.id.in_(dead)))).rowcount


def _event(row: Row[Any]) -> HookEvent:
    names = ("id", "hook_id", "kind", "source", "external_id", "payload", "state", "attempts", "last_error")
    rest = ("conversation_id", "traceparent", "next_at", "created_at")
    return HookEvent(workspace=row.workspace_id, **{name: getattr(row, name) for name in (*names, *rest)})
