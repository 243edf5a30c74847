"""Transactions end one way or the other, and Postgres may go away and come back."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from auricle_records import conversations, results, workspaces
from auricle_records.database import Database
from auricle_records.errors import StoreUnavailable
from auricle_records.migrate import migrate
from fixtures.pooler import pooler
from fixtures.postgres import Postgres, outside_of_any_loop, running
from fixtures.tenant import Tenant, an_evaluation
from sqlalchemy import make_url, text
from sqlalchemy.exc import DBAPIError


async def count(tenant: Tenant) -> int:
    async with tenant.db.transaction(tenant.workspace) as connection:
        return int(await connection.scalar(text("SELECT count(*) FROM conversations")) or 0)


async def test_what_raises_is_rolled_back(tenant: Tenant) -> None:
    run = await tenant.call()
    with pytest.raises(RuntimeError, match="second thoughts"):
        await delete_and(tenant, run.conversation_id, RuntimeError("second thoughts"))
    assert await count(tenant) == 1


async def delete_and(tenant: Tenant, conversation_id: str, error: Exception) -> None:
    async with tenant.db.transaction(tenant.workspace) as connection:
        await connection.execute(text("DELETE FROM conversations WHERE id = :id"), {"id": conversation_id})
        raise error


async def test_a_swallowed_error_is_not_taken_for_a_commit(tenant: Tenant) -> None:
    async def swallow() -> None:
        async with tenant.db.transaction(tenant.workspace) as connection:
            with suppress(DBAPIError):
                await connection.execute(text("SELECT 1 / 0"))

    with pytest.raises(AssertionError, match="swallowed"):
        await swallow()


async def test_cancellation_anywhere_leaves_no_open_transaction(shared_database: Database, tenant: Tenant) -> None:
    """Cut off after every few tenths of a millisecond; what is in the pool afterwards is clean, and nothing is half done."""

    async def work() -> None:
        async with tenant.db.transaction(tenant.workspace) as connection:
            await connection.execute(text("UPDATE workspaces SET name = 'half'"))
            await connection.execute(text("SELECT pg_sleep(0.002)"))
            raise RuntimeError

    for step in range(60):
        task = asyncio.create_task(work())
        await asyncio.sleep(step * 0.0003)
        task.cancel()
        with suppress(asyncio.CancelledError, RuntimeError):
            await task
    assert (await workspaces.get(tenant.db, tenant.workspace)).name == tenant.workspace
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
        tenant = await Tenant(db).open()
        await asyncio.gather(*(tenant.call() for _ in range(8)))  # several connections are in the pool
        for mode in ("fast", "immediate"):
            own_server.stop(mode)
            with pytest.raises(StoreUnavailable):
                await tenant.call()
            own_server.start()
            await asyncio.gather(*(tenant.call() for _ in range(8)))
        assert len((await conversations.page(db, tenant.workspace)).items) == 24


async def test_a_stop_in_the_middle_is_unavailable_and_rolled_back(own_server: running) -> None:
    async with Database.connect(own_server.server.app_url("auricle")) as db:
        tenant = await Tenant(db).open()
        run = await tenant.call()
        with pytest.raises(StoreUnavailable):
            await stop_within(own_server, tenant, run.conversation_id)
        own_server.start()
        assert await count(tenant) == 1


async def stop_within(server: running, tenant: Tenant, conversation_id: str) -> None:
    async with tenant.db.transaction(tenant.workspace) as connection:
        await connection.execute(text("DELETE FROM conversations WHERE id = :id"), {"id": conversation_id})
        await asyncio.to_thread(server.stop, "fast")


@pytest.fixture
async def pooled_url(postgres: Postgres, postgres_url: str) -> AsyncIterator[str]:
    """The test's database behind a transaction pooler of three servers."""
    name = make_url(postgres_url).database or ""
    with TemporaryDirectory() as folder:
        async with pooler(postgres.socket, Path(folder), name, "auricle_app", servers=3) as place:
            yield f"postgresql+asyncpg://auricle_app@/{name}?host={place}"


async def test_a_pooler_is_refused_with_what_to_do(pooled_url: str) -> None:
    async with Database.connect(pooled_url) as db:
        with pytest.raises(StoreUnavailable) as refused:
            await db.check()
    assert "pooler=transaction" in (refused.value.action or "")
    with pytest.raises(ValueError, match="pooler=session"):
        async with Database.connect(f"{pooled_url}&pooler=session"):
            pass


async def test_behind_a_pooler_everything_works_and_nobody_sees_another(database: Database, pooled_url: str) -> None:
    """Two hundred transactions of two workspaces at once, over twelve sessions and three servers."""
    ours, theirs = await Tenant(database).open(), await Tenant(database, "other").open()
    await ours.chat()

    async def one(pooled: Database, tenant: Tenant, expected: int) -> None:
        async with pooled.transaction(tenant.workspace) as connection:
            found = await connection.execute(
                text(
                    "SELECT current_setting('auricle.workspace'), current_setting('jit'), (SELECT count(*) FROM conversations)"
                )
            )
            assert tuple(found.one()) == (tenant.workspace, "off", expected)
            await asyncio.sleep(0.002)
            assert await connection.scalar(text("SELECT count(*) FROM conversations")) == expected

    async with Database.connect(f"{pooled_url}&pooler=transaction", pool_size=6) as pooled:
        await asyncio.gather(*(one(pooled, *pair) for pair in [(ours, 1), (theirs, 0)] * 100))
        mine = Tenant(pooled)
        run = await mine.begin(await mine.chat())
        await results.commit_evaluation(pooled, run, an_evaluation(run))
        assert len((await conversations.page(pooled, "demo", with_summaries=True)).summaries) == 1
        async with pooled.transaction("demo") as connection:
            assert await connection.scalar(text("SELECT count(*) FROM pg_prepared_statements")) == 0, "nothing is left"
