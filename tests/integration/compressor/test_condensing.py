"""The way through the model, over HTTP on both sides: off unless asked for, and a model that fails changes nothing."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest
from auricle_compressor.app import create_app
from auricle_compressor.settings import CompressorSettings
from auricle_compressor.wiring import wire
from auricle_contracts import CompressRequest, Digest, Level, Meaning, Role, Transcript
from auricle_samples.planted import planted_call
from fixtures.scripted_model import Scripted, served

CALL = planted_call(3, "dev", "plain").transcript()


@pytest.fixture(scope="module")
def scripted() -> Iterator[tuple[str, Scripted]]:
    with served() as server:
        yield server


@asynccontextmanager
async def compressor(url: str, model: str) -> AsyncIterator[httpx.AsyncClient]:
    settings = CompressorSettings.model_validate(
        {"prompts_dir": Path("prompts"), "model_url": url, "condense_model": model}
    )
    async with wire(settings) as parts:
        transport = httpx.ASGITransport(app=create_app(parts))
        async with httpx.AsyncClient(transport=transport, base_url="http://compressor") as client:
            yield client


async def digest(client: httpx.AsyncClient, transcript: Transcript = CALL, **asked: object) -> Digest:
    request = CompressRequest.model_validate({"transcript": transcript, "level": Level.HARD, **asked})
    reply = await client.post("/v1/compress", json=request.model_dump(mode="json"))
    return Digest.model_validate_json(reply.raise_for_status().content)


async def test_only_who_asks_gets_lines_of_the_model(scripted: tuple[str, Scripted]) -> None:
    url, memory = scripted
    async with compressor(url, "judge") as client:
        plain = await digest(client)
        asked = memory.asked.total()
        assert asked == 0
        condensed, again = await asyncio.gather(*(digest(client, meaning=Meaning.MODEL) for _ in range(2)))
    assert condensed == again
    added = [line for line in condensed.lines if line.role is Role.UNKNOWN]
    assert [line.text for line in added] == ["(Ответ по сценарию, без рассуждений)"]
    assert [line for line in condensed.lines if line not in added] == list(plain.lines)
    assert set(added[0].turns) <= {one.turn for one in condensed.dropped}
    assert "condense@" in condensed.version
    assert "condense@" not in plain.version


@pytest.mark.parametrize("model", ["hopeless", "nobody", "busy"])
async def test_a_model_that_fails_changes_nothing(scripted: tuple[str, Scripted], model: str) -> None:
    async with compressor(scripted[0], model) as client:
        plain, condensed = await digest(client), await digest(client, meaning=Meaning.MODEL)
    assert condensed.lines == plain.lines


async def test_without_a_model_the_digest_is_extractive() -> None:
    async with compressor("", "") as client:
        assert await digest(client, meaning=Meaning.MODEL) == await digest(client)
