"""The life of worker processes: attributed + wasted + open + idle is all of it, and the table refuses a row where it is not.

Writes the table `shifts`. A worker reports its own; one that dies is silent, and what it had open is wasted.
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from auricle_kit import log
from auricle_kit.errors import AuricleError
from auricle_kit.metering import Meter, Tally
from sqlalchemy import Row, func, select
from sqlalchemy.dialects.postgresql import insert

from auricle_records.database import Database, new_id, seconds
from auricle_records.tables import shifts
from auricle_records.workspaces import PLATFORM

REPORT_S = 15.0
SILENT_S = 60.0
"""After four missed reports a process counts as dead."""
logger = log.get("records.worker_uptime")


@dataclass(frozen=True, slots=True)
class WorkerUptime:
    """One process from its start to its last report. `over`: it ended, or has been silent for a minute."""

    id: str
    service: str
    host: str
    device: str
    started_at: datetime
    seen_at: datetime
    over: bool
    tally: Tally

    @property
    def wasted_ns(self) -> int:
        """Thrown away; what was open when it went silent too."""
        return self.tally.wasted_ns + (self.tally.open_ns if self.over else 0)

    @property
    def open_ns(self) -> int:
        """At work now."""
        return 0 if self.over else self.tally.open_ns


@dataclass(frozen=True, slots=True)
class WorkerIdentity:
    """Who reports: one per process. `device` is asked at each report: an engine that loads late is known late."""

    service: str
    device: Callable[[], str]
    id: str
    started_at: datetime

    @classmethod
    def now(cls, service: str, device: Callable[[], str]) -> "WorkerIdentity":
        """Of the process that starts now."""
        return cls(service, device, new_id(), datetime.now(UTC))


async def report(
    db: Database, identity: WorkerIdentity, tally: Tally, *, ended: bool = False, workspace: str = PLATFORM
) -> None:
    """The life so far; each report replaces the one before. Raises StoreUnavailable."""
    parts: dict[str, object] = {
        "device": identity.device(),
        "alive_ns": tally.alive_ns,
        "attributed_ns": tally.attributed_ns,
        "wasted_ns": tally.wasted_ns,
        "open_ns": tally.open_ns,
    }
    known = {
        "workspace_id": workspace, "id": identity.id, "service": identity.service, "host": socket.gethostname(),
        "started_at": identity.started_at,
    }  # fmt: skip
    statement = insert(shifts).values(**known, **parts, ended=ended)
    again = statement.on_conflict_do_update(
        index_elements=[shifts.c.id], set_={**parts, "ended": ended, "seen_at": func.now()}
    )
    async with db.transaction(workspace) as connection:
        await connection.execute(again)


@asynccontextmanager
async def reporting(
    db: Database, meter: Meter, identity: WorkerIdentity, *, every_s: float = REPORT_S
) -> AsyncIterator[None]:
    """Reports while the block runs, and once at its end. A store that does not answer costs a report, never the worker."""
    task = asyncio.create_task(_report_on(db, meter, identity, every_s))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await _try(db, meter, identity, ended=True)


async def _report_on(db: Database, meter: Meter, identity: WorkerIdentity, every_s: float) -> None:
    while True:
        await _try(db, meter, identity)
        await asyncio.sleep(every_s)


async def _try(db: Database, meter: Meter, identity: WorkerIdentity, *, ended: bool = False) -> None:
    try:
        await report(db, identity, meter.tally(), ended=ended)
    except AuricleError as error:
        logger.warning("shift_unreported", code=error.code)


async def between(
    db: Database, workspace: str, *, since: datetime | None = None, until: datetime | None = None, limit: int = 1000
) -> list[WorkerUptime]:
    """Those that touch the time between, newest first; a shift is never cut."""
    over = (shifts.c.ended | (shifts.c.seen_at < func.now() - seconds(SILENT_S))).label("over")
    statement = select(shifts, over).order_by(shifts.c.started_at.desc()).limit(limit)
    if since is not None:
        statement = statement.where(shifts.c.seen_at >= since)
    if until is not None:
        statement = statement.where(shifts.c.started_at < until)
    async with db.transaction(workspace) as connection:
        return [_shift(row) for row in await connection.execute(statement)]


def _shift(row: Row[Any]) -> WorkerUptime:
    tally = Tally(row.alive_ns, row.attributed_ns, row.wasted_ns, row.open_ns)
    return WorkerUptime(row.id, row.service, row.host, row.device, row.started_at, row.seen_at, row.over, tally)
