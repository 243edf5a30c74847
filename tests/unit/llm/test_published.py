"""An adapter that is laid beside the manifest while the server runs is served by its name, and nobody's answer is lost for it."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from auricle_llm import app, serving, wiring
from auricle_llm.settings import Settings

JUDGE = Path(__file__).parents[3] / "models" / "judge"
NAME = "judge-0123456789abcdef"
ASKED = {"messages": [{"role": "user", "content": "Сколько стоит окно?"}], "temperature": 0, "max_tokens": 24}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("base.gguf", "adapter.gguf", "serving.yaml"):
        (tmp_path / name).symlink_to(JUDGE / name)
    return tmp_path


@pytest.fixture
async def client(folder: Path) -> AsyncIterator[httpx.AsyncClient]:
    async with wiring.wire(Settings(judge_dir=folder)) as parts:
        transport = httpx.ASGITransport(app.create(parts))
        async with httpx.AsyncClient(transport=transport, base_url="http://llm", timeout=120) as client:
            yield client


def publish(folder: Path, name: str = NAME) -> None:
    target = folder / serving.PUBLISHED / name
    target.mkdir(parents=True)
    (target / serving.PUBLISHED_FILE).symlink_to(JUDGE / "adapter.gguf")


async def names(client: httpx.AsyncClient) -> list[str]:
    return [one["id"] for one in (await client.get("/v1/models")).json()["data"]]


async def ask(client: httpx.AsyncClient, model: str, **more: object) -> httpx.Response:
    return await client.post("/v1/chat/completions", json=ASKED | {"model": model} | more)


async def test_a_published_adapter_is_served_without_a_restart(client: httpx.AsyncClient, folder: Path) -> None:
    before = (await ask(client, "judge")).json()["choices"][0]["message"]["content"]
    assert (await ask(client, NAME)).status_code == 404
    long = asyncio.create_task(ask(client, "judge", max_tokens=200))
    await asyncio.sleep(0.05)
    publish(folder)
    reply = await ask(client, NAME)
    assert reply.status_code == 200, reply.text
    assert reply.json()["choices"][0]["message"]["content"] == before  # the same adapter under another name
    assert (await long).status_code == 200
    assert await names(client) == ["judge", "judge-base", NAME]


async def test_what_cannot_be_loaded_changes_nothing(client: httpx.AsyncClient, folder: Path) -> None:
    target = folder / serving.PUBLISHED / "judge-broken"
    target.mkdir(parents=True)
    (target / serving.PUBLISHED_FILE).write_bytes(b"GGUF" + b"\xff" * 64)
    assert (await ask(client, "judge-broken")).status_code == 404
    assert (await ask(client, "judge")).status_code == 200


def test_the_manifests_names_win_and_odd_folders_are_none(folder: Path) -> None:
    for name in ("judge", "Odd Name", NAME):
        publish(folder, name)
    read = serving.read(folder)
    assert set(read.models) == {"judge", "judge-base", NAME}
    assert read.models["judge"].adapter == "adapter.gguf"
