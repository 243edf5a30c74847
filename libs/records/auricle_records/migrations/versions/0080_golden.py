"""Golden items: masked copies of dialogues, what is right about them, and a workspace's consent to keeping them."""

import sqlalchemy as sa
from alembic import op
from auricle_contracts.audit import AuditAction
from auricle_records.policies import limit_to_own, protect
from sqlalchemy.dialects.postgresql import JSONB

revision = "0080"
down_revision = "0061"
branch_labels = None
depends_on = None

# Whoever reads for training sees nothing of the test split, whichever statement asks (auricle_records.database.limit_to_training).
NOT_THE_TEST = """
CREATE POLICY training ON golden_items AS RESTRICTIVE
USING (coalesce(current_setting('auricle.training', true), '') = '' OR split <> 'test')
"""
WITH_ITS_ITEM = """
CREATE POLICY item ON golden_labels AS RESTRICTIVE
USING (EXISTS (SELECT FROM golden_items i WHERE i.id = golden_labels.item_id))
"""


def upgrade() -> None:
    _items()
    _labels()
    _settings()
    for table in ("golden_items", "golden_labels", "golden_settings"):
        for statement in protect(table):
            op.execute(statement)
    # A copy outlives its conversation; whoever sees own conversations only sees copies of those that are there and own.
    op.execute(limit_to_own("golden_items", "auricle_owns_conversation(conversation_id)"))
    op.execute(NOT_THE_TEST)
    op.execute(WITH_ITS_ITEM)
    # The list of this release, whatever the order in which the migrations of its resources came.
    listed = ", ".join(f"'{action}'" for action in AuditAction)
    op.drop_constraint(op.f("ck_audit_events_action"), "audit_events")
    op.create_check_constraint(op.f("ck_audit_events_action"), "audit_events", f"action IN ({listed})")


def _now(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False)


def _list(name: str) -> sa.Column[object]:
    return sa.Column(name, JSONB(), server_default=sa.text("'[]'::jsonb"), nullable=False)


def _items() -> None:
    op.create_table(
        "golden_items",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.Text()),
        sa.Column("reference", sa.Text()),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("language", sa.Text()),
        sa.Column("agent", sa.Text()),
        sa.Column("started_at", sa.DateTime(timezone=True)),
        sa.Column("split", sa.Text(), nullable=False),
        _list("turns"),
        sa.Column("added_by", sa.Text(), nullable=False),
        _now("created_at"),
        sa.CheckConstraint("channel IN ('call', 'chat', 'email')", name=op.f("ck_golden_items_channel")),
        sa.CheckConstraint("split IN ('train', 'development', 'test')", name=op.f("ck_golden_items_split")),
        sa.PrimaryKeyConstraint("id", name="pk_golden_items"),
        sa.UniqueConstraint("workspace_id", "fingerprint", name="uq_golden_items_workspace_id_fingerprint"),
        comment="Masked copies of dialogues to measure and train on, apart from retention. Written by auricle_records.golden.",
    )
    op.create_index("ix_golden_items_workspace_id_id", "golden_items", ["workspace_id", "id"])
    op.create_index("ix_golden_items_conversation_id", "golden_items", ["conversation_id"])


def _labels() -> None:
    op.create_table(
        "golden_labels",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("item_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("value", JSONB()),
        _list("places"),
        sa.Column("comment", sa.Text()),
        sa.Column("grade", sa.SmallInteger()),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        _now("decided_at"),
        sa.Column("settled_by", sa.Text()),
        sa.Column("settled_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("kind IN ('error_class', 'criterion')", name=op.f("ck_golden_labels_kind")),
        sa.CheckConstraint(
            "state IN ('found', 'not_found', 'answered', 'not_applicable')", name=op.f("ck_golden_labels_state")
        ),
        sa.CheckConstraint("status IN ('proposed', 'golden', 'withdrawn')", name=op.f("ck_golden_labels_status")),
        sa.CheckConstraint("source IN ('review', 'appeal', 'import')", name=op.f("ck_golden_labels_source")),
        sa.CheckConstraint("grade BETWEEN 0 AND 2", name=op.f("ck_golden_labels_grade")),
        sa.CheckConstraint(
            "(kind = 'error_class') = (state IN ('found', 'not_found'))", name=op.f("ck_golden_labels_fits")
        ),
        sa.CheckConstraint("(state = 'answered') = (value IS NOT NULL)", name=op.f("ck_golden_labels_value")),
        sa.ForeignKeyConstraint(["item_id"], ["golden_items.id"], name="fk_golden_labels_item_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_golden_labels"),
        comment="What is right about a golden item, by whom; what is said does not change. Written by auricle_records.golden.",
    )
    op.create_index(
        "uq_golden_labels_standing",
        "golden_labels",
        ["item_id", "kind", "subject", "decided_by"],
        unique=True,
        postgresql_where=sa.text("status <> 'withdrawn'"),
    )


def _settings() -> None:
    op.create_table(
        "golden_settings",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("consent", sa.Boolean(), nullable=False),
        sa.Column("quota", sa.Integer(), nullable=False),
        sa.Column("chosen_by", sa.Text(), nullable=False),
        _now("updated_at"),
        sa.CheckConstraint("quota BETWEEN 1 AND 100000", name=op.f("ck_golden_settings_quota")),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.workspace_id"], name="fk_golden_settings_workspace_id"),
        sa.PrimaryKeyConstraint("workspace_id", name="pk_golden_settings"),
        comment="Whether a workspace lets golden items be kept; no row means it does not. Written by auricle_records.golden.",
    )
