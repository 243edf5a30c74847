"""Appeals of agents against answers and findings, and how long a workspace takes them."""

from auricle_contracts.vocabulary import AppealState
from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, PrimaryKeyConstraint, Table, func
from sqlalchemy.dialects.postgresql import JSONB

from auricle_records.storable import Moment, Words
from auricle_records.tables.base import METADATA, moment, one_of, workspace_id

appeals = Table(
    "appeals",
    METADATA,
    workspace_id(),
    Column("id", Words, primary_key=True),
    Column("conversation_id", Words, ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
    Column("evaluation_id", Words, ForeignKey("evaluations.id", ondelete="CASCADE"), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("criterion", Words),
    Column("finding_id", Words),
    Column("error_class", Words),
    Column("participant", Words),
    Column("text", Words, nullable=False),
    Column("quote", JSONB(none_as_null=True)),
    Column("state", Words, nullable=False),
    Column("opened_by", Words, nullable=False),
    Column("opened_by_name", Words, nullable=False),
    Column("opened_at", Moment, nullable=False, server_default=func.clock_timestamp()),
    moment("due_at"),
    Column("owner", Words),
    Column("owner_name", Words),
    Column("reason", Words),
    Column("decided_by", Words),
    Column("decided_by_name", Words),
    moment("decided_at", nullable=True),
    one_of("state", AppealState),
    CheckConstraint("(criterion IS NULL) = (error_class IS NOT NULL)", name="subject"),
    CheckConstraint("(error_class IS NULL) = (finding_id IS NULL)", name="finding"),
    CheckConstraint("(state IN ('open', 'withdrawn')) = (decided_at IS NULL)", name="decided"),
    CheckConstraint("(decided_at IS NULL) = (reason IS NULL)", name="reason"),
    Index(None, "workspace_id", "state", "due_at"),
    Index(None, "workspace_id", "id"),
    Index(None, "conversation_id"),
    Index(None, "evaluation_id"),
    comment="What agents contest, and how it ended. Written by auricle_records.appeals.",
)

appeal_changes = Table(
    "appeal_changes",
    METADATA,
    workspace_id(),
    Column("appeal_id", Words, ForeignKey("appeals.id", ondelete="CASCADE"), nullable=False),
    Column("promotion_id", Words, ForeignKey("artefact_promotions.id"), nullable=False),
    PrimaryKeyConstraint("appeal_id", "promotion_id"),
    Index(None, "promotion_id"),
    comment="Which promotion answers which accepted appeal. Written by auricle_records.appeals.",
)

appeal_settings = Table(
    "appeal_settings",
    METADATA,
    Column("workspace_id", Words, ForeignKey("workspaces.workspace_id"), primary_key=True),
    Column("window_days", Integer, nullable=False),
    Column("answer_days", Integer, nullable=False),
    moment("updated_at", now=True),
    CheckConstraint("window_days BETWEEN 1 AND 365 AND answer_days BETWEEN 1 AND 365", name="days"),
    comment="How long evaluations can be contested and appeals may wait. Written by auricle_records.appeals.",
)
