"""Blind items of the review queue: conversations whose right answers are known, and what reviewers say of them apart from what counts.

A verdict of a reviewer who has a blind item is marked by a trigger, whichever statement writes it, and row security shows it to nobody but
its author. To reviewers a conversation that waits blind looks as if nobody had judged it.
"""

import sqlalchemy as sa
from alembic import op
from auricle_contracts.audit import AuditAction
from auricle_records.grants import APP, SERVICES
from auricle_records.migrations.walkers import define
from auricle_records.policies import let_walk, protect
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0090"
down_revision = "0092"
branch_labels = None
depends_on = None

REASONS = "'fatal', 'contested', 'undetermined', 'unsure', 'rare_class', 'audited', 'agent_week', 'requested'"
VERDICTS = ("labels", "finding_labels", "added_findings")
# As the walker: a policy of `review_items` may not ask `review_items`.
BLIND = """
auricle_blind_conversations() RETURNS SETOF text LANGUAGE sql AS $$
    SELECT conversation_id FROM review_items
    WHERE workspace_id = current_setting('auricle.workspace', true) AND golden_id IS NOT NULL
      AND NOT current_setting('auricle.reviewer', true) = ANY (known_by)
      AND (state IN ('open', 'assigned') OR closed_by = current_setting('auricle.reviewer', true))
      AND coalesce(current_setting('auricle.reviewer', true), '') NOT IN ('', '-')
$$
"""
MARK = """
CREATE FUNCTION auricle_mark_blind() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.blind := NEW.author_kind = 'person' AND EXISTS (
        SELECT FROM review_items b WHERE b.conversation_id = NEW.conversation_id AND b.golden_id IS NOT NULL
            AND (b.closed_by = NEW.author OR b.state = 'assigned' AND b.assignee = NEW.author)
            AND NEW.author = current_setting('auricle.reviewer', true));
    RETURN NEW;
END $$
"""
_REVIEWER = "coalesce(current_setting('auricle.reviewer', true), '')"
_TO = ", ".join((APP, *SERVICES))
OF_VERDICTS = f"""
CREATE POLICY blind ON {{0}} AS RESTRICTIVE TO {_TO} USING (
    CASE WHEN blind THEN author = {_REVIEWER}
    ELSE {_REVIEWER} IN ('', '-', author) OR conversation_id NOT IN (SELECT auricle_blind_conversations()) END)
"""
OF_APPEALS = f"""
CREATE POLICY blind ON appeals AS RESTRICTIVE TO {_TO} USING (
    {_REVIEWER} IN ('', '-') OR conversation_id NOT IN (SELECT auricle_blind_conversations()))
"""
OF_ITEMS = f"""
CREATE POLICY blind ON review_items AS RESTRICTIVE TO {_TO} USING (
    CASE WHEN {_REVIEWER} = '' THEN true
    WHEN golden_id IS NOT NULL THEN {_REVIEWER} <> '-' AND NOT {_REVIEWER} = ANY (known_by)
    ELSE {_REVIEWER} = '-' OR conversation_id NOT IN (SELECT auricle_blind_conversations()) END)
"""


def upgrade() -> None:
    _items()
    _answers()
    op.add_column(
        "review_settings", sa.Column("blind_share", sa.Double(), server_default=sa.text("0.05"), nullable=False)
    )
    op.create_check_constraint(
        op.f("ck_review_settings_blind_share"), "review_settings", "blind_share BETWEEN 0 AND 0.5"
    )
    for statement in (*let_walk("review_items"), *define(BLIND), MARK, OF_APPEALS, OF_ITEMS):
        op.execute(statement)
    for table in VERDICTS:
        op.add_column(table, sa.Column("blind", sa.Boolean(), server_default=sa.text("false"), nullable=False))
        op.execute(OF_VERDICTS.format(table))
        op.execute(
            f"CREATE TRIGGER mark_blind BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION auricle_mark_blind()"
        )
    # The list of this release, whatever the order in which the migrations of its resources came.
    listed = ", ".join(f"'{action}'" for action in AuditAction)
    op.drop_constraint(op.f("ck_audit_events_action"), "audit_events", type_="check")
    op.create_check_constraint(op.f("ck_audit_events_action"), "audit_events", f"action IN ({listed})")


def _items() -> None:
    op.add_column("review_items", sa.Column("golden_id", sa.Text()))
    op.add_column("review_items", sa.Column("known_by", ARRAY(sa.Text()), server_default="{}", nullable=False))
    op.drop_constraint("uq_review_items_evaluation_id", "review_items", type_="unique")
    ordinary = sa.text("golden_id IS NULL")
    op.create_index(
        "uq_review_items_evaluation_id", "review_items", ["evaluation_id"], unique=True, postgresql_where=ordinary
    )
    op.drop_constraint(op.f("ck_review_items_reasons"), "review_items", type_="check")
    op.create_check_constraint(op.f("ck_review_items_reasons"), "review_items", f"reasons <@ ARRAY[{REASONS}]::text[]")


def _answers() -> None:
    table = "blind_answers"
    names = ("workspace_id", "review_item_id", "golden_id", "person_id", "kind", "subject", "state")
    op.create_table(
        table,
        *(sa.Column(name, sa.Text(), nullable=False) for name in names),
        sa.Column("value", JSONB()),
        sa.Column("scale", sa.Text()),
        sa.Column("answered_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("kind IN ('error_class', 'criterion')", name=op.f(f"ck_{table}_kind")),
        sa.CheckConstraint("(state = 'answered') = (value IS NOT NULL)", name=op.f(f"ck_{table}_value")),
        sa.PrimaryKeyConstraint("review_item_id", "kind", "subject", name=f"pk_{table}"),
        comment="What reviewers left of blind items, which counts nowhere else. Written by auricle_records.review.",
    )
    op.create_index(f"ix_{table}_workspace_id_person_id", table, ["workspace_id", "person_id"])
    op.create_index(f"ix_{table}_golden_id", table, ["golden_id"])
    for statement in protect(table):
        op.execute(statement)
