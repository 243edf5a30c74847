"""Rules of alerts, where they are told, what rang, and each telling until it is done."""

from auricle_contracts.alerts import AlertEvent, AlertSeverity, AlertState, DestinationKind, Measure
from sqlalchemy import (
    Boolean,
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
from sqlalchemy.dialects.postgresql import JSONB

from auricle_records.storable import Words
from auricle_records.tables.base import METADATA, document, moment, one_of, words, workspace_id

DELIVERY_STATES = ("pending", "sent", "dead")

alert_rules = Table(
    "alert_rules",
    METADATA,
    workspace_id(),
    Column("id", Words, primary_key=True),
    Column("name", Words, nullable=False),
    document("rule", "{}"),
    Column("active", Boolean, nullable=False),
    Column("updated_by", Words, nullable=False),
    Column("updated_by_name", Words),
    moment("created_at", now=True),
    moment("updated_at", now=True),
    UniqueConstraint("workspace_id", "name"),
    comment="What rings. Written by auricle_records.alerts.",
)

alert_destinations = Table(
    "alert_destinations",
    METADATA,
    workspace_id(),
    Column("id", Words, primary_key=True),
    Column("name", Words, nullable=False),
    Column("kind", Words, nullable=False),
    Column("url", Words),
    Column("secret", Words),
    Column("secret_key_id", Words),
    Column("sealed_secret", LargeBinary),
    words("roles"),
    words("person_ids"),
    Column("language", Words, nullable=False),
    moment("created_at", now=True),
    one_of("kind", DestinationKind),
    one_of("language", ("ru", "en")),
    CheckConstraint(
        "num_nonnulls(secret, sealed_secret) = 1 AND (secret_key_id IS NULL) = (sealed_secret IS NULL)",
        name="one_secret",
    ),
    CheckConstraint("(kind = 'email') = (url IS NULL)", name="url"),
    UniqueConstraint("workspace_id", "name"),
    comment="Where alerts are told. The secret signs a webhook's events, is a Slack address, and is empty for mails."
    " Written by auricle_records.alerts.",
)

alerts = Table(
    "alerts",
    METADATA,
    workspace_id(),
    Column("id", Words, primary_key=True),
    Column("rule_id", Words, nullable=False),
    Column("rule", Words, nullable=False),
    Column("measure", Words, nullable=False),
    Column("severity", Words, nullable=False),
    Column("state", Words, nullable=False, server_default=text("'open'")),
    Column("first", JSONB, nullable=False),
    Column("last", JSONB, nullable=False),
    moment("opened_at", now=True),
    moment("seen_at", now=True),
    Column("acknowledged_by_name", Words),
    moment("acknowledged_at", nullable=True),
    Column("closed_by_name", Words),
    moment("closed_at", nullable=True),
    one_of("measure", Measure),
    one_of("severity", AlertSeverity),
    one_of("state", AlertState),
    CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="closed"),
    CheckConstraint("(state = 'acknowledged') <= (acknowledged_at IS NOT NULL)", name="acknowledged"),
    Index("uq_alerts_not_closed", "rule_id", unique=True, postgresql_where="state <> 'closed'"),
    Index(None, "workspace_id", "id"),
    Index(None, "rule_id", "id"),
    comment="What rang; it outlives its rule. Written by auricle_records.alerts.",
)

alert_deliveries = Table(
    "alert_deliveries",
    METADATA,
    workspace_id(),
    Column("id", Words, primary_key=True),
    Column("destination_id", Words, ForeignKey("alert_destinations.id", ondelete="CASCADE"), nullable=False),
    Column("alert_id", Words, ForeignKey("alerts.id", ondelete="CASCADE")),
    Column("event", Words, nullable=False),
    document("data", "{}"),
    Column("state", Words, nullable=False, server_default=text("'pending'")),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("answer", Words),
    words("told"),
    moment("next_at", now=True),
    moment("created_at", now=True),
    moment("sent_at", nullable=True),
    one_of("event", AlertEvent),
    one_of("state", DELIVERY_STATES),
    CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sent"),
    Index("ix_alert_deliveries_due", "workspace_id", "next_at", postgresql_where="state = 'pending'"),
    Index(None, "workspace_id", "id"),
    Index(None, "destination_id"),
    Index(None, "alert_id"),
    comment="One event to one destination; `told` are people who have its mail. Written by auricle_records.alerts.",
)

alert_settings = Table(
    "alert_settings",
    METADATA,
    Column("workspace_id", Words, ForeignKey("workspaces.workspace_id"), primary_key=True),
    Column("time_zone", Words, nullable=False),
    Column("quiet_from", Words),
    Column("quiet_until", Words),
    moment("updated_at", now=True),
    CheckConstraint("(quiet_from IS NULL) = (quiet_until IS NULL)", name="quiet"),
    comment="When a workspace is not to be disturbed. Written by auricle_records.alerts.",
)
