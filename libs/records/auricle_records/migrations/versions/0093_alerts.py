"""Alerts: rules, where they are told, what rang, each telling, and a workspace's quiet hours."""

import sqlalchemy as sa
from alembic import op
from auricle_contracts.alerts import AlertEvent, AlertSeverity, AlertState, DestinationKind, Measure
from auricle_contracts.audit import AuditAction
from auricle_records.policies import protect
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0093"
down_revision = "0101"
branch_labels = None
depends_on = None

NOW = sa.text("now()")
NO_WORDS = sa.text("'{}'")
TABLES = ("alert_rules", "alert_destinations", "alerts", "alert_deliveries", "alert_settings")


def text(name: str, *, nullable: bool = False, default: str | None = None) -> sa.Column[str]:
    given = None if default is None else sa.text(f"'{default}'")
    return sa.Column(name, sa.Text(), nullable=nullable, server_default=given)


def moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable, server_default=None if nullable else NOW)


def one_of(table: str, column: str, kinds: object) -> sa.CheckConstraint:
    listed = ", ".join(f"'{kind}'" for kind in kinds)  # type: ignore[attr-defined]
    return sa.CheckConstraint(f"{column} IN ({listed})", name=op.f(f"ck_{table}_{column}"))


def upgrade() -> None:
    _rules()
    _destinations()
    _alerts()
    _deliveries()
    op.create_table(
        "alert_settings",
        text("workspace_id"),
        text("time_zone"),
        text("quiet_from", nullable=True),
        text("quiet_until", nullable=True),
        moment("updated_at"),
        sa.CheckConstraint("(quiet_from IS NULL) = (quiet_until IS NULL)", name=op.f("ck_alert_settings_quiet")),
        sa.PrimaryKeyConstraint("workspace_id", name="pk_alert_settings"),
        sa.ForeignKeyConstraint(["workspace_id"], ["workspaces.workspace_id"], name="fk_alert_settings_workspace_id"),
        comment="When a workspace is not to be disturbed. Written by auricle_records.alerts.",
    )
    for table in TABLES:
        for statement in protect(table):
            op.execute(statement)
    # The list of this release, whatever the order in which the migrations of its resources came.
    listed = ", ".join(f"'{action}'" for action in AuditAction)
    op.drop_constraint(op.f("ck_audit_events_action"), "audit_events")
    op.create_check_constraint(op.f("ck_audit_events_action"), "audit_events", f"action IN ({listed})")


def _rules() -> None:
    op.create_table(
        "alert_rules",
        text("workspace_id"),
        text("id"),
        text("name"),
        sa.Column("rule", JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        text("updated_by"),
        text("updated_by_name", nullable=True),
        moment("created_at"),
        moment("updated_at"),
        sa.PrimaryKeyConstraint("id", name="pk_alert_rules"),
        sa.UniqueConstraint("workspace_id", "name", name="uq_alert_rules_workspace_id_name"),
        comment="What rings. Written by auricle_records.alerts.",
    )


def _destinations() -> None:
    table = "alert_destinations"
    op.create_table(
        table,
        text("workspace_id"),
        text("id"),
        text("name"),
        text("kind"),
        text("url", nullable=True),
        text("secret", nullable=True),
        text("secret_key_id", nullable=True),
        sa.Column("sealed_secret", sa.LargeBinary()),
        sa.Column("roles", ARRAY(sa.Text()), server_default=NO_WORDS, nullable=False),
        sa.Column("person_ids", ARRAY(sa.Text()), server_default=NO_WORDS, nullable=False),
        text("language"),
        moment("created_at"),
        one_of(table, "kind", DestinationKind),
        one_of(table, "language", ("ru", "en")),
        sa.CheckConstraint(
            "num_nonnulls(secret, sealed_secret) = 1 AND (secret_key_id IS NULL) = (sealed_secret IS NULL)",
            name=op.f("ck_alert_destinations_one_secret"),
        ),
        sa.CheckConstraint("(kind = 'email') = (url IS NULL)", name=op.f("ck_alert_destinations_url")),
        sa.PrimaryKeyConstraint("id", name="pk_alert_destinations"),
        sa.UniqueConstraint("workspace_id", "name", name="uq_alert_destinations_workspace_id_name"),
        comment="Where alerts are told. The secret signs a webhook's events, is a Slack address, and is empty for mails."
        " Written by auricle_records.alerts.",
    )


def _alerts() -> None:
    op.create_table(
        "alerts",
        text("workspace_id"),
        text("id"),
        text("rule_id"),
        text("rule"),
        text("measure"),
        text("severity"),
        text("state", default="open"),
        sa.Column("first", JSONB(), nullable=False),
        sa.Column("last", JSONB(), nullable=False),
        moment("opened_at"),
        moment("seen_at"),
        text("acknowledged_by_name", nullable=True),
        moment("acknowledged_at", nullable=True),
        text("closed_by_name", nullable=True),
        moment("closed_at", nullable=True),
        one_of("alerts", "measure", Measure),
        one_of("alerts", "severity", AlertSeverity),
        one_of("alerts", "state", AlertState),
        sa.CheckConstraint("(state = 'closed') = (closed_at IS NOT NULL)", name=op.f("ck_alerts_closed")),
        sa.CheckConstraint(
            "(state = 'acknowledged') <= (acknowledged_at IS NOT NULL)", name=op.f("ck_alerts_acknowledged")
        ),
        sa.PrimaryKeyConstraint("id", name="pk_alerts"),
        comment="What rang; it outlives its rule. Written by auricle_records.alerts.",
    )
    not_closed = sa.text("state <> 'closed'")
    op.create_index("uq_alerts_not_closed", "alerts", ["rule_id"], unique=True, postgresql_where=not_closed)
    op.create_index("ix_alerts_workspace_id_id", "alerts", ["workspace_id", "id"])
    op.create_index("ix_alerts_rule_id_id", "alerts", ["rule_id", "id"])


def _deliveries() -> None:
    table = "alert_deliveries"
    op.create_table(
        table,
        text("workspace_id"),
        text("id"),
        text("destination_id"),
        text("alert_id", nullable=True),
        text("event"),
        sa.Column("data", JSONB(), server_default=sa.text("'{}'::jsonb"), nullable=False),
        text("state", default="pending"),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        text("answer", nullable=True),
        sa.Column("told", ARRAY(sa.Text()), server_default=NO_WORDS, nullable=False),
        moment("next_at"),
        moment("created_at"),
        moment("sent_at", nullable=True),
        one_of(table, "event", AlertEvent),
        one_of(table, "state", ("pending", "sent", "dead")),
        sa.CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name=op.f("ck_alert_deliveries_sent")),
        sa.PrimaryKeyConstraint("id", name="pk_alert_deliveries"),
        sa.ForeignKeyConstraint(
            ["destination_id"], ["alert_destinations.id"], ondelete="CASCADE", name="fk_alert_deliveries_destination_id"
        ),
        sa.ForeignKeyConstraint(["alert_id"], ["alerts.id"], ondelete="CASCADE", name="fk_alert_deliveries_alert_id"),
        comment="One event to one destination; `told` are people who have its mail. Written by auricle_records.alerts.",
    )
    pending = sa.text("state = 'pending'")
    op.create_index("ix_alert_deliveries_due", table, ["workspace_id", "next_at"], postgresql_where=pending)
    for columns in (["workspace_id", "id"], ["destination_id"], ["alert_id"]):
        op.create_index(f"ix_{table}_{'_'.join(columns)}", table, columns)
