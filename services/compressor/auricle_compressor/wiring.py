"""Settings into parts: the only place where the compressor's parts are made."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import httpx
from auricle_criteria import Library
from auricle_judging import ModelClient, Retrying
from auricle_languages import Languages

from auricle_compressor.condenser import Condenser
from auricle_compressor.settings import CompressorSettings
from auricle_compressor.tokenizer import ApproximateCounter, ServedCounter, TokenCounter

ONCE = Retrying(attempts=1)  # a digest without its line is better than one that waits
PROMPT = "condense"


@dataclass(frozen=True)
class Parts:
    """What the routes need. Without a model nothing condenses."""

    languages: Languages
    counter: TokenCounter
    condenser: Condenser | None


@asynccontextmanager
async def wire(settings: CompressorSettings) -> AsyncIterator[Parts]:
    """The parts, closed at the end."""
    languages = Languages.load(settings.prompts_dir)
    async with AsyncExitStack() as stack:
        counter = await _counter(settings, stack)
        yield Parts(languages, counter, await _condenser(settings, languages, stack))


async def _counter(settings: CompressorSettings, stack: AsyncExitStack) -> TokenCounter:
    if not settings.model_url:
        return ApproximateCounter()
    client = httpx.AsyncClient(timeout=settings.tokenize_timeout_seconds, trust_env=False)
    await stack.enter_async_context(client)
    url = settings.model_url.rstrip("/").removesuffix("/v1") + "/tokenize"
    return ServedCounter(client, httpx.URL(url), settings.model_name, settings.tokenize_retry_seconds)


async def _condenser(settings: CompressorSettings, languages: Languages, stack: AsyncExitStack) -> Condenser | None:
    if not (settings.model_url and settings.condense_model):
        return None
    model = ModelClient(
        settings.model_url, settings.condense_model, api_key=settings.model_api_key.get_secret_value(),
        timeout_s=settings.condense_timeout_seconds, retrying=ONCE,
    )  # fmt: skip
    await stack.enter_async_context(model)
    return Condenser(Library.read(settings.prompts_dir).prompts[PROMPT], model, languages)
