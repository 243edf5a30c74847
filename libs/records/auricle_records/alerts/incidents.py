"""What rang: opened once a rule, closed by a person or when it rings no more. Keeper writes `alerts`; the gateway what people say."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from auricle_contracts.alerts import Alert, AlertEvent, AlertRule, AlertState, Reading
from sqlalchemy import Row, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from auricle_records.alerts import deliveries
from auricle_records.callers import Actor
from auricle_records.database import Database, new_id, seconds
from auricle_records.errors import NotFound
from auricle_records.tables import alerts

_COLUMNS = [alerts.c[name] for name in Alert.model_fields]
_NOT_CLOSED = alerts.c.state != AlertState.CLOSED


@dataclass(frozen=True, slots=True)
class AlertPage:
    """The newest first. `cursor` asks for the next page; None on the last."""

    items: tuple[Alert, ...]
    cursor: str | None


async def observe(
    db: Database, workspace: str, rule: AlertRule, told: Reading, *, ringing: bool | None, told_at: datetime
) -> AlertEvent | None:
    """Keep what a look at the rule came to, with the deliveries that follow, in one transaction: it opens an alert unless there is one or
    its cooldown runs, and closes the one that is there when it rings no more. Where too few tell (`ringing` None) all stays as it
    is. What happened; None: nothing that is told.
    """
    if ringing is None:
        return None
    mine = alerts.c.rule_id == rule.id
    async with db.transaction(workspace) as connection:
        there = (await connection.execute(select(alerts.c.id).where(mine, _NOT_CLOSED).with_for_update())).one_or_none()
        if there is not None:
            values = {"last": told.model_dump(), "seen_at": func.now()}
            if ringing:
                await connection.execute(update(alerts).where(alerts.c.id == there.id).values(values))
                return None
            values |= {"state": AlertState.CLOSED.value, "closed_at": func.now()}
            await connection.execute(update(alerts).where(alerts.c.id == there.id).values(values))
            event, alert_id = AlertEvent.RECOVERED, there.id
        elif ringing and not await _cools(connection, rule):
            event, alert_id = AlertEvent.OPENED, await _open(connection, workspace, rule, told)
        else:
            return None
        await deliveries.add(connection, workspace, rule, event, told, alert_id=alert_id, next_at=told_at)
    return event


async def page(
    db: Database,
    workspace: str,
    *,
    state: AlertState | None = None,
    rule_id: str | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> AlertPage:
    """All given ones must hold."""
    statement = select(*_COLUMNS).order_by(alerts.c.id.desc()).limit(limit + 1)
    if state is not None:
        statement = statement.where(alerts.c.state == state)
    if rule_id is not None:
        statement = statement.where(alerts.c.rule_id == rule_id)
    if cursor is not None:
        statement = statement.where(alerts.c.id < cursor)
    async with db.transaction(workspace) as connection:
        rows = (await connection.execute(statement)).all()
    return AlertPage(tuple(map(_alert, rows[:limit])), rows[limit - 1].id if len(rows) > limit else None)


async def get(db: Database, workspace: str, alert_id: str) -> Alert:
    """Raises NotFound."""
    async with db.transaction(workspace) as connection:
        return await _get(connection, alert_id)


async def acknowledge(db: Database, workspace: str, alert_id: str, by: Actor) -> Alert:
    """Somebody looks at it; of one that is closed nothing changes. Raises NotFound."""
    values = {"state": "acknowledged", "acknowledged_at": func.now(), "acknowledged_by_name": by.name or by.id}
    return await _change(db, workspace, alert_id, values, (AlertState.OPEN,))


async def close(db: Database, workspace: str, alert_id: str, by: Actor) -> Alert:
    """It is over; the rule may ring again after its cooldown. Raises NotFound."""
    values = {"state": "closed", "closed_at": func.now(), "closed_by_name": by.name or by.id}
    return await _change(db, workspace, alert_id, values, (AlertState.OPEN, AlertState.ACKNOWLEDGED))


async def open_by_severity(db: Database, workspace: str) -> dict[str, int]:
    """How many are not closed."""
    counted = select(alerts.c.severity, func.count()).where(_NOT_CLOSED).group_by(alerts.c.severity)
    async with db.transaction(workspace) as connection:
        return {severity: int(count) for severity, count in (await connection.execute(counted)).all()}


async def _change(
    db: Database, workspace: str, alert_id: str, values: dict[str, Any], states: Sequence[AlertState]
) -> Alert:
    change = update(alerts).where(alerts.c.id == alert_id, alerts.c.state.in_(states)).values(values)
    async with db.transaction(workspace) as connection:
        await connection.execute(change)
        return await _get(connection, alert_id)


async def _cools(connection: AsyncConnection, rule: AlertRule) -> bool:
    since = func.now() - seconds(rule.cooldown_minutes * 60.0)
    lately = select(alerts.c.id).where(alerts.c.rule_id == rule.id, alerts.c.closed_at > since).limit(1)
    return await connection.scalar(lately) is not None


async def _open(connection: AsyncConnection, workspace: str, rule: AlertRule, told: Reading) -> str:
    alert_id = new_id()
    values = {"rule_id": rule.id, "rule": rule.name, "measure": rule.measure.value, "severity": rule.severity.value}
    figures = {"first": told.model_dump(), "last": told.model_dump()}
    await connection.execute(insert(alerts).values(workspace_id=workspace, id=alert_id, **values, **figures))
    return alert_id


async def _get(connection: AsyncConnection, alert_id: str) -> Alert:
    row = (await connection.execute(select(*_COLUMNS).where(alerts.c.id == alert_id))).one_or_none()
    if row is None:
        raise NotFound(f"no alert {alert_id}")
    return _alert(row)


def _alert(row: Row[Any]) -> Alert:
    return Alert.model_validate({name: getattr(row, name) for name in Alert.model_fields})
