"""What is hidden on the page, in its sound and in the report; who may look presses a button, and the gateway writes it down."""

import re
from collections.abc import AsyncIterator
from html import unescape
from typing import Any

import httpx
import pytest
from auricle_contracts import Scope
from integration.console.browsing import OWN, browsing
from integration.gateway.conftest import Door, running
from integration.gateway.posted import post_chat
from integration.masking.test_routes import KEY, judged_call, leaks


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
        for path in (f"/conversations/{call}", f"/report?ids={call}", "/conversations"):
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
    assert f'src="/conversations/{call}/recording?seekable=true"' in shown.text
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


def said_about_hiding(html: str) -> str:
    """The sentence under the heading."""
    found = re.search(
        r'<aside id="masking" class="notice note masked" popover>(.*?)(?:<form|</aside>)', html, re.DOTALL
    )
    return " ".join(unescape(found[1]).split()) if found else ""


CUSTOMER = {"id": "customer", "role": "customer", "name": "Зинаида Крылова", "reference": "+79161234567"}
AGENT = {"id": "agent", "role": "agent", "name": "Ольга"}


async def test_the_sentence_says_exactly_what_is_hidden_of_a_call(
    door: Door, holder: httpx.AsyncClient, reader: httpx.AsyncClient, call: str
) -> None:
    page = f"/conversations/{call}"
    hidden = "Personal data is hidden in the text; the recording has a tone in its place."
    assert said_about_hiding((await reader.get(page)).text) == hidden, "nobody said who the customer is"
    changed = await door.ours.patch(f"/v1{page}", json={"participants": [AGENT, CUSTOMER]})
    assert changed.status_code == 200
    seen, unseen = (await holder.get(page)).text, (await reader.get(page)).text
    assert said_about_hiding(unseen) == f"{hidden} The customer's name is hidden."
    assert said_about_hiding(seen) == f"{hidden} The customer's name came with the conversation, and this key sees it."
    for html in (
        unseen,
        (await reader.get("/conversations")).text,
        (await reader.get(f"/report?ids={call}", timeout=60)).text,
    ):
        assert "Крылова" not in html
        assert "9161234567" not in html
    assert "Крылова" in seen


async def test_a_chat_has_no_sound_to_speak_of(door: Door, reader: httpx.AsyncClient) -> None:
    turns = [{"participant": "customer", "text": "Мой номер 8 916 123-45-67, перезвоните"}]
    chat = await post_chat(door.ours, participants=[AGENT, {"id": "customer", "role": "customer"}], turns=turns)
    assert (
        said_about_hiding((await reader.get(f"/conversations/{chat}")).text) == "Personal data is hidden in the text."
    )
    turns = [{"participant": "customer", "text": "Сколько стоит доставка?"}]
    nothing = await post_chat(door.ours, participants=[AGENT, {"id": "customer", "role": "customer"}], turns=turns)
    assert said_about_hiding((await reader.get(f"/conversations/{nothing}")).text) == "", "nothing is hidden there"
