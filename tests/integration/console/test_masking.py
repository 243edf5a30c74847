"""What is hidden on the page, in its sound and in the report; who may look presses a button, and the gateway writes it down."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from auricle_console.app import create_app
from auricle_console.sessions import Sessions
from auricle_console.settings import ConsoleSettings
from auricle_console.wiring import Parts, templates
from auricle_contracts import Scope
from integration.gateway.conftest import Door, running
from integration.masking.test_routes import KEY, judged_call, leaks

OWN = {"origin": "http://console"}


@pytest.fixture(scope="module")
async def door(
    module_postgres_url: str, redis_server: Any, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Door]:
    blobs = tmp_path_factory.mktemp("blobs")
    async with running(module_postgres_url, redis_server.url, blobs, rate_per_minute=0, masking_keys=KEY) as door:
        yield door


@pytest.fixture(scope="module")
async def call(door: Door) -> str:
    return await judged_call(door)


@asynccontextmanager
async def browsing(door: Door, api: httpx.AsyncClient) -> AsyncIterator[httpx.AsyncClient]:
    """Logged in with this client's key."""
    settings = ConsoleSettings(gateway_url=door.url)
    async with httpx.AsyncClient(base_url=door.url, timeout=60) as client:
        app = create_app(Parts(settings, client, Sessions(b"secret", 3600), templates()))
        headers = {"accept": "text/html", "accept-language": "en"}
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://console", headers=headers) as browser:
            key = api.headers["authorization"].removeprefix("Bearer ")
            assert (await browser.post("/login", data={"key": key}, headers=OWN)).status_code == 303
            yield browser


@pytest.fixture
async def holder(door: Door) -> AsyncIterator[httpx.AsyncClient]:
    """May unmask."""
    async with browsing(door, door.ours) as browser:
        yield browser


@pytest.fixture
async def reader(door: Door) -> AsyncIterator[httpx.AsyncClient]:
    """May read only."""
    async with await door.client("ours", Scope.READ) as api, browsing(door, api) as browser:
        yield browser


def token(html: str) -> str:
    found: str = re.findall(r'name="form_token" value="([^"]+)"', html)[0]
    return found


async def test_the_page_and_the_report_hide_everything_from_everybody(
    holder: httpx.AsyncClient, reader: httpx.AsyncClient, call: str
) -> None:
    for browser in (holder, reader):
        for path in (f"/conversations/{call}", f"/report?ids={call}", "/"):
            html = (await browser.get(path, timeout=60)).text
            assert leaks(html) == [], path
        assert "[ТЕЛЕФОН_1]" in (await browser.get(f"/conversations/{call}")).text


async def test_one_hears_what_one_sees(holder: httpx.AsyncClient, reader: httpx.AsyncClient, call: str) -> None:
    """Who may unmask hears tones too until the page is unmasked; who may not hears them whatever is asked for."""
    assert f'src="/conversations/{call}/recording?masked=true"' in (await holder.get(f"/conversations/{call}")).text
    sounds = [
        await browser.get(f"/conversations/{call}/recording{query}", timeout=60)
        for browser, query in ((holder, ""), (holder, "?masked=true"), (reader, "?masked=true"), (reader, ""))
    ]
    assert [one.status_code for one in sounds] == [200] * 4
    raw, *toned = [one.headers["etag"] for one in sounds]
    assert raw not in toned
    assert len(set(toned)) == 1


async def test_the_button_shows_everything_and_the_look_is_audited(
    door: Door, holder: httpx.AsyncClient, call: str
) -> None:
    page = (await holder.get(f"/conversations/{call}")).text
    before = len((await door.ours.get("/v1/unmaskings")).json()["items"])
    shown = await holder.post(f"/conversations/{call}/unmasked", data={"form_token": token(page)}, headers=OWN)
    assert shown.status_code == 200
    assert "9014" in shown.text
    assert f'src="/conversations/{call}/recording"' in shown.text
    assert "written down" in shown.text
    items = (await door.ours.get("/v1/unmaskings")).json()["items"]
    assert {one["what"] for one in items[: len(items) - before]} == {"transcript", "evaluation"}


async def test_who_may_not_has_no_button_and_is_refused(reader: httpx.AsyncClient, call: str) -> None:
    page = (await reader.get(f"/conversations/{call}")).text
    assert "hidden" in page
    assert "/unmasked" not in page
    refused = await reader.post(f"/conversations/{call}/unmasked", data={"form_token": token(page)}, headers=OWN)
    assert refused.status_code == 403
    assert leaks(refused.text) == []


async def test_a_strangers_form_shows_nothing(door: Door, holder: httpx.AsyncClient, call: str) -> None:
    before = (await door.ours.get("/v1/unmaskings")).json()
    assert (
        await holder.post(f"/conversations/{call}/unmasked", data={"form_token": "x"}, headers=OWN)
    ).status_code == 403
    assert (await door.ours.get("/v1/unmaskings")).json() == before
