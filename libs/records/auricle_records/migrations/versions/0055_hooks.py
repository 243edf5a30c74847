"""Hooks of vendors, and the events that came through them."""

import sqlalchemy as sa
from alembic import op
from auricle_records.migrations.walkers import define
from auricle_records.policies import let_walk, protect
from sqlalchemy.dialects.postgresql import JSONB

revision = "0055"
down_revision = "0021"
branch_labels = None
depends_on = None

# A vendor brings no key: its address names the hook, and its signature is checked with that hook's secret.
WORKSPACE_OF_HOOK = """
    auricle_workspace_of_hook(hook text) RETURNS text LANGUAGE sql AS $$
        SELECT h.workspace_id FROM hooks h JOIN workspaces w ON w.workspace_id = h.workspace_id WHERE h.id = hook AND w.active
    $$
"""
DUE = """
    auricle_workspaces_with_due_hook_events() RETURNS SETOF text LANGUAGE sql AS $$
        SELECT workspace_id FROM hook_events WHERE state = 'pending' AND next_at <= now() GROUP BY 1 ORDER BY min(next_at)
    $$
"""


def upgrade() -> None:
    _hooks()
    _events()
    for table in ("hooks", "hook_events"):
        for statement in (*protect(table), *let_walk(table)):
            op.execute(statement)
    for function in (WORKSPACE_OF_HOOK, DUE):
        for statement in define(function):
            op.execute(statement)


def _hooks() -> None:
    op.create_table(
        "hooks",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("integration", sa.Text(), nullable=False),
        sa.Column("settings", JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False),
        sa.Column("secret", sa.Text()),
        sa.Column("secret_key_id", sa.Text()),
        sa.Column("sealed_secret", sa.LargeBinary()),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "num_nonnulls(secret, sealed_secret) = 1 AND (secret_key_id IS NULL) = (sealed_secret IS NULL)",
            name=op.f("ck_hooks_one_secret"),
        ),
        sa.PrimaryKeyConstraint("id", name="pk_hooks"),
        comment="Where a vendor posts; its integration maps what comes. Written by auricle_records.hooks.",
    )


def _events() -> None:
    op.create_table(
        "hook_events",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("hook_id", sa.Text(), nullable=False),
        sa.Column("event_key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("payload", JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'pending'"), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("last_error", sa.Text()),
        sa.Column("conversation_id", sa.Text()),
        sa.Column("traceparent", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("kind IN ('conversation', 'message', 'patch')", name=op.f("ck_hook_events_kind")),
        sa.CheckConstraint("state IN ('pending', 'done', 'dead')", name=op.f("ck_hook_events_state")),
        sa.ForeignKeyConstraint(["hook_id"], ["hooks.id"], name="fk_hook_events_hook_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name="fk_hook_events_conversation_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_hook_events"),
        sa.UniqueConstraint("hook_id", "event_key", name="uq_hook_events_hook_id_event_key"),
        comment="What came through a hook, mapped, until it is a conversation. Written by auricle_records.hook_events.",
    )
    op.create_index("ix_hook_events_due", "hook_events", ["next_at"], postgresql_where="state = 'pending'")
    op.create_index("ix_hook_events_workspace_id_state_id", "hook_events", ["workspace_id", "state", "id"])
    op.create_index("ix_hook_events_hook_id_source_external_id", "hook_events", ["hook_id", "source", "external_id"])
    op.create_index("ix_hook_events_conversation_id", "hook_events", ["conversation_id"])
