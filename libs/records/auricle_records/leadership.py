"""A lease on a kind of work: of several keepers at most one does it at a time. Writes `job_leases`.

    take ──► led: renewed each third of its life ──► given back
               └── not renewed in time, or taken by another: the body is cut off with LeadershipLost

No transaction stays open while somebody leads, so nothing holds back vacuum, and a pooler may hand each statement to another server. The
lease's life is counted by Postgres' clock, and here from before the question, so the body ends before the lease does.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from auricle_kit import log
from auricle_kit.errors import AuricleError
from sqlalchemy import bindparam, text

from auricle_records.database import Database, new_id
from auricle_records.errors import LeadershipLost
from auricle_records.storable import Words
from auricle_records.workspaces import PLATFORM

LEASE_S = 15.0
_NAMES = (bindparam("workspace", type_=Words), bindparam("job", type_=Words), bindparam("holder", type_=Words))
_TAKE = text(
    """
    INSERT INTO job_leases AS lease (workspace_id, job, holder, expires_at)
    VALUES (:workspace, :job, :holder, clock_timestamp() + make_interval(secs => :lease_s))
    ON CONFLICT (workspace_id, job) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at
    WHERE lease.holder = excluded.holder OR lease.expires_at < clock_timestamp()
    """
).bindparams(*_NAMES)
_GIVE_BACK = text(
    "DELETE FROM job_leases WHERE workspace_id = :workspace AND job = :job AND holder = :holder"
).bindparams(*_NAMES)
logger = log.get("records.leadership")


@asynccontextmanager
async def leading(db: Database, work: str, *, lease_s: float = LEASE_S) -> AsyncIterator[bool]:
    """True while nobody else leads `work`; the others get False and skip the round. Raises StoreUnavailable, LeadershipLost."""
    lease = {"workspace": PLATFORM, "job": work, "holder": new_id(), "lease_s": lease_s}
    ends = asyncio.get_running_loop().time() + lease_s
    if not await _take(db, lease):
        yield False
        return
    try:
        async with asyncio.timeout_at(ends) as life:
            renewal = asyncio.create_task(_renew(db, lease, life, lease_s))
            try:
                yield True
            finally:
                renewal.cancel()
    except TimeoutError as error:
        if not life.expired():
            raise
        raise LeadershipLost(f"the lease on {work} was not renewed in time") from error
    finally:
        with suppress(AuricleError):  # it ends by itself
            async with db.transaction(PLATFORM) as connection:
                await connection.execute(_GIVE_BACK, {name: lease[name] for name in ("workspace", "job", "holder")})


async def _take(db: Database, lease: dict[str, object]) -> bool:
    async with db.transaction(PLATFORM) as connection:
        return (await connection.execute(_TAKE, lease)).rowcount == 1


async def _renew(db: Database, lease: dict[str, object], life: asyncio.Timeout, lease_s: float) -> None:
    loop = asyncio.get_running_loop()
    while True:
        await asyncio.sleep(lease_s / 3)
        asked = loop.time()
        try:
            kept = await _take(db, lease)
        except AuricleError as error:  # the next third may do better; past the last one the life is over
            logger.warning("lease_not_renewed", job=lease["job"], code=error.code)
            continue
        if not kept:
            life.reschedule(asked)
            return
        life.reschedule(asked + lease_s)
