"""Candidates on a share of live traffic."""

import sqlalchemy as sa
from alembic import op
from auricle_contracts.audit import AuditAction
from auricle_contracts.notices import NoticeKind
from auricle_records.policies import protect

revision = "0107"
down_revision = "0102"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _canaries()
    _recipes()
    for table in ("canaries", "canary_recipes"):
        for statement in protect(table):
            op.execute(statement)
    # The lists of this release, whatever the order in which the migrations of its resources came.
    for table, column, kinds in (("audit_events", "action", AuditAction), ("notices", "kind", NoticeKind)):
        listed = ", ".join(f"'{kind}'" for kind in kinds)
        op.drop_constraint(op.f(f"ck_{table}_{column}"), table, type_="check")
        op.create_check_constraint(op.f(f"ck_{table}_{column}"), table, f"{column} IN ({listed})")


def _text(*names: str, nullable: bool = False) -> tuple[sa.Column[str], ...]:
    return tuple(sa.Column(name, sa.Text(), nullable=nullable) for name in names)


def _canaries() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "canaries",
        *_text("workspace_id", "id", "artefact_id"),
        *_text("live_hash", nullable=True),
        sa.Column("share", sa.Integer(), nullable=False),
        *_text("state", "reason"),
        *_text("end_reason", nullable=True),
        *_text("actor_kind", "actor"),
        *_text("actor_name", nullable=True),
        sa.Column("created_at", moment, server_default=sa.text("now()"), nullable=False),
        sa.Column("ended_at", moment),
        sa.CheckConstraint("state IN ('running', 'ended', 'promoted', 'stopped')", name=op.f("ck_canaries_state")),
        sa.CheckConstraint("actor_kind IN ('api_key', 'person')", name=op.f("ck_canaries_actor_kind")),
        sa.CheckConstraint("share BETWEEN 0 AND 50", name=op.f("ck_canaries_share")),
        sa.CheckConstraint("(state = 'running') = (ended_at IS NULL)", name=op.f("ck_canaries_ends")),
        sa.ForeignKeyConstraint(["artefact_id"], ["artefacts.id"], name="fk_canaries_artefact_id"),
        sa.PrimaryKeyConstraint("id", name="pk_canaries"),
        comment="A candidate that judges a share of new conversations. Written by auricle_records.canaries.",
    )
    op.create_index(
        "uq_canaries_running",
        "canaries",
        ["workspace_id"],
        unique=True,
        postgresql_where=sa.text("state = 'running'"),
    )
    op.create_index("ix_canaries_artefact_id", "canaries", ["artefact_id"])


def _recipes() -> None:
    op.create_table(
        "canary_recipes",
        *_text("workspace_id", "canary_id", "recipe", "side"),
        sa.CheckConstraint("side IN ('canary', 'live')", name=op.f("ck_canary_recipes_side")),
        sa.ForeignKeyConstraint(["canary_id"], ["canaries.id"], name="fk_canary_recipes_canary_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("canary_id", "recipe", name="pk_canary_recipes"),
        comment="Which recipes new conversations got while a canary ran. Written by auricle_records.canaries.",
    )
