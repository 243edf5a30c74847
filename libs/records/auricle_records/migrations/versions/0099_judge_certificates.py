"""Certificates of judges: what was measured of each, and until when it holds."""

import sqlalchemy as sa
from alembic import op
from auricle_contracts.audit import AuditAction
from auricle_records.policies import protect
from sqlalchemy.dialects.postgresql import JSONB

revision = "0099"
down_revision = "0090"
branch_labels = None
depends_on = None

TABLE = "judge_certificates"


def upgrade() -> None:
    op.create_table(
        TABLE,
        *(
            sa.Column(name, sa.Text(), nullable=False)
            for name in ("workspace_id", "id", "judge", "prompt_hash", "model", "weights", "state")
        ),
        sa.Column("measured_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("certificate", JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False),
        sa.Column("measurement", JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False),
        sa.Column("added_by", sa.Text(), nullable=False),
        sa.Column("added_by_name", sa.Text()),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("state IN ('valid', 'too_few', 'refused')", name=op.f(f"ck_{TABLE}_state")),
        sa.PrimaryKeyConstraint("id", name=f"pk_{TABLE}"),
        comment="How far a judge is to be believed, as measured, with the grades behind it. Written by auricle_records.judges.",
    )
    op.create_index(f"ix_{TABLE}_workspace_id_id", TABLE, ["workspace_id", "id"])
    for statement in protect(TABLE):
        op.execute(statement)
    # The list of this release, whatever the order in which the migrations of its resources came.
    listed = ", ".join(f"'{action}'" for action in AuditAction)
    op.drop_constraint(op.f("ck_audit_events_action"), "audit_events")
    op.create_check_constraint(op.f("ck_audit_events_action"), "audit_events", f"action IN ({listed})")
