"""The worker's side of the queue: take, finish, hand back. One consumer of the group `workers` over the two streams of a step."""

import asyncio
from collections import deque
from collections.abc import Sequence
from typing import Any

from auricle_contracts import GROUP, Message, Step, dead_stream, streams_of
from auricle_kit import log
from redis.exceptions import ResponseError

from auricle_streams.answering import answering, no_group
from auricle_streams.batch import Batch
from auricle_streams.delivery import Delivery, Fields, LeasePolicy, Why, decode, reclaimed
from auricle_streams.errors import QueueUnavailable
from auricle_streams.leases import Claims
from auricle_streams.streams import MAX_BLOCK_MS, Streams

RECLAIM_EVERY_S = 0.5
logger = log.get("streams.consumer")


class Consumer:
    """`name` must be unique among living workers. Every method raises QueueUnavailable when Redis does not answer."""

    def __init__(self, streams: Streams, step: Step, name: str, lease: LeasePolicy | None = None) -> None:
        self.streams = streams
        self.step = step
        self.name = name
        self.lease = lease or LeasePolicy()
        self.claims = Claims(streams, name)
        self._finish = Batch(streams.redis, streams.scripts.finish)
        self._sources = streams_of(step)
        self._held: set[str] = set()
        self._spare: deque[Delivery] = deque()
        self._next_reclaim_s: float | None = None

    async def take(self, block_ms: int) -> Delivery | None:
        """The next entry: reclaimed ones (looked for twice a second at most), then live, then backfill; None after `block_ms`."""
        taken = await self.take_many(1, block_ms)
        return taken[0] if taken else None

    async def take_many(self, count: int, block_ms: int) -> list[Delivery]:
        """Up to `count` entries in one round trip, in the same order. Waits 2 s at most, whatever `block_ms` says."""
        if self._spare:
            return [self._spare.popleft()]
        try:
            return await self._reclaim(count) or await self._read(count, min(block_ms, MAX_BLOCK_MS))
        except QueueUnavailable:
            self._rest_from_reclaiming()
            raise

    async def finish(self, delivery: Delivery, following: Sequence[tuple[str, Message]] = ()) -> list[str] | None:
        """One script: XACK and XDEL if the entry is still mine, then XADD the following messages.

        The new entries' ids; None when it was not mine any more, and then nothing was changed.
        """
        keys = [delivery.stream, *(stream for stream, _ in following)]
        messages = [part for _, message in following for part in (message.run_id, message.traceparent)]
        self._held.discard(delivery.entry_id)
        with answering():
            added: list[bytes] | None = await self._finish(
                keys=keys, args=[GROUP, self.name, delivery.entry_id, *messages]
            )
        return None if added is None else [entry_id.decode() for entry_id in added]

    async def hand_back(self, delivery: Delivery, why: Why = Why.RETURNED, cause: str = "") -> bool:
        """Give the entry away if it is still mine. It keeps its id and its place at the front, and XLEN does not change."""
        self._held.discard(delivery.entry_id)
        return bool(await self.claims.release(delivery.stream, [delivery.entry_id], why, cause))

    def forget(self, delivery: Delivery) -> None:
        """The entry was lost to another worker."""
        self._held.discard(delivery.entry_id)

    async def _reclaim(self, count: int) -> list[Delivery]:
        """Entries that were handed back, or whose lease ran out; they are older than everything unread."""
        if not await self._may_reclaim():
            return []
        for stream in self._sources:
            arguments = [GROUP, self.name, self.lease.lease_ms, count, *self._held]
            with answering():
                taken = await self.streams.scripts.reclaim(keys=[stream], args=arguments)
            if taken:
                return await self._accept(stream, taken)
        self._next_reclaim_s = asyncio.get_running_loop().time() + RECLAIM_EVERY_S
        return []

    async def _may_reclaim(self) -> bool:
        now = asyncio.get_running_loop().time()
        if self._next_reclaim_s is None:
            with answering():
                facts = await self.streams.redis.info("server")
            self._next_reclaim_s = now
            if int(facts["uptime_in_seconds"]) * 1000 < self.lease.lease_ms:
                self._rest_from_reclaiming()
        return now >= self._next_reclaim_s

    def _rest_from_reclaiming(self) -> None:
        """After Redis was away every lease looks run out: give the living workers one lease's time to renew."""
        self._next_reclaim_s = asyncio.get_running_loop().time() + self.lease.lease_ms / 1000

    async def _read(self, count: int, block_ms: int) -> list[Delivery]:
        for stream in self._sources:
            if found := await self._group_read(count, None, stream):
                return found
        found = await self._group_read(1, block_ms, *self._sources)
        self._spare.extend(found[1:])
        return found[:1]

    async def _group_read(self, count: int, block_ms: int | None, *sources: str) -> list[Delivery]:
        try:
            return await self._group_read_once(count, block_ms, sources)
        except ResponseError as error:
            if not no_group(error):
                raise
        for stream in self._sources:
            await self.streams.ensure_group(stream)
        return await self._group_read_once(count, block_ms, sources)

    async def _group_read_once(self, count: int, block_ms: int | None, sources: Sequence[str]) -> list[Delivery]:
        with answering():
            replies = await self.streams.reading.xreadgroup(
                GROUP, self.name, dict.fromkeys(sources, ">"), count=count, block=block_ms
            )
        found: list[Delivery] = []
        for name, entries in replies or ():
            rows = [(entry_id, _pairs(fields), None, 1) for entry_id, fields in entries]
            found += await self._accept(name.decode(), rows)
        return found

    async def _accept(self, stream: str, rows: Sequence[Sequence[Any]]) -> list[Delivery]:
        """Rows of (id, flat fields, former holder or None, deliveries) as deliveries; unreadable ones are buried."""
        found = []
        for raw_id, flat, owner, times in rows:
            entry_id = raw_id.decode()
            message = decode(_mapping(flat))
            if message is None:
                await self._bury(stream, entry_id)
                continue
            self._held.add(entry_id)
            if owner is None:
                found.append(Delivery(stream, entry_id, message))
            else:
                found.append(reclaimed(stream, entry_id, message, int(times), owner.decode()))
        return found

    async def _bury(self, stream: str, entry_id: str) -> None:
        logger.error("entry_unreadable", stream=stream, entry_id=entry_id)
        with answering():
            await self.streams.scripts.bury(
                keys=[stream, dead_stream(stream)], args=[GROUP, self.name, entry_id, "unreadable"]
            )


def _pairs(fields: Fields | None) -> list[bytes]:
    return [part for pair in (fields or {}).items() for part in pair]


def _mapping(flat: Sequence[bytes]) -> Fields:
    return dict(zip(flat[::2], flat[1::2], strict=True))
