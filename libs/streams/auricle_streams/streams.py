"""The publisher's side of the queue, and what operators and keeper ask of it. Redis carries ids and may forget them at any time."""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import Any

from auricle_contracts import GROUP, Message
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import ResponseError

from auricle_streams.answering import answering
from auricle_streams.delivery import encode
from auricle_streams.scripts import Scripts

MAX_BLOCK_MS = 2000
"""A blocking read longer than this would look like a dead connection to the socket's timeout."""


def _client(url: str, timeout_s: float, retries: int) -> Any:
    """Untyped on purpose: redis-py's annotations describe the replies of its blocking and its asyncio client at once."""
    return Redis.from_url(
        url, protocol=2, socket_timeout=timeout_s, socket_connect_timeout=timeout_s, retry=Retry(NoBackoff(), retries)
    )


class Streams:
    """One connection pool for commands, which are repeated once on a broken connection (every one of them may run twice), and one
    for reads, which are not. Every method raises QueueUnavailable when Redis does not answer.
    """

    def __init__(self, redis: Any, reading: Any) -> None:
        self.redis = redis
        self.reading = reading
        self.scripts = Scripts(redis)

    @classmethod
    @asynccontextmanager
    async def connect(cls, url: str, *, timeout_s: float = 5.0) -> AsyncIterator["Streams"]:
        """Open the pools (lazily: no command is sent) and close them at the end."""
        redis = _client(url, timeout_s, retries=1)
        reading = _client(url, timeout_s + MAX_BLOCK_MS / 1000, retries=0)
        try:
            yield cls(redis, reading)
        finally:
            await reading.aclose()
            await redis.aclose()

    async def publish(self, stream: str, message: Message) -> str:
        """XADD; the new entry's id."""
        with answering():
            added: bytes = await self.redis.execute_command("XADD", stream, "*", *encode(message))
        return added.decode()

    async def publish_under(self, stream: str, message: Message, cap: int) -> str | None:
        """XADD if the stream holds fewer than `cap` entries, in one script; None when it is full."""
        with answering():
            added: bytes | None = await self.scripts.publish_under(
                keys=[stream], args=[cap, message.run_id, message.traceparent]
            )
        return added.decode() if added else None

    async def publish_many_under(self, stream: str, messages: Sequence[Message], cap: int) -> list[str]:
        """As `publish_under`, for several in one trip: the entries of the first of them, as many as there was room for."""
        if not messages:
            return []
        words = [word for message in messages for word in (message.run_id, message.traceparent)]
        with answering():
            added: list[bytes] = await self.scripts.publish_many_under(keys=[stream], args=[cap, *words])
        return [entry.decode() for entry in added]

    async def ensure_group(self, stream: str) -> None:
        """Make the stream and its group, from id 0, unless they are there. Never from `$`: the backlog would be skipped."""
        try:
            with answering():
                await self.redis.xgroup_create(stream, GROUP, id="0", mkstream=True)
        except ResponseError as error:
            if not str(error).startswith("BUSYGROUP"):
                raise

    async def length(self, stream: str) -> int:
        """Waiting plus in flight."""
        with answering():
            return int(await self.redis.xlen(stream))

    async def oldest_age_ms(self, stream: str) -> int | None:
        """Age of the oldest entry by Redis's clock; None when the stream is empty."""
        with answering():
            oldest = await self.redis.xrange(stream, count=1)
            seconds, micros = await self.redis.time()
        if not oldest:
            return None
        return max(0, int(seconds) * 1000 + int(micros) // 1000 - int(oldest[0][0].partition(b"-")[0]))

    async def present(self, stream: str, entry_ids: Sequence[str]) -> set[str]:
        """Which of these entries the stream still has."""
        pipeline = self.redis.pipeline(transaction=False)
        for entry_id in entry_ids:
            pipeline.xrange(stream, entry_id, entry_id)
        with answering():
            found = await pipeline.execute()
        return {entry_id for entry_id, entries in zip(entry_ids, found, strict=True) if entries}

    async def drop(self, stream: str, entry_id: str) -> None:
        """Take a superfluous entry out, pending or not."""
        pipeline = self.redis.pipeline(transaction=True)
        pipeline.xack(stream, GROUP, entry_id)
        pipeline.xdel(stream, entry_id)
        with answering():
            await pipeline.execute()

    async def remove_idle_consumers(self, streams: Iterable[str], idle_ms: int = 3_600_000) -> int:
        """Remove consumers with nothing pending and `idle_ms` of silence, in one script a stream; how many went."""
        with answering():
            return sum([int(await self.scripts.remove_idle(keys=[one], args=[GROUP, idle_ms])) for one in streams])

    async def ping(self) -> None:
        """For readiness."""
        with answering():
            await self.redis.ping()
