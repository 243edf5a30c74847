"""The pages over the real gateway, on real stores: what it answers is what the page reads."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from auricle_console.app import create_app
from auricle_console.sessions import Sessions
from auricle_console.settings import ConsoleSettings
from auricle_console.wiring import Parts, templates
from integration.gateway import outcomes
from integration.gateway.conftest import Door, running
from integration.gateway.posted import post_call, post_chat

OWN = {"origin": "http://console"}


@pytest.fixture(scope="module")
async def door(
    module_postgres_url: str, redis_server: Any, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Door]:
    blobs = tmp_path_factory.mktemp("blobs")
    async with running(module_postgres_url, redis_server.url, blobs, rate_per_minute=0) as door:
        yield door


@pytest.fixture(scope="module")
async def call(door: Door) -> str:
    """A call, heard and judged."""
    conversation = await post_call(door.ours, external_id="call-84213", line="sales")
    await outcomes.hear(door, conversation)
    await outcomes.judge(door, conversation)
    return conversation


@pytest.fixture
async def browser(door: Door) -> AsyncIterator[httpx.AsyncClient]:
    """Logged in with a key of the first workspace."""
    settings = ConsoleSettings(gateway_url=door.url)
    async with httpx.AsyncClient(base_url=door.url) as client:
        transport = httpx.ASGITransport(create_app(Parts(settings, client, Sessions(b"secret", 3600), templates())))
        headers = {"accept": "text/html", "accept-language": "en"}
        async with httpx.AsyncClient(transport=transport, base_url="http://console", headers=headers) as browser:
            key = door.ours.headers["authorization"].removeprefix("Bearer ")
            assert (await browser.post("/login", data={"key": key}, headers=OWN)).status_code == 303
            yield browser


async def test_the_list_and_its_filters(browser: httpx.AsyncClient, door: Door, call: str) -> None:
    chat = await post_chat(door.ours)
    everything = (await browser.get("/")).text
    assert f'data-conversation="{call}"' in everything
    assert f'data-conversation="{chat}"' in everything
    narrowed = (await browser.get("/", params={"line": "sales", "since": "2020-01-01", "until": "2099-01-01"})).text
    assert f'data-conversation="{call}"' in narrowed
    assert f'data-conversation="{chat}"' not in narrowed
    assert (await browser.get("/", params={"since": "never"})).status_code == 422


async def test_a_conversation_with_everything(browser: httpx.AsyncClient, call: str) -> None:
    html = (await browser.get(f"/conversations/{call}")).text
    for expected in (
        outcomes.TEXT,
        "not applicable",
        "undetermined",
        'class="track',
        "sales@",
        "speech",
        "no price",
        "call-84213",
    ):
        assert expected in html, expected
    audio = await browser.get(f"/conversations/{call}/recording", headers={"range": "bytes=0-3"})
    assert (audio.status_code, audio.content) == (206, b"RIFF")


async def test_the_excel_file_comes_through(browser: httpx.AsyncClient, call: str) -> None:
    assert call
    answer = await browser.get("/export", params={"line": "sales"})
    assert (answer.status_code, answer.content[:2]) == (200, b"PK")


async def test_a_refused_file_is_a_page_that_says_why(browser: httpx.AsyncClient, call: str) -> None:
    refused = await browser.get("/export", params={"since": "never"})
    assert (refused.status_code, refused.headers["content-type"].split(";")[0]) == (422, "text/html")
    assert "invalid_request" in refused.text
    range_refused = await browser.get(f"/conversations/{call}/recording", headers={"range": "bytes=999999999-"})
    assert range_refused.status_code == 416


async def test_agents_dead_runs_and_queues(browser: httpx.AsyncClient, call: str) -> None:
    assert call
    assert "Ольга" in (await browser.get("/agents")).text
    assert (await browser.get("/dead")).status_code == 200
    assert "{auricle}:asr" in (await browser.get("/queues")).text


async def test_another_workspace_is_not_there(browser: httpx.AsyncClient, door: Door) -> None:
    foreign = await post_chat(door.theirs)
    for path in (f"/conversations/{foreign}", f"/conversations/{foreign}/recording", f"/report?ids={foreign}"):
        assert (await browser.get(path)).status_code == 404, path
    assert foreign not in (await browser.get("/")).text


async def test_the_report_of_a_real_conversation(browser: httpx.AsyncClient, call: str) -> None:
    answer = await browser.get("/report", params={"ids": call}, timeout=60)
    assert answer.status_code == 200
    assert "data:audio/ogg;base64," in answer.text
