"""Tables of the registry: versions of what decides, which of them is live, and who moved that."""

from auricle_contracts.artefacts import ArtefactKind, ArtefactState, DryRunMethod, PromotionAction
from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from auricle_records.storable import Moment, Words
from auricle_records.tables.base import METADATA, document, moment, one_of, words, workspace_id

AUTHOR_KINDS = ("shipped", "api_key", "person")

artefacts = Table(
    "artefacts",
    METADATA,
    workspace_id(),
    Column("id", Words, primary_key=True),
    Column("kind", Words, nullable=False),
    Column("name", Words, nullable=False),
    Column("hash", Words, nullable=False),
    Column("version", Integer, nullable=False),
    document("body", "{}"),
    Column("state", Words, nullable=False),
    Column("author_kind", Words, nullable=False),
    Column("author", Words, nullable=False),
    Column("author_name", Words),
    Column("note", Words, nullable=False),
    words("serves"),
    document("figures", "{}"),
    moment("created_at", now=True),
    one_of("kind", ArtefactKind),
    one_of("state", ArtefactState),
    one_of("author_kind", AUTHOR_KINDS),
    UniqueConstraint("workspace_id", "kind", "name", "hash"),
    comment="A version of what decides, by content hash; its body never changes. Written by auricle_records.artefacts.",
)

live_artefacts = Table(
    "live_artefacts",
    METADATA,
    workspace_id(),
    Column("kind", Words, nullable=False),
    Column("name", Words, nullable=False),
    Column("artefact_id", Words, ForeignKey("artefacts.id"), nullable=False),
    moment("since", now=True),
    PrimaryKeyConstraint("workspace_id", "kind", "name"),
    Index(None, "artefact_id"),
    comment="The version that is live; without a row, the one that was shipped. Written by auricle_records.artefacts.",
)

artefact_promotions = Table(
    "artefact_promotions",
    METADATA,
    workspace_id(),
    Column("id", Words, primary_key=True),
    Column("kind", Words, nullable=False),
    Column("name", Words, nullable=False),
    Column("action", Words, nullable=False),
    Column("from_id", Words, ForeignKey("artefacts.id")),
    Column("from_held", Boolean, nullable=False),
    Column("to_id", Words, ForeignKey("artefacts.id")),
    Column("to_held", Boolean, nullable=False),
    Column("reason", Words, nullable=False),
    document("evidence", "{}"),
    Column("actor_kind", Words, nullable=False),
    Column("actor", Words, nullable=False),
    Column("actor_name", Words),
    moment("created_at", now=True),
    one_of("action", PromotionAction),
    one_of("actor_kind", ("api_key", "person")),
    Index(None, "workspace_id", "kind", "name", "id"),
    Index(None, "from_id"),
    Index(None, "to_id"),
    comment="Who made which version live, and why, for good. Written by auricle_records.artefacts.",
)

dry_runs = Table(
    "dry_runs",
    METADATA,
    workspace_id(),
    Column("id", Words, primary_key=True),
    Column("artefact_id", Words, ForeignKey("artefacts.id"), nullable=False),
    Column("recipe", Words, nullable=False),
    Column("live_recipe", Words, nullable=False),
    Column("method", Words, nullable=False),
    Column("actor_kind", Words, nullable=False),
    Column("actor", Words, nullable=False),
    Column("actor_name", Words),
    moment("created_at", now=True),
    Column("share", Integer),
    Column("per_day", Integer),
    Column("seconds_per_day", Double),
    Column("ends_at", Moment),
    Column("ended_at", Moment),
    words("channels"),
    Column("stopped", Integer, nullable=False, server_default=text("0")),
    moment("stopped_at", nullable=True),
    Column("stopped_by_name", Words),
    one_of("method", DryRunMethod),
    CheckConstraint("num_nulls(share, per_day, ends_at) IN (0, 3)", name="shadow"),
    one_of("actor_kind", ("api_key", "person")),
    Index(None, "artefact_id", "id"),
    comment="Past conversations judged by a version without effect. Written by auricle_records.dry_runs.",
)

dry_run_items = Table(
    "dry_run_items",
    METADATA,
    workspace_id(),
    Column("dry_run_id", Words, ForeignKey("dry_runs.id", ondelete="CASCADE"), nullable=False),
    Column("conversation_id", Words, ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
    Column("evaluation_id", Words, ForeignKey("evaluations.id", ondelete="CASCADE"), nullable=False),
    Column("run_id", Words, ForeignKey("runs.id", ondelete="CASCADE")),
    Column("result", JSONB(none_as_null=True)),
    PrimaryKeyConstraint("dry_run_id", "conversation_id"),
    CheckConstraint("run_id IS NOT NULL OR result IS NOT NULL", name="comes_from_somewhere"),
    Index(None, "conversation_id"),
    Index(None, "evaluation_id"),
    Index(None, "run_id"),
    comment="What each conversation of a dry run came to. Written by auricle_records.dry_runs.",
)

gate_traces = Table(
    "gate_traces",
    METADATA,
    workspace_id(),
    Column("artefact_id", Words, ForeignKey("artefacts.id"), nullable=False),
    Column("item_id", Words, ForeignKey("golden_items.id", ondelete="CASCADE"), nullable=False),
    Column("body", JSONB, nullable=False),
    moment("created_at", now=True),
    PrimaryKeyConstraint("artefact_id", "item_id"),
    Index(None, "item_id"),
    comment="What a candidate was asked of a golden item. Written by auricle_records.gate_traces.",
)
