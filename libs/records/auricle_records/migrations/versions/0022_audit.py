"""Who did what: an append-only log, and one view of it with looks and verdicts, which have histories of their own."""

import sqlalchemy as sa
from alembic import op
from auricle_records.policies import limit_to_own, protect
from sqlalchemy.dialects.postgresql import JSONB

revision = "0022"
down_revision = "0055"
branch_labels = None
depends_on = None

ACTIONS = (
    "signed_in", "sign_in_refused", "signed_out", "password_set", "password_link", "second_factor_on", "second_factor_off",
    "person_added", "person_changed", "people_imported", "exported", "conversation_deleted", "masking_changed", "compression_changed",
    "webhook_added", "webhook_removed", "unmasked", "labelled",
)  # fmt: skip
# A key and a person may both have looked; whose id it is, the people know.
TRAIL = """
CREATE VIEW audit_trail WITH (security_invoker = true) AS
SELECT workspace_id, id, actor_kind, actor, actor_name, action, conversation_id, subject, details, created_at FROM audit_events
UNION ALL
SELECT u.workspace_id, u.id, CASE WHEN p.id IS NULL THEN 'api_key' ELSE 'person' END, u.api_key_id, p.name, 'unmasked', u.conversation_id,
       u.what, '{}'::jsonb, u.created_at
FROM unmaskings u LEFT JOIN people p ON p.id = u.api_key_id
UNION ALL
SELECT workspace_id, id, author_kind, author, author_name, 'labelled', conversation_id, criterion,
       jsonb_build_object('evaluation_id', evaluation_id, 'state', state), created_at
FROM labels
"""


def upgrade() -> None:
    listed = ", ".join(f"'{action}'" for action in ACTIONS)
    op.create_table(
        "audit_events",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("actor_kind", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("actor_name", sa.Text()),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.Text()),
        sa.Column("subject", sa.Text()),
        sa.Column("details", JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("actor_kind IN ('api_key', 'person')", name=op.f("ck_audit_events_actor_kind")),
        sa.CheckConstraint(f"action IN ({listed})", name=op.f("ck_audit_events_action")),
        sa.PrimaryKeyConstraint("id", name="pk_audit_events"),
        comment="Who did what, for good; it outlives its conversation. Written by auricle_records.audit.",
    )
    op.create_index("ix_audit_events_workspace_id_id", "audit_events", ["workspace_id", "id"])
    op.create_index("ix_audit_events_conversation_id", "audit_events", ["conversation_id"])
    for statement in protect("audit_events"):
        op.execute(statement)
    own = "actor = current_setting('auricle.person', true) OR auricle_owns_conversation(conversation_id)"
    op.execute(limit_to_own("audit_events", own))
    op.execute(TRAIL)
    op.execute(limit_to_own("hook_events", "auricle_owns_conversation(conversation_id)"))
