"""Rare errors are hunted by their words, a reason of review; a workspace may choose the weights of reasons."""

import sqlalchemy as sa
from alembic import op
from auricle_contracts.review import ReviewReason
from sqlalchemy.dialects.postgresql import JSONB

revision = "0111"
down_revision = "0110"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _reasons(tuple(ReviewReason))
    week = sa.Column("hunted_week", sa.Integer(), server_default=sa.text("5"), nullable=False)
    op.add_column("review_settings", week)
    weights = sa.Column("weights", JSONB(), server_default=sa.text("'{}'"), nullable=False)
    op.add_column("review_settings", weights)
    op.create_check_constraint(
        op.f("ck_review_settings_hunted_week"), "review_settings", "hunted_week BETWEEN 0 AND 200"
    )


def downgrade() -> None:
    op.drop_column("review_settings", "weights")
    op.drop_column("review_settings", "hunted_week")
    op.execute("DELETE FROM review_items WHERE reasons = ARRAY['hunted']")
    op.execute("UPDATE review_items SET reasons = array_remove(reasons, 'hunted')")
    _reasons(tuple(reason for reason in ReviewReason if reason != "hunted"))


def _reasons(reasons: tuple[str, ...]) -> None:
    listed = ", ".join(f"'{reason}'" for reason in reasons)
    op.drop_constraint(op.f("ck_review_items_reasons"), "review_items", type_="check")
    op.create_check_constraint(op.f("ck_review_items_reasons"), "review_items", f"reasons <@ ARRAY[{listed}]::text[]")
