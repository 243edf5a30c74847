"""What people say about answers."""

from typing import get_args

from auricle_contracts import AnswerState, CriterionKind, LabelSource
from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Table, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB

from auricle_records.storable import Words
from auricle_records.tables.base import METADATA, moment, one_of, workspace_id

LABEL_SOURCES: tuple[str, ...] = get_args(LabelSource)

labels = Table(
    "labels",
    METADATA,
    workspace_id(),
    Column("id", Words, primary_key=True),
    Column("conversation_id", Words, ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
    Column("evaluation_id", Words, ForeignKey("evaluations.id", ondelete="CASCADE"), nullable=False),
    Column("criterion", Words, nullable=False),
    Column("kind", Words, nullable=False),
    Column("state", Words, nullable=False),
    Column("value", JSONB(none_as_null=True)),
    Column("old_state", Words, nullable=False),
    Column("old_value", JSONB(none_as_null=True)),
    Column("comment", Words),
    Column("author", Words, nullable=False),
    Column("source", Words, nullable=False),
    moment("created_at", now=True),
    moment("updated_at", now=True),
    one_of("kind", CriterionKind),
    one_of("state", AnswerState),
    one_of("old_state", AnswerState),
    one_of("source", LABEL_SOURCES),
    CheckConstraint("(state = 'answered') = (value IS NOT NULL)", name="value"),
    UniqueConstraint("evaluation_id", "criterion", "author"),
    Index(None, "conversation_id"),
    Index(None, "workspace_id", "id"),
    comment="What people say about answers, one per answer and author. Written by auricle_records.labels.",
)
