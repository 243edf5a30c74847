"""That two versions, judges or people said different things of a conversation is a reason of review."""

import sqlalchemy as sa
from alembic import op
from auricle_contracts.review import ReviewReason
from sqlalchemy.dialects.postgresql import JSONB

revision = "0120"
down_revision = "0112"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("review_items", sa.Column("disagreements", JSONB(), server_default=sa.text("'[]'"), nullable=False))
    op.add_column("review_items", sa.Column("disagreed_at", sa.DateTime(timezone=True)))
    _reasons(tuple(ReviewReason))
    for name, kind, usual, most in (
        ("disagree_points", sa.Double(), 25, 100),
        ("disagreeing_week", sa.Integer(), 20, 200),
    ):
        op.add_column("review_settings", sa.Column(name, kind, server_default=sa.text(str(usual)), nullable=False))
        condition = f"{name} BETWEEN 0 AND {most}"
        op.create_check_constraint(op.f(f"ck_review_settings_{name}"), "review_settings", condition)


def downgrade() -> None:
    op.drop_column("review_settings", "disagreeing_week")
    op.drop_column("review_settings", "disagree_points")
    op.execute("DELETE FROM review_items WHERE reasons = ARRAY['disagreeing']")
    op.execute(
        "UPDATE review_items SET reasons = array_remove(reasons, 'disagreeing'), details = details - 'disagreeing'"
    )
    _reasons(tuple(reason for reason in ReviewReason if reason != "disagreeing"))
    op.drop_column("review_items", "disagreed_at")
    op.drop_column("review_items", "disagreements")


def _reasons(reasons: tuple[str, ...]) -> None:
    listed = ", ".join(f"'{reason}'" for reason in reasons)
    op.drop_constraint(op.f("ck_review_items_reasons"), "review_items", type_="check")
    op.create_check_constraint(op.f("ck_review_items_reasons"), "review_items", f"reasons <@ ARRAY[{listed}]::text[]")
