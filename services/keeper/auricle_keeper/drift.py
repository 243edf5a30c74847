"""Drift: whether people change what the machine says more often than they used to, measured over the random share of each workspace."""

from datetime import UTC, datetime, timedelta

from auricle_kit import log, metrics
from auricle_kit.sequential import watch
from auricle_records.analytics.reviewed import reviewed
from auricle_records.conversations import Filters
from auricle_records.database import Database

YEAR, MONTH = timedelta(days=366), timedelta(days=28)
REVIEWED = metrics.gauge("auricle_audited_reviewed", "Conversations drawn at random that people reviewed in 28 days.")
CHANGED = metrics.gauge("auricle_audited_changed", "Of those, conversations in which a person changed anything.")
DRIFTED = metrics.gauge("auricle_drift_workspaces", "Workspaces in which people change more than is usual (CUSUM).")
logger = log.get("keeper.drift")


class Drift:
    """The same test as that of GET /v1/drift."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def round(self) -> int:
        """Always 0: nothing was done. Raises StoreUnavailable."""
        now = datetime.now(UTC)
        lately, changed, drifted = 0, 0, 0
        for workspace in await self._db.workspaces():
            found = await reviewed(self._db, workspace, Filters(since=now - YEAR), audited=True)
            month = [one.is_changed for one in found if one.reviewed_at >= now - MONTH]
            lately += len(month)
            changed += sum(month)
            if watch([one.is_changed for one in reversed(found)]).signalled is not None:
                drifted += 1
                logger.info("drift_signalled", workspace=workspace, reviews=len(found))
        REVIEWED.set(lately)
        CHANGED.set(changed)
        DRIFTED.set(drifted)
        return 0
