"""Tables of webhooks, their outbox, and tombstones of deleted conversations."""

from typing import get_args

from auricle_contracts.webhooks import EventType
from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
    text,
)

from auricle_records.storable import Words
from auricle_records.tables.base import METADATA, document, moment, one_of, words, workspace_id

EVENT_TYPES: tuple[str, ...] = get_args(EventType)
OUTBOX_STATES = ("pending", "sent", "dead")

webhook_endpoints = Table(
    "webhook_endpoints",
    METADATA,
    workspace_id(),
    Column("id", Words, primary_key=True),
    Column("url", Words, nullable=False),
    Column("secret", Words),
    words("events"),
    Column("active", Boolean, nullable=False, server_default=text("true")),
    moment("created_at", now=True),
    Column("secret_key_id", Words),
    Column("sealed_secret", LargeBinary),
    Column("failures", Integer, nullable=False, server_default=text("0")),
    moment("paused_until", nullable=True),
    CheckConstraint(
        "num_nonnulls(secret, sealed_secret) = 1 AND (secret_key_id IS NULL) = (sealed_secret IS NULL)",
        name="one_secret",
    ),
    comment="Who hears of events; an empty `events` hears all. Written by auricle_records.webhooks.",
)

outbox = Table(
    "outbox",
    METADATA,
    workspace_id(),
    Column("id", Words, primary_key=True),
    Column("event_id", Words, nullable=False),
    Column("endpoint_id", Words, ForeignKey("webhook_endpoints.id", ondelete="CASCADE"), nullable=False),
    Column("type", Words, nullable=False),
    document("data", "{}"),
    Column("state", Words, nullable=False, server_default=text("'pending'")),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("last_error", Words),
    Column("traceparent", Words, nullable=False, server_default=text("''")),
    moment("next_at", now=True),
    moment("created_at", now=True),
    moment("sent_at", nullable=True),
    one_of("type", EVENT_TYPES),
    one_of("state", OUTBOX_STATES),
    UniqueConstraint("event_id", "endpoint_id"),
    Index("ix_outbox_due", "next_at", postgresql_where="state = 'pending'"),
    Index("ix_outbox_sent", "workspace_id", "sent_at", postgresql_where="state = 'sent'"),
    Index("ix_outbox_dead", "workspace_id", "next_at", postgresql_where="state = 'dead'"),
    Index(None, "endpoint_id"),
    Index("ix_outbox_endpoint_id_next_at", "endpoint_id", "next_at", postgresql_where="state = 'pending'"),
    comment="One row per event and endpoint; `event_id` is the webhook's id over all retries. Written by auricle_records.outbox.",
)

tombstones = Table(
    "tombstones",
    METADATA,
    workspace_id(),
    Column("conversation_id", Words, nullable=False),
    moment("deleted_at", now=True),
    moment("swept_at", nullable=True),
    Column("quiet_sweeps", Integer, nullable=False, server_default=text("0")),
    PrimaryKeyConstraint("conversation_id"),
    Index("ix_tombstones_unquiet", "deleted_at", postgresql_where="quiet_sweeps < 3"),
    comment="Deleted conversations; the prefix is swept until it stays empty. Written by auricle_records.tombstones.",
)
