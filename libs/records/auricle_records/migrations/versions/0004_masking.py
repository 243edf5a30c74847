"""What a workspace hides, the sealed way back, and who went it."""

import sqlalchemy as sa
from alembic import op
from auricle_records.policies import protect
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

KINDS = "ARRAY['phone', 'card', 'email', 'passport', 'snils', 'inn', 'address', 'name']::text[]"
NOW = sa.text("now()")


def upgrade() -> None:
    op.create_table(
        "masking_settings",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("kinds", ARRAY(sa.Text()), nullable=False),
        sa.Column("prompts", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("exports", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("views", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("recordings", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.CheckConstraint(f"kinds <@ {KINDS}", name=op.f("ck_masking_settings_kinds")),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.workspace_id"], name="fk_masking_settings_workspace_id"),
        sa.PrimaryKeyConstraint("workspace_id", name="pk_masking_settings"),
        comment="What a workspace hides, and where; no row hides everything. Written by auricle_records.masking.",
    )
    op.create_table(
        "reverse_maps",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name="fk_reverse_maps_conversation_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("conversation_id", "revision", name="pk_reverse_maps"),
        comment="What placeholders stand for, sealed under the key named by `key_id`. Written by auricle_records.masking.",
    )
    op.create_table(
        "unmaskings",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("api_key_id", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.CheckConstraint(
            "what IN ('transcript', 'evaluation', 'digest', 'recording', 'secrets')", name=op.f("ck_unmaskings_what")
        ),
        sa.PrimaryKeyConstraint("id", name="pk_unmaskings"),
        comment="Who saw what was hidden; it outlives its conversation. Written by auricle_records.masking.",
    )
    op.create_index("ix_unmaskings_workspace_id_id", "unmaskings", ["workspace_id", "id"])
    for table in ("masking_settings", "reverse_maps", "unmaskings"):
        for statement in protect(table):
            op.execute(statement)
