"""Conversations that lie far from others of their kind are a reason of review."""

import sqlalchemy as sa
from alembic import op
from auricle_contracts.review import ReviewReason
from sqlalchemy.dialects.postgresql import JSONB

revision = "0102"
down_revision = "0097"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("review_items", sa.Column("outlier", JSONB()))
    _reasons(tuple(ReviewReason))
    week = sa.Column("outliers_week", sa.Integer(), server_default=sa.text("10"), nullable=False)
    op.add_column("review_settings", week)
    op.create_check_constraint(
        op.f("ck_review_settings_outliers_week"), "review_settings", "outliers_week BETWEEN 0 AND 200"
    )


def downgrade() -> None:
    op.drop_column("review_settings", "outliers_week")
    op.execute("UPDATE review_items SET reasons = array_remove(reasons, 'outlier')")
    _reasons(tuple(reason for reason in ReviewReason if reason != "outlier"))
    op.drop_column("review_items", "outlier")


def _reasons(reasons: tuple[str, ...]) -> None:
    listed = ", ".join(f"'{reason}'" for reason in reasons)
    op.drop_constraint(op.f("ck_review_items_reasons"), "review_items", type_="check")
    op.create_check_constraint(op.f("ck_review_items_reasons"), "review_items", f"reasons <@ ARRAY[{listed}]::text[]")
