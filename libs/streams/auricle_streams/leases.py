"""Leases of stream entries: renewed, released, listed under a consumer's name, and lost without a commit.

In production the parent process renews (`supervisor`), since a child that burns the GIL cannot; in tests and small processes a
task beside the work does (`OwnLeases`).
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol, Self

from auricle_contracts import GROUP
from auricle_kit import log
from redis.exceptions import ResponseError

from auricle_streams.answering import answering, no_group
from auricle_streams.delivery import Delivery, LeasePolicy, Why, reserved
from auricle_streams.errors import QueueUnavailable
from auricle_streams.streams import Streams

OnLost = Callable[[str], None]
AT_ONCE_MS = 86_400_000
"""The idle time given to an entry that the next worker may take without waiting for a lease to run out."""
logger = log.get("streams.leases")


class Claims:
    """The entries of one consumer, by its name alone: a supervisor renews and releases for its child. Raises QueueUnavailable."""

    def __init__(self, streams: Streams, consumer: str) -> None:
        self._streams = streams
        self.consumer = consumer

    async def renew(self, stream: str, entry_ids: Sequence[str]) -> set[str]:
        """Start these leases anew; returns the entries that are not ours any more."""
        with answering():
            lost = await self._streams.scripts.renew(keys=[stream], args=[GROUP, self.consumer, *entry_ids])
        return {entry_id.decode() for entry_id in lost}

    async def release(self, stream: str, entry_ids: Sequence[str], why: Why, cause: str = "") -> int:
        """Give away those that are still ours, with the reason; a failed one rests for a lease, the others can be taken at once."""
        idle_ms = 0 if why is Why.FAILED else AT_ONCE_MS
        arguments = [GROUP, self.consumer, reserved(why, cause), idle_ms, *entry_ids]
        with answering():
            return int(await self._streams.scripts.release(keys=[stream], args=arguments))

    async def pending(self, stream: str) -> list[str]:
        """Every entry that Redis counts as ours (10,000 at most); [] when there is no group."""
        try:
            with answering():
                found = await self._streams.redis.xpending_range(stream, GROUP, "-", "+", 10_000, self.consumer)
        except ResponseError as error:
            if no_group(error):
                return []
            raise
        return [entry["message_id"].decode() for entry in found]


class Leases(Protocol):
    """The worker's view of its leases. Calls return at once and never fail."""

    @property
    def consumer(self) -> str:
        """The name under which the worker must consume."""
        ...

    @property
    def policy(self) -> LeasePolicy: ...

    def hold(self, delivery: Delivery) -> None:
        """Renew this entry from now on; of one that was worked on: it is only held again."""
        ...

    def work(self, entry_id: str) -> None:
        """The item is being worked on: a crash is charged to it, and the deadline runs. Told when the loop has turned once."""
        ...

    def drop(self, entry_id: str) -> None:
        """Stop renewing: finished, handed back or lost."""
        ...

    def on_lost(self, call: OnLost) -> None:
        """`call(entry_id)` when a renewal finds that the entry is not ours any more."""
        ...


@dataclass(slots=True)
class HeldEntry:
    """What the renewing side knows of an entry. `working_since_s` is monotonic, None while it is only held."""

    stream: str
    working_since_s: float | None = None


class Renewer:
    """The held entries, and one beat of renewal for all of them."""

    def __init__(self, streams: Streams, consumer: str, policy: LeasePolicy) -> None:
        self.claims = Claims(streams, consumer)
        self.policy = policy
        self.held: dict[str, HeldEntry] = {}
        self.lost: OnLost = lambda _: None

    def hold(self, stream: str, entry_id: str) -> None:
        """Renew from the next beat on."""
        self.held[entry_id] = HeldEntry(stream)

    def work(self, entry_id: str) -> None:
        """Start the item's clock."""
        if entry := self.held.get(entry_id):
            entry.working_since_s = time.monotonic()

    def drop(self, entry_id: str) -> None:
        """Forget the entry."""
        self.held.pop(entry_id, None)

    def overdue(self) -> list[str]:
        """Entries that have been worked on for longer than the deadline."""
        latest = time.monotonic() - self.policy.deadline_ms / 1000
        return [one for one, entry in self.held.items() if (entry.working_since_s or latest) < latest]

    async def beat(self) -> None:
        """Renew everything held, one script a stream. A Redis that does not answer is asked again at the next beat."""
        for stream in {entry.stream for entry in self.held.values()}:
            ids = [entry_id for entry_id, entry in self.held.items() if entry.stream == stream]
            try:
                lost = await self.claims.renew(stream, ids)
            except QueueUnavailable as error:
                logger.warning("renewal_failed", stream=stream, entries=len(ids), detail=error.detail)
                continue
            except Exception:
                logger.exception("renewal_crashed", stream=stream, entries=len(ids))
                continue
            for entry_id in lost & self.held.keys():
                logger.info("lease_gone", stream=stream, entry_id=entry_id)
                self.drop(entry_id)
                self.lost(entry_id)


class OwnLeases:
    """Renews by a task of this process: an async context manager. For tests and for handlers that never hold the GIL."""

    def __init__(self, streams: Streams, consumer: str, policy: LeasePolicy | None = None) -> None:
        self.consumer = consumer
        self.policy = policy or LeasePolicy()
        self._renewer = Renewer(streams, consumer, self.policy)
        self._task: asyncio.Task[None] | None = None

    def hold(self, delivery: Delivery) -> None:
        """See Leases."""
        self._renewer.hold(delivery.stream, delivery.entry_id)

    def work(self, entry_id: str) -> None:
        """See Leases."""
        self._renewer.work(entry_id)

    def drop(self, entry_id: str) -> None:
        """See Leases."""
        self._renewer.drop(entry_id)

    def on_lost(self, call: OnLost) -> None:
        """See Leases."""
        self._renewer.lost = call

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(beating(self._renewer.beat, self.policy.renew_ms / 1000))
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._task:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task


async def beating(beat: Callable[[], Awaitable[None]], every_s: float) -> None:
    """Calls `beat` every `every_s` until cancelled. One that fails is logged and the next one comes: silence would lose every lease."""
    while True:
        await asyncio.sleep(every_s)
        try:
            await beat()
        except Exception:
            logger.exception("beat_failed")
