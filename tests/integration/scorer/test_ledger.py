"""The ledger against the worker's life: what stands in rows is what was attributed, what was thrown away is wasted, the rest was idle."""

import asyncio
from pathlib import Path

import pytest
from auricle_contracts import Usage
from auricle_kit.metering import NS_PER_S
from auricle_records import conversations, results, worker_uptime, workspaces
from auricle_records.database import Database
from auricle_records.runs import RunRow
from auricle_records.worker_uptime import WorkerUptime
from auricle_scorer.neighbours import Neighbours
from fixtures.scripted_model import Scripted, served
from integration.scorer.conftest import ScorerHarness, working

LATENCY_MS = 500


async def model_usage(tenant: ScorerHarness, run: RunRow) -> Usage:
    stored = await results.load_evaluation(tenant.tenant.db, run.workspace, run.conversation_id)
    (used,) = [usage for usage in stored.usages if usage.part == "model"]
    return used


async def the_shift(database: Database) -> WorkerUptime:
    (one,) = [one for one in await worker_uptime.between(database, workspaces.PLATFORM) if one.service == "scorer"]
    return one


async def test_seconds_in_rows_are_the_seconds_of_the_worker(
    neighbours: Neighbours, database: Database, postgres_url: str, redis_url: str, tmp_path: Path
) -> None:
    """Four at a time at a model that takes its time: each is charged its share, together they are charged the time once."""
    given = {"database_url": postgres_url, "model_device": "NVIDIA L4", "scorer_concurrency": 4}
    with served(Scripted(latency_ms=LATENCY_MS)) as (url, _):
        async with working(neighbours, database, redis_url, tmp_path / "blobs", model_url=url, **given) as tenant:
            posted = [await tenant.post() for _ in range(8)]
            ended = [await tenant.ended(run) for run in posted]
            used = [await model_usage(tenant, run) for run in ended]
    shift = await the_shift(database)
    assert shift.over
    assert shift.device == "NVIDIA L4"
    in_rows = sum(usage.seconds for usage in used)
    assert in_rows == pytest.approx(shift.tally.attributed_ns / NS_PER_S, abs=1e-6)
    asked = len(used) * 2 * LATENCY_MS / 1000  # two prompts for each
    assert in_rows < 0.8 * asked, "side by side they took less than one after the other, and are not charged more"
    parts = (shift.tally.attributed_ns, shift.wasted_ns, shift.open_ns, shift.tally.idle_ns)
    assert sum(parts) == shift.tally.alive_ns
    assert (shift.wasted_ns, shift.open_ns) == (0, 0)
    for usage in used:
        assert sum((usage.criteria or {}).values()) == (usage.tokens_in or 0) + (usage.tokens_out or 0)


async def test_work_for_a_conversation_that_was_deleted_meanwhile_is_wasted(
    neighbours: Neighbours, database: Database, postgres_url: str, redis_url: str, tmp_path: Path
) -> None:
    with served(Scripted(latency_ms=500)) as (url, model):
        async with working(
            neighbours, database, redis_url, tmp_path / "blobs", database_url=postgres_url, model_url=url
        ) as tenant:
            run = await tenant.post()
            async with asyncio.timeout(10):
                while not model.asked.total():  # noqa: ASYNC110 (the model has no event)
                    await asyncio.sleep(0.02)
            await conversations.delete(database, run.workspace, run.conversation_id)
            async with asyncio.timeout(10):
                while await tenant.streams.length(run.stream):  # noqa: ASYNC110
                    await asyncio.sleep(0.05)
    shift = await the_shift(database)
    assert shift.tally.attributed_ns == 0
    assert shift.wasted_ns > 0.4 * NS_PER_S
    assert shift.wasted_ns + shift.tally.idle_ns == shift.tally.alive_ns
