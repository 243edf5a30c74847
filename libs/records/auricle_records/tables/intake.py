"""Tables of intake: conversations, the revisions they grew by, and uploads sent ahead."""

from auricle_contracts import Channel, ConversationState, Direction, Priority
from sqlalchemy import (
    BigInteger,
    Column,
    Computed,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
)

from auricle_records.storable import Moment, Words
from auricle_records.tables.base import METADATA, document, moment, one_of, words, workspace_id

REVISION_STATES = (ConversationState.RECEIVING, ConversationState.STORED)

conversations = Table(
    "conversations",
    METADATA,
    workspace_id(),
    Column("id", Words, primary_key=True),
    Column("channel", Words, nullable=False),
    Column("source", Words, nullable=False),
    Column("external_id", Words),
    Column("direction", Words, nullable=False),
    Column("line", Words),
    Column("language", Words),
    Column("priority", Words, nullable=False),
    Column("state", Words, nullable=False),
    Column("revision", Integer, nullable=False),
    document("participants", "[]"),
    words("agents"),
    document("metadata", "{}"),
    moment("started_at", nullable=True),
    moment("created_at", now=True),
    moment("updated_at", now=True),
    Column(
        "happened_at",
        Moment,
        Computed("coalesce(started_at, created_at)", persisted=True),
        nullable=False,
    ),
    one_of("channel", Channel),
    one_of("direction", Direction),
    one_of("priority", Priority),
    one_of("state", REVISION_STATES),
    UniqueConstraint("workspace_id", "source", "external_id"),
    Index(None, "workspace_id", "happened_at", "id"),
    Index(None, "workspace_id", "created_at", "id"),
    Index("ix_conversations_agents", "agents", postgresql_using="gin"),
    comment="Deleted ones are tombstones. Written by auricle_records.conversations.",
)

revisions = Table(
    "revisions",
    METADATA,
    workspace_id(),
    Column("conversation_id", Words, ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("state", Words, nullable=False),
    Column("idempotency_key", Words),
    Column("body_hash", Words),
    Column("kind", Words),
    Column("blob_key", Words),
    Column("media_type", Words),
    Column("size_bytes", BigInteger),
    Column("sha256", Words),
    moment("created_at", now=True),
    moment("updated_at", now=True),
    PrimaryKeyConstraint("conversation_id", "revision"),
    UniqueConstraint("workspace_id", "idempotency_key"),
    one_of("state", REVISION_STATES),
    one_of("kind", ("recording", "turns")),
    Index("ix_revisions_receiving", "updated_at", postgresql_where="state = 'receiving'"),
    comment="Each body that was posted for a conversation. Written by auricle_records.conversations.",
)

bodies = Table(
    "bodies",
    METADATA,
    workspace_id(),
    Column("conversation_id", Words, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
    PrimaryKeyConstraint("conversation_id", "revision"),
    ForeignKeyConstraint(
        ["conversation_id", "revision"], ["revisions.conversation_id", "revisions.revision"], ondelete="CASCADE"
    ),
    comment="Short texts as received, which no blob holds. Written by auricle_records.conversations.",
)

uploads = Table(
    "uploads",
    METADATA,
    workspace_id(),
    Column("id", Words, primary_key=True),
    Column("blob_key", Words, nullable=False),
    Column("max_bytes", BigInteger, nullable=False),
    Column("conversation_id", Words),
    moment("expires_at"),
    moment("created_at", now=True),
    Index(None, "expires_at"),
    comment="Recordings sent ahead of their conversation. Written by auricle_records.uploads.",
)
