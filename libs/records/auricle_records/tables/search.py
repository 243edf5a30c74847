"""Tables of searching: what transcripts say, masked, and views of the list that somebody saved."""

from sqlalchemy import Boolean, CheckConstraint, Column, Computed, ForeignKey, Index, Integer, Table, UniqueConstraint
from sqlalchemy.dialects.postgresql import TSVECTOR

from auricle_records.storable import Words
from auricle_records.tables.base import METADATA, document, moment, words, workspace_id

# Postgres' configuration `russian` stems words of Latin letters as English ones, so one column serves both languages.
# Between two elements of the list a position is left free, so that no phrase goes from one turn into the next.
TERMS = "jsonb_to_tsvector('russian', texts, '[\"string\"]')"

transcript_texts = Table(
    "transcript_texts",
    METADATA,
    workspace_id(),
    Column("conversation_id", Words, ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True),
    Column("revision", Integer, nullable=False),
    document("texts", "[]"),
    document("places", "[]"),
    Column("terms", TSVECTOR, Computed(TERMS, persisted=True), nullable=False),
    moment("updated_at", now=True),
    Index("ix_transcript_texts_terms", "terms", postgresql_using="gin"),
    comment="What the turns of a conversation say, masked, for searching. Written by auricle_records.transcript_texts.",
)

saved_views = Table(
    "saved_views",
    METADATA,
    workspace_id(),
    Column("id", Words, primary_key=True),
    Column("name", Words, nullable=False),
    document("query", "{}"),
    Column("days", Integer),
    words("columns"),
    Column("is_shared", Boolean, nullable=False),
    Column("owner_kind", Words, nullable=False),
    Column("owner", Words, nullable=False),
    Column("owner_name", Words),
    moment("created_at", now=True),
    moment("updated_at", now=True),
    CheckConstraint("days BETWEEN 1 AND 366", name="days"),
    UniqueConstraint("workspace_id", "owner", "name"),
    comment="Views of the list under a name, one's own or shared. Written by auricle_records.saved_views.",
)
