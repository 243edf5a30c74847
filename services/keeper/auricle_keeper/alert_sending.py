"""Deliveries of alerts: to webhooks and Slack by checked connections, to people by mail, until each has it; a test is tried once."""

import asyncio
from datetime import UTC, datetime

from auricle_contracts.alerts import AlertEvent, DestinationKind
from auricle_kit import log, metrics
from auricle_records import workspaces
from auricle_records.alerts import deliveries, destinations
from auricle_records.alerts.deliveries import DueAlert
from auricle_records.database import Database

from auricle_keeper import alert_messages
from auricle_keeper.mail import Mailer
from auricle_keeper.webhook import Attempt, Post, Sender, Verdict, retry_at

AT_ONCE = 16
HOLD_S = 900.0
KEEP_S = 90 * 86400.0
DELIVERIES = metrics.counter("auricle_alert_deliveries", "Attempts to tell of an alert.", ("kind", "verdict"))
logger = log.get("keeper.alerts")


class AlertDeliveries:
    """What is due, AT_ONCE of a workspace at a time. Without a `mailer` mails wait, and a test of one says so."""

    def __init__(self, db: Database, sender: Sender, mailer: Mailer | None, *, page_url: str) -> None:
        self._db = db
        self._sender = sender
        self._mailer = mailer
        self._page_url = page_url.rstrip("/")

    async def round(self) -> int:
        """How many were tried. Raises StoreUnavailable; what was sent then is sent again, under the same id."""
        tried = 0
        for workspace in await self._db.workspaces():
            due = await deliveries.claim(self._db, workspace, limit=AT_ONCE, hold_s=HOLD_S)
            if due:
                hosts = (await workspaces.get(self._db, workspace)).allowed_hosts
                await asyncio.gather(*(self._deliver(one, hosts) for one in due))
                await deliveries.prune(self._db, workspace, older_s=KEEP_S)
            tried += len(due)
        return tried

    async def _deliver(self, due: DueAlert, hosts: tuple[str, ...]) -> None:
        attempt = await self._mail(due) if due.kind is DestinationKind.EMAIL else await self._post(due, hosts)
        DELIVERIES.labels(due.kind, attempt.verdict).inc()
        logger.info("alert_told", delivery=due.id, kind=due.kind.value, verdict=attempt.verdict)
        if attempt.verdict is Verdict.SENT:
            await deliveries.sent(self._db, due, attempt.error)
            return
        again = retry_at(datetime.now(UTC), due.attempts, attempt.asked_s)
        retried = attempt.verdict is Verdict.RETRY and due.event is not AlertEvent.TEST
        await deliveries.failed(self._db, due, attempt.error, retry_at=again if retried else None)

    async def _post(self, due: DueAlert, hosts: tuple[str, ...]) -> Attempt:
        return await self._sender.post(lambda: self._made(due), hosts)

    def _made(self, due: DueAlert) -> Post:
        """Raises Unreadable, ValueError."""
        secret = self._sender.opened(due.secret, destinations.owner(due.workspace, due.destination_id))
        if due.kind is DestinationKind.SLACK:
            body = alert_messages.slack_body(due, self._page_url)
            return Post(secret, body, {"content-type": "application/json"})
        body = alert_messages.event_body(due, self._page_url)
        return Post(due.url or "", body, alert_messages.signed_headers(secret, due, body))

    async def _mail(self, due: DueAlert) -> Attempt:
        """To everybody who does not have it yet; the worst answer counts."""
        if self._mailer is None:
            return Attempt(Verdict.RETRY, "no mail server")
        to = await deliveries.recipients(self._db, due.workspace, due)
        attempts = [await self._mail_to(due, self._mailer, one) for one in to]
        failed = [one for one in attempts if one.verdict is not Verdict.SENT]
        waiting = [one for one in failed if one.verdict is Verdict.RETRY]
        if failed:
            return Attempt(
                (waiting or failed)[0].verdict, f"{(waiting or failed)[0].error}: {len(failed)} of {len(to)}"
            )
        count = len(due.told) + len(to)
        return Attempt(Verdict.SENT if count else Verdict.REFUSED, f"smtp 250: {count}" if count else "nobody")

    async def _mail_to(self, due: DueAlert, mailer: Mailer, one: deliveries.Recipient) -> Attempt:
        try:
            made = alert_messages.mail(due, one.email, sender=mailer.server.sender, page_url=self._page_url)
        except ValueError:
            return Attempt(Verdict.REFUSED, "not an address")
        attempt = await mailer.send(made)
        if attempt.verdict is Verdict.SENT:
            await deliveries.mark_told(self._db, due, one.id)
        return attempt
