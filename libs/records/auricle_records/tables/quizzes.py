"""Quizzes of agents: questions made of masked words, who is to answer, and what they chose."""

from sqlalchemy import Boolean, CheckConstraint, Column, ForeignKey, Index, Integer, PrimaryKeyConstraint, Table, func

from auricle_records.storable import Moment, Words
from auricle_records.tables.base import METADATA, document, moment, words, workspace_id

quizzes = Table(
    "quizzes",
    METADATA,
    workspace_id(),
    Column("id", Words, primary_key=True),
    Column("title", Words, nullable=False),
    Column("made_by", Words, nullable=False),
    Column("made_by_name", Words, nullable=False),
    Column("created_at", Moment, nullable=False, server_default=func.clock_timestamp()),
    Index(None, "workspace_id", "id"),
    comment="Quizzes of agents. Written by auricle_records.quizzes.",
)

quiz_questions = Table(
    "quiz_questions",
    METADATA,
    workspace_id(),
    Column("id", Words, primary_key=True),
    Column("quiz_id", Words, ForeignKey("quizzes.id", ondelete="CASCADE"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("source_id", Words, ForeignKey("conversations.id", ondelete="CASCADE")),
    Column("golden_id", Words, ForeignKey("golden_items.id", ondelete="CASCADE")),
    document("lines", "[]"),
    Column("quote", Words, nullable=False),
    words("choices"),
    Column("error_class", Words),
    Column("explanation", Words, nullable=False),
    Column("passage", Words),
    CheckConstraint("(source_id IS NULL) <> (golden_id IS NULL)", name="source"),
    CheckConstraint("error_class IS NULL OR error_class = ANY (choices)", name="choices"),
    Index(None, "quiz_id", "position"),
    Index(None, "source_id"),
    Index(None, "golden_id"),
    comment="Masked words and which error is in them; they go with what they were taken from. Written by auricle_records.quizzes.",
)
"""`source_id` is the conversation, which no agent sees through the question."""

quiz_assignments = Table(
    "quiz_assignments",
    METADATA,
    workspace_id(),
    Column("id", Words, primary_key=True),
    Column("quiz_id", Words, ForeignKey("quizzes.id", ondelete="CASCADE"), nullable=False),
    Column("person_id", Words, ForeignKey("people.id", ondelete="CASCADE"), nullable=False),
    moment("due_at"),
    Column("assigned_by", Words, nullable=False),
    Column("assigned_by_name", Words, nullable=False),
    Column("assigned_at", Moment, nullable=False, server_default=func.clock_timestamp()),
    Index("uq_quiz_assignments_quiz_id_person_id", "quiz_id", "person_id", unique=True),
    Index(None, "person_id", "id"),
    comment="Who is to answer a quiz. Written by auricle_records.quizzes.",
)

quiz_answers = Table(
    "quiz_answers",
    METADATA,
    workspace_id(),
    Column("assignment_id", Words, ForeignKey("quiz_assignments.id", ondelete="CASCADE"), nullable=False),
    Column("question_id", Words, ForeignKey("quiz_questions.id", ondelete="CASCADE"), nullable=False),
    Column("choice", Words),
    Column("is_right", Boolean, nullable=False),
    Column("answered_at", Moment, nullable=False, server_default=func.clock_timestamp()),
    PrimaryKeyConstraint("assignment_id", "question_id"),
    Index(None, "question_id"),
    comment="What was chosen, once a question. Written by auricle_records.quizzes.",
)
