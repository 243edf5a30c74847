"""Canaries that break answers are stopped, whoever is at home."""

from auricle_kit import log, metrics
from auricle_records import canaries
from auricle_records.canaries import figures
from auricle_records.canaries.figures import Broken
from auricle_records.database import Database

STOPPED = metrics.counter("auricle_canaries_stopped", "Canaries that stopped by themselves.")
logger = log.get("keeper.canaries")


class Canaries:
    """The one that runs in each workspace."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def round(self) -> int:
        """How many were stopped. Raises StoreUnavailable."""
        stopped = 0
        for workspace in await self._db.workspaces():
            running = await canaries.running(self._db, workspace)
            if running is None:
                continue
            told = await figures.broken(self._db, workspace, running.id)
            if told.certain and await canaries.stop(self._db, workspace, running.id, _why(told)):
                stopped += 1
                STOPPED.inc()
                logger.warning("canary_stopped", workspace=workspace, canary=running.id, n=told.canary.n)
        return stopped


def _why(told: Broken) -> str:
    return (
        f"undetermined: {told.canary.mean:.1f} % of answers in {told.canary.n} conversations,"
        f" {told.live.mean:.1f} % in {told.live.n} judged by what is live"
    )
