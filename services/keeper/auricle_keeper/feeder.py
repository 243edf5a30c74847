"""Runs that no entry carries: the stream was full, Redis was away, or the maker died between its commit and the XADD."""

from auricle_contracts import STREAMS, Priority, Step
from auricle_records import runs
from auricle_records.database import Database
from auricle_streams import Streams

BATCH = 200


class Feeder:
    """Fills each stream up to `cap` entries, live ones first, oldest runs first."""

    def __init__(self, db: Database, streams: Streams, *, cap: int, after_s: float) -> None:
        self._db = db
        self._streams = streams
        self._cap = cap
        self._after_s = after_s

    async def round(self) -> int:
        """How many runs were published. Raises StoreUnavailable, QueueUnavailable."""
        by_priority = sorted(STREAMS.items(), key=lambda item: item[0][1] is not Priority.LIVE)
        return sum([await self._feed(step, priority, stream) for (step, priority), stream in by_priority])

    async def _feed(self, step: Step, priority: Priority, stream: str) -> int:
        room = self._cap - await self._streams.length(stream)
        if room <= 0:
            return 0
        waiting = await runs.waiting(self._db, step, priority, limit=min(room, BATCH), older_than_s=self._after_s)
        fed = 0
        for run in waiting:
            entry_id = await self._streams.publish_under(stream, run.message, self._cap)
            if entry_id is None:
                break
            if await runs.set_entry(self._db, run.id, None, entry_id):
                fed += 1
            else:  # its maker, or a worker that adopted another entry, was quicker
                await self._streams.drop(stream, entry_id)
        return fed
