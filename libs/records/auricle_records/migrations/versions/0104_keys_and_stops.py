"""Who made an API key and when it was last used; dry runs that somebody stopped."""

import sqlalchemy as sa
from alembic import op
from auricle_contracts.audit import AuditAction

revision = "0104"
down_revision = "0108"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("api_keys", sa.Column("made_by_name", sa.Text()))
    op.add_column("api_keys", sa.Column("last_used_at", TIME))
    op.add_column("dry_runs", sa.Column("stopped", sa.Integer(), server_default=sa.text("0"), nullable=False))
    op.add_column("dry_runs", sa.Column("stopped_at", TIME))
    op.add_column("dry_runs", sa.Column("stopped_by_name", sa.Text()))
    # The list of this release, whatever the order in which the migrations of its resources came.
    listed = ", ".join(f"'{action}'" for action in AuditAction)
    op.drop_constraint(op.f("ck_audit_events_action"), "audit_events", type_="check")
    op.create_check_constraint(op.f("ck_audit_events_action"), "audit_events", f"action IN ({listed})")


def downgrade() -> None:
    for column in ("stopped_by_name", "stopped_at", "stopped"):
        op.drop_column("dry_runs", column)
    for column in ("last_used_at", "made_by_name"):
        op.drop_column("api_keys", column)
