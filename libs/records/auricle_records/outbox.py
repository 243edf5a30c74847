"""Events on their way out, written in the transaction that makes them true: one row per endpoint that hears it. Writes `outbox`.

pending ─► sent ─► pruned
   └─ failed: pending again at `next_at`, or dead ─► pruned

A receiver that fails FAILURES_TO_PAUSE times in a row is paused: its events wait, and one of them at a time is its trial.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import Any

from auricle_contracts import EventData, WebhookEvent
from auricle_contracts.webhooks import EventType
from auricle_kit.sealing import Sealed
from sqlalchemy import Row, Select, any_, bindparam, case, delete, func, insert, or_, select, text, true, update
from sqlalchemy.ext.asyncio import AsyncConnection

from auricle_records import webhooks
from auricle_records.database import Database, seconds
from auricle_records.row_secrets import secret_of
from auricle_records.storable import Words
from auricle_records.tables import outbox, webhook_endpoints

FAILURES_TO_PAUSE = 5
FIRST_PAUSE_S = 30.0
LONGEST_PAUSE_S = 600.0
MOST_DOUBLINGS = 5
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


async def due(
    db: Database,
    *,
    limit: int = 50,
    hold_s: float = 60.0,
    per_endpoint: int = 50,
    busy: Sequence[str] = (),
    turn: int = 0,
) -> list[Due]:
    """Deliveries of all workspaces whose time has come, held back from other callers for `hold_s` seconds.

    The limit is shared evenly: `turn` says whose workspace comes first, an endpoint gets at most `per_endpoint`, one that is `busy`
    or paused none, and one whose last attempts failed a single trial.
    """
    async with db.walk() as connection:
        workspaces = (await connection.scalars(_DUE_WORKSPACES)).all()
    first = turn % len(workspaces) if workspaces else 0
    found: list[Due] = []
    for left, workspace in zip(count(len(workspaces), -1), [*workspaces[first:], *workspaces[:first]], strict=False):
        if share := -(-(limit - len(found)) // left):
            found += await _claim(db, workspace, share, hold_s, per_endpoint, busy)
    return found


def _ready(limit: int, per_endpoint: int, busy: Sequence[str]) -> Select[tuple[str]]:
    endpoint = webhook_endpoints.c
    allowed = case((endpoint.failures >= FAILURES_TO_PAUSE, 1), else_=per_endpoint)
    of_endpoint = (
        select(outbox.c.id, outbox.c.next_at)
        .where(outbox.c.endpoint_id == endpoint.id, outbox.c.state == "pending", outbox.c.next_at <= func.now())
        .order_by(outbox.c.next_at)
        .limit(allowed)
        .with_for_update(skip_locked=True)
        .lateral()
    )
    open_now = or_(endpoint.paused_until.is_(None), endpoint.paused_until <= func.now())
    return (
        select(of_endpoint.c.id)
        .select_from(webhook_endpoints.join(of_endpoint, true()))
        .where(open_now, endpoint.id.not_in(busy))
        .order_by(of_endpoint.c.next_at)
        .limit(limit)
    )


async def _claim(
    db: Database, workspace: str, limit: int, hold_s: float, per_endpoint: int, busy: Sequence[str]
) -> list[Due]:
    ready = _ready(limit, per_endpoint, busy).cte("ready").prefix_with("MATERIALIZED")
    claim = (
        update(outbox)
        .where(outbox.c.id.in_(select(ready.c.id)), webhook_endpoints.c.id == outbox.c.endpoint_id)
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
    """The receiver took it; its endpoint counts as well again."""
    await _settle(
        db, delivery, {"failures": 0, "paused_until": None}, state="sent", sent_at=func.now(), last_error=None
    )


async def failed(db: Database, delivery: Due, error: str, *, retry_at: datetime | None) -> None:
    """Try again at `retry_at`; None gives it up (`dead`). From FAILURES_TO_PAUSE failures in a row on, the endpoint is paused."""
    endpoint = webhook_endpoints.c
    over = endpoint.failures + 1 - FAILURES_TO_PAUSE
    pause_s = func.least(LONGEST_PAUSE_S, FIRST_PAUSE_S * func.pow(2, func.least(over, MOST_DOUBLINGS)))
    pause = {
        "failures": endpoint.failures + 1,
        "paused_until": case((over >= 0, func.now() + func.make_interval(0, 0, 0, 0, 0, 0, pause_s)), else_=None),
    }
    if retry_at is None:
        await _settle(db, delivery, pause, state="dead", last_error=error)
    else:
        await _settle(db, delivery, pause, next_at=retry_at, last_error=error)


async def expire(db: Database, workspace: str, *, older_s: float) -> int:
    """Give up what has waited this long, also for a paused receiver (`dead`, with its reason); how many."""
    late = outbox.c.created_at < func.now() - seconds(older_s)
    values = {
        "state": "dead",
        "last_error": func.concat("expired; before: ", func.coalesce(outbox.c.last_error, "not tried")),
    }
    async with db.transaction(workspace) as connection:
        done = await connection.execute(update(outbox).where(outbox.c.state == "pending", late).values(values))
    return done.rowcount


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


async def _settle(db: Database, delivery: Due, endpoint: Mapping[str, object], **values: object) -> None:
    """The delivery's new state, and what the attempt says of its endpoint, in one transaction."""
    change = update(outbox).where(outbox.c.id == delivery.id, outbox.c.state == "pending")
    async with db.transaction(delivery.workspace) as connection:
        settled = await connection.execute(change.values(attempts=outbox.c.attempts + 1, **values))
        if settled.rowcount:
            await webhooks.observe(connection, delivery.endpoint_id, endpoint)
