"""One agent's page, over the real gateway: an agent reads and acknowledges, a manager sees that; neither sees what is not theirs."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import httpx
import pytest
from auricle_contracts import Scope
from integration.console.browsing import browsing
from integration.console.test_appeals import send, signed_in
from integration.gateway import outcomes
from integration.gateway.conftest import Door
from integration.gateway.posted import PEOPLE, post_chat

Pair = tuple[httpx.AsyncClient, httpx.AsyncClient]


@pytest.fixture(scope="module")
async def pair(door: Door) -> AsyncIterator[Pair]:
    """An agent's browser, and a quality manager's."""
    async with AsyncExitStack() as stack:
        olga = await stack.enter_async_context(signed_in(door, "olga", "agent", "V-1"))
        quinn = await stack.enter_async_context(signed_in(door, "quinn-of-pages", "quality_manager"))
        yield olga, quinn


async def judged(door: Door, reference: str) -> tuple[str, str]:
    agent = {"id": "agent", "role": "agent", "reference": reference}
    conversation = await post_chat(door.ours, participants=[agent, PEOPLE[1]])
    return conversation, f"{await outcomes.judge(door, conversation, findings=(outcomes.FINDING,))}.0"


async def test_an_agent_reads_the_own_page_and_acknowledges(door: Door, pair: Pair) -> None:
    olga, quinn = pair
    conversation, finding = await judged(door, "V-1")
    _, other = await judged(door, "V-2")
    html = (await olga.get("/me")).text
    assert 'aria-current="page"' in html.partition('href="/me"')[2][:200], "the rail knows where one is"
    assert "All judged criteria" in html
    assert "Доставка стоит триста рублей" in html, "a quote"
    assert "not acknowledged: 1 of 1" in html
    assert f'href="/conversations/{conversation}#c-finding-{finding}"' in html, "from where it is contested"
    assert other not in html
    assert "style=" not in html
    told = await send(olga, f"/conversations/{conversation}/findings/{finding}/acknowledgement")
    assert (told.status_code, told.headers["location"]) == (303, f"/me#f-{finding}")
    assert "not acknowledged: 0 of 1" in (await olga.get("/me")).text
    await send(olga, f"/conversations/{conversation}/appeals", finding=finding, text="Not so.")
    html = (await olga.get("/me")).text
    assert "Rudeness</a> <span" in html.partition('<h2 id="appeals"')[2], "the own appeal and its state"
    seen = (await quinn.get("/agents/V-1")).text
    assert "olga" in seen
    assert "I have read this" not in seen, "nobody acknowledges for another"
    assert "Rudeness</a> <span" in seen.partition('<h2 id="appeals"')[2]


async def test_colleagues_pages_are_not_there(pair: Pair) -> None:
    olga, quinn = pair
    assert (await olga.get("/agents/V-2")).status_code == 404
    assert (await quinn.get("/agents/V-2")).status_code == 200
    assert (await quinn.get("/agents/no-such")).status_code == 404
    assert "not linked to an agent" in (await quinn.get("/me")).text


async def test_a_key_is_nobody(door: Door) -> None:
    async with await door.client("ours", Scope.READ, Scope.APPEAL) as key, browsing(door, key) as browser:
        html = (await browser.get("/me")).text
        assert "has no page of its own" in html
        assert 'class="section " href="/me"' not in html
