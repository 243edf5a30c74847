"""Events on their way out, written in the transaction that makes them true: one row per endpoint that hears it. Writes `outbox`.

pending ─► sent ─► pruned
   └─ failed: pending again at `next_at`, or dead ─► pruned
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from auricle_contracts import EventData, WebhookEvent
from auricle_kit.sealing import Sealed
from sqlalchemy import ColumnElement, Interval, Row, any_, bindparam, delete, func, insert, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from auricle_records.database import Database
from auricle_records.storable import Words
from auricle_records.tables import outbox, webhook_endpoints
from auricle_records.webhooks import secret_of

EventType = Literal["evaluation.completed", "conversation.dead", "conversation.deleted"]
_TARGET = [webhook_endpoints.c[name] for name in ("url", "secret", "secret_key_id", "sealed_secret")]
_DUE_WORKSPACES = text("SELECT auricle_workspaces_with_due_events()")


@dataclass(frozen=True, slots=True)
class Due:
    """One delivery. `event_id` is the `webhook-id` header: the same over all retries and for all endpoints."""

    id: str
    workspace: str
    endpoint_id: str
    event_id: str
    event: WebhookEvent
    url: str
    secret: str | Sealed
    attempts: int
    traceparent: str


_HEARD_BY = select(
    bindparam("workspace", type_=Words),
    func.concat(bindparam("event", type_=Words), ".", webhook_endpoints.c.id),
    bindparam("event", type_=Words),
    webhook_endpoints.c.id,
    bindparam("kind", type_=Words),
    bindparam("document", type_=outbox.c.data.type),
    bindparam("trace", type_=Words),
).where(
    webhook_endpoints.c.active,
    or_(webhook_endpoints.c.events == [], bindparam("kind", type_=Words) == any_(webhook_endpoints.c.events)),
)
_ADD = insert(outbox).from_select(
    ("workspace_id", "id", "event_id", "endpoint_id", "type", "data", "traceparent"), _HEARD_BY
)


async def add(
    connection: AsyncConnection, kind: EventType, event_id: str, data: EventData, *, traceparent: str = ""
) -> None:
    """Write the event for each endpoint of the workspace that hears it. An `event_id` is written once."""
    document = data.model_dump(mode="json")
    parameters = {
        "workspace": data.workspace,
        "event": event_id,
        "kind": kind,
        "document": document,
        "trace": traceparent,
    }
    await connection.execute(_ADD, parameters)


async def due(db: Database, *, limit: int = 50, hold_s: float = 60.0) -> list[Due]:
    """Deliveries of all workspaces whose time has come, oldest first. They are held back from other callers for `hold_s` seconds."""
    async with db.walk() as connection:
        workspaces = (await connection.scalars(_DUE_WORKSPACES)).all()
    found: list[Due] = []
    for workspace in workspaces:
        if len(found) < limit:
            found += await _claim(db, workspace, limit - len(found), hold_s)
    return found


async def _claim(db: Database, workspace: str, limit: int, hold_s: float) -> list[Due]:
    ready = (
        select(outbox.c.id)
        .where(outbox.c.state == "pending", outbox.c.next_at <= func.now())
        .order_by(outbox.c.next_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    claim = (
        update(outbox)
        .where(outbox.c.id.in_(ready.scalar_subquery()), webhook_endpoints.c.id == outbox.c.endpoint_id)
        .values(next_at=func.now() + seconds(hold_s))
        .returning(outbox, *_TARGET)
    )
    async with db.transaction(workspace) as connection:
        rows = (await connection.execute(claim)).all()
    return sorted((_due(row) for row in rows), key=lambda delivery: delivery.event.timestamp)


def _due(row: Row[Any]) -> Due:
    return Due(
        id=row.id,
        workspace=row.workspace_id,
        endpoint_id=row.endpoint_id,
        event_id=row.event_id,
        event=WebhookEvent(type=row.type, timestamp=row.created_at, data=EventData.model_validate(row.data)),
        url=row.url,
        secret=secret_of(row),
        attempts=row.attempts,
        traceparent=row.traceparent,
    )


async def sent(db: Database, delivery: Due) -> None:
    """The receiver took it."""
    await _settle(db, delivery, state="sent", sent_at=func.now(), last_error=None)


async def failed(db: Database, delivery: Due, error: str, *, retry_at: datetime | None) -> None:
    """Try again at `retry_at`; None gives it up (`dead`)."""
    if retry_at is None:
        await _settle(db, delivery, state="dead", last_error=error)
    else:
        await _settle(db, delivery, next_at=retry_at, last_error=error)


async def prune(db: Database, workspace: str, *, sent_s: float, dead_s: float, limit: int = 1000) -> int:
    """Remove events that were sent, or given up, this long ago; how many. Whoever receives them keeps ids for less than `sent_s`."""
    state, sent_at = outbox.c.state, outbox.c.sent_at
    old = (
        select(outbox.c.id)
        .where(
            ((state == "sent") & (sent_at < func.now() - seconds(sent_s)))
            | ((state == "dead") & (outbox.c.next_at < func.now() - seconds(dead_s)))
        )
        .limit(limit)
    )
    async with db.transaction(workspace) as connection:
        done = await connection.execute(delete(outbox).where(outbox.c.id.in_(old.scalar_subquery())))
    return done.rowcount


async def _settle(db: Database, delivery: Due, **values: object) -> None:
    change = update(outbox).where(outbox.c.id == delivery.id, outbox.c.state == "pending")
    async with db.transaction(delivery.workspace) as connection:
        await connection.execute(change.values(attempts=outbox.c.attempts + 1, **values))


def seconds(count: float) -> ColumnElement[Any]:
    """An interval of this many seconds."""
    return func.make_interval(0, 0, 0, 0, 0, 0, count, type_=Interval())
