"""Periodic jobs of keeper: each round runs under a leader lock, a failed one is logged and retried, a full one is followed at once."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from auricle_kit import log, metrics
from auricle_kit.drain import Drain
from auricle_kit.errors import AuricleError
from auricle_records.database import Database
from auricle_records.leadership import leading

JITTER = 0.1
FULL_ROUND = 100
"""A round that did this many things has probably left some."""
ROUNDS = metrics.counter("auricle_keeper_rounds", "Rounds of keeper's jobs.", ("job_name", "outcome"))
THINGS = metrics.counter(
    "auricle_keeper_things", "What the jobs did: runs fed, events sent, blobs removed …", ("job_name",)
)
LAST = metrics.gauge(
    "auricle_keeper_last_round_timestamp_seconds", "When a job last ended well, Unix time.", ("job_name",)
)
logger = log.get("keeper")


@dataclass(frozen=True, slots=True)
class Job:
    """`round` says how many things it did. `alone`: no two keepers at once. `finish` waits for what rounds left under way."""

    name: str
    every_s: float
    round: Callable[[], Awaitable[int]]
    alone: bool = True
    finish: Callable[[], Awaitable[None]] | None = None


async def keep(jobs: Sequence[Job], db: Database, drain: Drain, *, finish_s: float = 0.0) -> None:
    """All jobs beside each other until the drain. A round that runs then has `finish_s` to end, and is cancelled:
    a delivery that is cut off could have been heard, and would be sent again.
    """
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(_keep(job, db, drain), name=job.name) for job in jobs]
        await drain.stopping.wait()
        _, late = await asyncio.wait(tasks, timeout=finish_s)
        for task in late:
            task.cancel()
    logger.info("drained", cut_off=len(late))


async def _keep(job: Job, db: Database, drain: Drain) -> None:
    done = 0
    while not await drain.wait(0.0 if done >= FULL_ROUND else _jittered(job.every_s)):
        done = await once(job, db)
    if job.finish is not None:
        await job.finish()


async def once(job: Job, db: Database) -> int:
    """One round; 0 when another keeper leads it, or when it failed. Never raises."""
    try:
        done = await _led(job, db) if job.alone else await job.round()
    except AuricleError as error:
        ROUNDS.labels(job.name, "failed").inc()
        logger.warning("round_failed", job=job.name, code=error.code, detail=error.detail)
        return 0
    except Exception:
        ROUNDS.labels(job.name, "crashed").inc()
        logger.exception("round_crashed", job=job.name)
        return 0
    ROUNDS.labels(job.name, "ok").inc()
    THINGS.labels(job.name).inc(done)
    LAST.labels(job.name).set(time.time())
    if done:
        logger.info("round_done", job=job.name, things=done)
    return done


async def _led(job: Job, db: Database) -> int:
    async with leading(db, job.name) as leads:
        return await job.round() if leads else 0


def _jittered(seconds: float) -> float:
    return seconds * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311 - spreads load, guards nothing
