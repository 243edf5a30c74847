"""The knowledge base by the page, over the real gateway: documents in, passages by their anchors, what is stale and what is missing."""

import re
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from integration.console.browsing import OWN, browsing
from integration.gateway import outcomes
from integration.gateway.conftest import Door
from integration.gateway.posted import post_chat
from integration.gateway.test_knowledge import ARTICLES, RETURNS
from integration.gateway.test_stale_findings import citing, passages

LIST = "/knowledge"


@pytest.fixture
async def manager(door: Door) -> AsyncIterator[httpx.AsyncClient]:
    async with browsing(door, door.ours) as browser:
        yield browser


async def read(browser: httpx.AsyncClient, address: str) -> str:
    reply = await browser.get(address)
    assert reply.status_code == 200, reply.text
    return reply.text


async def send(browser: httpx.AsyncClient, address: str, files: Any = None, **form: str) -> httpx.Response:
    token = re.search(r'name="form_token" value="([0-9a-f]+)"', await read(browser, LIST))
    assert token
    return await browser.post(address, data={"form_token": token[1]} | form, files=files, headers=OWN)


def document(name: str, text: str) -> list[tuple[str, tuple[str, bytes]]]:
    return [("files", (name, text.encode()))]


async def test_documents_come_in_and_are_read_by_passage_version_and_words(manager: httpx.AsyncClient) -> None:
    kept = await send(manager, LIST, document("Returns.md", RETURNS))
    assert "version 1, passages: 3" in kept.text
    changed = await send(manager, LIST, document("returns.md", RETURNS.replace("тридцать", "сорок")), note="longer <b>")
    assert "version 2" in changed.text
    address = re.search(rf'href="({LIST}/[^"]+)">Возврат товара</a>:', changed.text)
    assert address
    html = await read(manager, address[1])
    assert 'id="p3" class="passage"' in html
    assert "сорок дней" in html
    assert "longer &lt;b&gt;" in html
    old = await read(manager, f"{address[1]}?version=1")
    assert "тридцать дней" in old
    assert "earlier version" in old
    found = await read(manager, f"{LIST}?search=четырнадцати")
    assert re.search(rf'href="{address[1]}\?version=2#p1"', found)
    assert "<mark>четырнадцати</mark>" in found
    retired = await send(manager, f"{address[1]}/state", state="retired")
    assert retired.status_code == 303
    assert "Take the article back" in await read(manager, address[1])
    assert "returns" in await read(manager, f"{LIST}?state=retired")


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("virus.exe", "x", "not taken"),
        ("возврат.md", "Возврат", "say what the article is called"),
        ("scan.pdf", "%PDF", "cannot be read"),
    ],
)
async def test_what_is_refused_says_why(manager: httpx.AsyncClient, name: str, text: str, told: str) -> None:
    refused = await send(manager, LIST, document(name, text))
    assert refused.status_code == 200
    assert told in refused.text, re.search(r'class="warn">[^<]*', refused.text)


async def test_a_finding_leads_to_its_passage_and_once_stale_is_judged_again(
    door: Door, manager: httpx.AsyncClient
) -> None:
    headers = {"Content-Type": "text/markdown"}
    view = (await door.ours.post(ARTICLES, params={"reference": "cited"}, headers=headers, content=RETURNS)).json()
    conversation = await post_chat(door.ours)
    finding = citing(view, (await passages(door.ours, view))[1])
    await outcomes.judge(door, conversation, findings=(finding,))
    html = await read(manager, f"/conversations/{conversation}")
    link = re.search(rf'href="({LIST}/{view["id"]}\?version=1#p2)"', html)
    assert link
    assert 'id="p2"' in await read(manager, link[1].partition("#")[0])
    assert "No finding is out of date" in await read(manager, f"{LIST}/stale")
    await send(manager, f"{LIST}/{view['id']}/state", state="retired")
    assert "the article is retired" in await read(manager, f"{LIST}/stale")
    again = await send(manager, f"{LIST}/stale", article=view["id"])
    assert "Sent to be judged: 1" in again.text
    assert "sent before: 1" in (await send(manager, f"{LIST}/stale", article=view["id"])).text


async def test_classes_without_an_article_are_listed(manager: httpx.AsyncClient) -> None:
    html = await read(manager, f"{LIST}/gaps")
    assert "no article is named" in html
    assert "Blames the customer" in html
