"""What accepted appeals led to: promotions that answer them, and their event."""

from typing import get_args

import sqlalchemy as sa
from alembic import op
from auricle_contracts.audit import AuditAction
from auricle_contracts.webhooks import EventType
from auricle_records.policies import limit_to_own, protect

revision = "0096"
down_revision = "0085"
branch_labels = None
depends_on = None

TABLE = "appeal_changes"


def upgrade() -> None:
    op.create_table(
        TABLE,
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("workspace_id", "appeal_id", "promotion_id")),
        sa.ForeignKeyConstraint(["appeal_id"], ["appeals.id"], name=f"fk_{TABLE}_appeal_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["promotion_id"], ["artefact_promotions.id"], name=f"fk_{TABLE}_promotion_id"),
        sa.PrimaryKeyConstraint("appeal_id", "promotion_id", name=f"pk_{TABLE}"),
        comment="Which promotion answers which accepted appeal. Written by auricle_records.appeals.",
    )
    op.create_index(f"ix_{TABLE}_promotion_id", TABLE, ["promotion_id"])
    for statement in protect(TABLE):
        op.execute(statement)
    # An appeal's own policy decides which of them a person sees.
    op.execute(limit_to_own(TABLE, "EXISTS (SELECT FROM appeals WHERE appeals.id = appeal_id)"))
    # The lists of this release, whatever the order in which the migrations of its resources came.
    for table, column, words in (
        ("audit_events", "action", tuple(AuditAction)), ("outbox", "type", get_args(EventType)),
    ):  # fmt: skip
        listed = ", ".join(f"'{word}'" for word in words)
        op.drop_constraint(op.f(f"ck_{table}_{column}"), table, type_="check")
        op.create_check_constraint(op.f(f"ck_{table}_{column}"), table, f"{column} IN ({listed})")
