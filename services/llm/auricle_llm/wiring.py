"""Settings become parts: the manifest, the engine, and a connection to it; an adapter that was published since becomes another engine.

llama.cpp takes adapters only when it starts, so a second engine starts beside the first, requests go to it, and the first ends with the
last request that it has. Nobody waits for a restart.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field

import httpx
from auricle_kit import log

from auricle_llm import engine, serving
from auricle_llm.errors import WeightsMissing
from auricle_llm.serving import Serving
from auricle_llm.settings import Settings

ANSWER_TIMEOUT_S = 600.0
logger = log.get("llm")


@dataclass
class Engine:
    """One llama.cpp with the adapters that it started with. `weights` are hashes by model name."""

    serving: Serving
    client: httpx.AsyncClient
    weights: Mapping[str, str]
    closing: AsyncExitStack
    waiting: int = 0
    replaced: bool = False

    @classmethod
    async def start(cls, settings: Settings) -> "Engine":
        """Loads what the folder holds now. Raises WeightsMissing."""
        manifest = serving.read(settings.judge_dir)
        weights = await asyncio.to_thread(serving.weights_of, settings.judge_dir, manifest)
        async with AsyncExitStack() as stack:
            running = engine.running(settings.judge_dir, manifest, settings)
            address = await asyncio.to_thread(running.__enter__)
            stack.push_async_callback(asyncio.to_thread, running.__exit__, None, None, None)
            client = await stack.enter_async_context(httpx.AsyncClient(base_url=address, timeout=ANSWER_TIMEOUT_S))
            return cls(manifest, client, weights, stack.pop_all())
        raise AssertionError("unreachable")

    async def leave(self) -> None:
        """One request less; a replaced engine ends with its last."""
        self.waiting -= 1
        if self.replaced and not self.waiting:
            await self.closing.aclose()


@dataclass
class Parts:
    """What the routes use. `context` is in tokens, for one request."""

    settings: Settings
    now: Engine
    changing: asyncio.Lock = field(default_factory=asyncio.Lock)

    @property
    def serving(self) -> Serving:
        """What is served now."""
        return self.now.serving

    @property
    def weights(self) -> Mapping[str, str]:
        """Hashes by model name."""
        return self.now.weights

    @property
    def context(self) -> int:
        """Tokens of one request."""
        return self.settings.llm_context

    @property
    def engine(self) -> httpx.AsyncClient:
        """For what is over at once."""
        return self.now.client

    def enter(self) -> Engine:
        """The engine of one request, which ends by `leave`."""
        self.now.waiting += 1
        return self.now

    async def look(self) -> None:
        """Take up what was published since. Where it cannot be loaded, what was served stays served."""
        if set(serving.published(self.settings.judge_dir)) <= set(self.serving.models):
            return
        async with self.changing:
            fresh = set(serving.published(self.settings.judge_dir)) - set(self.serving.models)
            if not fresh:
                return
            try:
                started = await Engine.start(self.settings)
            except WeightsMissing as error:
                logger.warning("adapters_not_taken_up", detail=error.detail)
                return
            before, self.now = self.now, started
            logger.info("adapters_taken_up", count=len(fresh))
            before.waiting += 1
            before.replaced = True
            await before.leave()


@asynccontextmanager
async def wire(settings: Settings) -> AsyncIterator[Parts]:
    """Load the weights and keep them until the end."""
    parts = Parts(settings, await Engine.start(settings))
    try:
        yield parts
    finally:
        await parts.now.closing.aclose()
