"""Reverse maps are counted by the key that seals them, and found by an old one."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_reverse_maps_workspace_id_key_id", "reverse_maps", ["workspace_id", "key_id"])
