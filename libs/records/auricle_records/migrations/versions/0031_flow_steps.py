"""Steps of the flow; what each class came to and the overall score stand in the evaluation."""

import sqlalchemy as sa
from alembic import op
from auricle_records.policies import protect
from sqlalchemy.dialects.postgresql import JSONB

revision = "0031"
down_revision = "0060"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("evaluations", sa.Column("outcomes", JSONB(), server_default=sa.text("'[]'::jsonb"), nullable=False))
    op.add_column("evaluations", sa.Column("overall", JSONB()))
    op.add_column("findings", sa.Column("experimental", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.create_table(
        "flow_steps",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("why", sa.Text()),
        sa.Column("prompt", sa.Text()),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("tokens_in", sa.BigInteger(), nullable=False),
        sa.Column("tokens_cached", sa.BigInteger()),
        sa.Column("tokens_out", sa.BigInteger(), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.CheckConstraint("state IN ('done', 'skipped', 'failed')", name=op.f("ck_flow_steps_state")),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name="fk_flow_steps_run_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("run_id", "position", name="pk_flow_steps"),
        comment="Steps of the flow, each with its end and its cost. Written by auricle_records.evaluations.",
    )
    for statement in protect("flow_steps"):
        op.execute(statement)
