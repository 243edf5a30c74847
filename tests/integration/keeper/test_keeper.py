"""The process itself: jobs beside each other, one leader, health, metrics, a clean end."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import httpx
import pytest
from auricle_cli.stack.ports import any_free
from auricle_contracts import Priority, Step, stream_of
from auricle_keeper.jobs import Job, once
from auricle_kit.errors import DependencyUnavailable
from auricle_records.database import Database
from auricle_records.errors import LeadershipLost
from auricle_records.leadership import leading
from auricle_records.workspaces import PLATFORM
from auricle_streams import Streams
from fixtures.patience import eventually
from fixtures.queue_scene import wait_for
from fixtures.tenant import Tenant
from sqlalchemy import text


@pytest.fixture
def keeper(postgres_url: str, redis_url: str, tmp_path: Path) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    port = any_free()
    settings = {
        "AURICLE_DATABASE_URL": postgres_url,
        "AURICLE_REDIS_URL": redis_url,
        "AURICLE_BLOB_URL": f"file://{tmp_path / 'blobs'}",
        "AURICLE_PORT": str(port),
        "AURICLE_FEED_SECONDS": "0.2",
        "AURICLE_FEED_AFTER_SECONDS": "0.2",
        "AURICLE_SWEEP_SECONDS": "0.3",
        "AURICLE_SWEEP_AFTER_SECONDS": "0.2",
        "AURICLE_GAUGES_SECONDS": "0.3",
    }
    process = subprocess.Popen([sys.executable, "-m", "auricle_keeper"], env=os.environ | settings)
    yield process, f"http://127.0.0.1:{port}"
    process.kill()
    process.wait()


def status(url: str) -> int:
    try:
        return httpx.get(url, timeout=2).status_code
    except httpx.HTTPError:
        return 0


async def test_it_feeds_sweeps_measures_and_stops(
    tenant: Tenant, streams: Streams, keeper: tuple[subprocess.Popen[bytes], str]
) -> None:
    process, url = keeper
    asr = stream_of(Step.TRANSCRIBE, Priority.LIVE)
    await tenant.call()
    await asyncio.to_thread(wait_for, lambda: status(url + "/readyz") == 200, 90, "readiness")
    await until(lambda: streams.length(asr), 1)
    await streams.redis.flushall()
    await until(lambda: streams.length(asr), 1)
    await asyncio.to_thread(
        wait_for, lambda: f'auricle_queue_length{{stream="{asr}"}} 1.0' in httpx.get(url + "/metrics").text, 60, "gauge"
    )
    process.send_signal(signal.SIGTERM)
    assert await asyncio.to_thread(process.wait, 30) == 0


async def until(look: Callable[[], Awaitable[int]], value: int) -> None:
    async def holds() -> bool:
        return await look() == value

    await eventually(holds, 60, f"{value}")


async def test_one_keeper_leads_a_chore_and_the_other_skips_it(database: Database, postgres_url: str) -> None:
    rounds = []

    async def work() -> int:
        rounds.append(1)
        return 1

    job = Job("feeder", 1.0, work)
    async with Database.connect(postgres_url) as other, leading(other, "feeder") as leads:
        assert leads
        assert await once(job, database) == 0
        assert await once(Job("sweeper", 1.0, work), database) == 1
    assert await once(job, database) == 1
    assert len(rounds) == 2


async def test_a_lease_that_nobody_gives_back_ends_by_itself(database: Database) -> None:
    """A keeper that was killed leaves its row; nobody waits longer than the lease lives."""
    async with database.transaction(PLATFORM) as connection:
        await connection.execute(
            text("INSERT INTO job_leases VALUES ('platform', 'feeder', 'dead keeper', now() + interval '0.3 s')")
        )
    async with leading(database, "feeder") as leads:
        assert not leads
    await asyncio.sleep(0.4)
    async with leading(database, "feeder") as leads:
        assert leads


async def test_a_leader_outlives_its_first_lease_by_renewing_it(database: Database) -> None:
    async with leading(database, "feeder", lease_s=0.3) as leads:
        assert leads
        await asyncio.sleep(0.8)
        async with leading(database, "feeder") as second:
            assert not second


async def test_a_lost_lease_cuts_the_round_off(database: Database) -> None:
    async def robbed() -> None:
        async with leading(database, "feeder", lease_s=0.6):
            async with database.transaction(PLATFORM) as connection:
                await connection.execute(
                    text("UPDATE job_leases SET holder = 'another', expires_at = now() + interval '1 h'")
                )
            await asyncio.sleep(30)

    started = time.monotonic()
    with pytest.raises(LeadershipLost):
        await robbed()
    assert time.monotonic() - started < 20
    async with leading(database, "feeder") as leads:
        assert not leads, "the other one's lease stays"


async def test_no_transaction_is_open_while_somebody_leads(database: Database) -> None:
    asked = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle in transaction'"
    )
    async with leading(database, "feeder") as leads:
        assert leads
        async with database.transaction(PLATFORM) as connection:
            assert await connection.scalar(asked) == 0


async def test_a_round_keeps_its_own_timeout(database: Database) -> None:
    """A TimeoutError of the work is the work's."""
    with pytest.raises(TimeoutError):
        async with leading(database, "feeder"):
            raise TimeoutError


async def test_a_failed_round_is_no_end(database: Database) -> None:
    async def away() -> int:
        raise DependencyUnavailable("Redis does not answer")

    async def bug() -> int:
        raise ZeroDivisionError

    assert await once(Job("a", 1.0, away), database) == 0
    assert await once(Job("b", 1.0, bug), database) == 0


async def test_without_postgres_a_round_fails_and_does_not_raise() -> None:
    async def work() -> int:
        raise AssertionError("not led")

    async with Database.connect("postgresql+asyncpg://nobody@127.0.0.1:1/nothing") as nowhere:
        assert await once(Job("a", 1.0, work), nowhere) == 0
