"""Runs: one step of one revision of one conversation under one recipe."""

from auricle_contracts import Priority, RunState, Step
from sqlalchemy import Boolean, CheckConstraint, Column, ForeignKey, Index, Integer, Table, UniqueConstraint, text

from auricle_records.storable import Words
from auricle_records.tables.base import METADATA, moment, one_of, workspace_id

runs = Table(
    "runs",
    METADATA,
    workspace_id(),
    Column("id", Words, primary_key=True),
    Column("conversation_id", Words, ForeignKey("conversations.id", ondelete="CASCADE"), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("step", Words, nullable=False),
    Column("recipe", Words, nullable=False),
    Column("reason", Words, nullable=False),
    Column("priority", Words, nullable=False),
    Column("state", Words, nullable=False),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("lost_leases", Integer, nullable=False, server_default=text("0")),
    Column("last_error", Words),
    Column("entry_id", Words),
    Column("traceparent", Words, nullable=False, server_default=text("''")),
    moment("created_at", now=True),
    moment("updated_at", now=True),
    Column("untidy", Boolean, nullable=False, server_default=text("false")),
    UniqueConstraint("conversation_id", "revision", "step", "recipe", "reason"),
    one_of("step", Step),
    one_of("priority", Priority),
    one_of("state", RunState),
    CheckConstraint("attempts >= 0 AND lost_leases >= 0", name="counts"),
    CheckConstraint("state <> 'dead' OR last_error IS NOT NULL", name="dead_has_reason"),
    Index("ix_runs_unpublished", "step", "priority", "id", postgresql_where="state = 'waiting' AND entry_id IS NULL"),
    Index("ix_runs_published", "id", postgresql_where="state IN ('waiting', 'working')"),
    Index("ix_runs_dead", "workspace_id", "id", postgresql_where="state = 'dead'"),
    Index("ix_runs_untidy", "conversation_id", postgresql_where="untidy"),
    comment="Attempts and dead work live here, never in Redis. Written by auricle_records.runs.",
)
