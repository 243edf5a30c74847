"""Views of the list under a name, a person's own or shared in the workspace."""

import sqlalchemy as sa
from alembic import op
from auricle_contracts.audit import AuditAction
from auricle_records.policies import protect
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0085"
down_revision = "0089"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "saved_views",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("query", JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False),
        sa.Column("days", sa.Integer()),
        sa.Column("columns", ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("is_shared", sa.Boolean(), nullable=False),
        sa.Column("owner_kind", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("owner_name", sa.Text()),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("days BETWEEN 1 AND 366", name=op.f("ck_saved_views_days")),
        sa.PrimaryKeyConstraint("id", name="pk_saved_views"),
        sa.UniqueConstraint("workspace_id", "owner", "name", name="uq_saved_views_workspace_id_owner_name"),
        comment="Views of the list under a name, one's own or shared. Written by auricle_records.saved_views.",
    )
    for statement in protect("saved_views"):
        op.execute(statement)
    # The list of this release, whatever the order in which the migrations of its resources came.
    listed = ", ".join(f"'{action}'" for action in AuditAction)
    op.drop_constraint(op.f("ck_audit_events_action"), "audit_events")
    op.create_check_constraint(op.f("ck_audit_events_action"), "audit_events", f"action IN ({listed})")
