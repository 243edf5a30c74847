"""Coaching tasks of agents, examples of how it is done well, and their events."""

from typing import get_args

import sqlalchemy as sa
from alembic import op
from auricle_contracts.audit import AuditAction
from auricle_contracts.webhooks import EventType
from auricle_records.policies import limit_to_own, protect
from sqlalchemy.dialects.postgresql import JSONB

revision = "0083"
down_revision = "0084"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)
TASKS, EXAMPLES = "coaching_tasks", "good_examples"


def upgrade() -> None:
    _tasks()
    _examples()
    for table in (TASKS, EXAMPLES):
        for statement in protect(table):
            op.execute(statement)
    op.execute(limit_to_own(TASKS, "person_id = current_setting('auricle.person', true)"))
    # The lists of this release, whatever the order in which the migrations of its resources came.
    for table, column, words in (
        ("audit_events", "action", tuple(AuditAction)), ("outbox", "type", get_args(EventType)),
    ):  # fmt: skip
        listed = ", ".join(f"'{word}'" for word in words)
        op.drop_constraint(op.f(f"ck_{table}_{column}"), table, type_="check")
        op.create_check_constraint(op.f(f"ck_{table}_{column}"), table, f"{column} IN ({listed})")


def _text(*names: str, nullable: bool = False) -> tuple[sa.Column[str], ...]:
    return tuple(sa.Column(name, sa.Text(), nullable=nullable) for name in names)


def _now(name: str) -> sa.Column[object]:
    return sa.Column(name, TIME, server_default=sa.text("clock_timestamp()"), nullable=False)


def _of(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=f"fk_{table}_{column}", ondelete="CASCADE")


def _tasks() -> None:
    op.create_table(
        TASKS,
        *_text("workspace_id", "id", "person_id", "person_name", "conversation_id", "evaluation_id"),
        *_text("criterion", "finding_id", "error_class", nullable=True),
        sa.Column("quote", JSONB()),
        *_text("text"),
        sa.Column("state", sa.Text(), server_default=sa.text("'open'"), nullable=False),
        sa.Column("due_at", TIME, nullable=False),
        *_text("assigned_by", "assigned_by_name"),
        _now("assigned_at"),
        sa.Column("acknowledged_at", TIME),
        sa.Column("done_at", TIME),
        sa.CheckConstraint(
            "state IN ('open', 'acknowledged', 'done', 'withdrawn')", name=op.f("ck_coaching_tasks_state")
        ),
        sa.CheckConstraint("(criterion IS NULL) = (error_class IS NOT NULL)", name=op.f("ck_coaching_tasks_subject")),
        sa.CheckConstraint("(error_class IS NULL) = (finding_id IS NULL)", name=op.f("ck_coaching_tasks_finding")),
        sa.CheckConstraint("(state = 'done') = (done_at IS NOT NULL)", name=op.f("ck_coaching_tasks_done")),
        sa.CheckConstraint(
            "(state = 'acknowledged') <= (acknowledged_at IS NOT NULL)", name=op.f("ck_coaching_tasks_acknowledged")
        ),
        _of(TASKS, "person_id", "people"),
        _of(TASKS, "conversation_id", "conversations"),
        _of(TASKS, "evaluation_id", "evaluations"),
        sa.PrimaryKeyConstraint("id", name="pk_coaching_tasks"),
        comment="What agents are to learn, and whether it is done. Written by auricle_records.coaching.",
    )
    for columns in (["workspace_id", "id"], ["person_id", "id"], ["conversation_id"], ["evaluation_id"]):
        op.create_index(f"ix_{TASKS}_{'_'.join(columns)}", TASKS, columns)


def _examples() -> None:
    op.create_table(
        EXAMPLES,
        *_text("workspace_id", "id", "source_id", "criterion", "text", "note", "added_by", "added_by_name"),
        _now("created_at"),
        _of(EXAMPLES, "source_id", "conversations"),
        sa.PrimaryKeyConstraint("id", name="pk_good_examples"),
        comment="Masked words that show how it is done well, for everybody; they go with their conversation, which no agent sees through"
        " them. Written by auricle_records.coaching.",
    )
    for columns in (["workspace_id", "criterion", "id"], ["source_id"]):
        op.create_index(f"ix_{EXAMPLES}_{'_'.join(columns)}", EXAMPLES, columns)
