"""The way to Postgres: every transaction names its workspace first, and row security does the rest.

BEGIN with the workspace, and COMMIT, go to the driver directly, one trip each: of SQLAlchemy's own BEGIN and a statement they took
a third of the time of a transaction (measured 2026-11: 25 µs of CPU for a bare trip, 110 µs for a statement of SQLAlchemy).
"""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any, Self

import asyncpg
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from auricle_records.errors import StoreUnavailable
from auricle_records.storable import to_json

_BEGIN = "BEGIN; SELECT set_config('auricle.workspace', {}, true)"
_NOBODY = "''"
# What is not of this shape is no workspace's or run's id, and is never quoted into a statement.
_ID = re.compile("[a-z0-9][a-z0-9-]{0,62}", re.ASCII)
_WORKSPACES = text("SELECT auricle_workspaces()")
# connection exceptions, too many connections, and the server going down or coming up
_UNAVAILABLE = ("08", "53300", "57P01", "57P02", "57P03")
_LOST = (
    OSError,
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.OperatorInterventionError,
    asyncpg.TooManyConnectionsError,
)


class Database:
    """A pool of connections as the application role, which owns nothing and passes no policy."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    @classmethod
    @asynccontextmanager
    async def connect(cls, url: str, *, pool_size: int = 8) -> AsyncIterator[Self]:
        """`url` is postgresql+asyncpg://…; connections are opened when they are first needed."""
        engine = create_async_engine(
            url,
            isolation_level="AUTOCOMMIT",  # SQLAlchemy begins nothing: `_entered` does
            pool_size=pool_size,
            max_overflow=pool_size,
            pool_timeout=10,
            json_serializer=to_json,
            hide_parameters=True,  # they are what people said; an error would quote them
            connect_args={"timeout": 5, "server_settings": {"application_name": "auricle", "jit": "off"}},
        )
        try:
            yield cls(engine)
        finally:
            await engine.dispose()

    @asynccontextmanager
    async def transaction(self, workspace: str) -> AsyncIterator[AsyncConnection]:
        """One transaction that sees and writes this workspace only. Raises StoreUnavailable when Postgres does not answer."""
        async with self._entered(_quoted(workspace)) as connection:
            yield connection

    @asynccontextmanager
    async def transaction_of_run(self, run_id: str) -> AsyncIterator[AsyncConnection]:
        """As `transaction`, in the workspace of the run; of an unknown run it sees nothing."""
        async with self._entered(f"coalesce(auricle_workspace_of_run({_quoted(run_id)}), '')") as connection:
            yield connection

    @asynccontextmanager
    async def walk(self) -> AsyncIterator[AsyncConnection]:
        """A transaction without a workspace: no row is visible but through the few functions that cross workspaces."""
        async with self._entered(_NOBODY) as connection:
            yield connection

    async def workspace_of_run(self, run_id: str) -> str | None:
        """For a worker, which knows a run's id only."""
        async with self.transaction_of_run(run_id) as connection:
            found: str | None = await connection.scalar(text("SELECT nullif(current_setting('auricle.workspace'), '')"))
            return found

    async def workspaces(self) -> list[str]:
        """Ids of the active workspaces, for keeper's walks."""
        async with self.walk() as connection:
            return list((await connection.scalars(_WORKSPACES)).all())

    async def check(self) -> None:
        """Raise StoreUnavailable unless Postgres answers (readiness)."""
        async with self.walk():
            pass

    @asynccontextmanager
    async def _entered(self, workspace: str) -> AsyncIterator[AsyncConnection]:
        with _translated(*_LOST, PoolTimeoutError, DBAPIError):
            connection, driver = await self._begin(_BEGIN.format(workspace))
        try:
            with _translated(DBAPIError):  # an OSError in here is the caller's own: a blob store, a socket
                yield connection
            with _translated(*_LOST):
                await _commit(driver)
        except BaseException:
            await asyncio.shield(_roll_back(connection, driver))
            raise
        finally:
            await asyncio.shield(connection.close())

    async def _begin(self, statement: str) -> tuple[AsyncConnection, Any]:
        """The first trip is the liveness check too: when a pooled connection turns out to be lost, all are thrown away and one is made."""
        for last in (False, True):
            connection = await self._engine.connect()
            try:
                driver = (await connection.get_raw_connection()).driver_connection
                assert driver is not None
                await driver.execute(statement)
            except BaseException as error:
                await asyncio.shield(_throw_away(connection))
                if last or not isinstance(error, _LOST):
                    raise
                await self._engine.dispose()
            else:
                return connection, driver
        raise AssertionError  # the loop returns or raises


def _quoted(name: str) -> str:
    return f"'{name}'" if _ID.fullmatch(name) else _NOBODY


async def _commit(driver: Any) -> None:
    if await driver.execute("COMMIT") != "COMMIT":
        raise AssertionError("an error was swallowed inside of a transaction: Postgres rolled it back")


async def _roll_back(connection: AsyncConnection, driver: Any) -> None:
    """A connection that may still be inside of a transaction never goes back to the pool."""
    try:
        await driver.execute("ROLLBACK")
    except Exception:  # noqa: BLE001 (whatever it is, the connection is not trusted any more)
        await _throw_away(connection)


async def _throw_away(connection: AsyncConnection) -> None:
    with suppress(Exception):
        await connection.invalidate()
        await connection.close()


@contextmanager
def _translated(*expected: type[Exception]) -> Iterator[None]:
    """What means "Postgres does not answer", in three dialects: the socket's, asyncpg's and SQLAlchemy's."""
    try:
        yield
    except expected as error:
        if _is_unavailable(error):
            raise StoreUnavailable(f"Postgres does not answer: {type(error).__name__}") from error
        raise


def _is_unavailable(error: Exception) -> bool:
    if not isinstance(error, DBAPIError):
        return True
    state = str(getattr(error.orig, "sqlstate", None) or "")
    return error.connection_invalidated or state.startswith(_UNAVAILABLE)
