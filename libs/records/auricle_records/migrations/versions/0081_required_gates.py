"""A workspace may require that a version has passed its gate before it becomes live."""

import sqlalchemy as sa
from alembic import op

revision = "0081"
down_revision = "0083"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "golden_settings", sa.Column("gate_required", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
