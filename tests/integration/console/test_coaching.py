"""Coaching by the page, over the real gateway: a manager gives a task and marks an example, the agent reads and finishes."""

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import httpx
import pytest
from integration.console.test_agent_page import Pair, judged
from integration.console.test_appeals import send, signed_in
from integration.gateway.conftest import Door

REFERENCE = "W-1"
LINK = re.compile(r'href="(/coaching/new\?[^"]+)"')


@pytest.fixture(scope="module")
async def pair(door: Door) -> AsyncIterator[Pair]:
    """An agent's browser, and a quality manager's."""
    async with AsyncExitStack() as stack:
        yield (
            await stack.enter_async_context(signed_in(door, "wera", "agent", REFERENCE)),
            await stack.enter_async_context(signed_in(door, "quinn-of-coaching", "quality_manager")),
        )


async def given(door: Door, pair: Pair) -> str:
    """The path of a task from a finding."""
    _, quinn = pair
    conversation, finding = await judged(door, REFERENCE)
    form = {
        "agent": REFERENCE,
        "conversation": conversation,
        "finding": finding,
        "text": "Softer.",
        "due": "2030-01-31",
    }
    return (await send(quinn, "/coaching", **form)).headers["location"]


async def test_a_manager_gives_a_task_from_the_agents_page(door: Door, pair: Pair) -> None:
    wera, quinn = pair
    conversation, finding = await judged(door, REFERENCE)
    assert "/coaching/new" not in (await wera.get("/me")).text
    links = [one.replace("&amp;", "&") for one in LINK.findall((await quinn.get(f"/agents/{REFERENCE}")).text)]
    assert any(f"finding={finding}" in one for one in links)
    assert any("criterion=politeness" in one for one in links), "from a quote too"
    (link,) = [one for one in links if f"finding={finding}" in one]
    form = (await quinn.get(link)).text
    assert "wera" in form
    assert "Rudeness" in form
    fields = {"agent": REFERENCE, "conversation": conversation, "finding": finding, "due": "2030-01-31"}
    refused = await send(quinn, "/coaching", **fields, text=" ")
    assert (refused.status_code, "say what is to be done" in refused.text) == (422, True)
    wrong = await send(quinn, "/coaching", **(fields | {"due": "soon"}), text="Softer.")
    assert (wrong.status_code, ">Softer.</textarea>" in wrong.text) == (422, True)
    kept = await send(quinn, "/coaching", **fields, text="Softer.")
    assert kept.status_code == 303
    task = (await quinn.get(kept.headers["location"])).text
    assert "Softer." in task
    assert "nothing to compare yet" in task
    assert "Softer." in (await wera.get("/me")).text


async def test_the_agent_reads_and_finishes(door: Door, pair: Pair) -> None:
    wera, quinn = pair
    task = await given(door, pair)
    html = (await wera.get("/coaching")).text
    assert 'aria-current="page"' in html.partition('href="/coaching"')[2][:200], "the rail knows where one is"
    assert f'action="{task}/acknowledgement"' in html
    assert f'action="{task}/withdrawal"' not in html
    assert (await send(wera, f"{task}/acknowledgement")).headers["location"] == task
    assert f'action="{task}/done"' in (await wera.get(task)).text
    assert (await send(wera, f"{task}/done")).status_code == 303
    assert "done" in (await quinn.get("/coaching", params={"state": "done"})).text
    assert task not in (await quinn.get("/coaching", params={"state": "open"})).text
    again = await send(wera, f"{task}/done")
    assert (again.status_code, "The task is done or withdrawn" in again.text) == (409, True)
    withdrawn = await given(door, pair)
    assert (await send(quinn, f"{withdrawn}/withdrawal")).status_code == 303


async def test_a_good_example_is_everybodys(door: Door, pair: Pair) -> None:
    wera, quinn = pair
    conversation, _ = await judged(door, REFERENCE)
    assert "Mark as a good example" in (await quinn.get(f"/agents/{REFERENCE}")).text
    marked = await send(quinn, "/coaching/examples", conversation=conversation, criterion="politeness", note="Short.")
    assert marked.headers["location"] == "/coaching/examples"
    html = (await wera.get("/coaching/examples", params={"criterion": "politeness"})).text
    assert "Доставка стоит триста рублей" in html
    assert "Short." in html
    assert conversation not in html
    assert "/removal" not in html
    (example,) = re.findall(
        r'action="/coaching/examples/([^"/]+)/removal"', (await quinn.get("/coaching/examples")).text
    )
    await send(quinn, f"/coaching/examples/{example}/removal")
    assert "No examples yet" in (await quinn.get("/coaching/examples")).text


async def test_whoever_has_no_part_in_it_sees_none(door: Door) -> None:
    async with signed_in(door, "lev-of-coaching", "analyst") as lev:
        assert 'href="/coaching"' not in (await lev.get("/conversations")).text
        assert "No tasks" in (await lev.get("/coaching")).text
        assert isinstance(lev, httpx.AsyncClient)
