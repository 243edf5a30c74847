"""Coaching tasks of agents, and examples of how it is done well."""

from auricle_contracts.vocabulary import CoachingState
from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Table, func, text
from sqlalchemy.dialects.postgresql import JSONB

from auricle_records.storable import Moment, Words
from auricle_records.tables.base import METADATA, moment, one_of, workspace_id

coaching_tasks = Table(
    "coaching_tasks",
    METADATA,
    workspace_id(),
    Column("id", Words, primary_key=True),
    Column("person_id", Words, ForeignKey("people.id", ondelete="CASCADE"), nullable=False),
    Column("person_name", Words, nullable=False),
    Column("conversation_id", Words, ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
    Column("evaluation_id", Words, ForeignKey("evaluations.id", ondelete="CASCADE"), nullable=False),
    Column("criterion", Words),
    Column("finding_id", Words),
    Column("error_class", Words),
    Column("quote", JSONB(none_as_null=True)),
    Column("text", Words, nullable=False),
    Column("state", Words, nullable=False, server_default=text("'open'")),
    moment("due_at"),
    Column("assigned_by", Words, nullable=False),
    Column("assigned_by_name", Words, nullable=False),
    Column("assigned_at", Moment, nullable=False, server_default=func.clock_timestamp()),
    moment("acknowledged_at", nullable=True),
    moment("done_at", nullable=True),
    one_of("state", CoachingState),
    CheckConstraint("(criterion IS NULL) = (error_class IS NOT NULL)", name="subject"),
    CheckConstraint("(error_class IS NULL) = (finding_id IS NULL)", name="finding"),
    CheckConstraint("(state = 'done') = (done_at IS NOT NULL)", name="done"),
    CheckConstraint("(state = 'acknowledged') <= (acknowledged_at IS NOT NULL)", name="acknowledged"),
    Index(None, "workspace_id", "id"),
    Index(None, "person_id", "id"),
    Index(None, "conversation_id"),
    Index(None, "evaluation_id"),
    comment="What agents are to learn, and whether it is done. Written by auricle_records.coaching.",
)

good_examples = Table(
    "good_examples",
    METADATA,
    workspace_id(),
    Column("id", Words, primary_key=True),
    Column("source_id", Words, ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
    Column("criterion", Words, nullable=False),
    Column("text", Words, nullable=False),
    Column("note", Words, nullable=False),
    Column("added_by", Words, nullable=False),
    Column("added_by_name", Words, nullable=False),
    Column("created_at", Moment, nullable=False, server_default=func.clock_timestamp()),
    Index(None, "workspace_id", "criterion", "id"),
    Index(None, "source_id"),
    comment="Masked words that show how it is done well, for everybody; they go with their conversation, which no agent sees through"
    " them. Written by auricle_records.coaching.",
)
