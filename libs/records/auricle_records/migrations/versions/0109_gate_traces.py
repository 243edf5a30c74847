"""What candidates were asked of golden items, for a while."""

import sqlalchemy as sa
from alembic import op
from auricle_records.policies import protect
from sqlalchemy.dialects.postgresql import JSONB

revision = "0109"
down_revision = "0111"
branch_labels = None
depends_on = None

# Whoever may not read an item reads nothing that was asked of it.
WITH_ITS_ITEM = """
CREATE POLICY item ON gate_traces AS RESTRICTIVE
USING (EXISTS (SELECT FROM golden_items i WHERE i.id = gate_traces.item_id))
"""


def upgrade() -> None:
    op.create_table(
        "gate_traces",
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("workspace_id", "artefact_id", "item_id")),
        sa.Column("body", JSONB(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["artefact_id"], ["artefacts.id"], name="fk_gate_traces_artefact_id"),
        sa.ForeignKeyConstraint(["item_id"], ["golden_items.id"], name="fk_gate_traces_item_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("artefact_id", "item_id", name="pk_gate_traces"),
        comment="What a candidate was asked of a golden item. Written by auricle_records.gate_traces.",
    )
    op.create_index("ix_gate_traces_item_id", "gate_traces", ["item_id"])
    for statement in protect("gate_traces"):
        op.execute(statement)
    op.execute(WITH_ITS_ITEM)
