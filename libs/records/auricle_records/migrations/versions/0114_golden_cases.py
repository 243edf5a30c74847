"""Golden items are found by their words, for the questions that show them; a step says which it showed."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR

revision = "0114"
down_revision = "0118"
branch_labels = None
depends_on = None

TERMS = "jsonb_to_tsvector('russian', turns, '[\"string\"]')"


def upgrade() -> None:
    terms = sa.Column("terms", TSVECTOR(), sa.Computed(TERMS, persisted=True), nullable=False)
    op.add_column("golden_items", terms)
    cases = sa.Column("cases", JSONB(), server_default=sa.text("'[]'::jsonb"), nullable=False)
    op.add_column("flow_steps", cases)
    # Whatever the scorer asks: what a gate measures on stands in no question.
    op.execute("CREATE POLICY shown ON golden_items AS RESTRICTIVE TO auricle_scorer USING (split = 'train')")


def downgrade() -> None:
    op.execute("DROP POLICY shown ON golden_items")
    op.drop_column("flow_steps", "cases")
    op.drop_column("golden_items", "terms")
