"""Names and products of a workspace that speech engines are told."""

import sqlalchemy as sa
from alembic import op
from auricle_contracts.audit import AuditAction
from auricle_records.policies import protect
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0061"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "vocabularies",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("terms", ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("chosen_by", sa.Text(), nullable=False),
        sa.Column("chosen_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("cardinality(terms) <= 100", name=op.f("ck_vocabularies_terms")),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.workspace_id"], name="fk_vocabularies_workspace_id"),
        sa.PrimaryKeyConstraint("workspace_id", name="pk_vocabularies"),
        comment="Words that speech engines are told before they listen. Written by auricle_records.vocabularies.",
    )
    for statement in protect("vocabularies"):
        op.execute(statement)
    # The list of this release, whatever the order in which the migrations of its resources came.
    listed = ", ".join(f"'{action}'" for action in AuditAction)
    op.drop_constraint(op.f("ck_audit_events_action"), "audit_events")
    op.create_check_constraint(op.f("ck_audit_events_action"), "audit_events", f"action IN ({listed})")
