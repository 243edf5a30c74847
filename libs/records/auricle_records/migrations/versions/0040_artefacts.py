"""The registry: versions of scorecards, classes, prompts and flows, live pointers, and the history of promotions."""

import sqlalchemy as sa
from alembic import op
from auricle_contracts.audit import AuditAction
from auricle_records.policies import protect
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0040"
down_revision = "0032"
branch_labels = None
depends_on = None

TABLES = ("artefacts", "live_artefacts", "artefact_promotions")
KINDS = "kind IN ('scorecard', 'error_class', 'prompt', 'flow')"
STATES = "state IN ('draft', 'candidate', 'live', 'retired')"


def upgrade() -> None:
    _artefacts()
    _live()
    _promotions()
    for table in TABLES:
        for statement in protect(table):
            op.execute(statement)
    # The list of this release, whatever the order in which the migrations of its resources came.
    listed = ", ".join(f"'{action}'" for action in AuditAction)
    op.drop_constraint(op.f("ck_audit_events_action"), "audit_events")
    op.create_check_constraint(op.f("ck_audit_events_action"), "audit_events", f"action IN ({listed})")


def _workspace() -> sa.Column[str]:
    return sa.Column("workspace_id", sa.Text(), nullable=False)


def _now(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False)


def _document(name: str) -> sa.Column[object]:
    return sa.Column(name, JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False)


def _artefacts() -> None:
    op.create_table(
        "artefacts",
        _workspace(),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        _document("body"),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("author_kind", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("author_name", sa.Text()),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("serves", ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        _document("figures"),
        _now("created_at"),
        sa.CheckConstraint(KINDS, name=op.f("ck_artefacts_kind")),
        sa.CheckConstraint(STATES, name=op.f("ck_artefacts_state")),
        sa.CheckConstraint("author_kind IN ('shipped', 'api_key', 'person')", name=op.f("ck_artefacts_author_kind")),
        sa.PrimaryKeyConstraint("id", name="pk_artefacts"),
        sa.UniqueConstraint("workspace_id", "kind", "name", "hash", name="uq_artefacts_workspace_id_kind_name_hash"),
        comment="A version of what decides, by content hash; its body never changes. Written by auricle_records.artefacts.",
    )


def _live() -> None:
    op.create_table(
        "live_artefacts",
        _workspace(),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("artefact_id", sa.Text(), nullable=False),
        _now("since"),
        sa.ForeignKeyConstraint(["artefact_id"], ["artefacts.id"], name="fk_live_artefacts_artefact_id"),
        sa.PrimaryKeyConstraint("workspace_id", "kind", "name", name="pk_live_artefacts"),
        comment="The version that is live; without a row, the one that was shipped. Written by auricle_records.artefacts.",
    )
    op.create_index("ix_live_artefacts_artefact_id", "live_artefacts", ["artefact_id"])


def _promotions() -> None:
    op.create_table(
        "artefact_promotions",
        _workspace(),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("from_id", sa.Text()),
        sa.Column("from_held", sa.Boolean(), nullable=False),
        sa.Column("to_id", sa.Text()),
        sa.Column("to_held", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        _document("evidence"),
        sa.Column("actor_kind", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("actor_name", sa.Text()),
        _now("created_at"),
        sa.CheckConstraint("action IN ('promoted', 'rolled_back')", name=op.f("ck_artefact_promotions_action")),
        sa.CheckConstraint("actor_kind IN ('api_key', 'person')", name=op.f("ck_artefact_promotions_actor_kind")),
        sa.ForeignKeyConstraint(["from_id"], ["artefacts.id"], name="fk_artefact_promotions_from_id"),
        sa.ForeignKeyConstraint(["to_id"], ["artefacts.id"], name="fk_artefact_promotions_to_id"),
        sa.PrimaryKeyConstraint("id", name="pk_artefact_promotions"),
        comment="Who made which version live, and why, for good. Written by auricle_records.artefacts.",
    )
    columns = ["workspace_id", "kind", "name", "id"]
    op.create_index("ix_artefact_promotions_workspace_id_kind_name_id", "artefact_promotions", columns)
    op.create_index("ix_artefact_promotions_from_id", "artefact_promotions", ["from_id"])
    op.create_index("ix_artefact_promotions_to_id", "artefact_promotions", ["to_id"])
