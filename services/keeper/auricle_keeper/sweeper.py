"""Runs whose entry Redis has forgotten (emptied, restarted from an old file): their row lets go of it, and the feeder publishes anew.

In two steps, row first: if the new entry came first, an idle worker would take it before the row knows it and drop it as foreign.
"""

from collections import defaultdict
from collections.abc import Sequence

from auricle_contracts import STREAMS
from auricle_records import runs
from auricle_records.database import Database
from auricle_records.runs import RunRow
from auricle_streams import Streams

PAGE = 500


class Sweeper:
    """Looks up every published run that has not changed for `after_s`."""

    def __init__(self, db: Database, streams: Streams, *, after_s: float) -> None:
        self._db = db
        self._streams = streams
        self._after_s = after_s

    async def round(self) -> int:
        """How many runs were let go. Raises StoreUnavailable, QueueUnavailable: no answer from Redis is not a forgotten entry."""
        let_go, after = 0, ""
        while page := await runs.forgotten(self._db, older_than_s=self._after_s, limit=PAGE, after=after):
            let_go += await self._let_go(page)
            after = page[-1].id
        return let_go

    async def _let_go(self, page: Sequence[RunRow]) -> int:
        by_stream: dict[str, list[RunRow]] = defaultdict(list)
        for run in page:
            by_stream[run.stream].append(run)
        let_go = 0
        for stream, published in by_stream.items():
            present = await self._streams.present(stream, [run.entry_id or "" for run in published])
            for run in published:
                if run.entry_id not in present:
                    let_go += await runs.set_entry(self._db, run.id, run.entry_id, None)
        return let_go


class IdleConsumers:
    """Names of workers that are long gone."""

    def __init__(self, streams: Streams, *, idle_s: float) -> None:
        self._streams = streams
        self._idle_ms = int(idle_s * 1000)

    async def round(self) -> int:
        """How many were removed. Raises QueueUnavailable."""
        return await self._streams.remove_idle_consumers(STREAMS.values(), self._idle_ms)
