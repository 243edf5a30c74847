"""The first tables, and row security with them."""

import sqlalchemy as sa
from alembic import op
from auricle_records.migrations import walkers
from auricle_records.policies import let_walk, protect
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = (
    "workspaces", "api_keys", "recipes", "conversations", "revisions", "uploads", "runs", "transcripts", "evaluations", "answers",
    "findings", "ledger", "webhook_endpoints", "outbox", "tombstones",
)  # fmt: skip
WALKED = ("workspaces", "api_keys", "runs", "outbox", "tombstones")


def upgrade() -> None:
    create_tables()
    for table in TABLES:
        run(*protect(table))
    for table in WALKED:
        run(*let_walk(table))
    for function in walkers.FUNCTIONS:
        run(*walkers.define(function))


def run(*statements: str) -> None:
    for statement in statements:
        op.execute(statement)


def create_tables() -> None:
    op.create_table(
        "conversations",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text()),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("line", sa.Text()),
        sa.Column("language", sa.Text()),
        sa.Column("priority", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("participants", JSONB(), server_default=sa.text("'[]'::jsonb"), nullable=False),
        sa.Column("agents", ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("metadata", JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True)),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column(
            "happened_at",
            sa.DateTime(timezone=True),
            sa.Computed(
                "coalesce(started_at, created_at)",
                persisted=True,
            ),
            nullable=False,
        ),
        sa.CheckConstraint("channel IN ('call', 'chat', 'email')", name=op.f("ck_conversations_channel")),
        sa.CheckConstraint("direction IN ('inbound', 'outbound')", name=op.f("ck_conversations_direction")),
        sa.CheckConstraint("priority IN ('live', 'backfill')", name=op.f("ck_conversations_priority")),
        sa.CheckConstraint("state IN ('receiving', 'stored')", name=op.f("ck_conversations_state")),
        sa.PrimaryKeyConstraint("id", name="pk_conversations"),
        sa.UniqueConstraint(
            "workspace_id", "source", "external_id", name="uq_conversations_workspace_id_source_external_id"
        ),
        comment="Deleted ones are tombstones. Written by auricle_records.conversations.",
    )
    op.create_index("ix_conversations_agents", "conversations", ["agents"], postgresql_using="gin")
    op.create_index(
        "ix_conversations_workspace_id_happened_at_id", "conversations", ["workspace_id", "happened_at", "id"]
    )
    op.create_table(
        "ledger",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.Column("audio_seconds", sa.Double()),
        sa.Column("tokens_in", sa.BigInteger()),
        sa.Column("tokens_out", sa.BigInteger()),
        sa.Column("model", sa.Text()),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("step IN ('transcribe', 'evaluate')", name=op.f("ck_ledger_step")),
        sa.CheckConstraint("seconds >= 0", name=op.f("ck_ledger_seconds")),
        sa.PrimaryKeyConstraint("id", name="pk_ledger"),
        comment="What work used; it outlives its conversation, as the money was spent. Written by auricle_records.ledger.",
    )
    op.create_index("ix_ledger_conversation_id", "ledger", ["conversation_id"])
    op.create_index("ix_ledger_workspace_id_created_at", "ledger", ["workspace_id", "created_at"])
    op.create_table(
        "tombstones",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("swept_at", sa.DateTime(timezone=True)),
        sa.Column("quiet_sweeps", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.PrimaryKeyConstraint("conversation_id", name="pk_tombstones"),
        comment="Deleted conversations; the prefix is swept until it stays empty. Written by auricle_records.tombstones.",
    )
    op.create_index("ix_tombstones_unquiet", "tombstones", ["deleted_at"], postgresql_where="quiet_sweeps < 3")
    op.create_table(
        "uploads",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("blob_key", sa.Text(), nullable=False),
        sa.Column("max_bytes", sa.BigInteger(), nullable=False),
        sa.Column("conversation_id", sa.Text()),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_uploads"),
        comment="Recordings sent ahead of their conversation. Written by auricle_records.uploads.",
    )
    op.create_index("ix_uploads_expires_at", "uploads", ["expires_at"])
    op.create_table(
        "webhook_endpoints",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("events", ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_webhook_endpoints"),
        comment="Who hears of events; an empty `events` hears all. Written by auricle_records.webhooks.",
    )
    op.create_table(
        "workspaces",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("retention_days", sa.Integer()),
        sa.Column("allowed_hosts", ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("workspace_id ~ '^[a-z0-9][a-z0-9-]{0,62}$'", name=op.f("ck_workspaces_id")),
        sa.PrimaryKeyConstraint("workspace_id", name="pk_workspaces"),
        comment="A tenant. Written by auricle_records.workspaces.",
    )
    op.create_table(
        "api_keys",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("scopes", ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.workspace_id"], name="fk_api_keys_workspace_id"),
        sa.PrimaryKeyConstraint("id", name="pk_api_keys"),
        sa.UniqueConstraint("prefix", name="uq_api_keys_prefix"),
        comment="Keys of the API, by hash only. Written by auricle_records.keys.",
    )
    op.create_table(
        "outbox",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("endpoint_id", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("data", JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'pending'"), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("last_error", sa.Text()),
        sa.Column("traceparent", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("state IN ('pending', 'sent', 'dead')", name=op.f("ck_outbox_state")),
        sa.CheckConstraint(
            "type IN ('evaluation.completed', 'conversation.dead', 'conversation.deleted')", name=op.f("ck_outbox_type")
        ),
        sa.ForeignKeyConstraint(
            ["endpoint_id"], ["webhook_endpoints.id"], name="fk_outbox_endpoint_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.UniqueConstraint("event_id", "endpoint_id", name="uq_outbox_event_id_endpoint_id"),
        comment="One row per event and endpoint; `event_id` is the webhook's id over all retries. Written by auricle_records.outbox.",
    )
    op.create_index("ix_outbox_due", "outbox", ["next_at"], postgresql_where="state = 'pending'")
    op.create_table(
        "recipes",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("body", JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.workspace_id"], name="fk_recipes_workspace_id"),
        sa.PrimaryKeyConstraint("workspace_id", "hash", name="pk_recipes"),
        comment="What made a result, by content hash. Written by auricle_records.recipes.",
    )
    op.create_table(
        "revisions",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("idempotency_key", sa.Text()),
        sa.Column("body_hash", sa.Text()),
        sa.Column("kind", sa.Text()),
        sa.Column("blob_key", sa.Text()),
        sa.Column("media_type", sa.Text()),
        sa.Column("size_bytes", sa.BigInteger()),
        sa.Column("sha256", sa.Text()),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("kind IN ('recording', 'turns')", name=op.f("ck_revisions_kind")),
        sa.CheckConstraint("state IN ('receiving', 'stored')", name=op.f("ck_revisions_state")),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name="fk_revisions_conversation_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("conversation_id", "revision", name="pk_revisions"),
        sa.UniqueConstraint("workspace_id", "idempotency_key", name="uq_revisions_workspace_id_idempotency_key"),
        comment="Each body that was posted for a conversation. Written by auricle_records.conversations.",
    )
    op.create_index("ix_revisions_receiving", "revisions", ["updated_at"], postgresql_where="state = 'receiving'")
    op.create_table(
        "runs",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("recipe", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("priority", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("lost_leases", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("last_error", sa.Text()),
        sa.Column("entry_id", sa.Text()),
        sa.Column("traceparent", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("priority IN ('live', 'backfill')", name=op.f("ck_runs_priority")),
        sa.CheckConstraint("state <> 'dead' OR last_error IS NOT NULL", name=op.f("ck_runs_dead_has_reason")),
        sa.CheckConstraint("state IN ('waiting', 'working', 'done', 'dead')", name=op.f("ck_runs_state")),
        sa.CheckConstraint("step IN ('transcribe', 'evaluate')", name=op.f("ck_runs_step")),
        sa.CheckConstraint("attempts >= 0 AND lost_leases >= 0", name=op.f("ck_runs_counts")),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name="fk_runs_conversation_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_runs"),
        sa.UniqueConstraint(
            "conversation_id",
            "revision",
            "step",
            "recipe",
            "reason",
            name="uq_runs_conversation_id_revision_step_recipe_reason",
        ),
        comment="Attempts and dead work live here, never in Redis. Written by auricle_records.runs.",
    )
    op.create_index("ix_runs_dead", "runs", ["workspace_id", "id"], postgresql_where="state = 'dead'")
    op.create_index("ix_runs_published", "runs", ["id"], postgresql_where="state IN ('waiting', 'working')")
    op.create_index(
        "ix_runs_unpublished",
        "runs",
        ["step", "priority", "id"],
        postgresql_where="state = 'waiting' AND entry_id IS NULL",
    )
    op.create_table(
        "evaluations",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("recipe", sa.Text(), nullable=False),
        sa.Column("current", sa.Boolean(), nullable=False),
        sa.Column("summary", sa.Text()),
        sa.Column("dropped_quotes", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("flags", ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("demo_weights", sa.Boolean(), nullable=False),
        sa.Column("digest_key", sa.Text()),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name="fk_evaluations_conversation_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name="fk_evaluations_run_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_evaluations"),
        sa.UniqueConstraint("run_id", name="uq_evaluations_run_id"),
        comment="One per evaluate run, one current per conversation. Written by auricle_records.evaluations.",
    )
    op.create_index("ix_evaluations_conversation_id", "evaluations", ["conversation_id"])
    op.create_index(
        "uq_evaluations_current", "evaluations", ["conversation_id"], unique=True, postgresql_where="current"
    )
    op.create_table(
        "transcripts",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("recipe", sa.Text(), nullable=False),
        sa.Column("blob_key", sa.Text(), nullable=False),
        sa.Column("peaks_key", sa.Text()),
        sa.Column("language", sa.Text()),
        sa.Column("engine", sa.Text(), nullable=False),
        sa.Column("demo_weights", sa.Boolean(), nullable=False),
        sa.Column("turns", sa.Integer(), nullable=False),
        sa.Column("duration_ms", sa.BigInteger()),
        sa.Column("declared_duration_ms", sa.BigInteger()),
        sa.Column("tracks", sa.Integer()),
        sa.Column("sample_rate_hz", sa.Integer()),
        sa.Column("flags", ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name="fk_transcripts_conversation_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name="fk_transcripts_run_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("run_id", name="pk_transcripts"),
        comment="What the asr step heard; the text is a blob. Written by auricle_records.transcripts.",
    )
    op.create_index("ix_transcripts_conversation_id_revision", "transcripts", ["conversation_id", "revision"])
    op.create_table(
        "answers",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("evaluation_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("criterion", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("layer", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("value", JSONB()),
        sa.Column("confidence", sa.Double()),
        sa.Column("reasoning", sa.Text()),
        sa.Column("quotes", JSONB(), server_default=sa.text("'[]'::jsonb"), nullable=False),
        sa.Column("participant", sa.Text()),
        sa.Column("why", sa.Text()),
        sa.CheckConstraint("kind IN ('score', 'yes_no', 'count', 'choice', 'text')", name=op.f("ck_answers_kind")),
        sa.CheckConstraint("layer IN ('metadata', 'rule', 'model')", name=op.f("ck_answers_layer")),
        sa.CheckConstraint("state IN ('answered', 'not_applicable', 'undetermined')", name=op.f("ck_answers_state")),
        sa.CheckConstraint("confidence BETWEEN 0 AND 1", name=op.f("ck_answers_confidence")),
        sa.ForeignKeyConstraint(
            ["evaluation_id"], ["evaluations.id"], name="fk_answers_evaluation_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("evaluation_id", "position", name="pk_answers"),
        comment="Criteria answered. Written by auricle_records.evaluations.",
    )
    op.create_table(
        "findings",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("evaluation_id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("error_class", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("quote", JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("knowledge", sa.Text()),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("participant", sa.Text()),
        sa.Column("confidence", sa.Double()),
        sa.CheckConstraint("severity IN ('minor', 'major', 'critical')", name=op.f("ck_findings_severity")),
        sa.CheckConstraint("source IN ('metadata', 'rule', 'model')", name=op.f("ck_findings_source")),
        sa.CheckConstraint("confidence BETWEEN 0 AND 1", name=op.f("ck_findings_confidence")),
        sa.ForeignKeyConstraint(
            ["evaluation_id"], ["evaluations.id"], name="fk_findings_evaluation_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("evaluation_id", "position", name="pk_findings"),
        comment="Mistakes seen, each with its quote. Written by auricle_records.evaluations.",
    )
