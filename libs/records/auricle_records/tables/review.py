"""Tables of the review queue: what waits for a person, and what a workspace sends there."""

from auricle_contracts.golden import GoldenKind
from auricle_contracts.review import ReviewReason, ReviewState, SkipReason
from sqlalchemy import (
    CheckConstraint,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from auricle_records.storable import Words
from auricle_records.tables.base import METADATA, document, moment, one_of, words, workspace_id

_REASONS = ", ".join(f"'{reason}'" for reason in ReviewReason)
_WAITING = "state IN ('open', 'assigned')"

review_items = Table(
    "review_items",
    METADATA,
    workspace_id(),
    Column("id", Words, primary_key=True),
    Column("conversation_id", Words, ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
    Column("evaluation_id", Words, ForeignKey("evaluations.id", ondelete="CASCADE"), nullable=False),
    words("reasons"),
    document("details", "{}"),
    Column("outlier", JSONB(none_as_null=True)),
    document("disagreements", "[]"),
    moment("disagreed_at", nullable=True),
    Column("risk", Double, nullable=False),
    Column("state", Words, nullable=False, server_default=text("'open'")),
    Column("assignee", Words),
    Column("assignee_name", Words),
    Column("assigned_by", Words),
    moment("assigned_at", nullable=True),
    Column("skip_reason", Words),
    Column("note", Words),
    Column("closed_by", Words),
    Column("closed_by_name", Words),
    moment("closed_at", nullable=True),
    moment("created_at", now=True),
    moment("updated_at", now=True),
    Column("golden_id", Words),
    words("known_by"),
    one_of("state", ReviewState),
    one_of("skip_reason", SkipReason),
    CheckConstraint(f"reasons <@ ARRAY[{_REASONS}]::text[]", name="reasons"),
    CheckConstraint("risk BETWEEN 0 AND 1", name="risk"),
    CheckConstraint("(state = 'assigned') <= (assignee IS NOT NULL)", name="assignee"),
    CheckConstraint("(state = 'skipped') = (skip_reason IS NOT NULL)", name="skipped"),
    CheckConstraint("(state IN ('done', 'skipped', 'stale')) = (closed_at IS NOT NULL)", name="closed"),
    Index("ix_review_items_waiting", "workspace_id", "risk", "evaluation_id", postgresql_where=_WAITING),
    Index("uq_review_items_evaluation_id", "evaluation_id", unique=True, postgresql_where="golden_id IS NULL"),
    Index(None, "conversation_id"),
    Index(None, "workspace_id", "closed_at"),
    comment="Conversations that wait for a person, one an evaluation. Written by auricle_records.review.",
)
"""With `golden_id` an item is blind: its conversation was judged before, those of `known_by` know what was said, and what others say of it
measures them. Nothing that reviewers read has either column."""

review_settings = Table(
    "review_settings",
    METADATA,
    Column("workspace_id", Words, ForeignKey("workspaces.workspace_id"), primary_key=True),
    Column("audited_share", Double, nullable=False),
    Column("agent_week", Integer, nullable=False),
    Column("unsure_below", Double, nullable=False),
    Column("rare_class_below", Integer, nullable=False),
    Column("outliers_week", Integer, nullable=False, server_default=text("10")),
    Column("hunted_week", Integer, nullable=False, server_default=text("5")),
    Column("disagree_points", Double, nullable=False, server_default=text("25")),
    Column("disagreeing_week", Integer, nullable=False, server_default=text("20")),
    document("weights", "{}"),
    Column("blind_share", Double, nullable=False, server_default=text("0.05")),
    Column("chosen_by", Words, nullable=False),
    moment("updated_at", now=True),
    CheckConstraint("audited_share BETWEEN 0 AND 1", name="audited_share"),
    CheckConstraint("agent_week BETWEEN 0 AND 50", name="agent_week"),
    CheckConstraint("unsure_below BETWEEN 0 AND 1", name="unsure_below"),
    CheckConstraint("rare_class_below BETWEEN 0 AND 1000", name="rare_class_below"),
    CheckConstraint("outliers_week BETWEEN 0 AND 200", name="outliers_week"),
    CheckConstraint("hunted_week BETWEEN 0 AND 200", name="hunted_week"),
    CheckConstraint("disagree_points BETWEEN 0 AND 100", name="disagree_points"),
    CheckConstraint("disagreeing_week BETWEEN 0 AND 200", name="disagreeing_week"),
    CheckConstraint("blind_share BETWEEN 0 AND 0.5", name="blind_share"),
    comment="What a workspace sends to review; no row means the defaults. Written by auricle_records.review.",
)

blind_answers = Table(
    "blind_answers",
    METADATA,
    workspace_id(),
    Column("review_item_id", Words, nullable=False),
    Column("golden_id", Words, nullable=False),
    Column("person_id", Words, nullable=False),
    Column("kind", Words, nullable=False),
    Column("subject", Words, nullable=False),
    Column("state", Words, nullable=False),
    Column("value", JSONB(none_as_null=True)),
    Column("scale", Words),
    moment("answered_at", now=True),
    PrimaryKeyConstraint("review_item_id", "kind", "subject"),
    one_of("kind", GoldenKind),
    CheckConstraint("(state = 'answered') = (value IS NOT NULL)", name="value"),
    Index(None, "workspace_id", "person_id"),
    Index(None, "golden_id"),
    comment="What reviewers left of blind items, which counts nowhere else. Written by auricle_records.review.",
)
