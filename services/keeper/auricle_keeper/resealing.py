"""What is sealed under a key that no longer seals: sealed anew, a batch at a time, and counted until nobody needs the old key."""

from collections import Counter

from auricle_kit import log, metrics
from auricle_kit.sealing import Keyring
from auricle_records import hooks, masking, webhooks
from auricle_records.alerts import destinations
from auricle_records.database import Database
from auricle_records.people import credentials

BATCH = 100
SEALED = metrics.gauge(
    "auricle_sealed",
    "Reverse maps, secrets of webhooks and hooks, second factors of active workspaces, by the id of their key.",
    ("what", "key"),
)
UNREADABLE = metrics.counter("auricle_reseal_unreadable", "Reverse maps that their key did not open, each time tried.")
logger = log.get("keeper.resealing")


class ReverseMaps:
    """From before a rotation. A round does a batch of each workspace; what does not open is passed by until all were tried."""

    def __init__(self, db: Database, keyring: Keyring) -> None:
        self._db = db
        self._keyring = keyring
        self._after: dict[str, tuple[str, int]] = {}

    async def round(self) -> int:
        """How many were sealed anew. Raises StoreUnavailable."""
        done = 0
        for workspace in await self._db.workspaces():
            done += await self._batch(workspace)
        if done:
            logger.info("reverse_maps_sealed", count=done, key=self._keyring.seals_with)
        return done

    async def _batch(self, workspace: str) -> int:
        after = self._after.pop(workspace, None)
        batch = await masking.reseal(self._db, workspace, self._keyring, after=after, limit=BATCH)
        UNREADABLE.inc(batch.unreadable)
        if batch.last is not None:
            self._after[workspace] = batch.last
        return batch.done


class Keys:
    """How much each key still seals."""

    def __init__(self, db: Database, keyring: Keyring) -> None:
        self._db = db
        self._keyring = keyring

    async def round(self) -> int:
        """Always 0: nothing was done. Raises StoreUnavailable."""
        kinds = ("reverse_map", "webhook_secret", "hook_secret", "second_factor", "alert_secret")
        found = {what: Counter[str]() for what in kinds}
        for workspace in await self._db.workspaces():
            found["reverse_map"].update(await masking.counts_by_key(self._db, workspace))
            found["webhook_secret"].update(await webhooks.counts_by_key(self._db, workspace))
            found["hook_secret"].update(await hooks.counts_by_key(self._db, workspace))
            found["second_factor"].update(await credentials.counts_by_key(self._db, workspace))
            found["alert_secret"].update(await destinations.counts_by_key(self._db, workspace))
        SEALED.clear()
        for what, by_key in found.items():
            for key in {*by_key, *self._keyring.opens}:
                SEALED.labels(what, key).set(by_key[key])
        return 0
