"""Calibration sessions with their conversations, reviewers and blind answers."""

import sqlalchemy as sa
from alembic import op
from auricle_contracts.audit import AuditAction
from auricle_records.policies import limit_to_own, protect
from sqlalchemy.dialects.postgresql import JSONB

revision = "0089"
down_revision = "0081"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)
ABOUT_CONVERSATIONS = ("calibration_items", "calibration_answers")


def upgrade() -> None:
    _sessions()
    _items()
    _reviewers()
    _answers()
    for table in ("calibrations", "calibration_reviewers", *ABOUT_CONVERSATIONS):
        for statement in protect(table):
            op.execute(statement)
    for table in ABOUT_CONVERSATIONS:
        op.execute(limit_to_own(table, "auricle_owns_conversation(conversation_id)"))
    # The list of this release, whatever the order in which the migrations of its resources came.
    listed = ", ".join(f"'{action}'" for action in AuditAction)
    op.drop_constraint(op.f("ck_audit_events_action"), "audit_events", type_="check")
    op.create_check_constraint(op.f("ck_audit_events_action"), "audit_events", f"action IN ({listed})")


def _text(*names: str) -> tuple[sa.Column[str], ...]:
    return tuple(sa.Column(name, sa.Text(), nullable=False) for name in names)


def _of(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=f"fk_{table}_{column}", ondelete="CASCADE")


def _indexes(table: str, *columns: str) -> None:
    for column in columns:
        op.create_index(f"ix_{table}_{column}", table, [column])


def _sessions() -> None:
    op.create_table(
        "calibrations",
        *_text("workspace_id", "id", "title"),
        sa.Column("state", sa.Text(), server_default=sa.text("'open'"), nullable=False),
        *_text("created_by", "created_by_name"),
        sa.Column("created_at", TIME, server_default=sa.text("clock_timestamp()"), nullable=False),
        sa.Column("due_at", TIME, nullable=False),
        sa.Column("closed_at", TIME),
        sa.CheckConstraint("state IN ('open', 'closed')", name=op.f("ck_calibrations_state")),
        sa.CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name=op.f("ck_calibrations_closed")),
        sa.PrimaryKeyConstraint("id", name="pk_calibrations"),
        comment="Sessions in which several people judge the same. Written by auricle_records.calibration.",
    )
    op.create_index("ix_calibrations_workspace_id_id", "calibrations", ["workspace_id", "id"])


def _items() -> None:
    table = "calibration_items"
    op.create_table(
        table,
        *_text("workspace_id", "calibration_id", "conversation_id", "evaluation_id"),
        _of(table, "calibration_id", "calibrations"),
        _of(table, "conversation_id", "conversations"),
        _of(table, "evaluation_id", "evaluations"),
        sa.PrimaryKeyConstraint("calibration_id", "conversation_id", name=f"pk_{table}"),
        comment="Conversations of calibration sessions. Written by auricle_records.calibration.",
    )
    _indexes(table, "conversation_id", "evaluation_id")


def _reviewers() -> None:
    table = "calibration_reviewers"
    op.create_table(
        table,
        *_text("workspace_id", "calibration_id", "person_id", "name"),
        sa.Column("is_expert", sa.Boolean(), nullable=False),
        _of(table, "calibration_id", "calibrations"),
        _of(table, "person_id", "people"),
        sa.PrimaryKeyConstraint("calibration_id", "person_id", name=f"pk_{table}"),
        comment="Who judges in calibration sessions. Written by auricle_records.calibration.",
    )
    _indexes(table, "person_id")


def _answers() -> None:
    table = "calibration_answers"
    op.create_table(
        table,
        *_text("workspace_id", "calibration_id", "conversation_id", "criterion", "person_id", "state"),
        sa.Column("value", JSONB()),
        sa.Column("updated_at", TIME, server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("state IN ('answered', 'not_applicable', 'undetermined')", name=op.f(f"ck_{table}_state")),
        sa.CheckConstraint("(state = 'answered') = (value IS NOT NULL)", name=op.f(f"ck_{table}_value")),
        _of(table, "calibration_id", "calibrations"),
        _of(table, "conversation_id", "conversations"),
        _of(table, "person_id", "people"),
        sa.PrimaryKeyConstraint("calibration_id", "conversation_id", "criterion", "person_id", name=f"pk_{table}"),
        comment="Blind answers, which count nowhere else. Written by auricle_records.calibration.",
    )
    _indexes(table, "conversation_id", "person_id")
