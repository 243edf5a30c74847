"""Tables of searching: what transcripts say, masked."""

from sqlalchemy import Column, Computed, ForeignKey, Index, Integer, Table
from sqlalchemy.dialects.postgresql import TSVECTOR

from auricle_records.storable import Words
from auricle_records.tables.base import METADATA, document, moment, workspace_id

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
