"""What operators watch: measured by every keeper, since each is scraped on its own."""

from collections import Counter

from auricle_contracts import STREAMS, Step, dead_stream
from auricle_contracts.review import ReviewReason
from auricle_kit import metrics
from auricle_records.database import Database
from auricle_records.review import queries
from auricle_records.runs import measure
from auricle_streams import Streams

LENGTH = metrics.gauge("auricle_queue_length", "Entries of a stream, waiting and in flight.", ("stream",))
OLDEST = metrics.gauge("auricle_queue_oldest_seconds", "Age of a stream's oldest entry, 0 when empty.", ("stream",))
UNREADABLE = metrics.gauge("auricle_queue_unreadable", "Entries that nobody could read, in <stream>:dead.", ("stream",))
DEAD = metrics.gauge("auricle_dead_runs", "Runs past their limit, waiting for a person.", ("step",))
UNSENT = metrics.gauge("auricle_outbox_unsent", "Events not yet delivered.")
LAG = metrics.gauge("auricle_outbox_lag_seconds", "Age of the oldest undelivered event, 0 without one.")
REVIEW = metrics.gauge("auricle_review_waiting", "Conversations that wait for a person, by reason.", ("reason",))


class Gauges:
    """Queue, dead runs, outbox, review."""

    def __init__(self, db: Database, streams: Streams) -> None:
        self._db = db
        self._streams = streams

    async def round(self) -> int:
        """Always 0: nothing was done. Raises StoreUnavailable, QueueUnavailable."""
        await self._outbox_and_dead_runs()
        await self._review()
        for stream in STREAMS.values():
            LENGTH.labels(stream).set(await self._streams.length(stream))
            OLDEST.labels(stream).set((await self._streams.oldest_age_ms(stream) or 0) / 1000)
            UNREADABLE.labels(stream).set(await self._streams.length(dead_stream(stream)))
        return 0

    async def _outbox_and_dead_runs(self) -> None:
        dead: Counter[Step] = Counter()
        unsent, lag_s = 0, 0.0
        for workspace in await self._db.workspaces():
            measured = await measure(self._db, workspace)
            dead.update(measured.dead_runs)
            unsent += measured.unsent_events
            lag_s = max(lag_s, measured.unsent_age_s)
        for step in Step:
            DEAD.labels(step).set(dead[step])
        UNSENT.set(unsent)
        LAG.set(lag_s)

    async def _review(self) -> None:
        waiting: Counter[ReviewReason] = Counter()
        for workspace in await self._db.workspaces():
            waiting.update(await queries.waiting(self._db, workspace))
        for reason in ReviewReason:
            REVIEW.labels(reason).set(waiting[reason])
