"""Tables of hooks: where a vendor posts what it recorded, and the events that came and are worked on."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    UniqueConstraint,
    text,
)

from auricle_records.storable import Words
from auricle_records.tables.base import METADATA, document, moment, one_of, workspace_id

EVENT_KINDS = ("conversation", "message", "patch")
EVENT_STATES = ("pending", "done", "dead")

hooks = Table(
    "hooks",
    METADATA,
    workspace_id(),
    Column("id", Words, primary_key=True),
    Column("integration", Words, nullable=False),
    document("settings", "{}"),
    Column("secret", Words),
    Column("secret_key_id", Words),
    Column("sealed_secret", LargeBinary),
    moment("created_at", now=True),
    CheckConstraint(
        "num_nonnulls(secret, sealed_secret) = 1 AND (secret_key_id IS NULL) = (sealed_secret IS NULL)",
        name="one_secret",
    ),
    comment="Where a vendor posts; its integration maps what comes. Written by auricle_records.hooks.",
)

hook_events = Table(
    "hook_events",
    METADATA,
    workspace_id(),
    Column("id", Words, primary_key=True),
    Column("hook_id", Words, ForeignKey("hooks.id", ondelete="CASCADE"), nullable=False),
    Column("event_key", Words, nullable=False),
    Column("kind", Words, nullable=False),
    Column("source", Words, nullable=False),
    Column("external_id", Words, nullable=False),
    document("payload", "{}"),
    Column("state", Words, nullable=False, server_default=text("'pending'")),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("last_error", Words),
    Column("conversation_id", Words, ForeignKey("conversations.id", ondelete="CASCADE")),
    Column("traceparent", Words, nullable=False, server_default=text("''")),
    moment("next_at", now=True),
    moment("created_at", now=True),
    moment("updated_at", now=True),
    one_of("kind", EVENT_KINDS),
    one_of("state", EVENT_STATES),
    UniqueConstraint("hook_id", "event_key"),
    Index("ix_hook_events_due", "next_at", postgresql_where="state = 'pending'"),
    Index(None, "workspace_id", "state", "id"),
    Index(None, "hook_id", "source", "external_id"),
    Index(None, "conversation_id"),
    comment="What came through a hook, mapped, until it is a conversation. Written by auricle_records.hook_events.",
)
