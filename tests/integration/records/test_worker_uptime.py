"""The life of workers in Postgres: parts that are the whole, silence that is waste, and a store that is away."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from auricle_kit.metering import NS_PER_S, Meter, Tally
from auricle_records import worker_uptime, workspaces
from auricle_records.database import Database
from auricle_records.worker_uptime import WorkerIdentity, WorkerUptime
from fixtures.tenant import Tenant
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError


def tally(alive: int, attributed: int = 0, wasted: int = 0, working: int = 0) -> Tally:
    return Tally(*(seconds * NS_PER_S for seconds in (alive, attributed, wasted, working)))


async def reported(tenant: Tenant, told: Tally, *, device: str = "NVIDIA L4", **how: Any) -> WorkerIdentity:
    post = WorkerIdentity.now("asr", lambda: device)
    await worker_uptime.report(tenant.db, post, told, workspace=tenant.workspace, **how)
    return post


async def found(tenant: Tenant, post: WorkerIdentity) -> WorkerUptime:
    return next(one for one in await worker_uptime.between(tenant.db, tenant.workspace) if one.id == post.id)


async def silent(tenant: Tenant, post: WorkerIdentity, seconds: float) -> None:
    async with tenant.db.transaction(tenant.workspace) as connection:
        change = text("UPDATE shifts SET seen_at = now() - make_interval(secs => :s) WHERE id = :id")
        await connection.execute(change, {"s": seconds, "id": post.id})


async def test_a_report_replaces_the_one_before(tenant: Tenant) -> None:
    post = await reported(tenant, tally(10, 4, 1, 2))
    await worker_uptime.report(tenant.db, post, tally(20, 9, 1), ended=True, workspace=tenant.workspace)
    one = await found(tenant, post)
    assert (one.tally, one.over, one.service, one.device) == (tally(20, 9, 1), True, "asr", "NVIDIA L4")
    assert one.tally.idle_ns == 10 * NS_PER_S


async def test_what_a_dead_process_had_open_is_wasted(tenant: Tenant) -> None:
    post = await reported(tenant, tally(10, 4, 1, 2))
    alive = await found(tenant, post)
    assert (alive.open_ns, alive.wasted_ns) == (2 * NS_PER_S, 1 * NS_PER_S)
    await silent(tenant, post, worker_uptime.SILENT_S + 1)
    dead = await found(tenant, post)
    assert (dead.open_ns, dead.wasted_ns) == (0, 3 * NS_PER_S)
    for one in (alive, dead):
        assert one.tally.attributed_ns + one.wasted_ns + one.open_ns + one.tally.idle_ns == one.tally.alive_ns


@pytest.mark.parametrize("broken", [tally(10, 11), tally(10, 5, 5, 1), tally(10, -1), tally(10, 12, -2)])
async def test_parts_that_are_not_the_whole_are_refused(tenant: Tenant, broken: Tally) -> None:
    with pytest.raises(DBAPIError, match="ck_shifts_whole"):
        await reported(tenant, broken)


async def test_a_worker_reports_while_it_lives_and_at_its_end(shared_database: Database) -> None:
    meter, post = Meter(), WorkerIdentity.now("scorer", lambda: "cpu")
    async with worker_uptime.reporting(shared_database, meter, post, every_s=0.02):
        with meter.job() as job, job.measure(1):
            await asyncio.sleep(0.2)
            one = next(
                one for one in await worker_uptime.between(shared_database, workspaces.PLATFORM) if one.id == post.id
            )
            assert one.open_ns > 0
            assert not one.over
            job.keep()
    one = next(one for one in await worker_uptime.between(shared_database, workspaces.PLATFORM) if one.id == post.id)
    assert one.over
    assert one.tally.attributed_ns == meter.tally().attributed_ns > 0


async def test_a_store_that_is_away_costs_reports_only() -> None:
    async with (
        Database.connect("postgresql+asyncpg://auricle_app@127.0.0.1:1/none") as nowhere,
        worker_uptime.reporting(nowhere, Meter(), WorkerIdentity.now("asr", lambda: "cpu"), every_s=0.01),
    ):
        await asyncio.sleep(0.05)


async def test_shifts_are_chosen_by_time(tenant: Tenant) -> None:
    post = await reported(tenant, tally(1))
    now, hour = datetime.now(UTC), timedelta(hours=1)
    for since, until, seen in (
        (None, None, True), (now - hour, now + hour, True), (now + hour, None, False), (None, now - hour, False),
    ):  # fmt: skip
        shown = [one.id for one in await worker_uptime.between(tenant.db, tenant.workspace, since=since, until=until)]
        assert (post.id in shown) is seen
