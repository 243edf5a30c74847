"""Settings become parts: the manifest, the engine, and a connection to it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx

from auricle_llm import engine, serving
from auricle_llm.serving import Serving
from auricle_llm.settings import Settings

ANSWER_TIMEOUT_S = 600.0


@dataclass(frozen=True)
class Parts:
    """What the routes use. `context` is in tokens, for one request."""

    serving: Serving
    engine: httpx.AsyncClient
    context: int


@asynccontextmanager
async def wire(settings: Settings) -> AsyncIterator[Parts]:
    """Load the weights and keep them until the end."""
    manifest = serving.read(settings.judge_dir)
    with engine.running(settings.judge_dir, manifest, settings) as address:
        async with httpx.AsyncClient(base_url=address, timeout=ANSWER_TIMEOUT_S) as client:
            yield Parts(manifest, client, settings.llm_context)
