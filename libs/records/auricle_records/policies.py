"""Row security: how a table is protected, and how to find one that is not. Migrations call the first, a test calls the second.

Two predicates: the row's workspace, always; and, while `auricle.person` names a person, that the row is about a conversation of theirs.
"""

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from auricle_records.grants import APP, SERVICES

WALKER = "auricle_walker"
"""Owns the few SECURITY DEFINER functions that cross workspaces. Nobody logs in as it, and its policies let it read, never write."""

_MINE = "workspace_id = current_setting('auricle.workspace', true)"
_UNPROTECTED = text(
    """
    SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND c.relname <> 'alembic_version'
      AND NOT (c.relrowsecurity AND c.relforcerowsecurity AND EXISTS (
        SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polcmd = '*' AND p.polroles = '{0}'
          AND pg_get_expr(p.polqual, c.oid) LIKE '%workspace_id = current_setting(''auricle.workspace''%'
          AND pg_get_expr(p.polwithcheck, c.oid) LIKE '%workspace_id = current_setting(''auricle.workspace''%'))
    ORDER BY 1
    """
)
_ANYBODYS = "coalesce(current_setting('auricle.person', true), '') = ''"
_UNLIMITED = text(
    """
    SELECT DISTINCT c.table_name FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
    WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE'
      AND (c.column_name IN ('conversation_id', 'evaluation_id', 'run_id') OR c.table_name = 'conversations')
      AND NOT EXISTS (
        SELECT FROM pg_policy p WHERE p.polrelid = c.table_name::regclass AND p.polname = 'own' AND NOT p.polpermissive
          AND p.polcmd = '*' AND pg_get_expr(p.polqual, p.polrelid) LIKE '%auricle.person%'
          AND (p.polroles = '{0}' OR p.polroles @> ARRAY(SELECT oid FROM pg_roles WHERE rolname = ANY (:services))))
    ORDER BY 1
    """
)
_OTHERS = text(
    """
    SELECT format('%s.%s', c.relname, p.polname) FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
    WHERE p.polname <> 'workspace' AND p.polpermissive
      AND NOT (p.polcmd = 'r' AND p.polroles = ARRAY[(SELECT oid FROM pg_roles WHERE rolname = :walker)])
    ORDER BY 1
    """
)


def protect(table: str) -> Sequence[str]:
    """The statements that shut a table to everybody, its owner too, but for the rows of the transaction's workspace."""
    return (
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY workspace ON {table} USING ({_MINE}) WITH CHECK ({_MINE})",
    )


def let_walk(table: str) -> Sequence[str]:
    """The statements that let the walker's functions read a table over all workspaces."""
    return (
        f"GRANT SELECT ON {table} TO {WALKER}",
        f"CREATE POLICY walker ON {table} FOR SELECT TO {WALKER} USING (true)",
    )


def limit_to_own(table: str, condition: str, *, but_walker: bool = False) -> str:
    """The statement that shows and takes, while a transaction is limited to a person, only rows for which `condition` holds as well.

    `but_walker`: it holds for all roles that log in, and the walker's functions, whose callers are limited where they use what they were
    given, read by indexes that a policy would shut.
    """
    to = f" TO {', '.join((APP, *SERVICES))}" if but_walker else ""
    return f"CREATE POLICY own ON {table} AS RESTRICTIVE{to} USING ({_ANYBODYS} OR {condition})"


async def unprotected(connection: AsyncConnection) -> list[str]:
    """Tables without forced row security by workspace, and policies that let anybody else in. Empty is right.

    A restrictive policy only takes away, so it is none of these.
    """
    tables = list((await connection.scalars(_UNPROTECTED)).all())
    return tables + list((await connection.scalars(_OTHERS, {"walker": WALKER})).all())


async def not_limited_to_own(connection: AsyncConnection) -> list[str]:
    """Tables about conversations that a person's transaction reads whole. Empty is right."""
    return list((await connection.scalars(_UNLIMITED, {"services": [APP, *SERVICES]})).all())
