"""How deep a workspace lets its conversations be cut, and who chose it."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("workspaces", sa.Column("deepest", sa.Text(), server_default=sa.text("'hard'"), nullable=False))
    op.add_column("workspaces", sa.Column("deepest_by", sa.Text()))
    op.add_column("workspaces", sa.Column("deepest_at", sa.DateTime(timezone=True)))
    op.create_check_constraint(
        op.f("ck_workspaces_deepest"), "workspaces", "deepest IN ('raw', 'light', 'medium', 'hard')"
    )
