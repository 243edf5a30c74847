"""Trainings are asked for, and a workspace says when it wants one by itself."""

import sqlalchemy as sa
from alembic import op
from auricle_contracts.audit import AuditAction
from auricle_contracts.notices import NoticeKind
from auricle_records.policies import protect
from sqlalchemy.dialects.postgresql import JSONB

revision = "0112"
down_revision = "0114"
branch_labels = None
depends_on = None

STATES = "'asked', 'preparing', 'running', 'gated', 'proposed', 'refused', 'failed', 'stopped'"
UNDER_WAY = "'asked', 'preparing', 'running', 'gated'"
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    _trainings()
    _states()
    _settings()
    for table in ("trainings", "training_states", "training_settings"):
        for statement in protect(table):
            op.execute(statement)
    # The lists of this release, whatever the order in which the migrations of its resources came.
    for table, column, kinds in (("audit_events", "action", AuditAction), ("notices", "kind", NoticeKind)):
        listed = ", ".join(f"'{kind}'" for kind in kinds)
        op.drop_constraint(op.f(f"ck_{table}_{column}"), table, type_="check")
        op.create_check_constraint(op.f(f"ck_{table}_{column}"), table, f"{column} IN ({listed})")


def _text(*names: str, nullable: bool = False) -> tuple[sa.Column[str], ...]:
    return tuple(sa.Column(name, sa.Text(), nullable=nullable) for name in names)


def _whole(*names: str) -> tuple[sa.Column[int], ...]:
    return tuple(sa.Column(name, sa.Integer(), nullable=True) for name in names)


def _trainings() -> None:
    op.create_table(
        "trainings",
        *_text("workspace_id", "id", "state", "base"),
        sa.Column("numbers", JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False),
        sa.Column("labels", sa.Integer(), nullable=False),
        *_text("asked_kind", "asked_by"),
        *_text("asked_by_name", nullable=True),
        sa.Column("created_at", MOMENT, server_default=sa.text("now()"), nullable=False),
        *(sa.Column(name, MOMENT) for name in ("launched_at", "reported_at", "ended_at")),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        *_text("key_id", nullable=True),
        sa.Column("released", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        *_text("data", nullable=True),
        *_whole("examples", "step", "steps"),
        sa.Column("loss", sa.Double()),
        sa.Column("seconds", sa.Double()),
        sa.Column("cost", JSONB()),
        *_text("artefact_id", "verdict", "error", "detail", nullable=True),
        sa.CheckConstraint(f"state IN ({STATES})", name=op.f("ck_trainings_state")),
        sa.CheckConstraint("asked_kind IN ('api_key', 'person', 'schedule')", name=op.f("ck_trainings_asked_kind")),
        sa.CheckConstraint("verdict IN ('passed', 'refused', 'too_few')", name=op.f("ck_trainings_verdict")),
        sa.CheckConstraint(f"(state IN ({UNDER_WAY})) = (ended_at IS NULL)", name=op.f("ck_trainings_ends")),
        sa.CheckConstraint("(state = 'failed') = (error IS NOT NULL)", name=op.f("ck_trainings_error")),
        sa.ForeignKeyConstraint(["artefact_id"], ["artefacts.id"], name="fk_trainings_artefact_id"),
        sa.PrimaryKeyConstraint("id", name="pk_trainings"),
        comment="An adapter that was asked for, and how far it is. Written by auricle_records.trainings.",
    )
    under_way = sa.text(f"state IN ({UNDER_WAY})")
    op.create_index("uq_trainings_under_way", "trainings", ["workspace_id"], unique=True, postgresql_where=under_way)
    op.create_index("ix_trainings_unreleased", "trainings", ["workspace_id"], postgresql_where=sa.text("NOT released"))
    op.create_index("ix_trainings_artefact_id", "trainings", ["artefact_id"])


def _states() -> None:
    op.create_table(
        "training_states",
        *_text("workspace_id", "id", "training_id", "state"),
        sa.Column("at", MOMENT, server_default=sa.text("now()"), nullable=False),
        *_text("by", "detail", nullable=True),
        sa.CheckConstraint(f"state IN ({STATES})", name=op.f("ck_training_states_state")),
        sa.ForeignKeyConstraint(["training_id"], ["trainings.id"], name="fk_training_states_training_id"),
        sa.PrimaryKeyConstraint("id", name="pk_training_states"),
        comment="When a training came into which state. Written by auricle_records.trainings.",
    )
    op.create_index("ix_training_states_training_id", "training_states", ["training_id"])


def _settings() -> None:
    op.create_table(
        "training_settings",
        *_text("workspace_id"),
        *_text("base", nullable=True),
        *_text("schedule"),
        *(sa.Column(name, sa.SmallInteger(), nullable=False) for name in ("weekday", "hour")),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("new_labels", "fewest", "most_hours")),
        *_text("chosen_by"),
        sa.Column("updated_at", MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("schedule IN ('off', 'weekly', 'labels')", name=op.f("ck_training_settings_schedule")),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_training_settings_weekday")),
        sa.CheckConstraint("hour BETWEEN 0 AND 23", name=op.f("ck_training_settings_hour")),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.workspace_id"], name="fk_training_settings_workspace_id"
        ),
        sa.PrimaryKeyConstraint("workspace_id", name="pk_training_settings"),
        comment="When a workspace wants a training by itself, and within which limits. Written by auricle_records.trainings.",
    )
