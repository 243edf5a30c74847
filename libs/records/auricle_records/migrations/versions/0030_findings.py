"""A finding is an error with all its quotes; it says category, class version, step, and whether the conversation fails by it."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0014"
branch_labels = None
depends_on = None

# A change of type rewrites every row, which an UPDATE under forced row security could not.
QUOTES = """
ALTER TABLE findings
    ALTER COLUMN quote DROP NOT NULL,
    ALTER COLUMN quote DROP DEFAULT,
    ALTER COLUMN quote TYPE jsonb USING jsonb_build_array(quote),
    ALTER COLUMN quote SET DEFAULT '[]'::jsonb
"""


def upgrade() -> None:
    op.execute(QUOTES)
    op.alter_column("findings", "quote", new_column_name="quotes")
    # After the renaming: Postgres names the constraint after the column.
    op.alter_column("findings", "quotes", nullable=False)
    op.add_column("findings", sa.Column("category", sa.Text()))
    op.add_column("findings", sa.Column("fatal", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column("findings", sa.Column("version", sa.Text()))
    op.add_column("findings", sa.Column("step", sa.Text()))
    op.create_table_comment("findings", "Errors found, each with its quotes. Written by auricle_records.evaluations.")
