"""Settings become parts: the manifest, the engine, and a connection to it."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx

from auricle_llm import engine, serving
from auricle_llm.serving import Serving
from auricle_llm.settings import Settings

ANSWER_TIMEOUT_S = 600.0


@dataclass(frozen=True)
class Parts:
    """What the routes use. `context` is in tokens, for one request; `weights` are hashes by model name."""

    serving: Serving
    engine: httpx.AsyncClient
    context: int
    weights: Mapping[str, str]


@asynccontextmanager
async def wire(settings: Settings) -> AsyncIterator[Parts]:
    """Load the weights and keep them until the end."""
    manifest = serving.read(settings.judge_dir)
    weights = await asyncio.to_thread(serving.weights_of, settings.judge_dir, manifest)
    with engine.running(settings.judge_dir, manifest, settings) as address:
        async with httpx.AsyncClient(base_url=address, timeout=ANSWER_TIMEOUT_S) as client:
            yield Parts(manifest, client, settings.llm_context, weights)
