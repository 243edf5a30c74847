"""Dry runs: past conversations judged by a version that is not live, without effect on what counts."""

import sqlalchemy as sa
from alembic import op
from auricle_contracts.audit import AuditAction
from auricle_records.policies import limit_to_own, protect
from sqlalchemy.dialects.postgresql import JSONB

revision = "0094"
down_revision = "0099"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _runs()
    _items()
    for table in ("dry_runs", "dry_run_items"):
        for statement in protect(table):
            op.execute(statement)
    op.execute(limit_to_own("dry_run_items", "auricle_owns_conversation(conversation_id)"))
    # The list of this release, whatever the order in which the migrations of its resources came.
    listed = ", ".join(f"'{action}'" for action in AuditAction)
    op.drop_constraint(op.f("ck_audit_events_action"), "audit_events", type_="check")
    op.create_check_constraint(op.f("ck_audit_events_action"), "audit_events", f"action IN ({listed})")


def _text(*names: str) -> tuple[sa.Column[str], ...]:
    return tuple(sa.Column(name, sa.Text(), nullable=False) for name in names)


def _of(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=f"fk_{table}_{column}", ondelete="CASCADE")


def _runs() -> None:
    op.create_table(
        "dry_runs",
        *_text("workspace_id", "id", "artefact_id", "recipe", "live_recipe", "method", "actor_kind", "actor"),
        sa.Column("actor_name", sa.Text()),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("method IN ('judged', 'stored')", name=op.f("ck_dry_runs_method")),
        sa.CheckConstraint("actor_kind IN ('api_key', 'person')", name=op.f("ck_dry_runs_actor_kind")),
        sa.ForeignKeyConstraint(["artefact_id"], ["artefacts.id"], name="fk_dry_runs_artefact_id"),
        sa.PrimaryKeyConstraint("id", name="pk_dry_runs"),
        comment="Past conversations judged by a version without effect. Written by auricle_records.dry_runs.",
    )
    op.create_index("ix_dry_runs_artefact_id_id", "dry_runs", ["artefact_id", "id"])


def _items() -> None:
    table = "dry_run_items"
    op.create_table(
        table,
        *_text("workspace_id", "dry_run_id", "conversation_id", "evaluation_id"),
        sa.Column("run_id", sa.Text()),
        sa.Column("result", JSONB()),
        sa.CheckConstraint(
            "run_id IS NOT NULL OR result IS NOT NULL", name=op.f("ck_dry_run_items_comes_from_somewhere")
        ),
        _of(table, "dry_run_id", "dry_runs"),
        _of(table, "conversation_id", "conversations"),
        _of(table, "evaluation_id", "evaluations"),
        _of(table, "run_id", "runs"),
        sa.PrimaryKeyConstraint("dry_run_id", "conversation_id", name=f"pk_{table}"),
        comment="What each conversation of a dry run came to. Written by auricle_records.dry_runs.",
    )
    for column in ("conversation_id", "evaluation_id", "run_id"):
        op.create_index(f"ix_{table}_{column}", table, [column])
