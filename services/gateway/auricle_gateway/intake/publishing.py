"""Runs on their way to the streams, some at a time: behind the answer, since a run that is durable is fed by keeper in any case.

publish(run) ─► within BATCH_SECONDS: XADD each ─► one statement a workspace: which entry carries which run
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Self

from auricle_kit import log
from auricle_kit.errors import AuricleError
from auricle_records import runs
from auricle_records.database import Database
from auricle_records.runs import RunRow
from auricle_streams import Streams

logger = log.get("gateway.publishing")
BATCH_SECONDS = 0.01
PUBLISH_SECONDS = 2.0
MOST_WAITING = 10_000
"""More than that is left to keeper."""


class Publisher:
    """Never raises: what does not reach its stream is published by keeper."""

    def __init__(self, db: Database, streams: Streams, queue_cap: int) -> None:
        self._db, self._streams, self._cap = db, streams, queue_cap
        self._waiting: list[RunRow] = []
        self._task: asyncio.Task[None] | None = None

    @classmethod
    @asynccontextmanager
    async def running(cls, db: Database, streams: Streams, queue_cap: int) -> AsyncIterator[Self]:
        """A publisher that ends with nothing waiting."""
        publisher = cls(db, streams, queue_cap)
        try:
            yield publisher
        finally:
            if publisher._task is not None:
                await asyncio.wait([publisher._task])

    def publish(self, run: RunRow) -> None:
        """Soon."""
        if len(self._waiting) >= MOST_WAITING:
            return
        self._waiting.append(run)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._work())

    async def _work(self) -> None:
        while self._waiting:
            await asyncio.sleep(BATCH_SECONDS)
            batch, self._waiting = self._waiting, []
            try:
                async with asyncio.timeout(PUBLISH_SECONDS):
                    await self._publish(batch)
            except (AuricleError, TimeoutError) as error:
                logger.warning("publish_left_to_keeper", runs=len(batch), error_type=type(error).__name__)

    async def _publish(self, batch: Sequence[RunRow]) -> None:
        entries: dict[str, list[tuple[str, str]]] = {}
        try:
            for stream in {run.stream for run in batch}:
                ours = [run for run in batch if run.stream == stream]
                added = await self._streams.publish_many_under(stream, [run.message for run in ours], self._cap)
                for run, entry in zip(ours, added, strict=False):
                    entries.setdefault(run.workspace, []).append((run.id, entry))
        finally:
            for workspace, published in entries.items():
                await runs.record_entries(self._db, workspace, published)
