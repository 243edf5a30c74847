"""Tables of candidates on a share of live traffic."""

from auricle_contracts.canaries import MOST_SHARE, CanaryState, Side
from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, PrimaryKeyConstraint, Table

from auricle_records.storable import Words
from auricle_records.tables.base import METADATA, moment, one_of, workspace_id

canaries = Table(
    "canaries",
    METADATA,
    workspace_id(),
    Column("id", Words, primary_key=True),
    Column("artefact_id", Words, ForeignKey("artefacts.id"), nullable=False),
    Column("live_hash", Words),
    Column("share", Integer, nullable=False),
    Column("state", Words, nullable=False),
    Column("reason", Words, nullable=False),
    Column("end_reason", Words),
    Column("actor_kind", Words, nullable=False),
    Column("actor", Words, nullable=False),
    Column("actor_name", Words),
    moment("created_at", now=True),
    moment("ended_at", nullable=True),
    one_of("state", CanaryState),
    one_of("actor_kind", ("api_key", "person")),
    CheckConstraint(f"share BETWEEN 0 AND {MOST_SHARE}", name="share"),
    CheckConstraint("(state = 'running') = (ended_at IS NULL)", name="ends"),
    Index("uq_canaries_running", "workspace_id", unique=True, postgresql_where="state = 'running'"),
    Index(None, "artefact_id"),
    comment="A candidate that judges a share of new conversations. Written by auricle_records.canaries.",
)

canary_recipes = Table(
    "canary_recipes",
    METADATA,
    workspace_id(),
    Column("canary_id", Words, ForeignKey("canaries.id", ondelete="CASCADE"), nullable=False),
    Column("recipe", Words, nullable=False),
    Column("side", Words, nullable=False),
    PrimaryKeyConstraint("canary_id", "recipe"),
    one_of("side", Side),
    comment="Which recipes new conversations got while a canary ran. Written by auricle_records.canaries.",
)
