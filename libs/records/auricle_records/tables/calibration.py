"""Calibration sessions: their conversations, reviewers and blind answers, apart from labels and what counts."""

from auricle_contracts.vocabulary import AnswerState, CalibrationState
from sqlalchemy import Boolean, CheckConstraint, Column, ForeignKey, Index, PrimaryKeyConstraint, Table, func, text
from sqlalchemy.dialects.postgresql import JSONB

from auricle_records.storable import Moment, Words
from auricle_records.tables.base import METADATA, moment, one_of, workspace_id


def _of_session() -> Column[str]:
    return Column("calibration_id", Words, ForeignKey("calibrations.id", ondelete="CASCADE"), nullable=False)


def _conversation() -> Column[str]:
    return Column("conversation_id", Words, ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False)


calibrations = Table(
    "calibrations",
    METADATA,
    workspace_id(),
    Column("id", Words, primary_key=True),
    Column("title", Words, nullable=False),
    Column("state", Words, nullable=False, server_default=text("'open'")),
    Column("created_by", Words, nullable=False),
    Column("created_by_name", Words, nullable=False),
    Column("created_at", Moment, nullable=False, server_default=func.clock_timestamp()),
    moment("due_at"),
    moment("closed_at", nullable=True),
    one_of("state", CalibrationState),
    CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name="closed"),
    Index(None, "workspace_id", "id"),
    comment="Sessions in which several people judge the same. Written by auricle_records.calibration.",
)

calibration_items = Table(
    "calibration_items",
    METADATA,
    workspace_id(),
    _of_session(),
    _conversation(),
    Column("evaluation_id", Words, ForeignKey("evaluations.id", ondelete="CASCADE"), nullable=False),
    PrimaryKeyConstraint("calibration_id", "conversation_id"),
    Index(None, "conversation_id"),
    Index(None, "evaluation_id"),
    comment="Conversations of calibration sessions. Written by auricle_records.calibration.",
)

calibration_reviewers = Table(
    "calibration_reviewers",
    METADATA,
    workspace_id(),
    _of_session(),
    Column("person_id", Words, ForeignKey("people.id", ondelete="CASCADE"), nullable=False),
    Column("name", Words, nullable=False),
    Column("is_expert", Boolean, nullable=False),
    PrimaryKeyConstraint("calibration_id", "person_id"),
    Index(None, "person_id"),
    comment="Who judges in calibration sessions. Written by auricle_records.calibration.",
)

calibration_answers = Table(
    "calibration_answers",
    METADATA,
    workspace_id(),
    _of_session(),
    _conversation(),
    Column("criterion", Words, nullable=False),
    Column("person_id", Words, ForeignKey("people.id", ondelete="CASCADE"), nullable=False),
    Column("state", Words, nullable=False),
    Column("value", JSONB(none_as_null=True)),
    moment("updated_at", now=True),
    PrimaryKeyConstraint("calibration_id", "conversation_id", "criterion", "person_id"),
    one_of("state", AnswerState),
    CheckConstraint("(state = 'answered') = (value IS NOT NULL)", name="value"),
    Index(None, "conversation_id"),
    Index(None, "person_id"),
    comment="Blind answers, which count nowhere else. Written by auricle_records.calibration.",
)
