"""Appeals of agents, how long a workspace takes them, and their two events."""

from typing import get_args

import sqlalchemy as sa
from alembic import op
from auricle_contracts.audit import AuditAction
from auricle_contracts.webhooks import EventType
from auricle_records.policies import limit_to_own, protect
from sqlalchemy.dialects.postgresql import JSONB

revision = "0024"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _appeals()
    _settings()
    for table in ("appeals", "appeal_settings"):
        for statement in protect(table):
            op.execute(statement)
    op.execute(limit_to_own("appeals", "auricle_owns_conversation(conversation_id)"))
    # The lists of this release, whatever the order in which the migrations of its resources came.
    for table, column, words in (
        ("audit_events", "action", tuple(AuditAction)), ("outbox", "type", get_args(EventType)),
    ):  # fmt: skip
        listed = ", ".join(f"'{word}'" for word in words)
        op.drop_constraint(op.f(f"ck_{table}_{column}"), table, type_="check")
        op.create_check_constraint(op.f(f"ck_{table}_{column}"), table, f"{column} IN ({listed})")


def _appeals() -> None:
    time = sa.DateTime(timezone=True)
    op.create_table(
        "appeals",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("evaluation_id", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Text()) for name in ("criterion", "finding_id", "error_class", "participant")),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("quote", JSONB()),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("opened_by", sa.Text(), nullable=False),
        sa.Column("opened_by_name", sa.Text(), nullable=False),
        sa.Column("opened_at", time, server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("due_at", time, nullable=False),
        *(sa.Column(name, sa.Text()) for name in ("owner", "owner_name", "reason", "decided_by", "decided_by_name")),
        sa.Column("decided_at", time),
        sa.CheckConstraint(
            "state IN ('open', 'accepted', 'partly', 'rejected', 'withdrawn')", name=op.f("ck_appeals_state")
        ),
        sa.CheckConstraint("(criterion IS NULL) = (error_class IS NOT NULL)", name=op.f("ck_appeals_subject")),
        sa.CheckConstraint("(error_class IS NULL) = (finding_id IS NULL)", name=op.f("ck_appeals_finding")),
        sa.CheckConstraint("(state IN ('open', 'withdrawn')) = (decided_at IS NULL)", name=op.f("ck_appeals_decided")),
        sa.CheckConstraint("(decided_at IS NULL) = (reason IS NULL)", name=op.f("ck_appeals_reason")),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name="fk_appeals_conversation_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["evaluation_id"], ["evaluations.id"], name="fk_appeals_evaluation_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_appeals"),
        comment="What agents contest, and how it ended. Written by auricle_records.appeals.",
    )
    op.create_index("ix_appeals_workspace_id_state_due_at", "appeals", ["workspace_id", "state", "due_at"])
    op.create_index("ix_appeals_workspace_id_id", "appeals", ["workspace_id", "id"])
    op.create_index("ix_appeals_conversation_id", "appeals", ["conversation_id"])
    op.create_index("ix_appeals_evaluation_id", "appeals", ["evaluation_id"])


def _settings() -> None:
    op.create_table(
        "appeal_settings",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("window_days", sa.Integer(), nullable=False),
        sa.Column("answer_days", sa.Integer(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "window_days BETWEEN 1 AND 365 AND answer_days BETWEEN 1 AND 365", name=op.f("ck_appeal_settings_days")
        ),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.workspace_id"], name="fk_appeal_settings_workspace_id"),
        sa.PrimaryKeyConstraint("workspace_id", name="pk_appeal_settings"),
        comment="How long evaluations can be contested and appeals may wait. Written by auricle_records.appeals.",
    )
