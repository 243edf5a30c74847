"""The outbox: events that were committed with their cause, sent until the receiver has them."""

import asyncio
from collections import Counter
from datetime import UTC, datetime

from auricle_kit import log, metrics
from auricle_kit.sealing import Keyring
from auricle_records import hooks, outbox, webhooks, workspaces
from auricle_records.alerts import destinations
from auricle_records.database import Database
from auricle_records.outbox import Due
from auricle_records.people import credentials

from auricle_keeper.webhook import Sender, Verdict, retry_at

BATCH = 100
AT_ONCE = 16
PER_ENDPOINT = 4
"""So that one receiver never fills all places: those of others stay free while it is slow or dead."""
LOOK_S = 0.2
LINGER_S = 1.0
"""How long a round waits for deliveries that are under way; the rest goes on beside the next rounds."""
HOLD_SLACK_S = 30.0
DELIVERIES = metrics.counter("auricle_webhook_deliveries", "Attempts to deliver an event.", ("verdict",))
logger = log.get("keeper.outbox")


class Outbox:
    """Deliveries of due events, at most AT_ONCE at once and PER_ENDPOINT to one receiver.

    A delivery is claimed only when it has a place, and is held for longer than it can take: no other keeper sends it meanwhile.
    """

    def __init__(self, db: Database, sender: Sender) -> None:
        self._db = db
        self._sender = sender
        self.hold_s = sender.total_seconds + HOLD_SLACK_S
        self._under_way: dict[asyncio.Task[None], str] = {}
        self._turn = 0

    async def round(self) -> int:
        """How many deliveries were begun. Raises StoreUnavailable; what was sent then is sent again, under the same id."""
        begun = 0
        lingered_s = 0.0
        while begun < BATCH and lingered_s < LINGER_S:
            claimed = await self._begin()
            begun += claimed
            if not self._under_way:
                break
            lingered_s += 0.0 if claimed else LOOK_S
            await asyncio.wait(self._under_way, timeout=LOOK_S)
            self._settle()
        return begun

    async def finish(self) -> None:
        """Return when nothing is under way; cancelled, it cuts off what still is."""
        try:
            if self._under_way:
                await asyncio.wait(self._under_way)
        finally:
            for task in self._under_way:
                task.cancel()
            await asyncio.gather(*self._under_way, return_exceptions=True)

    async def _begin(self) -> int:
        """Claim as many deliveries as there are free places, and start them."""
        free = AT_ONCE - len(self._under_way)
        if not free:
            return 0
        busy = [endpoint for endpoint, count in Counter(self._under_way.values()).items() if count >= PER_ENDPOINT]
        self._turn += 1
        due = await outbox.due(
            self._db, limit=free, hold_s=self.hold_s, per_endpoint=PER_ENDPOINT, busy=busy, turn=self._turn
        )
        hosts = {one: (await workspaces.get(self._db, one)).allowed_hosts for one in {row.workspace for row in due}}
        for delivery in due:
            task = asyncio.create_task(self._deliver(delivery, hosts[delivery.workspace]))
            self._under_way[task] = delivery.endpoint_id
        return len(due)

    def _settle(self) -> None:
        """Forget what has ended; the first error of those is raised."""
        ended = [task for task in self._under_way if task.done()]
        for task in ended:
            del self._under_way[task]
        for error in [task.exception() for task in ended]:
            if error is not None:
                raise error

    async def _deliver(self, delivery: Due, allowed_hosts: tuple[str, ...]) -> None:
        attempt = await self._sender.send(delivery, allowed_hosts)
        DELIVERIES.labels(attempt.verdict).inc()
        logger.info(
            "event_delivered", event_id=delivery.event_id, verdict=attempt.verdict, attempts=delivery.attempts + 1
        )
        if attempt.verdict is Verdict.SENT:
            await outbox.sent(self._db, delivery)
            return
        if attempt.verdict is Verdict.GONE:
            await webhooks.disable(self._db, delivery.workspace, delivery.endpoint_id)
        again = retry_at(datetime.now(UTC), delivery.attempts, attempt.asked_s)
        await outbox.failed(
            self._db, delivery, attempt.error, retry_at=again if attempt.verdict is Verdict.RETRY else None
        )


class SecretSealer:
    """Seals secrets of webhooks, hooks and alert destinations that are plain or under an older key: from before a key, or a rotation."""

    def __init__(self, db: Database, keyring: Keyring) -> None:
        self._db = db
        self._keyring = keyring

    async def round(self) -> int:
        """How many were sealed. Raises StoreUnavailable."""
        sealed = 0
        for workspace in await self._db.workspaces():
            sealed += await webhooks.seal_secrets(self._db, workspace, self._keyring)
            sealed += await credentials.reseal_factors(self._db, workspace, self._keyring)
            sealed += await hooks.seal_secrets(self._db, workspace, self._keyring)
            sealed += await destinations.seal_secrets(self._db, workspace, self._keyring)
        if sealed:
            logger.info("webhook_secrets_sealed", count=sealed, key=self._keyring.seals_with)
        return sealed
