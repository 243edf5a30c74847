"""Alerts: every rule is looked at, and what rings or rings no more is kept with its deliveries."""

from datetime import UTC, datetime

from auricle_contracts.alerts import AlertRule, AlertSettings, AlertSeverity
from auricle_kit import log, metrics
from auricle_records.alerts import incidents, judging, measuring, rules, settings
from auricle_records.database import Database

OPEN = metrics.gauge("auricle_alerts_open", "Alerts that are not closed.", ("severity",))
logger = log.get("keeper.alerts")


class Alerts:
    """Rules of all workspaces, one after the other: one keeper looks at a time."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def round(self) -> int:
        """How many alerts opened or closed. Raises StoreUnavailable."""
        changed = 0
        open_ones = dict.fromkeys(AlertSeverity, 0)
        for workspace in await self._db.workspaces():
            chosen = None
            for rule in await rules.list_rules(self._db, workspace, active=True):
                chosen = chosen or await settings.get(self._db, workspace)
                changed += await self._look(workspace, rule, chosen)
            for severity, count in (await incidents.open_by_severity(self._db, workspace)).items():
                open_ones[AlertSeverity(severity)] += count
        for severity, count in open_ones.items():
            OPEN.labels(severity).set(count)
        return changed

    async def _look(self, workspace: str, rule: AlertRule, chosen: AlertSettings) -> int:
        now = datetime.now(UTC)
        last, before = await measuring.measure(self._db, workspace, rule, now=now)
        event = await incidents.observe(
            self._db,
            workspace,
            rule,
            measuring.reading(rule, last, before),
            ringing=judging.rings(rule, last, before),
            told_at=settings.told_at(now, chosen, urgent=rule.severity is AlertSeverity.URGENT),
        )
        if event is not None:
            logger.info("alert_changed", workspace=workspace, rule=rule.id, alert_event=event.value)
        return 0 if event is None else 1
