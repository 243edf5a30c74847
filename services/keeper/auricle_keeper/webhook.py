"""One delivery of one event, as Standard Webhooks has it: signed, with an id that stays the same over all retries."""

import asyncio
import random
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum

import httpx
from auricle_contracts.webhooks import signing_key
from auricle_kit import egress, tracing
from auricle_kit.egress import FetchFailed, Policy, UrlRefused
from auricle_kit.sealing import Keyring, Owner, Sealed, Unreadable
from auricle_records import row_secrets, webhooks
from auricle_records.outbox import Due
from standardwebhooks.webhooks import Webhook

RETRY_AFTER_S = (5, 20, 120, 600, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400)
"""Waits before the 2nd, 3rd … attempt: about three days in all, then the delivery is dead."""
JITTER = 0.2
LONGEST_ASKED_S = 86_400
GONE = 410


class Verdict(StrEnum):
    """What an attempt came to."""

    SENT = "sent"
    RETRY = "retry"
    REFUSED = "refused"
    """our own check refuses the target: no retry helps until an operator changes it"""
    GONE = "gone"
    """410: the receiver wants no more"""


@dataclass(frozen=True, slots=True)
class Attempt:
    """`error` holds a status or an error's name, never what the receiver wrote. `asked_s` is its Retry-After."""

    verdict: Verdict
    error: str = ""
    asked_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Post:
    """What is posted where."""

    url: str
    body: str
    headers: Mapping[str, str]


class Sender:
    """Sends through egress's checked connections; each workspace's own list of hosts has a client of its own."""

    def __init__(
        self, policy: Policy, *, total_seconds: float, tls: ssl.SSLContext | None = None, keyring: Keyring | None = None
    ) -> None:
        self._policy = policy
        self._keyring = keyring
        self.total_seconds = total_seconds
        self._tls = tls or httpx.create_ssl_context(trust_env=False)
        self._clients: dict[frozenset[str], httpx.AsyncClient] = {}

    async def send(self, delivery: Due, allowed_hosts: tuple[str, ...]) -> Attempt:
        """One POST of an event; never raises."""
        with tracing.span("keeper webhook", delivery.traceparent, event_id=delivery.event_id):
            return await self.post(lambda: self._signed(delivery), allowed_hosts)

    async def post(self, make: Callable[[], Post], allowed_hosts: tuple[str, ...]) -> Attempt:
        """One POST of what `make` makes, which may raise Unreadable or ValueError; never raises itself."""
        try:
            async with asyncio.timeout(self.total_seconds):
                return await self._answer(make(), self._client(frozenset(allowed_hosts)))
        except UrlRefused as error:
            return Attempt(Verdict.REFUSED, error.detail)
        except (FetchFailed, httpx.HTTPError, TimeoutError, Unreadable) as error:  # a key that is missing may come back
            return Attempt(Verdict.RETRY, type(error).__name__)
        except (httpx.InvalidURL, ValueError) as error:
            return Attempt(Verdict.REFUSED, type(error).__name__)

    async def close(self) -> None:
        """All clients."""
        for client in self._clients.values():
            await client.aclose()

    def opened(self, secret: str | Sealed, whose: Owner) -> str:
        """A secret as it was kept. Raises Unreadable."""
        return row_secrets.opened(secret, self._keyring, whose)

    def _signed(self, delivery: Due) -> Post:
        body = delivery.event.model_dump_json(exclude_none=True)
        secret = self.opened(delivery.secret, webhooks.owner(delivery.workspace, delivery.endpoint_id))
        return Post(delivery.url, body, signed(secret, delivery.event_id, datetime.now(UTC), body))

    async def _answer(self, post: Post, client: httpx.AsyncClient) -> Attempt:
        # Streamed, so that an answer without end is not read.
        async with client.stream("POST", post.url, content=post.body, headers=post.headers) as response:
            return judged(response.status_code, response.headers.get("retry-after", ""))

    def _client(self, hosts: frozenset[str]) -> httpx.AsyncClient:
        if hosts not in self._clients:
            self._clients[hosts] = egress.client(self._policy.with_hosts(hosts), tls=self._tls)
        return self._clients[hosts]


def signed(secret: str, event_id: str, at: datetime, body: str) -> dict[str, str]:
    """The headers of an event. Raises ValueError on a secret that is none."""
    headers = {
        "content-type": "application/json",
        "webhook-id": event_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(signing_key(secret)).sign(event_id, at, body),
    }
    traceparent = tracing.traceparent()
    return headers | ({"traceparent": traceparent} if traceparent else {})


def judged(status: int, retry_after: str) -> Attempt:
    """What an answer means; a redirect is not followed and counts as a failure."""
    if 200 <= status < 300:
        return Attempt(Verdict.SENT, f"status {status}")
    asked_s = asked_seconds(retry_after, datetime.now(UTC))
    return Attempt(Verdict.GONE if status == GONE else Verdict.RETRY, f"status {status}", asked_s)


def asked_seconds(retry_after: str, now: datetime) -> float:
    """Seconds that a Retry-After asks for (RFC 9110: seconds or an HTTP date), 0 to LONGEST_ASKED_S; 0 where it is neither."""
    words = retry_after.strip()
    if words.isascii() and words.isdigit():
        return float(min(int(words[:9]), LONGEST_ASKED_S))
    try:
        at = parsedate_to_datetime(words)
    except ValueError:
        return 0.0
    moment = at if at.tzinfo else at.replace(tzinfo=UTC)
    return min(max(0.0, (moment - now).total_seconds()), float(LONGEST_ASKED_S))


def retry_at(now: datetime, failed_before: int, asked_s: float) -> datetime | None:
    """When to try again after one more failure: the schedule with jitter, no sooner than asked; None when it is over."""
    if failed_before >= len(RETRY_AFTER_S):
        return None
    wait_s = RETRY_AFTER_S[failed_before] * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311 - spreads load
    return now + timedelta(seconds=max(wait_s, asked_s))
