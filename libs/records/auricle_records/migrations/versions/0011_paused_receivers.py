"""A receiver that fails again and again is paused; what is due is found by endpoint. The writer of `shifts` has a new name."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("webhook_endpoints", sa.Column("failures", sa.Integer(), nullable=False, server_default=sa.text("0")))
    op.add_column("webhook_endpoints", sa.Column("paused_until", sa.DateTime(timezone=True)))
    op.create_index(
        "ix_outbox_endpoint_id_next_at", "outbox", ["endpoint_id", "next_at"], postgresql_where="state = 'pending'"
    )
    op.create_table_comment(
        "shifts",
        "The life of a worker process at its device; its parts are its whole. Written by auricle_records.worker_uptime.",
        existing_comment="The life of a worker process at its device; its parts are its whole. Written by auricle_records.shifts.",
    )
