"""The way to Postgres: every transaction names its workspace first, and row security does the rest.

Behind a pooler that gives a transaction any server (pgbouncer, `pool_mode = transaction`) the URL says `?pooler=transaction`: then no
statement is prepared beyond its transaction, and no setting is asked for at the start of a session.

BEGIN with the workspace, and COMMIT, go to the driver directly, one trip each: of SQLAlchemy's own BEGIN and a statement they took
a third of the time of a transaction (measured 2026-11: 25 µs of CPU for a bare trip, 110 µs for a statement of SQLAlchemy).
"""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from contextvars import ContextVar
from typing import Any, Self

import asyncpg
import uuid_utils
from sqlalchemy import (
    URL,
    ColumnElement,
    Insert,
    Interval,
    Table,
    bindparam,
    column,
    event,
    func,
    insert,
    make_url,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from auricle_records.errors import StoreUnavailable
from auricle_records.grants import APP
from auricle_records.storable import Moment, to_json

_BEGIN = "BEGIN; SELECT set_config('auricle.workspace', {}, true)"
# A session's settings are the pooler's server's, so ours are the transaction's.
_BEGIN_POOLED = f"{_BEGIN}, set_config('jit', 'off', true)"
_ARGUMENTS: dict[str, Any] = {"server_settings": {"application_name": "auricle", "jit": "off"}}
# Without a name a statement lives until the next one, so none is left behind on a server that others use.
_POOLED_ARGUMENTS: dict[str, Any] = {
    "statement_cache_size": 0,
    "prepared_statement_cache_size": 0,
    "prepared_statement_name_func": str,
}
_POOLER = "Add ?pooler=transaction to the database's URL, or connect to Postgres itself."
_NOBODY = "''"
_PERSON: ContextVar[str] = ContextVar("person", default="")
_TRAINING: ContextVar[bool] = ContextVar("training", default=False)
_REVIEWER: ContextVar[str] = ContextVar("reviewer", default="")
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


def limit_to(person_id: str) -> None:
    """From here on, every transaction of this task and of those that it starts sees only conversations of this person, whichever part
    begins it: row security's second predicate, which no caller can forget to ask for. The empty id lifts it.
    """
    _PERSON.set(person_id)


def limit_to_training(*, limited: bool) -> None:
    """From here on, every transaction of this task sees golden items as training may: nothing of the test split."""
    _TRAINING.set(limited)


NO_BLIND_ITEMS = "-"
"""A reviewer who is given none: whoever may look into golden items, and machines."""


def read_as_reviewer(reviewer: str) -> None:
    """From here on, every transaction of this task reads verdicts as this person may: of a conversation that the queue holds blind for
    them, nobody's but their own (row security). NO_BLIND_ITEMS: all verdicts that count, and no blind item. Empty lifts it.
    """
    _REVIEWER.set(reviewer)


@contextmanager
def unlimited() -> Iterator[None]:
    """Inside, transactions of this task see the whole workspace, whoever asks: for sums over many people, which name nobody of them."""
    before = _PERSON.set("")
    try:
        yield
    finally:
        _PERSON.reset(before)


class Database:
    """A pool of connections as one of the application's roles, which own nothing and pass no policy."""

    def __init__(self, engine: AsyncEngine, *, begin: str) -> None:
        self._engine = engine
        self._start = begin

    @classmethod
    @asynccontextmanager
    async def connect(cls, url: str, *, role: str = APP, pool_size: int = 8) -> AsyncIterator[Self]:
        """`url` is postgresql+asyncpg://…; connections are opened when they are first needed. Raises ValueError for another pooler.

        A service names its `role`, which logs in where the URL names the shared `auricle_app`; any other name of the URL stays.
        """
        address, pooled = _pooler(url)
        if address.username == APP:
            address = address.set(username=role)
        engine = create_async_engine(
            address,
            isolation_level="AUTOCOMMIT",  # SQLAlchemy begins nothing: `_entered` does
            pool_size=pool_size,
            max_overflow=pool_size,
            pool_timeout=10,
            json_serializer=to_json,
            hide_parameters=True,  # they are what people said; an error would quote them
            connect_args={"timeout": 5, **(_POOLED_ARGUMENTS if pooled else _ARGUMENTS)},
        )
        if pooled:
            _session_in_a_transaction(engine)
        try:
            yield cls(engine, begin=_BEGIN_POOLED if pooled else _BEGIN)
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

    async def call(self, statement: str, *arguments: object) -> Any:
        """The one value of a statement that is a transaction by itself, in one trip; inside, it names its workspace itself.

        Arguments go to the driver as they are, so their texts must be storable. Raises StoreUnavailable (then nobody knows whether it was
        committed), and asyncpg's own errors.
        """
        with _translated(*_LOST, PoolTimeoutError, DBAPIError):
            connection = await self._engine.connect()
            try:
                driver = (await connection.get_raw_connection()).driver_connection
                assert driver is not None
                return await driver.fetchval(statement, *arguments)
            except _LOST:
                await asyncio.shield(_throw_away(connection))
                await self._engine.dispose()
                raise
            except asyncio.CancelledError:
                await asyncio.shield(_throw_away(connection))
                raise
            finally:
                await asyncio.shield(connection.close())

    async def check(self) -> None:
        """Raise StoreUnavailable unless Postgres answers (readiness)."""
        async with self.walk():
            pass

    @asynccontextmanager
    async def _entered(self, workspace: str) -> AsyncIterator[AsyncConnection]:
        with _translated(*_LOST, PoolTimeoutError, DBAPIError):
            connection, driver = await self._begin(self._start.format(workspace) + _limited())
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


def _pooler(url: str) -> tuple[URL, bool]:
    """The address without our own word for a pooler, and whether there is one."""
    address = make_url(url)
    kind = address.query.get("pooler")
    if kind not in (None, "transaction"):
        raise ValueError(f"pooler={kind}: the one word that is known is `transaction`")
    return address.difference_update_query(["pooler"]), kind is not None


def _session_in_a_transaction(engine: AsyncEngine) -> None:
    """What SQLAlchemy asks of a new connection is prepared too, and must reach the server that prepared it."""
    for statement, first in (("BEGIN", True), ("COMMIT", False)):

        def send(connection: Any, _record: object, statement: str = statement) -> None:
            connection.run_async(lambda driver: driver.execute(statement))

        event.listen(engine.sync_engine.pool, "connect", send, insert=first)


def _limited() -> str:
    """The settings that the policies `own`, `training` and `blind` read. What is no id limits to nobody: nothing is seen."""
    person = _PERSON.get()
    others = ", set_config('auricle.training', 'on', true)" if _TRAINING.get() else ""
    reviewer = _REVIEWER.get()
    if reviewer:
        others += f", set_config('auricle.reviewer', '{reviewer if _ID.fullmatch(reviewer) else NO_BLIND_ITEMS}', true)"
    if not person:
        return others
    return f"{others}, set_config('auricle.person', '{person if _ID.fullmatch(person) else '-'}', true)"


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
        if _is_poolers(error):
            raise StoreUnavailable(
                "a pooler stands before Postgres and refuses a session of ours", action=_POOLER
            ) from error
        if _is_unavailable(error):
            raise StoreUnavailable(f"Postgres does not answer: {type(error).__name__}") from error
        raise


def _is_poolers(error: Exception) -> bool:
    """Only a pooler that shares sessions refuses a setting at their start, or loses a statement that was prepared."""
    cause = getattr(getattr(error, "orig", error), "__cause__", None) or error
    lost = (asyncpg.InvalidSQLStatementNameError, asyncpg.DuplicatePreparedStatementError)
    return isinstance(cause, lost) or "unsupported startup parameter" in str(cause)


def _is_unavailable(error: Exception) -> bool:
    if not isinstance(error, DBAPIError):
        return True
    state = str(getattr(error.orig, "sqlstate", None) or "")
    return error.connection_invalidated or state.startswith(_UNAVAILABLE)


def new_id() -> str:
    """A fresh id, 36 characters."""
    return str(uuid_utils.uuid7())


def violated(error: IntegrityError) -> str | None:
    """The name of the constraint that a statement broke."""
    name: str | None = getattr(getattr(error.orig, "__cause__", None), "constraint_name", None)
    return name


def seconds(count: float) -> ColumnElement[Any]:
    """An interval of this many seconds."""
    return func.make_interval(0, 0, 0, 0, 0, 0, count, type_=Interval())


def from_json(table: Table) -> Insert:
    """An insert of the parameter `rows`, a list of objects with the table's columns; ids and times that the database gives stay its own.

    A statement per row, as the driver would send them, costs Postgres several times as much.
    """
    columns = [one for one in table.c if one.identity is None and not isinstance(one.type, Moment)]
    unfolded = func.jsonb_to_recordset(bindparam("rows", type_=JSONB)).table_valued(
        *(column(one.name, one.type) for one in columns)
    )
    return insert(table).from_select(
        [one.name for one in columns], select(unfolded.render_derived(name="r", with_types=True))
    )
