"""Mails to people: a notice a person and event, kept until it is sent, and what a person wants of them."""

import sqlalchemy as sa
from alembic import op
from auricle_contracts.audit import AuditAction
from auricle_contracts.notices import NoticeKind
from auricle_records.policies import limit_to_own, protect
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0092"
down_revision = "0096"
branch_labels = None
depends_on = None

KINDS = ", ".join(f"'{kind}'" for kind in NoticeKind)
MINE = "person_id = current_setting('auricle.person', true)"


def upgrade() -> None:
    op.create_table(
        "notices",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.Text()),
        sa.Column("data", JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'pending'"), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("last_error", sa.Text()),
        sa.Column("next_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint(f"kind IN ({KINDS})", name=op.f("ck_notices_kind")),
        sa.CheckConstraint("state IN ('pending', 'sent', 'dead')", name=op.f("ck_notices_state")),
        sa.CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name=op.f("ck_notices_sent")),
        sa.PrimaryKeyConstraint("id", name="pk_notices"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], ondelete="CASCADE", name="fk_notices_person_id"),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], ondelete="CASCADE", name="fk_notices_conversation_id"
        ),
        sa.UniqueConstraint("person_id", "key", name="uq_notices_person_id_key"),
        comment="What a person is told by mail; `key` names the event, once a person. Written by auricle_records.notices.",
    )
    pending = sa.text("state = 'pending'")
    op.create_index("ix_notices_due", "notices", ["workspace_id", "next_at"], postgresql_where=pending)
    op.create_index("ix_notices_sent", "notices", ["person_id", "sent_at"], postgresql_where=sa.text("state = 'sent'"))
    op.create_index("ix_notices_conversation_id", "notices", ["conversation_id"])
    op.create_table(
        "notice_settings",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("language", sa.Text()),
        sa.Column("muted", ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("language IN ('ru', 'en')", name=op.f("ck_notice_settings_language")),
        sa.CheckConstraint(f"muted <@ ARRAY[{KINDS}]::text[]", name=op.f("ck_notice_settings_muted")),
        sa.PrimaryKeyConstraint("person_id", name="pk_notice_settings"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], ondelete="CASCADE", name="fk_notice_settings_person_id"),
        comment="What a person wants by mail; no row: everything. Written by auricle_records.notices.",
    )
    for table in ("notices", "notice_settings"):
        for statement in protect(table):
            op.execute(statement)
    op.execute(limit_to_own("notices", MINE))
    # The list of this release, whatever the order in which the migrations of its resources came.
    listed = ", ".join(f"'{action}'" for action in AuditAction)
    op.drop_constraint(op.f("ck_audit_events_action"), "audit_events")
    op.create_check_constraint(op.f("ck_audit_events_action"), "audit_events", f"action IN ({listed})")
