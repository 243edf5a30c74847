"""A workspace's quiet hours. Writes `alert_settings`, for the gateway."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from auricle_contracts.alerts import AlertSettings
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from auricle_records.database import Database
from auricle_records.tables import alert_settings


async def get(db: Database, workspace: str) -> AlertSettings:
    """No quiet hours, where nobody chose any."""
    async with db.transaction(workspace) as connection:
        row = (await connection.execute(select(alert_settings))).one_or_none()
    if row is None:
        return AlertSettings()
    return AlertSettings(time_zone=row.time_zone, quiet_from=row.quiet_from, quiet_until=row.quiet_until)


async def choose(db: Database, workspace: str, chosen: AlertSettings) -> None:
    """Replace the choice. What is held already is told when it was to be."""
    values = chosen.model_dump()
    put = insert(alert_settings).values(workspace_id=workspace, **values)
    replaced = {name: put.excluded[name] for name in values} | {"updated_at": func.now()}
    async with db.transaction(workspace) as connection:
        await connection.execute(put.on_conflict_do_update(index_elements=["workspace_id"], set_=replaced))


def told_at(now: datetime, chosen: AlertSettings, *, urgent: bool) -> datetime:
    """`now`, or the end of the quiet hours that it lies in. Pure."""
    if urgent or chosen.quiet_from is None or chosen.quiet_until is None:
        return now
    here = now.astimezone(ZoneInfo(chosen.time_zone))
    begins, ends = time.fromisoformat(chosen.quiet_from), time.fromisoformat(chosen.quiet_until)
    clock = here.time()
    is_quiet = begins <= clock < ends if begins < ends else clock >= begins or clock < ends
    if not is_quiet:
        return now
    day = here.date() + timedelta(days=1 if clock >= ends else 0)
    return datetime.combine(day, ends, ZoneInfo(chosen.time_zone))
