"""Who leads a job of keeper, for how long; a look at a recording is written down once a minute, however many ranges a player asks for."""

import sqlalchemy as sa
from alembic import op
from auricle_records.policies import protect

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "job_leases",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("workspace_id", "job", name="pk_job_leases"),
        comment="Which keeper leads a job, and until when. Written by auricle_records.leadership.",
    )
    for statement in protect("job_leases"):
        op.execute(statement)
    op.add_column("unmaskings", sa.Column("minute", sa.DateTime(timezone=True)))
    op.create_unique_constraint(
        "uq_unmaskings_conversation_id_api_key_id_what_minute",
        "unmaskings",
        ["conversation_id", "api_key_id", "what", "minute"],
    )
