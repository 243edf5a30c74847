"""The only ways across workspaces. Each function reads what a process needs that knows no workspace yet, and writes nothing.

They run as `auricle_walker`, a role that nobody can log in as, and not as the owner: forced row security holds for the owner too, so
this works on a server where nobody is a superuser.
"""

from collections.abc import Sequence

from auricle_records.policies import WALKER

FUNCTIONS = (
    # A worker knows a run's id only. plpgsql keeps the plan: this one runs in every transaction of a worker.
    """
    auricle_workspace_of_run(run text) RETURNS text LANGUAGE plpgsql AS $$
    BEGIN
        RETURN (SELECT workspace_id FROM runs WHERE id = run);
    END $$
    """,
    # The gateway knows a token only. The hash is compared here, so that none leaves the table.
    """
    auricle_caller(wanted_prefix text, wanted_hash text) RETURNS TABLE (id text, workspace_id text, scopes text[])
    LANGUAGE plpgsql AS $$
    BEGIN
        RETURN QUERY SELECT k.id, k.workspace_id, k.scopes FROM api_keys k JOIN workspaces w ON w.workspace_id = k.workspace_id
        WHERE k.prefix = wanted_prefix AND k.hash = wanted_hash AND k.revoked_at IS NULL AND w.active;
    END $$
    """,
    # keeper walks over everybody's work.
    """
    auricle_workspaces() RETURNS SETOF text LANGUAGE sql AS $$
        SELECT workspace_id FROM workspaces WHERE active ORDER BY 1
    $$
    """,
    """
    auricle_waiting_runs(wanted_step text, wanted_priority text, older_than interval, most integer) RETURNS SETOF runs
    LANGUAGE sql AS $$
        SELECT * FROM runs
        WHERE state = 'waiting' AND entry_id IS NULL AND step = wanted_step AND priority = wanted_priority
          AND updated_at <= now() - older_than
        ORDER BY id LIMIT most
    $$
    """,
    """
    auricle_quiet_runs(older_than interval, after_id text, most integer) RETURNS SETOF runs LANGUAGE sql AS $$
        SELECT * FROM runs
        WHERE state IN ('waiting', 'working') AND entry_id IS NOT NULL AND id > after_id AND updated_at <= now() - older_than
        ORDER BY id LIMIT most
    $$
    """,
    """
    auricle_workspaces_with_due_events() RETURNS SETOF text LANGUAGE sql AS $$
        SELECT workspace_id FROM outbox WHERE state = 'pending' AND next_at <= now() GROUP BY 1 ORDER BY min(next_at)
    $$
    """,
    """
    auricle_unquiet_tombstones(pause interval, most integer) RETURNS SETOF tombstones LANGUAGE sql AS $$
        SELECT * FROM tombstones WHERE quiet_sweeps < 3 AND (swept_at IS NULL OR swept_at <= now() - pause)
        ORDER BY deleted_at LIMIT most
    $$
    """,
)


def define(function: str) -> Sequence[str]:
    """The statements that make one of FUNCTIONS: stable, run as the walker, callable by nobody until it is granted."""
    name = function.strip().partition("(")[0]
    return (
        f"CREATE FUNCTION {function.strip()} STABLE SECURITY DEFINER SET search_path = pg_catalog, public",
        f"REVOKE ALL ON FUNCTION {name} FROM PUBLIC",
        f"ALTER FUNCTION {name} OWNER TO {WALKER}",
    )
