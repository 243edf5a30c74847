"""Tables of golden items: masked copies of dialogues that outlive retention, what is right about them, and a workspace's consent."""

from auricle_contracts.golden import GoldenKind, GoldenSource, GoldenSplit, GoldenState, GoldenStatus
from auricle_contracts.vocabulary import Channel
from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    Table,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR

from auricle_records.storable import Words
from auricle_records.tables.base import METADATA, document, moment, one_of, workspace_id

TERMS = "jsonb_to_tsvector('russian', turns, '[\"string\"]')"
"""Stems of Russian and English words of all turns."""

golden_items = Table(
    "golden_items",
    METADATA,
    workspace_id(),
    Column("id", Words, primary_key=True),
    Column("fingerprint", Words, nullable=False),
    Column("conversation_id", Words),
    Column("reference", Words),
    Column("channel", Words, nullable=False),
    Column("language", Words),
    Column("agent", Words),
    moment("started_at", nullable=True),
    Column("split", Words, nullable=False),
    document("turns", "[]"),
    Column("added_by", Words, nullable=False),
    moment("created_at", now=True),
    Column("terms", TSVECTOR, Computed(TERMS, persisted=True), nullable=False),
    one_of("channel", Channel),
    one_of("split", GoldenSplit),
    UniqueConstraint("workspace_id", "fingerprint"),
    Index(None, "workspace_id", "id"),
    Index(None, "conversation_id"),
    comment="Masked copies of dialogues to measure and train on, apart from retention. Written by auricle_records.golden.",
)

golden_labels = Table(
    "golden_labels",
    METADATA,
    workspace_id(),
    Column("id", Words, primary_key=True),
    Column("item_id", Words, ForeignKey("golden_items.id", ondelete="CASCADE"), nullable=False),
    Column("kind", Words, nullable=False),
    Column("subject", Words, nullable=False),
    Column("state", Words, nullable=False),
    Column("value", JSONB(none_as_null=True)),
    document("places", "[]"),
    Column("comment", Words),
    Column("grade", SmallInteger),
    Column("status", Words, nullable=False),
    Column("source", Words, nullable=False),
    Column("decided_by", Words, nullable=False),
    moment("decided_at", now=True),
    Column("settled_by", Words),
    moment("settled_at", nullable=True),
    one_of("kind", GoldenKind),
    one_of("state", GoldenState),
    one_of("status", GoldenStatus),
    one_of("source", GoldenSource),
    CheckConstraint("grade BETWEEN 0 AND 2", name="grade"),
    CheckConstraint("(kind = 'error_class') = (state IN ('found', 'not_found'))", name="fits"),
    CheckConstraint("(state = 'answered') = (value IS NOT NULL)", name="value"),
    Index(
        "uq_golden_labels_standing", "item_id", "kind", "subject", "decided_by",
        unique=True, postgresql_where="status <> 'withdrawn'",
    ),
    comment="What is right about a golden item, by whom; what is said does not change. Written by auricle_records.golden.",
)  # fmt: skip

golden_settings = Table(
    "golden_settings",
    METADATA,
    Column("workspace_id", Words, ForeignKey("workspaces.workspace_id"), primary_key=True),
    Column("consent", Boolean, nullable=False),
    Column("quota", Integer, nullable=False),
    Column("gate_required", Boolean, nullable=False, server_default=text("false")),
    Column("chosen_by", Words, nullable=False),
    moment("updated_at", now=True),
    CheckConstraint("quota BETWEEN 1 AND 100000", name="quota"),
    comment="Whether a workspace lets golden items be kept; no row means it does not. Written by auricle_records.golden.",
)
