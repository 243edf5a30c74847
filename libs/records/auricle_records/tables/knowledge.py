"""Tables of the knowledge base: articles, their versions, and the passages of each version."""

from auricle_contracts.knowledge import ArticleState
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import TSVECTOR

from auricle_records.storable import Words
from auricle_records.tables.base import METADATA, document, moment, one_of, workspace_id

# Postgres' configuration `russian` stems words of Latin letters as English ones, so one column serves both languages.
TERMS = "setweight(jsonb_to_tsvector('russian', headings, '[\"string\"]'), 'B') || to_tsvector('russian', text)"

articles = Table(
    "articles",
    METADATA,
    workspace_id(),
    Column("id", Words, primary_key=True),
    Column("reference", Words, nullable=False),
    Column("title", Words, nullable=False),
    Column("language", Words),
    Column("state", Words, nullable=False, server_default=text("'active'")),
    Column("version", Integer, nullable=False),
    Column("next_passage", Integer, nullable=False),
    moment("created_at", now=True),
    moment("updated_at", now=True),
    one_of("state", ArticleState),
    UniqueConstraint("workspace_id", "reference"),
    comment="What the contact centre's people should know, by the newest version. Written by auricle_records.knowledge.",
)

article_versions = Table(
    "article_versions",
    METADATA,
    workspace_id(),
    Column("article_id", Words, ForeignKey("articles.id", ondelete="CASCADE"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("title", Words, nullable=False),
    Column("media_type", Words, nullable=False),
    Column("file_name", Words),
    Column("sha256", Words, nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("passages", Integer, nullable=False),
    Column("note", Words),
    Column("author_kind", Words, nullable=False),
    Column("author", Words, nullable=False),
    Column("author_name", Words),
    moment("created_at", now=True),
    PrimaryKeyConstraint("article_id", "version"),
    CheckConstraint("size_bytes >= 0", name="size_bytes"),
    comment="What an article said, version by version, and who wrote it. Written by auricle_records.knowledge.",
)

passages = Table(
    "passages",
    METADATA,
    workspace_id(),
    Column("article_id", Words, nullable=False),
    Column("version", Integer, nullable=False),
    Column("position", Integer, nullable=False),
    Column("id", Words, nullable=False),
    Column("text", Words, nullable=False),
    document("headings", "[]"),
    Column("page", Integer),
    Column("current", Boolean, nullable=False),
    Column("terms", TSVECTOR, Computed(TERMS, persisted=True), nullable=False),
    PrimaryKeyConstraint("article_id", "version", "position"),
    UniqueConstraint("article_id", "version", "id"),
    ForeignKeyConstraint(
        ["article_id", "version"], ["article_versions.article_id", "article_versions.version"], ondelete="CASCADE"
    ),
    Index("ix_passages_terms", "terms", postgresql_using="gin", postgresql_where="current"),
    comment="Paragraphs of a version, each under an id that outlives it. Written by auricle_records.knowledge.",
)
