"""Storage quota: a workspace that keeps as much as it may hands in nothing more, until something is deleted or expires."""

import time
from dataclasses import dataclass, field

from auricle_records import conversations, workspaces
from auricle_records.database import Database
from auricle_records.errors import QuotaExceeded

FRESH_SECONDS = 15.0


@dataclass(frozen=True)
class StorageQuota:
    """Bytes of recordings and texts that each workspace may keep; 0 is no limit. What was counted holds for FRESH_SECONDS."""

    db: Database
    most_bytes: int
    _counted: dict[str, tuple[int, float]] = field(default_factory=dict)

    async def check(self, workspace: str, idempotency_key: str | None = None) -> None:
        """Raises QuotaExceeded, but not for a request that was accepted before: it is answered again."""
        if self.most_bytes == 0:
            return
        used = await self._used(workspace)
        if used < self.most_bytes:
            return
        if idempotency_key is not None and await conversations.earlier(self.db, workspace, idempotency_key):
            return
        raise QuotaExceeded(
            f"the workspace keeps {used} bytes, it may keep {self.most_bytes}",
            action="Delete conversations, shorten the retention, or ask the operator for more.",
        )

    async def _used(self, workspace: str) -> int:
        used, until = self._counted.get(workspace, (0, 0.0))
        if time.monotonic() >= until:
            used = await workspaces.storage_bytes(self.db, workspace)
            self._counted[workspace] = used, time.monotonic() + FRESH_SECONDS
        return used
