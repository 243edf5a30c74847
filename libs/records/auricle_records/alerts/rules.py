"""Rules of a workspace. Writes `alert_rules`, for the gateway; what a removed or switched-off rule has open is closed."""

from collections.abc import Sequence
from typing import Any

from auricle_contracts.alerts import AlertRule, AlertRuleIn, AlertState
from sqlalchemy import Row, and_, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from auricle_records.callers import Actor
from auricle_records.database import Database, new_id
from auricle_records.errors import NameTaken, NotFound
from auricle_records.tables import alert_destinations, alert_rules, alerts

_OPEN = and_(alerts.c.rule_id == alert_rules.c.id, alerts.c.state != AlertState.CLOSED)
_SHOWN = (
    select(alert_rules, alerts.c.id.label("alert_id"), alerts.c.state.label("alert_state"))
    .select_from(alert_rules.outerjoin(alerts, _OPEN))
    .order_by(func.lower(alert_rules.c.name), alert_rules.c.id)
)


async def list_rules(db: Database, workspace: str, *, active: bool = False) -> list[AlertRule]:
    """By name; with `active` those that are switched on."""
    async with db.transaction(workspace) as connection:
        rows = await connection.execute(_SHOWN.where(alert_rules.c.active) if active else _SHOWN)
        return [_rule(row) for row in rows]


async def get(db: Database, workspace: str, rule_id: str) -> AlertRule:
    """Raises NotFound."""
    async with db.transaction(workspace) as connection:
        return await _get(connection, rule_id)


async def add(db: Database, workspace: str, rule: AlertRuleIn, by: Actor) -> AlertRule:
    """Raises NameTaken; NotFound for a destination that is not there."""
    rule_id = new_id()
    values = {"workspace_id": workspace, "id": rule_id, **_values(rule, by)}
    try:
        async with db.transaction(workspace) as connection:
            await _check(connection, rule.destination_ids)
            await connection.execute(insert(alert_rules).values(values))
            return await _get(connection, rule_id)
    except IntegrityError:
        raise NameTaken("there is a rule of this name already") from None


async def change(db: Database, workspace: str, rule_id: str, rule: AlertRuleIn, by: Actor) -> AlertRule:
    """Replace it. Raises NotFound, NameTaken."""
    change = update(alert_rules).where(alert_rules.c.id == rule_id)
    try:
        async with db.transaction(workspace) as connection:
            done = await connection.execute(change.values(_values(rule, by) | {"updated_at": func.now()}))
            if done.rowcount == 0:
                raise NotFound(f"no alert rule {rule_id}")
            await _check(connection, rule.destination_ids)
            if not rule.active:
                await _close(connection, rule_id, by)
            return await _get(connection, rule_id)
    except IntegrityError:
        raise NameTaken("there is a rule of this name already") from None


async def remove(db: Database, workspace: str, rule_id: str, by: Actor) -> None:
    """What rang before stays in the history. Raises NotFound."""
    async with db.transaction(workspace) as connection:
        if (await connection.execute(delete(alert_rules).where(alert_rules.c.id == rule_id))).rowcount == 0:
            raise NotFound(f"no alert rule {rule_id}")
        await _close(connection, rule_id, by)


async def _get(connection: AsyncConnection, rule_id: str) -> AlertRule:
    row = (await connection.execute(_SHOWN.where(alert_rules.c.id == rule_id))).one_or_none()
    if row is None:
        raise NotFound(f"no alert rule {rule_id}")
    return _rule(row)


async def _check(connection: AsyncConnection, destinations: Sequence[str]) -> None:
    asked = select(alert_destinations.c.id).where(alert_destinations.c.id.in_(destinations))
    there = set((await connection.scalars(asked)).all())
    if gone := [one for one in destinations if one not in there]:
        raise NotFound(f"no alert destination {gone[0]}")


async def _close(connection: AsyncConnection, rule_id: str, by: Actor) -> None:
    open_one = (alerts.c.rule_id == rule_id) & (alerts.c.state != AlertState.CLOSED)
    values = {"state": AlertState.CLOSED.value, "closed_at": func.now(), "closed_by_name": by.name or by.id}
    await connection.execute(update(alerts).where(open_one).values(values))


def _values(rule: AlertRuleIn, by: Actor) -> dict[str, Any]:
    return {
        "name": rule.name,
        "rule": rule.model_dump(mode="json"),
        "active": rule.active,
        "updated_by": by.id,
        "updated_by_name": by.name,
    }


def _rule(row: Row[Any]) -> AlertRule:
    names = ("id", "updated_at", "updated_by_name", "alert_id", "alert_state")
    return AlertRule.model_validate(row.rule | {name: getattr(row, name) for name in names})
