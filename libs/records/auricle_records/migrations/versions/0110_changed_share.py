"""A measure of alerts: how often people change what the machine said of conversations drawn at random."""

from alembic import op
from auricle_contracts.alerts import Measure

revision = "0110"
down_revision = "0104"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _measures(tuple(Measure))


def downgrade() -> None:
    op.execute("DELETE FROM alerts WHERE measure = 'changed_share'")
    op.execute("DELETE FROM alert_rules WHERE rule ->> 'measure' = 'changed_share'")
    _measures(tuple(measure for measure in Measure if measure != "changed_share"))


def _measures(measures: tuple[str, ...]) -> None:
    listed = ", ".join(f"'{measure}'" for measure in measures)
    op.drop_constraint(op.f("ck_alerts_measure"), "alerts", type_="check")
    op.create_check_constraint(op.f("ck_alerts_measure"), "alerts", f"measure IN ({listed})")
