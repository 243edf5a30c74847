"""The database itself: migrations make what the tables say, and no table is without row security."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from auricle_contracts.audit import AuditAction
from auricle_records import workspaces
from auricle_records.conversations import Filters
from auricle_records.database import Database
from auricle_records.grants import APP, SERVICES
from auricle_records.migrate import config, migrate
from auricle_records.policies import WALKER, unprotected
from auricle_records.tables import METADATA, conversations
from fixtures.postgres import Postgres
from sqlalchemy import Connection, make_url, select, text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

COLUMNS = """
    SELECT table_name, column_name, data_type, is_nullable, column_default, generation_expression, identity_generation
    FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
    WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND table_name <> 'alembic_version' ORDER BY 1, 2
"""
CONSTRAINTS = """
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace AND conrelid <> 'alembic_version'::regclass ORDER BY 1, 2
"""
INDEXES = "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'alembic_version' ORDER BY 1"
COMMENTS = "SELECT relname, obj_description(oid) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY 1"


async def connected(url: str) -> AsyncIterator[AsyncConnection]:
    engine = create_async_engine(url, poolclass=NullPool)
    async with engine.connect() as connection:
        yield connection
    await engine.dispose()


@pytest.fixture
async def owner(postgres: Postgres, module_postgres_url: str) -> AsyncIterator[AsyncConnection]:
    """The owner's connection to a database that stays empty: rows that were analysed would change plans."""
    async for connection in connected(postgres.admin_url(make_url(module_postgres_url).database or "")):
        yield connection


@pytest.fixture
def empty_url(postgres: Postgres) -> Iterator[str]:
    name = postgres.create("template0")
    yield postgres.admin_url(name)
    postgres.drop(name)


async def shape(connection: AsyncConnection) -> dict[str, list[tuple[object, ...]]]:
    queries = {"columns": COLUMNS, "constraints": CONSTRAINTS, "indexes": INDEXES, "comments": COMMENTS}
    return {name: [tuple(row) for row in await connection.execute(text(query))] for name, query in queries.items()}


async def test_migrations_make_what_the_tables_say(owner: AsyncConnection, empty_url: str) -> None:
    migrated = await shape(owner)
    async for connection in connected(empty_url):
        await connection.execute(text("CREATE TABLE alembic_version (version_num varchar(32))"))
        await connection.run_sync(METADATA.create_all)
        declared = await shape(connection)
    for name in declared:
        strip = [row for row in migrated[name] if row[0] != "alembic_version"]
        assert strip == [row for row in declared[name] if row[0] != "alembic_version"], name


LISTED_BY, LISTED = "0089", 55
"""The last migration that lists the actions of the audit for the CHECK, and how many there were: it lists whatever the code knows, so a
database made before an action was added takes it only after a migration of its own. Who writes one notes it here."""


def listing_actions(scripts: ScriptDirectory) -> list[str]:
    """Migrations that say what `audit_events.action` may be, the newest first."""
    said = re.compile(r'ck_audit_events_action|"audit_events", "action"')
    return [one.revision for one in scripts.walk_revisions() if said.search(Path(one.path).read_text(encoding="utf-8"))]


async def test_the_database_takes_every_action_of_the_audit(owner: AsyncConnection) -> None:
    query = "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'ck_audit_events_action'"
    assert set(re.findall(r"'(\w+)'", str(await owner.scalar(text(query))))) == set(AuditAction)
    listing = listing_actions(ScriptDirectory.from_config(await owner.run_sync(config)))
    assert LISTED_BY in listing
    noted = listing[0] == LISTED_BY
    assert len(AuditAction) == LISTED if noted else len(AuditAction) > LISTED, "an action without a migration"


async def test_a_column_that_no_migration_makes_is_noticed(owner: AsyncConnection) -> None:
    before = await shape(owner)
    await owner.execute(text("ALTER TABLE runs ADD COLUMN surprise text"))
    assert await shape(owner) != before


async def test_migrations_run_again_and_at_once(empty_url: str) -> None:
    await asyncio.gather(*(migrate(empty_url, app_password="it's: a secret") for _ in range(3)))
    await migrate(empty_url)
    async for connection in connected(empty_url):
        assert (
            await connection.scalar(text("SELECT version_num FROM alembic_version"))
            == ScriptDirectory.from_config(await connection.run_sync(config)).get_current_head()
        )


async def test_alembic_finds_nothing_to_add(owner: AsyncConnection) -> None:
    def check(connection: Connection) -> None:
        command.check(config(connection))  # raises when autogenerate would write something

    await owner.run_sync(check)


