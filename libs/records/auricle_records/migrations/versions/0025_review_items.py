"""What waits for a person: items of the review queue, one an evaluation, and what a workspace samples.

Evaluations from before count as triaged: they enter the queue when they are made again.
"""

import sqlalchemy as sa
from alembic import op
from auricle_records.policies import limit_to_own, protect
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0025"
down_revision = "0040"
branch_labels = None
depends_on = None

REASONS = "'fatal', 'contested', 'undetermined', 'unsure', 'rare_class', 'audited', 'agent_week'"
SKIPS = "'cannot_hear', 'wrong_language', 'not_a_conversation', 'conflict_of_interest', 'other'"
ACTIONS = (
    "signed_in", "sign_in_refused", "signed_out", "password_set", "password_link", "second_factor_on", "second_factor_off",
    "person_added", "person_changed", "people_imported", "exported", "conversation_deleted", "masking_changed", "compression_changed",
    "webhook_added", "webhook_removed", "artefact_added", "artefact_changed", "artefact_promoted", "artefact_rolled_back",
    "review_assigned", "review_released", "review_done", "review_skipped",
    "review_settings_changed", "unmasked", "labelled",
)  # fmt: skip

_WRITERS = (
    "One per evaluate run, one current per conversation."
    " Written by auricle_records.evaluations, `triaged` by auricle_records.review."
)


def upgrade() -> None:
    op.add_column("evaluations", sa.Column("triaged", sa.Boolean(), server_default=sa.text("true"), nullable=False))
    op.alter_column("evaluations", "triaged", server_default=sa.text("false"))
    op.create_table_comment("evaluations", _WRITERS)
    untriaged = sa.text("current AND NOT triaged")
    op.create_index("ix_evaluations_untriaged", "evaluations", ["workspace_id", "id"], postgresql_where=untriaged)
    _items()
    _settings()
    for table in ("review_items", "review_settings"):
        for statement in protect(table):
            op.execute(statement)
    op.execute(limit_to_own("review_items", "auricle_owns_conversation(conversation_id)"))
    op.drop_constraint(op.f("ck_audit_events_action"), "audit_events", type_="check")
    listed = ", ".join(f"'{action}'" for action in ACTIONS)
    op.create_check_constraint(op.f("ck_audit_events_action"), "audit_events", f"action IN ({listed})")


def _items() -> None:
    op.create_table(
        "review_items",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("evaluation_id", sa.Text(), nullable=False),
        sa.Column("reasons", ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("details", JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False),
        sa.Column("risk", sa.Double(), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'open'"), nullable=False),
        sa.Column("assignee", sa.Text()),
        sa.Column("assignee_name", sa.Text()),
        sa.Column("assigned_by", sa.Text()),
        sa.Column("assigned_at", sa.DateTime(timezone=True)),
        sa.Column("skip_reason", sa.Text()),
        sa.Column("note", sa.Text()),
        sa.Column("closed_by", sa.Text()),
        sa.Column("closed_by_name", sa.Text()),
        sa.Column("closed_at", sa.DateTime(timezone=True)),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "state IN ('open', 'assigned', 'done', 'skipped', 'stale')", name=op.f("ck_review_items_state")
        ),
        sa.CheckConstraint(f"skip_reason IN ({SKIPS})", name=op.f("ck_review_items_skip_reason")),
        sa.CheckConstraint(f"reasons <@ ARRAY[{REASONS}]::text[]", name=op.f("ck_review_items_reasons")),
        sa.CheckConstraint("risk BETWEEN 0 AND 1", name=op.f("ck_review_items_risk")),
        sa.CheckConstraint("(state = 'assigned') <= (assignee IS NOT NULL)", name=op.f("ck_review_items_assignee")),
        sa.CheckConstraint("(state = 'skipped') = (skip_reason IS NOT NULL)", name=op.f("ck_review_items_skipped")),
        sa.CheckConstraint(
            "(state IN ('done', 'skipped', 'stale')) = (closed_at IS NOT NULL)", name=op.f("ck_review_items_closed")
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name="fk_review_items_conversation_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["evaluation_id"], ["evaluations.id"], name="fk_review_items_evaluation_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_review_items"),
        sa.UniqueConstraint("evaluation_id", name="uq_review_items_evaluation_id"),
        comment="Conversations that wait for a person, one an evaluation. Written by auricle_records.review.",
    )
    waiting = sa.text("state IN ('open', 'assigned')")
    columns = ["workspace_id", "risk", "evaluation_id"]
    op.create_index("ix_review_items_waiting", "review_items", columns, postgresql_where=waiting)
    op.create_index("ix_review_items_conversation_id", "review_items", ["conversation_id"])
    op.create_index("ix_review_items_workspace_id_closed_at", "review_items", ["workspace_id", "closed_at"])


def _settings() -> None:
    op.create_table(
        "review_settings",
        sa.Column("workspace_id", sa.Text(), nullable=False),
        sa.Column("audited_share", sa.Double(), nullable=False),
        sa.Column("agent_week", sa.Integer(), nullable=False),
        sa.Column("unsure_below", sa.Double(), nullable=False),
        sa.Column("rare_class_below", sa.Integer(), nullable=False),
        sa.Column("chosen_by", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("audited_share BETWEEN 0 AND 1", name=op.f("ck_review_settings_audited_share")),
        sa.CheckConstraint("agent_week BETWEEN 0 AND 50", name=op.f("ck_review_settings_agent_week")),
        sa.CheckConstraint("unsure_below BETWEEN 0 AND 1", name=op.f("ck_review_settings_unsure_below")),
        sa.CheckConstraint("rare_class_below BETWEEN 0 AND 1000", name=op.f("ck_review_settings_rare_class_below")),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.workspace_id"], name="fk_review_settings_workspace_id"),
        sa.PrimaryKeyConstraint("workspace_id", name="pk_review_settings"),
        comment="What a workspace sends to review; no row means the defaults. Written by auricle_records.review.",
    )
