"""Each telling of an alert to a destination, until it is done. Writes `alert_deliveries`: keeper, and the gateway for tests.

pending ─► sent ─► pruned
   └─ failed: pending again at `next_at`, or dead ─► pruned; a test is tried once
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from auricle_contracts.alerts import AlertDelivery, AlertEvent, AlertRule, Destination, DestinationKind, Reading
from auricle_kit.sealing import Sealed
from sqlalchemy import Row, any_, bindparam, delete, func, insert, literal, or_, select, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection

from auricle_records.database import Database, new_id, seconds
from auricle_records.row_secrets import secret_of
from auricle_records.storable import Words
from auricle_records.tables import (
    alert_deliveries,
    alert_destinations,
    memberships,
    people,
)

MOST_SHOWN = 100
_TARGET = [alert_destinations.c[name] for name in ("kind", "url", "secret", "secret_key_id", "sealed_secret")]
_WHOM = [alert_destinations.c[name] for name in ("roles", "person_ids", "language", "name")]


@dataclass(frozen=True, slots=True)
class DueAlert:
    """A delivery that was claimed. `told` are the people who have its mail already."""

    id: str
    workspace: str
    destination_id: str
    kind: DestinationKind
    url: str | None
    secret: str | Sealed
    roles: tuple[str, ...]
    person_ids: tuple[str, ...]
    language: str
    event: AlertEvent
    data: Mapping[str, Any]
    attempts: int
    told: tuple[str, ...]
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who is to have a mail."""

    id: str
    email: str


async def add(
    connection: AsyncConnection,
    workspace: str,
    rule: AlertRule,
    event: AlertEvent,
    told: Reading,
    *,
    alert_id: str | None,
    next_at: datetime,
) -> list[str]:
    """One for each destination of the rule that is still there; their ids."""
    asked = select(alert_destinations.c.id).where(alert_destinations.c.id.in_(rule.destination_ids))
    targets = (await connection.scalars(asked.order_by(alert_destinations.c.id))).all()
    data = data_of(rule, told, alert_id)
    rows = [_row(workspace, one, event, data) | {"alert_id": alert_id, "next_at": next_at} for one in targets]
    if rows:
        await connection.execute(insert(alert_deliveries), rows)
    return [str(row["id"]) for row in rows]


async def add_tests(db: Database, workspace: str, rule: AlertRule, told: Reading, *, now: datetime) -> list[str]:
    """A marked test to each destination of the rule, whatever the hour; their ids."""
    async with db.transaction(workspace) as connection:
        return await add(connection, workspace, rule, AlertEvent.TEST, told, alert_id=None, next_at=now)


async def add_test(db: Database, workspace: str, destination: Destination) -> str:
    """A marked test to one destination; its id."""
    row = _row(workspace, destination.id, AlertEvent.TEST, {"rule": destination.name})
    async with db.transaction(workspace) as connection:
        await connection.execute(insert(alert_deliveries).values(row))
    return str(row["id"])


def data_of(rule: AlertRule, told: Reading, alert_id: str | None) -> dict[str, Any]:
    """What is told: facts of the rule and figures, no word of a conversation."""
    named = {"rule_id", "name", "measure", "error_class", "criterion", "compared", "threshold", "window_minutes"}
    facts = rule.model_dump(mode="json", include=named - {"rule_id"} | {"team", "line", "channel", "severity"})
    return {"alert_id": alert_id, "rule_id": rule.id, "rule": facts.pop("name")} | facts | told.model_dump()


