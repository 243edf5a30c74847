"""What a model said in attempts that did not end well is kept, so that a retry asks only for the rest."""

import sqlalchemy as sa
from alembic import op
from auricle_records.policies import limit_to_own, protect
from sqlalchemy.dialects.postgresql import JSONB

revision = "0032"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "paid_completions",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("request", sa.Text(), nullable=False),
        sa.Column("body", JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name="fk_paid_completions_conversation_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("conversation_id", "revision", "request", name="pk_paid_completions"),
        comment="What a model said in attempts that did not end well, not to be paid twice. Written by auricle_records.paid_completions.",
    )
    for statement in protect("paid_completions"):
        op.execute(statement)
    op.execute(limit_to_own("paid_completions", "auricle_owns_conversation(conversation_id)"))