async def test_an_owner_who_is_no_superuser_can_migrate_and_sees_nothing(postgres: Postgres) -> None:
    postgres.admin(
        "CREATE ROLE landlord LOGIN CREATEROLE", "CREATE DATABASE tenement OWNER landlord TEMPLATE template0"
    )
    url = postgres.admin_url("tenement").replace("postgres@", "landlord@")
    try:
        # Roles belong to the server, and here another owner made ours: this is what their maker gets without asking.
        postgres.admin("GRANT auricle_walker, auricle_app TO landlord WITH ADMIN TRUE, INHERIT FALSE, SET FALSE")
        await migrate(url)
        await migrate(url)
        async with Database.connect(postgres.app_url("tenement")) as db:
            await workspaces.ensure(db, "demo")
            assert await db.workspaces() == ["demo"]
        async for connection in connected(url):
            assert await connection.scalar(text("SELECT count(*) FROM workspaces")) == 0
            assert await unprotected(connection) == []
    finally:
        postgres.drop("tenement")
        postgres.admin("REVOKE auricle_walker, auricle_app FROM landlord", "DROP ROLE landlord")


async def test_every_table_has_row_security(owner: AsyncConnection) -> None:
    assert await unprotected(owner) == []
    tables = set(await owner.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")))
    assert tables - {"alembic_version"} == set(METADATA.tables)
    assert all("workspace_id" in table.c for table in METADATA.tables.values())


@pytest.mark.parametrize(
    ("breach", "found"),
    [
        ("CREATE TABLE planted (workspace_id text)", ["planted"]),
        ("ALTER TABLE runs NO FORCE ROW LEVEL SECURITY", ["runs"]),
        ("ALTER TABLE runs DISABLE ROW LEVEL SECURITY", ["runs"]),
        ("DROP POLICY workspace ON runs", ["runs"]),
        ("ALTER POLICY workspace ON runs WITH CHECK (true)", ["runs"]),
        ("ALTER POLICY workspace ON runs USING (true)", ["runs"]),
        ("CREATE POLICY door ON runs USING (true)", ["runs.door"]),
        ("CREATE POLICY door ON runs FOR SELECT TO auricle_app USING (true)", ["runs.door"]),
    ],
)
async def test_a_table_without_row_security_is_found(owner: AsyncConnection, breach: str, found: list[str]) -> None:
    await owner.execute(text(breach))
    assert await unprotected(owner) == found


async def test_the_applications_roles_are_harmless(owner: AsyncConnection) -> None:
    roles = "SELECT rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname LIKE 'auricle%' ORDER BY 1"
    assert [tuple(row) for row in await owner.execute(text(roles))] == [
        (role, False, False, False, False) for role in sorted((APP, *SERVICES, WALKER))
    ]
    for role in (APP, *SERVICES):
        owned = f"SELECT count(*) FROM pg_class WHERE relowner = '{role}'::regrole"
        assert await owner.scalar(text(owned)) == 0
        member = f"SELECT pg_has_role('{role}', 'auricle_walker', 'MEMBER')"
        assert await owner.scalar(text(member)) is False
    writes = "SELECT count(*) FROM information_schema.role_table_grants WHERE grantee = 'auricle_walker' AND privilege_type <> 'SELECT'"
    assert await owner.scalar(text(writes)) == 0


@pytest.mark.parametrize(
    ("query", "index"),
    [
        (
            "SELECT id FROM conversations WHERE workspace_id = 'x' AND created_at < now() ORDER BY created_at LIMIT 9",
            "ix_conversations_workspace_id_created_at_id",
        ),
        ("SELECT FROM outbox WHERE endpoint_id = 'x'", "ix_outbox_endpoint_id"),
        ("SELECT FROM outbox WHERE workspace_id = 'x' AND state = 'sent' AND sent_at < now()", "ix_outbox_sent"),
        ("SELECT FROM outbox WHERE workspace_id = 'x' AND state = 'dead' AND next_at < now()", "ix_outbox_dead"),
        (
            "SELECT FROM findings WHERE workspace_id = 'x' AND error_class = 'x'",
            "ix_findings_workspace_id_error_class",
        ),
        (
            "SELECT FROM effective_findings WHERE evaluation_id = ANY (ARRAY(SELECT id FROM evaluations LIMIT 9))",
            "pk_findings",
        ),
        ("SELECT FROM evaluations WHERE workspace_id = 'x' AND current AND NOT triaged", "ix_evaluations_untriaged"),
        (
            "SELECT FROM review_items WHERE workspace_id = 'x' AND state IN ('open', 'assigned') ORDER BY risk DESC",
            "ix_review_items_waiting",
        ),
        (
            "SELECT FROM effective_answers WHERE evaluation_id = 'x'",
            "ix_labels_conversation_id_criterion_updated_at",
        ),
    ],
)
async def test_what_is_asked_again_and_again_has_its_index(owner: AsyncConnection, query: str, index: str) -> None:
    await owner.execute(text("SET enable_seqscan = off"))
    assert index in "\n".join(await owner.scalars(text(f"EXPLAIN {query}")))


async def test_the_dead_are_found_from_the_dead(owner: AsyncConnection) -> None:
    """Not by looking at every conversation's runs."""
    (condition,) = Filters(progress="dead").conditions()[:1]
    statement = select(conversations.c.id).where(conversations.c.workspace_id == "x", condition)
    sql = statement.compile(owner.sync_engine, compile_kwargs={"literal_binds": True})
    await owner.execute(text("SET enable_seqscan = off"))
    plan = "\n".join(await owner.scalars(text(f"EXPLAIN {sql}")))
    assert "ix_runs_dead" in plan
    assert "SubPlan" not in plan
