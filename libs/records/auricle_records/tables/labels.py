"""The table of labels, an append-only history of people's verdicts, and the view of effective answers."""

from typing import get_args

from auricle_contracts import AnswerState, CriterionKind, LabelSource
from sqlalchemy import Boolean, CheckConstraint, Column, ForeignKey, Index, Table, func, text
from sqlalchemy.dialects.postgresql import JSONB

from auricle_records.storable import Moment, Words
from auricle_records.tables.base import METADATA, one_of, workspace_id

AUTHOR_KINDS = ("name", "api_key", "person")
"""Who `author` is: the key or the person that gave the verdict, or a mere name that somebody typed before 2026-12."""
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
    Column("author_kind", Words, nullable=False),
    Column("author_name", Words),
    Column("source", Words, nullable=False),
    Column("created_at", Moment, nullable=False, server_default=func.clock_timestamp()),
    Column("updated_at", Moment, nullable=False, server_default=func.clock_timestamp()),
    Column("blind", Boolean, nullable=False, server_default=text("false")),
    one_of("kind", CriterionKind),
    one_of("state", AnswerState),
    one_of("old_state", AnswerState),
    one_of("source", LABEL_SOURCES),
    one_of("author_kind", AUTHOR_KINDS),
    CheckConstraint("(state = 'answered') = (value IS NOT NULL)", name="value"),
    Index(None, "conversation_id", "criterion", "updated_at"),
    Index(None, "evaluation_id", "criterion", "author"),
    Index(None, "workspace_id", "id"),
    comment="What people say about answers, each verdict a row. Written by auricle_records.labels.",
)