async def claim(db: Database, workspace: str, *, limit: int, hold_s: float) -> list[DueAlert]:
    """Those whose time has come, held back from other callers for `hold_s`."""
    ready = (
        select(alert_deliveries.c.id)
        .where(alert_deliveries.c.state == "pending", alert_deliveries.c.next_at <= func.now())
        .order_by(alert_deliveries.c.next_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("ready")
        .prefix_with("MATERIALIZED")
    )
    mine = alert_destinations.c.id == alert_deliveries.c.destination_id
    held = (
        update(alert_deliveries)
        .where(alert_deliveries.c.id.in_(select(ready.c.id)), mine)
        .values(next_at=func.now() + seconds(hold_s))
        .returning(alert_deliveries, *_TARGET, *_WHOM)
    )
    async with db.transaction(workspace) as connection:
        return [_due(row) for row in (await connection.execute(held)).all()]


async def recipients(db: Database, workspace: str, due: DueAlert) -> list[Recipient]:
    """Active people of the destination who do not have the mail yet."""
    of_role = select(memberships.c.person_id).where(memberships.c.role.in_(due.roles))
    named = people.c.id == any_(bindparam("named", list(due.person_ids), type_=ARRAY(Words)))
    asked = select(people.c.id, people.c.email).where(
        people.c.active, or_(people.c.id.in_(of_role), named), people.c.id.not_in(due.told)
    )
    async with db.transaction(workspace) as connection:
        rows = (await connection.execute(asked.order_by(people.c.id))).all()
    return [Recipient(row.id, row.email) for row in rows]


async def mark_told(db: Database, due: DueAlert, person_id: str) -> None:
    """The person has the mail: another try goes to the others."""
    told = func.array_append(alert_deliveries.c.told, literal(person_id, Words))
    change = update(alert_deliveries).where(alert_deliveries.c.id == due.id).values(told=told)
    async with db.transaction(due.workspace) as connection:
        await connection.execute(change)


async def sent(db: Database, due: DueAlert, answer: str) -> None:
    """The destination took it."""
    await _settle(db, due, state="sent", sent_at=func.now(), answer=answer)


async def failed(db: Database, due: DueAlert, answer: str, *, retry_at: datetime | None) -> None:
    """Try again at `retry_at`; None gives it up (`dead`)."""
    if retry_at is None:
        await _settle(db, due, state="dead", answer=answer)
    else:
        await _settle(db, due, next_at=retry_at, answer=answer)


async def shown(
    db: Database,
    workspace: str,
    *,
    ids: Sequence[str] | None = None,
    alert_id: str | None = None,
    destination_id: str | None = None,
) -> list[AlertDelivery]:
    """The newest MOST_SHOWN that all of these leave."""
    mine = alert_destinations.c.id == alert_deliveries.c.destination_id
    statement = (
        select(alert_deliveries, alert_destinations.c.name, alert_destinations.c.kind)
        .join(alert_destinations, mine)
        .order_by(alert_deliveries.c.id.desc())
        .limit(MOST_SHOWN)
    )
    if ids is not None:
        statement = statement.where(alert_deliveries.c.id.in_(ids))
    if alert_id is not None:
        statement = statement.where(alert_deliveries.c.alert_id == alert_id)
    if destination_id is not None:
        statement = statement.where(alert_deliveries.c.destination_id == destination_id)
    async with db.transaction(workspace) as connection:
        return [_delivery(row) for row in (await connection.execute(statement)).all()]


async def prune(db: Database, workspace: str, *, older_s: float) -> int:
    """Remove what was sent or given up this long ago; how many."""
    old = (alert_deliveries.c.state != "pending") & (alert_deliveries.c.created_at < func.now() - seconds(older_s))
    async with db.transaction(workspace) as connection:
        return (await connection.execute(delete(alert_deliveries).where(old))).rowcount


async def _settle(db: Database, due: DueAlert, **values: object) -> None:
    mine = (alert_deliveries.c.id == due.id) & (alert_deliveries.c.state == "pending")
    change = update(alert_deliveries).where(mine).values(attempts=alert_deliveries.c.attempts + 1, **values)
    async with db.transaction(due.workspace) as connection:
        await connection.execute(change)


def _row(workspace: str, destination_id: str, event: AlertEvent, data: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "workspace_id": workspace, "id": new_id(), "destination_id": destination_id, "event": event.value, "data": dict(data),
    }  # fmt: skip


def _due(row: Row[Any]) -> DueAlert:
    return DueAlert(
        id=row.id,
        workspace=row.workspace_id,
        destination_id=row.destination_id,
        kind=DestinationKind(row.kind),
        url=row.url,
        secret=secret_of(row),
        roles=tuple(row.roles),
        person_ids=tuple(row.person_ids),
        language=row.language,
        event=AlertEvent(row.event),
        data=row.data,
        attempts=row.attempts,
        told=tuple(row.told),
        created_at=row.created_at,
    )


def _delivery(row: Row[Any]) -> AlertDelivery:
    own = set(AlertDelivery.model_fields) - {"destination", "rule"}
    values = {name: getattr(row, name) for name in own}
    return AlertDelivery.model_validate(values | {"destination": row.name, "rule": str(row.data.get("rule", ""))})
