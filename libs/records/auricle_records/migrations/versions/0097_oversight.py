"""Disclosures to agents with their acknowledgements, and entries of the oversight record."""

import sqlalchemy as sa
from alembic import op
from auricle_contracts.audit import AuditAction
from auricle_records.policies import limit_to_own, protect

revision = "0097"
down_revision = "0093"
branch_labels = None
depends_on = None

DISCLOSURES, READ, ENTRIES = "disclosures", "disclosure_acknowledgements", "oversight_entries"


def upgrade() -> None:
    op.create_table(
        DISCLOSURES,
        *_text("workspace_id"),
        sa.Column("version", sa.Integer(), nullable=False),
        *_text("ru", "en", "written_by", "written_by_name"),
        _now("created_at"),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.workspace_id"], name=f"fk_{DISCLOSURES}_workspace_id"),
        sa.PrimaryKeyConstraint("workspace_id", "version", name=f"pk_{DISCLOSURES}"),
        comment="What agents are told of the machine that judges their work, each version for good."
        " Written by auricle_records.oversight.",
    )
    op.create_table(
        READ,
        *_text("workspace_id", "person_id"),
        sa.Column("version", sa.Integer(), nullable=False),
        *_text("person_name"),
        _now("created_at"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=f"fk_{READ}_person_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("person_id", "version", name=f"pk_{READ}"),
        comment="That people read a version of the disclosure. Written by auricle_records.oversight.",
    )
    op.create_index(f"ix_{READ}_workspace_id_version", READ, ["workspace_id", "version"])
    op.create_table(
        ENTRIES,
        *_text("workspace_id", "id", "kind", "text"),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        *_text("added_by", "added_by_name"),
        _now("created_at"),
        sa.CheckConstraint("kind IN ('responsible', 'incident')", name=op.f(f"ck_{ENTRIES}_kind")),
        sa.PrimaryKeyConstraint("id", name=f"pk_{ENTRIES}"),
        comment="Who answers for the system, and incidents, each entry for good. Written by auricle_records.oversight.",
    )
    op.create_index(f"ix_{ENTRIES}_workspace_id_kind_happened_at", ENTRIES, ["workspace_id", "kind", "happened_at"])
    for table in (DISCLOSURES, READ, ENTRIES):
        for statement in protect(table):
            op.execute(statement)
    op.execute(limit_to_own(READ, "person_id = current_setting('auricle.person', true)"))
    # The list of this release, whatever the order in which the migrations of its resources came.
    listed = ", ".join(f"'{action}'" for action in AuditAction)
    op.drop_constraint(op.f("ck_audit_events_action"), "audit_events", type_="check")
    op.create_check_constraint(op.f("ck_audit_events_action"), "audit_events", f"action IN ({listed})")


def _text(*names: str) -> tuple[sa.Column[str], ...]:
    return tuple(sa.Column(name, sa.Text(), nullable=False) for name in names)


def _now(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False)
