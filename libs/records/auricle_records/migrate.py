"""Migration of the database: roles, then Alembic's migrations, then what the application may touch. Run as the owner, which it never is."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from auricle_records import grants
from auricle_records.policies import WALKER

_LOCK = 0x6175_7269  # "auri": one migration of a database at a time
_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version' ORDER BY 1"
_APPEND_ONLY = (
    "acknowledgements",
    "added_findings",
    "artefact_promotions",
    "audit_events",
    "finding_labels",
    "judge_certificates",
    "labels",
    "ledger",
    "disclosure_acknowledgements",
    "disclosures",
    "oversight_entries",
    "recipes",
    "training_states",
    "unmaskings",
)


async def migrate(
    admin_url: str,
    *,
    app_password: str | None = None,
) -> None:
    """Bring the database to the newest revision and let the services' roles in. Safe to run again, and by several at once.

    `admin_url` is postgresql+asyncpg://…; `app_password` is given to all of these roles, without it an existing one keeps its own.
    """
    engine = create_async_engine(admin_url, poolclass=NullPool)
    try:
        async with engine.begin() as connection:
            await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
            await _ensure_role(connection, WALKER, "NOLOGIN")
            for role in (grants.APP, *grants.SERVICES):
                await _ensure_role(connection, role, "LOGIN")
                await _set_password(connection, role, app_password)
            async with _as_walker(connection):
                await connection.run_sync(upgrade)
                await _grant(connection, grants.APP)
    finally:
        await engine.dispose()


def upgrade(connection: Connection, revision: str = "head") -> None:
    """Run Alembic's migrations in this connection's transaction."""
    command.upgrade(config(connection), revision)


def config(connection: Connection) -> Config:
    """Alembic's settings: our migrations, on this connection."""
    settings = Config()
    settings.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    settings.attributes["connection"] = connection
    return settings


async def _ensure_role(connection: AsyncConnection, role: str, login: str) -> None:
    """Roles belong to the whole server: another database's migration may be making the same one right now."""
    await connection.execute(
        text(
            f"""
            DO $$ BEGIN
                CREATE ROLE {role} {login} NOSUPERUSER NOCREATEDB NOCREATEROLE NOINHERIT;
            EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
            END $$
            """
        )
    )


async def _set_password(connection: AsyncConnection, role: str, password: str | None) -> None:
    if password is not None:
        quoted = await connection.scalar(text("SELECT quote_literal(cast(:password AS text))"), {"password": password})
        await connection.exec_driver_sql(f"ALTER ROLE {role} PASSWORD {quoted}")


@asynccontextmanager
async def _as_walker(connection: AsyncConnection) -> AsyncIterator[None]:
    """An owner who is no superuser may give functions to the walker only as its member; afterwards it is none again."""
    if await connection.scalar(text("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")):
        yield
        return
    for statement in (f"GRANT {WALKER} TO CURRENT_USER", f"GRANT CREATE ON SCHEMA public TO {WALKER}"):
        await connection.execute(text(statement))
    yield
    for statement in (f"REVOKE {WALKER} FROM CURRENT_USER", f"REVOKE CREATE ON SCHEMA public FROM {WALKER}"):
        await connection.execute(text(statement))


async def _grant(connection: AsyncConnection, role: str) -> None:
    statements = [
        f"GRANT USAGE ON SCHEMA public TO {role}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
        f"REVOKE ALL ON alembic_version FROM {role}",
        f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role}",
        f"GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {role}",
        *(f"REVOKE UPDATE, DELETE ON {table} FROM {role}" for table in _APPEND_ONLY),
    ]
    tables = await connection.scalars(text(_TABLES))
    for statement in [*statements, *grants.statements(tables.all(), _APPEND_ONLY)]:
        await connection.execute(text(statement))
