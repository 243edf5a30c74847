"""What a consumer does with entries that it holds, by its name alone: so the supervisor can do it for its child."""

from collections.abc import Sequence

from auricle_contracts import GROUP
from redis.exceptions import ResponseError

from auricle_streams.answering import answering, no_group
from auricle_streams.delivery import Why, reserved
from auricle_streams.streams import Streams

AT_ONCE_MS = 86_400_000
"""The idle time given to an entry that the next worker may take without waiting for a lease to run out."""


class Claims:
    """Every method raises QueueUnavailable when Redis does not answer."""

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
