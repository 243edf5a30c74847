"""What people say about answers."""

import sqlalchemy as sa
from alembic import op
from auricle_records.policies import protect
from sqlalchemy.dialects.postgresql import JSONB

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "labels",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("evaluation_id", sa.Text(), nullable=False),
        sa.Column("criterion", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("value", JSONB()),
        sa.Column("old_state", sa.Text(), nullable=False),
        sa.Column("old_value", JSONB()),
        sa.Column("comment", sa.Text()),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("kind IN ('score', 'yes_no', 'count', 'choice', 'text')", name=op.f("ck_labels_kind")),
        sa.CheckConstraint("state IN ('answered', 'not_applicable', 'undetermined')", name=op.f("ck_labels_state")),
        sa.CheckConstraint(
            "old_state IN ('answered', 'not_applicable', 'undetermined')", name=op.f("ck_labels_old_state")
        ),
        sa.CheckConstraint("source IN ('sheet', 'page', 'api')", name=op.f("ck_labels_source")),
        sa.CheckConstraint("(state = 'answered') = (value IS NOT NULL)", name=op.f("ck_labels_value")),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name="fk_labels_conversation_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["evaluation_id"], ["evaluations.id"], name="fk_labels_evaluation_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_labels"),
        sa.UniqueConstraint("evaluation_id", "criterion", "author", name="uq_labels_evaluation_id_criterion_author"),
        comment="What people say about answers, one per answer and author. Written by auricle_records.labels.",
    )
    op.create_index("ix_labels_conversation_id", "labels", ["conversation_id"])
    op.create_index("ix_labels_workspace_id_id", "labels", ["workspace_id", "id"])
    for statement in protect("labels"):
        op.execute(statement)
