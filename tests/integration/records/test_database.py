"""Transactions end one way or the other, and Postgres may go away and come back."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from auricle_records import conversations, workspaces
from auricle_records.database import Database
from auricle_records.errors import StoreUnavailable
from auricle_records.migrate import migrate
from fixtures.house import House
from fixtures.postgres import Postgres, outside_of_any_loop, running
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError


async def count(house: House) -> int:
    async with house.db.transaction(house.workspace) as connection:
        return int(await connection.scalar(text("SELECT count(*) FROM conversations")) or 0)


async def test_what_raises_is_rolled_back(house: House) -> None:
    run = await house.call()
    with pytest.raises(RuntimeError, match="second thoughts"):
        await delete_and(house, run.conversation_id, RuntimeError("second thoughts"))
    assert await count(house) == 1


async def delete_and(house: House, conversation_id: str, error: Exception) -> None:
    async with house.db.transaction(house.workspace) as connection:
        await connection.execute(text("DELETE FROM conversations WHERE id = :id"), {"id": conversation_id})
        raise error


async def test_a_swallowed_error_is_not_taken_for_a_commit(house: House) -> None:
    async def swallow() -> None:
        async with house.db.transaction(house.workspace) as connection:
            with suppress(DBAPIError):
                await connection.execute(text("SELECT 1 / 0"))

    with pytest.raises(AssertionError, match="swallowed"):
        await swallow()


async def test_cancellation_anywhere_leaves_no_open_transaction(shared_database: Database, house: House) -> None:
    """Cut off after every few tenths of a millisecond; what is in the pool afterwards is clean, and nothing is half done."""

    async def work() -> None:
        async with house.db.transaction(house.workspace) as connection:
            await connection.execute(text("UPDATE workspaces SET name = 'half'"))
            await connection.execute(text("SELECT pg_sleep(0.002)"))
            raise RuntimeError

    for step in range(60):
        task = asyncio.create_task(work())
        await asyncio.sleep(step * 0.0003)
        task.cancel()
        with suppress(asyncio.CancelledError, RuntimeError):
            await task
    assert (await workspaces.get(house.db, house.workspace)).name == house.workspace
    idle = (
        "SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%' AND datname = current_database()"
    )
    async with shared_database.walk() as connection:
        assert await connection.scalar(text(idle)) == 0


async def test_more_callers_than_connections_wait_their_turn(postgres_url: str) -> None:
    async with Database.connect(postgres_url, pool_size=2) as db:
        await asyncio.gather(*(workspaces.ensure(db, f"w{number}") for number in range(30)))
        assert len(await db.workspaces()) == 30


async def test_nobody_at_the_address_is_unavailable(tmp_path: Path) -> None:
    async with Database.connect(f"postgresql+asyncpg://auricle_app@/auricle?host={tmp_path}") as db:
        with pytest.raises(StoreUnavailable):
            await db.check()
    async with Database.connect("postgresql+asyncpg://auricle_app@127.0.0.1:9/auricle") as db:
        with pytest.raises(StoreUnavailable):
            await db.workspaces()


@pytest.fixture
def own_server() -> Iterator[running]:
    """A server of its own, to be stopped and started."""
    with (
        TemporaryDirectory(prefix="auricle-pg-", ignore_cleanup_errors=True) as folder,
        (server := running(Path(folder))) as postgres,
    ):
        postgres.admin("CREATE DATABASE auricle")
        outside_of_any_loop(lambda: migrate(postgres.admin_url("auricle")))
        yield server


async def test_a_restart_is_survived_without_an_error(own_server: running) -> None:
    server: Postgres = own_server.server
    async with Database.connect(server.app_url("auricle"), pool_size=4) as db:
        house = await House(db).open()
        await asyncio.gather(*(house.call() for _ in range(8)))  # several connections are in the pool
        for mode in ("fast", "immediate"):
            own_server.stop(mode)
            with pytest.raises(StoreUnavailable):
                await house.call()
            own_server.start()
            await asyncio.gather(*(house.call() for _ in range(8)))
        assert len((await conversations.page(db, house.workspace)).items) == 24


async def test_a_stop_in_the_middle_is_unavailable_and_rolled_back(own_server: running) -> None:
    async with Database.connect(own_server.server.app_url("auricle")) as db:
        house = await House(db).open()
        run = await house.call()
        with pytest.raises(StoreUnavailable):
            await stop_within(own_server, house, run.conversation_id)
        own_server.start()
        assert await count(house) == 1


async def stop_within(server: running, house: House, conversation_id: str) -> None:
    async with house.db.transaction(house.workspace) as connection:
        await connection.execute(text("DELETE FROM conversations WHERE id = :id"), {"id": conversation_id})
        await asyncio.to_thread(server.stop, "fast")
