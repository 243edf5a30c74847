"""What agents wrote in chats and e-mails, masked, the newest of each: templates are found again over conversations."""

import sqlalchemy as sa
from alembic import op
from auricle_records.policies import protect
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "agent_messages",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("terms", ARRAY(sa.Integer()), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name="fk_agent_messages_conversation_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_agent_messages"),
        comment="Masked messages of agents, the newest of each, to find templates again. Written by auricle_records.messages.",
    )
    op.create_index("ix_agent_messages_workspace_id_agent_id", "agent_messages", ["workspace_id", "agent", "id"])
    op.create_index("ix_agent_messages_conversation_id", "agent_messages", ["conversation_id"])
    for statement in protect("agent_messages"):
        op.execute(statement)
