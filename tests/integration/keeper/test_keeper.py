"""The process itself: chores beside each other, one leader, health, metrics, a clean end."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import httpx
import pytest
from auricle_cli.house.ports import any_free
from auricle_contracts import Priority, Step, stream_of
from auricle_keeper.chores import Chore, once
from auricle_kit.errors import DependencyUnavailable
from auricle_records.database import Database
from auricle_records.leading import leading
from auricle_streams import Streams
from fixtures.house import House
from fixtures.patience import eventually
from fixtures.queue_scene import wait_for


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
    house: House, streams: Streams, keeper: tuple[subprocess.Popen[bytes], str]
) -> None:
    process, url = keeper
    asr = stream_of(Step.TRANSCRIBE, Priority.LIVE)
    await house.call()
    await asyncio.to_thread(wait_for, lambda: status(url + "/readyz") == 200, 20, "readiness")
    await until(lambda: streams.length(asr), 1)
    await streams.redis.flushall()
    await until(lambda: streams.length(asr), 1)
    await asyncio.to_thread(
        wait_for, lambda: f'auricle_queue_length{{stream="{asr}"}} 1.0' in httpx.get(url + "/metrics").text, 10, "gauge"
    )
    process.send_signal(signal.SIGTERM)
    assert await asyncio.to_thread(process.wait, 10) == 0


async def until(look: Callable[[], Awaitable[int]], value: int) -> None:
    async def holds() -> bool:
        return await look() == value

    await eventually(holds, 10, f"{value}")


async def test_one_keeper_leads_a_chore_and_the_other_skips_it(database: Database, postgres_url: str) -> None:
    rounds = []

    async def work() -> int:
        rounds.append(1)
        return 1

    chore = Chore("feeder", 1.0, work)
    async with Database.connect(postgres_url) as other, leading(other, "feeder") as leads:
        assert leads
        assert await once(chore, database) == 0
        assert await once(Chore("sweeper", 1.0, work), database) == 1
    assert await once(chore, database) == 1
    assert len(rounds) == 2


async def test_a_failed_round_is_no_end(database: Database) -> None:
    async def away() -> int:
        raise DependencyUnavailable("Redis does not answer")

    async def bug() -> int:
        raise ZeroDivisionError

    assert await once(Chore("a", 1.0, away), database) == 0
    assert await once(Chore("b", 1.0, bug), database) == 0


async def test_without_postgres_a_round_fails_and_does_not_raise() -> None:
    async def work() -> int:
        raise AssertionError("not led")

    async with Database.connect("postgresql+asyncpg://nobody@127.0.0.1:1/nothing") as nowhere:
        assert await once(Chore("a", 1.0, work), nowhere) == 0
