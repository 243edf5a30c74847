"""Shadows grow: new conversations, once they are judged, are judged by the version that is tried too. The feeder publishes their runs."""

from auricle_records.database import Database
from auricle_records.dry_runs import shadows


class Shadows:
    """Those of all workspaces."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def round(self) -> int:
        """How many conversations were taken up. Raises StoreUnavailable."""
        taken = 0
        for workspace in await self._db.workspaces():
            for shadow in await shadows.open_ones(self._db, workspace):
                taken += len(await shadows.follow(self._db, workspace, shadow))
        return taken
