"""Tables of trainings: what was asked for, how far it is, what came of it, and when a workspace wants one by itself."""

from auricle_contracts.trainings import UNDER_WAY, TrainingSchedule, TrainingState
from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    Table,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from auricle_records.storable import Words
from auricle_records.tables.base import METADATA, document, moment, one_of, workspace_id

_UNDER_WAY = ", ".join(f"'{state}'" for state in TrainingState if state in UNDER_WAY)

trainings = Table(
    "trainings",
    METADATA,
    workspace_id(),
    Column("id", Words, primary_key=True),
    Column("state", Words, nullable=False),
    Column("base", Words, nullable=False),
    document("numbers", "{}"),
    Column("labels", Integer, nullable=False),
    Column("asked_kind", Words, nullable=False),
    Column("asked_by", Words, nullable=False),
    Column("asked_by_name", Words),
    moment("created_at", now=True),
    moment("launched_at", nullable=True),
    moment("reported_at", nullable=True),
    moment("ended_at", nullable=True),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("key_id", Words),
    Column("released", Boolean, nullable=False, server_default=text("false")),
    Column("data", Words),
    Column("examples", Integer),
    Column("step", Integer),
    Column("steps", Integer),
    Column("loss", Double),
    Column("seconds", Double),
    Column("cost", JSONB(none_as_null=True)),
    Column("artefact_id", Words, ForeignKey("artefacts.id")),
    Column("verdict", Words),
    Column("error", Words),
    Column("detail", Words),
    one_of("state", TrainingState),
    one_of("asked_kind", ("api_key", "person", "schedule")),
    one_of("verdict", ("passed", "refused", "too_few")),
    CheckConstraint(f"(state IN ({_UNDER_WAY})) = (ended_at IS NULL)", name="ends"),
    CheckConstraint("(state = 'failed') = (error IS NOT NULL)", name="error"),
    Index("uq_trainings_under_way", "workspace_id", unique=True, postgresql_where=f"state IN ({_UNDER_WAY})"),
    Index("ix_trainings_unreleased", "workspace_id", postgresql_where="NOT released"),
    Index(None, "artefact_id"),
    comment="An adapter that was asked for, and how far it is. Written by auricle_records.trainings.",
)

training_states = Table(
    "training_states",
    METADATA,
    workspace_id(),
    Column("id", Words, primary_key=True),
    Column("training_id", Words, ForeignKey("trainings.id"), nullable=False),
    Column("state", Words, nullable=False),
    moment("at", now=True),
    Column("by", Words),
    Column("detail", Words),
    one_of("state", TrainingState),
    Index(None, "training_id"),
    comment="When a training came into which state. Written by auricle_records.trainings.",
)

training_settings = Table(
    "training_settings",
    METADATA,
    Column("workspace_id", Words, ForeignKey("workspaces.workspace_id"), primary_key=True),
    Column("base", Words),
    Column("schedule", Words, nullable=False),
    Column("weekday", SmallInteger, nullable=False),
    Column("hour", SmallInteger, nullable=False),
    Column("new_labels", Integer, nullable=False),
    Column("fewest", Integer, nullable=False),
    Column("most_hours", Integer, nullable=False),
    Column("chosen_by", Words, nullable=False),
    moment("updated_at", now=True),
    one_of("schedule", TrainingSchedule),
    CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
    CheckConstraint("hour BETWEEN 0 AND 23", name="hour"),
    comment="When a workspace wants a training by itself, and within which limits. Written by auricle_records.trainings.",
)
