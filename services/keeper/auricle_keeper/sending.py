"""The outbox: events that were committed with their cause, sent until the receiver has them."""

import asyncio
from datetime import UTC, datetime

from auricle_kit import log, metrics
from auricle_kit.sealing import Keyring
from auricle_records import outbox, webhooks, workspaces
from auricle_records.database import Database
from auricle_records.outbox import Due

from auricle_keeper.webhook import Sender, Verdict, retry_at

BATCH = 100
AT_ONCE = 16
HOLD_S = 120.0
"""Longer than a whole batch of deliveries that all time out."""
DELIVERIES = metrics.counter("auricle_webhook_deliveries", "Attempts to deliver an event.", ("verdict",))
logger = log.get("keeper.outbox")


class Outbox:
    """Every due delivery once a round, a few at once."""

    def __init__(self, db: Database, sender: Sender) -> None:
        self._db = db
        self._sender = sender

    async def round(self) -> int:
        """How many deliveries were tried. Raises StoreUnavailable; what was sent then is sent again, under the same id."""
        due = await outbox.due(self._db, limit=BATCH, hold_s=HOLD_S)
        hosts = {one: (await workspaces.get(self._db, one)).allowed_hosts for one in {row.workspace for row in due}}
        places = asyncio.Semaphore(AT_ONCE)

        async def deliver(delivery: Due) -> None:
            async with places:
                await self._deliver(delivery, hosts[delivery.workspace])

        async with asyncio.TaskGroup() as group:
            for delivery in due:
                group.create_task(deliver(delivery))
        return len(due)

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


class Secrets:
    """Webhook secrets that are plain, or under a key that no longer seals: from before there was a key, or a rotation."""

    def __init__(self, db: Database, keyring: Keyring) -> None:
        self._db = db
        self._keyring = keyring

    async def round(self) -> int:
        """How many were sealed. Raises StoreUnavailable."""
        sealed = 0
        for workspace in await self._db.workspaces():
            sealed += await webhooks.seal_secrets(self._db, workspace, self._keyring)
        if sealed:
            logger.info("webhook_secrets_sealed", count=sealed, key=self._keyring.seals_with)
        return sealed
