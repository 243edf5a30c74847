"""Dry runs that grow by new conversations."""

import sqlalchemy as sa
from alembic import op
from auricle_contracts.audit import AuditAction
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0108"
down_revision = "0103"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    for column in (
        sa.Column("share", sa.Integer()),
        sa.Column("per_day", sa.Integer()),
        sa.Column("seconds_per_day", sa.Double()),
        sa.Column("ends_at", moment),
        sa.Column("ended_at", moment),
        sa.Column("channels", ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
    ):
        op.add_column("dry_runs", column)
    op.create_check_constraint(op.f("ck_dry_runs_shadow"), "dry_runs", "num_nulls(share, per_day, ends_at) IN (0, 3)")
    # The list of this release, whatever the order in which the migrations of its resources came.
    listed = ", ".join(f"'{action}'" for action in AuditAction)
    op.drop_constraint(op.f("ck_audit_events_action"), "audit_events", type_="check")
    op.create_check_constraint(op.f("ck_audit_events_action"), "audit_events", f"action IN ({listed})")
