"""Which service writes which table: privileges of the services' database roles, granted anew by every migration.

Every role reads every table within its workspace, but for those of `_READERS`. A table that `_WRITERS` does not name belongs to a
resource of the REST door and is written by the gateway.
"""

from collections.abc import Iterable, Mapping, Sequence

APP = "auricle_app"
"""Writes all tables: for operators' commands, and for services of a release that had one role."""

GATEWAY, ASR, SCORER, KEEPER = "auricle_gateway", "auricle_asr", "auricle_scorer", "auricle_keeper"
SERVICES = (GATEWAY, ASR, SCORER, KEEPER)

_ALL = "INSERT, UPDATE, DELETE"
_GATEWAYS = {GATEWAY: _ALL}
# Whoever locks a row (FOR UPDATE) needs the right to change something of it; this column is the one that does no harm.
_LOCK = "UPDATE (updated_at)"
_ASKED = "workspace_id, id, conversation_id, evaluation_id, reasons, details, disagreements, disagreed_at, risk"
_HANDLING = "state, assignee, assignee_name, assigned_by, assigned_at, skip_reason, note, closed_by, closed_by_name, closed_at, updated_at"
_ANSWERING = "state, acknowledged_by_name, acknowledged_at, closed_by_name, closed_at"
_WRITERS: Mapping[str, Mapping[str, str]] = {
    "conversations": _GATEWAYS | {KEEPER: f"{_LOCK}, DELETE", ASR: _LOCK, SCORER: _LOCK},
    "revisions": _GATEWAYS | {KEEPER: "DELETE"},
    "uploads": {GATEWAY: "INSERT, UPDATE", KEEPER: "DELETE"},
    "tombstones": {GATEWAY: "INSERT", KEEPER: "INSERT, UPDATE"},
    "runs": {GATEWAY: _ALL, ASR: "INSERT, UPDATE", SCORER: "UPDATE", KEEPER: "INSERT, UPDATE"},
    "transcripts": {ASR: "INSERT"},
    "transcript_texts": {KEEPER: "INSERT, UPDATE"},
    "evaluations": {SCORER: "INSERT, UPDATE (current)", KEEPER: "UPDATE (triaged, searchable)"},
    "answers": {SCORER: "INSERT"},
    "findings": {SCORER: "INSERT"},
    "flow_steps": {SCORER: "INSERT"},
    "paid_completions": {SCORER: "INSERT, DELETE"},
    "agent_messages": {SCORER: "INSERT, DELETE"},
    "reverse_maps": {SCORER: "INSERT, UPDATE", KEEPER: "UPDATE (key_id, body)"},
    "ledger": {ASR: "INSERT", SCORER: "INSERT"},
    "shifts": {ASR: "INSERT, UPDATE", SCORER: "INSERT, UPDATE"},
    "outbox": {GATEWAY: "INSERT", ASR: "INSERT", SCORER: "INSERT", KEEPER: _ALL},
    "webhook_endpoints": {GATEWAY: "INSERT, DELETE", KEEPER: "UPDATE"},
    # Keeper says what waits and why, and what is stale; the gateway what people do about it and ask for.
    # An item that is blind is keeper's alone.
    "review_items": {
        KEEPER: "INSERT, UPDATE",
        GATEWAY: f"INSERT ({_ASKED}), UPDATE ({_HANDLING}, reasons, details, disagreements, disagreed_at, risk)",
    },
    "blind_answers": {GATEWAY: "INSERT"},
    "hooks": _GATEWAYS | {KEEPER: "UPDATE (secret, secret_key_id, sealed_secret)"},
    "hook_events": _GATEWAYS | {KEEPER: "DELETE"},
    "people": _GATEWAYS | {KEEPER: "UPDATE (factor_key_id, sealed_factor)"},
    "artefacts": {GATEWAY: "INSERT, UPDATE (state, figures)"},
    "artefact_promotions": {GATEWAY: "INSERT"},
    # Keeper takes up new conversations for shadows.
    "dry_runs": {
        GATEWAY: "INSERT, UPDATE (ended_at, stopped, stopped_at, stopped_by_name)",
        KEEPER: "UPDATE (ended_at)",
    },
    # The gateway says what runs on which share; keeper only stops.
    "canaries": {
        GATEWAY: "INSERT, UPDATE (share, state, end_reason, ended_at)",
        KEEPER: "UPDATE (state, end_reason, ended_at)",
    },
    "canary_recipes": {GATEWAY: "INSERT"},
    "dry_run_items": {GATEWAY: "INSERT", SCORER: "UPDATE (result)", KEEPER: "INSERT"},
    "gate_traces": {GATEWAY: "INSERT, DELETE", KEEPER: "DELETE"},
    # What was said of an item never changes: another verdict is another row.
    "golden_items": {GATEWAY: "INSERT, DELETE"},
    "golden_labels": {GATEWAY: "INSERT, UPDATE (status, settled_by, settled_at), DELETE"},
    "notices": {KEEPER: _ALL},
    "judge_certificates": {GATEWAY: "INSERT"},
    "alert_destinations": _GATEWAYS | {KEEPER: "UPDATE (secret, secret_key_id, sealed_secret)"},
    # Keeper says what rings; the gateway what people do about it, and what they test.
    "alerts": {KEEPER: "INSERT, UPDATE", GATEWAY: f"UPDATE ({_ANSWERING})"},
    "alert_deliveries": {KEEPER: _ALL, GATEWAY: "INSERT"},
    # Keeper asks by schedule, starts and gives up; the gateway has what people ask and jobs report.
    "trainings": {GATEWAY: "INSERT, UPDATE", KEEPER: "INSERT, UPDATE"},
    "training_states": {GATEWAY: "INSERT", KEEPER: "INSERT"},
    # Keeper makes and ends the keys of the trainings that it starts.
    "api_keys": _GATEWAYS | {KEEPER: "INSERT, SELECT (id, revoked_at), UPDATE (revoked_at)"},
    "job_leases": {KEEPER: _ALL},
}
_READERS: Mapping[str, Sequence[str]] = {
    "paid_completions": (SCORER,),
    "api_keys": (GATEWAY,),
    "sessions": (GATEWAY,),
    "people": (GATEWAY, KEEPER),
    "reverse_maps": (GATEWAY, SCORER, KEEPER),
    "notices": (KEEPER,),
    "gate_traces": (GATEWAY, KEEPER),
    # The scorer shows golden items as examples; row security gives it the train split alone.
    "golden_items": (GATEWAY, SCORER, KEEPER),
    "golden_labels": (GATEWAY, SCORER, KEEPER),
    "alert_destinations": (GATEWAY, KEEPER),
}


def writers(table: str) -> Mapping[str, str]:
    """The roles of services that write a table, each with its privileges."""
    return _WRITERS.get(table, _GATEWAYS)


def readers(table: str) -> Sequence[str]:
    """The roles of services that read a table."""
    return _READERS.get(table, SERVICES)


def statements(tables: Iterable[str], append_only: Sequence[str]) -> Sequence[str]:
    """The statements after which the services' roles have these privileges and no other."""
    roles = ", ".join(SERVICES)
    return [
        f"GRANT USAGE ON SCHEMA public TO {roles}",
        f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {roles}",
        f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {roles}",
        f"REVOKE ALL ON alembic_version FROM {roles}",
        f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {roles}",
        f"GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {roles}",
        *(
            f"REVOKE SELECT ON {table} FROM {role}"  # noqa: S608 - names of ours
            for table in tables
            for role in SERVICES
            if role not in readers(table)
        ),
        *(f"GRANT {rights} ON {table} TO {role}" for table in tables for role, rights in writers(table).items()),
        *(f"REVOKE UPDATE, DELETE ON {table} FROM {roles}" for table in append_only),
    ]
