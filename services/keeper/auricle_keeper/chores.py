"""A chore has rounds: each is led by one keeper only, a failed one is logged and comes again, a full one is followed at once."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from auricle_kit import log, metrics
from auricle_kit.drain import Drain
from auricle_kit.errors import AuricleError
from auricle_records.database import Database
from auricle_records.leading import leading

JITTER = 0.1
FULL_ROUND = 100
"""A round that did this many things has probably left some."""
ROUNDS = metrics.counter("auricle_keeper_rounds", "Rounds of keeper's chores.", ("chore", "outcome"))
THINGS = metrics.counter(
    "auricle_keeper_things", "What the chores did: runs fed, events sent, blobs removed …", ("chore",)
)
LAST = metrics.gauge(
    "auricle_keeper_last_round_timestamp_seconds", "When a chore last ended well, Unix time.", ("chore",)
)
logger = log.get("keeper")


@dataclass(frozen=True, slots=True)
class Chore:
    """`round` says how many things it did. `alone`: no two keepers at once."""

    name: str
    every_s: float
    round: Callable[[], Awaitable[int]]
    alone: bool = True


async def keep(chores: Sequence[Chore], db: Database, drain: Drain, *, finish_s: float = 0.0) -> None:
    """All chores beside each other until the drain. A round that runs then has `finish_s` to end, and is cancelled:
    a delivery that is cut off could have been heard, and would be sent again.
    """
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(_keep(chore, db, drain), name=chore.name) for chore in chores]
        await drain.stopping.wait()
        _, late = await asyncio.wait(tasks, timeout=finish_s)
        for task in late:
            task.cancel()
    logger.info("drained", cut_off=len(late))


async def _keep(chore: Chore, db: Database, drain: Drain) -> None:
    done = 0
    while not await drain.wait(0.0 if done >= FULL_ROUND else _jittered(chore.every_s)):
        done = await once(chore, db)


async def once(chore: Chore, db: Database) -> int:
    """One round; 0 when another keeper leads it, or when it failed. Never raises."""
    try:
        done = await _led(chore, db) if chore.alone else await chore.round()
    except AuricleError as error:
        ROUNDS.labels(chore.name, "failed").inc()
        logger.warning("round_failed", chore=chore.name, code=error.code, detail=error.detail)
        return 0
    except Exception:
        ROUNDS.labels(chore.name, "crashed").inc()
        logger.exception("round_crashed", chore=chore.name)
        return 0
    ROUNDS.labels(chore.name, "ok").inc()
    THINGS.labels(chore.name).inc(done)
    LAST.labels(chore.name).set(time.time())
    if done:
        logger.info("round_done", chore=chore.name, things=done)
    return done


async def _led(chore: Chore, db: Database) -> int:
    async with leading(db, chore.name) as leads:
        return await chore.round() if leads else 0


def _jittered(seconds: float) -> float:
    return seconds * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311 - spreads load, guards nothing
