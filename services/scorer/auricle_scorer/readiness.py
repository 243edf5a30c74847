"""Is everything there that an evaluation needs? HistoryLookup at in the background, because the worker's loop asks often."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from auricle_judging import ModelClient, ModelUnavailable, ServedModel
from auricle_kit import log

from auricle_scorer.neighbours import Neighbours

logger = log.get("scorer.readiness")
AWAKE_EVERY_S = 2.0
ASLEEP_EVERY_S = 0.5


class Readiness:
    """`waiting_for` is the word for `/readyz` and the worker's loop; `model` is what the server said last."""

    def __init__(self, model: ModelClient, neighbours: Neighbours) -> None:
        self._client = model
        self._neighbours = neighbours
        self.model: ServedModel | None = None
        self.waiting_for: str | None = "waiting_for_model"

    def ready(self) -> str | None:
        """None: take work."""
        return self.waiting_for

    async def checks(self) -> dict[str, str]:
        """For `/readyz`."""
        return {"dependencies": self.waiting_for or "ok"}

    async def look(self) -> None:
        """Ask everybody once."""
        before = self.waiting_for
        self.waiting_for = await self._look()
        if self.waiting_for != before:
            logger.info("readiness", waiting_for=self.waiting_for or "nothing")

    @asynccontextmanager
    async def watching(self) -> AsyncIterator["Readiness"]:
        """Look once, then again and again until the end."""
        await self.look()
        task = asyncio.create_task(self._watch())
        try:
            yield self
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(ASLEEP_EVERY_S if self.waiting_for else AWAKE_EVERY_S)
            await self.look()

    async def _look(self) -> str | None:
        if silent := await self._neighbours.silent():
            return f"waiting_for_{silent}"
        try:
            served = await self._client.served()
        except ModelUnavailable:
            return "waiting_for_model"
        if served is None:
            return "waiting_for_model"
        self.model = served
        return None
