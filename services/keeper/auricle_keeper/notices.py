"""Notices: what happened becomes a mail to whom it concerns, one for all that waits, sent until the mail server has it."""

from datetime import UTC, datetime

from auricle_kit import log, metrics
from auricle_records.database import Database
from auricle_records.notices import gathering, mailing
from auricle_records.notices.mailing import Letter

from auricle_keeper.letters import compose
from auricle_keeper.mail import Mailer
from auricle_keeper.webhook import Attempt, Verdict, retry_at

KEEP_S = 30 * 86400.0
"""How long a notice is kept after its event: longer than `gathering` looks back."""
HOLD_S = 900.0
"""How long what was claimed is held back: a keeper that dies in between sends it again after that, under the same Message-ID."""
MAILS = metrics.counter("auricle_mails", "Attempts to send a mail.", ("verdict",))
UNSENT = metrics.gauge("auricle_notices_unsent", "Notices that wait for their mail.")
logger = log.get("keeper.notices")


class Notices:
    """`gather_s` is how long a notice waits for others, `digest_s` how long findings do, `pause_s` the time between two mails to
    one person.
    """

    def __init__(
        self,
        db: Database,
        mailer: Mailer,
        *,
        page_url: str,
        language: str,
        gather_s: int,
        digest_s: int,
        pause_s: float,
    ) -> None:
        self._db = db
        self._mailer = mailer
        self._page_url = page_url.rstrip("/")
        self._language = language
        self._gather_s = gather_s
        self._digest_s = digest_s
        self._pause_s = pause_s

    async def round(self) -> int:
        """How many notices were made and mails tried. Raises StoreUnavailable; what was sent then is sent again, under the same id."""
        done, waiting = 0, 0
        for workspace in await self._db.workspaces():
            done += await gathering.gather(self._db, workspace, gather_s=self._gather_s, digest_s=self._digest_s)
            done += await self._send_due(workspace)
            waiting += await mailing.unsent(self._db, workspace)
            await mailing.prune(self._db, workspace, older_s=KEEP_S)
        UNSENT.set(waiting)
        return done

    async def _send_due(self, workspace: str) -> int:
        """How many mails were tried: none more after one that found no server, since each would wait for it as long."""
        tried = 0
        for letter in await mailing.claim(self._db, workspace, pause_s=self._pause_s, hold_s=HOLD_S):
            attempt = await self._send(letter)
            tried += 1
            if attempt.verdict is Verdict.RETRY and not attempt.error.startswith("smtp"):
                break
        return tried

    async def _send(self, letter: Letter) -> Attempt:
        attempt = await self._attempt(letter)
        MAILS.labels(attempt.verdict).inc()
        logger.info("mail_sent", person=letter.person_id, verdict=attempt.verdict, notices=len(letter.notices))
        if attempt.verdict is Verdict.SENT:
            await mailing.sent(self._db, letter)
            return attempt
        again = retry_at(datetime.now(UTC), letter.attempts, attempt.asked_s)
        retried = again if attempt.verdict is Verdict.RETRY else None
        await mailing.failed(self._db, letter, attempt.error, retry_at=retried)
        return attempt

    async def _attempt(self, letter: Letter) -> Attempt:
        try:
            mail = compose(letter, sender=self._mailer.server.sender, page_url=self._page_url, language=self._language)
        except ValueError:
            return Attempt(Verdict.REFUSED, "not an address")
        return await self._mailer.send(mail)
