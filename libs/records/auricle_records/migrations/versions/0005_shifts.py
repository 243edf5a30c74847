"""The ledger knows cached tokens and criteria; the life of worker processes at their devices."""

import sqlalchemy as sa
from alembic import op
from auricle_records.policies import protect
from sqlalchemy.dialects.postgresql import JSONB

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("ledger", sa.Column("tokens_cached", sa.BigInteger()))
    op.add_column("ledger", sa.Column("criteria", JSONB()))
    op.create_table(
        "shifts",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("ended", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("alive_ns", sa.BigInteger(), nullable=False),
        sa.Column("attributed_ns", sa.BigInteger(), nullable=False),
        sa.Column("wasted_ns", sa.BigInteger(), nullable=False),
        sa.Column("open_ns", sa.BigInteger(), nullable=False),
        sa.Column(
            "idle_ns",
            sa.BigInteger(),
            sa.Computed("alive_ns - attributed_ns - wasted_ns - open_ns", persisted=True),
        ),
        sa.CheckConstraint("least(attributed_ns, wasted_ns, open_ns, idle_ns) >= 0", name=op.f("ck_shifts_whole")),
        sa.PrimaryKeyConstraint("id", name="pk_shifts"),
        comment="The life of a worker process at its device; its parts are its whole. Written by auricle_records.shifts.",
    )
    op.create_index("ix_shifts_workspace_id_seen_at", "shifts", ["workspace_id", "seen_at"])
    for statement in protect("shifts"):
        op.execute(statement)
