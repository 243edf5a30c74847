"""One of several keepers leads a kind of work: an advisory lock that a transaction holds for the length of one round.

The lock goes with its transaction, so it needs no session that a connection pooler could give to somebody else, and no cleaning.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import text

from auricle_records.database import Database

_TRY = text("SELECT pg_try_advisory_xact_lock(hashtextextended('auricle keeper ' || :work, 0))")


@asynccontextmanager
async def leading(db: Database, work: str) -> AsyncIterator[bool]:
    """True while nobody else leads `work`; the others get False and skip the round. Raises StoreUnavailable."""
    async with db.walk() as connection:
        yield bool(await connection.scalar(_TRY, {"work": work}))
