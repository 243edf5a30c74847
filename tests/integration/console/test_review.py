"""The review queue by the page, over the real gateway: the list, the item at hand, on to the next, skipped, assigned, what is sampled."""

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from html import unescape
from itertools import count

import httpx
import pytest
from auricle_contracts import Scope
from auricle_contracts.review import ReviewSettings
from auricle_records.review import triage
from integration.console.browsing import OWN, browsing
from integration.gateway.conftest import Door
from integration.gateway.outcomes import judge
from integration.gateway.posted import post_chat
from integration.gateway.signed_in import person_of

NOTHING = ReviewSettings(audited_share=0, agent_week=0, unsure_below=0, rare_class_below=0)
NUMBERS = count(1)
ITEM = re.compile(r'data-item="([^"]+)"')


@pytest.fixture
async def manager(door: Door) -> AsyncIterator[httpx.AsyncClient]:
    """A quality manager's browser, and three conversations that nobody could tell."""
    async with AsyncExitStack() as stack:
        email = f"boss{next(NUMBERS)}@ours.example"
        person = await stack.enter_async_context(await person_of(door.ours, "quality_manager", email=email))
        await person.put("/v1/review-settings", json=NOTHING.model_dump())
        for _ in range(3):
            await judge(door, await post_chat(door.ours, line="sales"))
        await triage.triage(door.db, "ours")
        yield await stack.enter_async_context(browsing(door, person))
        for item in await left(door):
            await door.ours.delete(f"/v1/review-items/{item}/assignee")
            await door.ours.post(f"/v1/review-items/{item}/done")


async def left(door: Door) -> list[str]:
    return [one["id"] for one in (await door.ours.get("/v1/review-items")).json()["items"]]


async def send(browser: httpx.AsyncClient, path: str, **fields: str) -> httpx.Response:
    """A form of the page's own; where it leads."""
    found = re.search(r'name="form_token" value="([0-9a-f]+)"', (await browser.get("/review")).text)
    assert found
    return await browser.post(path, data={"form_token": found[1], **fields}, headers=OWN)


async def test_the_list_says_what_waits_why_and_what_was_done(manager: httpx.AsyncClient) -> None:
    html = (await manager.get("/review")).text
    assert len(ITEM.findall(html)) == 3
    assert "Waiting: 3, mine: 0. Today reviewed:" in html
    assert "Undetermined 3" in html
    assert "Chance of a sale" in html, "what could not be told has its title"
    assert 'aria-current="page"' in html.partition('href="/review"')[2][:200], "the rail knows where one is"
    assert ITEM.findall((await manager.get("/review", params={"reason": "fatal"})).text) == []
    assert ITEM.findall((await manager.get("/review", params={"line": "vip"})).text) == []
    assert len(ITEM.findall((await manager.get("/review", params={"line": "sal", "assignee": "none"})).text)) == 3


async def test_reviewed_means_on_to_the_next_until_nothing_waits(door: Door, manager: httpx.AsyncClient) -> None:
    taken = await send(manager, "/review/next")
    seen = []
    while "/conversations/" in taken.headers["location"]:
        html = (await manager.get(taken.headers["location"])).text
        assert "Reviewed, next" in html
        (item,) = re.findall(r'action="/review/([^"/]+)/done', html)
        seen.append(item)
        taken = await send(manager, f"/review/{item}/done")
    assert len(set(seen)) == len(seen) == 3
    assert taken.headers["location"] == "/review?told=finished"
    html = (await manager.get(taken.headers["location"])).text
    assert "Nothing waits any more." in html
    assert await left(door) == []
    assert {*seen} <= {*ITEM.findall((await manager.get("/review", params={"state": "done"})).text)}


async def test_what_narrows_the_queue_stays_while_one_works_through_it(manager: httpx.AsyncClient) -> None:
    taken = await send(manager, "/review/next?line=sales")
    assert taken.headers["location"].partition("?")[2].startswith("line=sales&review=")
    html = unescape((await manager.get(taken.headers["location"])).text)
    assert re.search(r'action="/review/[^"/]+/skip\?line=sales"', html)
    assert "boss" in html, "who has it is said"
    assert len(re.findall(r'class="neighbour"', html)) == 3, "the queue stands beside it"


async def test_a_skip_says_why(manager: httpx.AsyncClient) -> None:
    item = ITEM.findall((await manager.get("/review")).text)[0]
    back = await send(manager, f"/review/{item}/skip", reason="other", conversation="0193-some")
    assert back.headers["location"] == f"/conversations/0193-some?review={item}&told=note_missing"
    await send(manager, f"/review/{item}/skip", reason="other", note="Обрывается на слове.")
    html = (await manager.get("/review", params={"state": "skipped"})).text
    assert "Another reason: Обрывается на слове." in html
    again = await send(manager, f"/review/{item}/done")
    assert again.headers["location"] == "/review?told=review_closed"
    assert "closed already" in (await manager.get(again.headers["location"])).text


async def test_a_manager_assigns_and_takes_back(door: Door, manager: httpx.AsyncClient) -> None:
    async with await person_of(door.ours, "reviewer", email="vera@ours.example") as vera:
        person = (await vera.get("/v1/whoami")).json()["person"]["id"]
        item = ITEM.findall((await manager.get("/review")).text)[0]
        back = await send(manager, f"/review/{item}/assign?line=sales", person=person)
        assert back.headers["location"] == "/review?line=sales"
        mine = (await manager.get("/review", params={"assignee": person})).text
        assert ITEM.findall(mine) == [item]
        assert "Assigned to: vera" in mine
        async with browsing(door, vera) as browser:
            html = (await browser.get("/review")).text
            assert "Waiting: 3, mine: 1" in html
            assert "Go on" in html
            assert 'name="person"' not in html, "a reviewer assigns nobody"
        await send(manager, f"/review/{item}/assign", person="")
        assert ITEM.findall((await manager.get("/review", params={"assignee": person})).text) == []


async def test_a_disagreement_is_told_in_words_and_never_with_what_was_said(
    door: Door, manager: httpx.AsyncClient
) -> None:
    items = {one["conversation_id"]: one["id"] for one in (await door.ours.get("/v1/review-items")).json()["items"]}
    first, *_ = items
    body = {"items": [{"conversation_id": first, "subjects": ["sale_probability"]}]}
    assert (await door.ours.post("/v1/jury-disagreements", json=body)).status_code == 200
    html = (await manager.get("/review", params={"reason": "disagreeing"})).text
    assert ITEM.findall(html) == [items[first]]
    assert "Disagreement 1" in html
    assert "judges differ" in html


async def test_what_is_lacking_leads_to_the_queue_so_narrowed(manager: httpx.AsyncClient) -> None:
    html = (await manager.get("/review/gaps", params={"kind": "criterion", "channel": "chat"})).text
    assert "What is lacking" in html
    (address,) = {unescape(one) for one in re.findall(r'href="(/review\?subject=sale_chance[^"]*undetermined)"', html)}
    queue = (await manager.get(address)).text
    assert len(ITEM.findall(queue)) == 3
    assert "Chance of a sale: Undetermined" in queue, "what it is narrowed to, and can be dropped"
    assert ITEM.findall((await manager.get(address.replace("undetermined", "answered"))).text) == []
    assert "sale_chance" not in (await manager.get("/review/gaps", params={"kind": "error_class"})).text
    assert (await manager.get("/review/gaps", params={"kind": "<script>"})).text.count("<script>") == html.count(
        "<script>"
    )


async def test_what_is_sampled_is_chosen_in_per_cent(door: Door, manager: httpx.AsyncClient) -> None:
    chosen = {
        "audited_percent": "2,5",
        "unsure_percent": "60",
        "agent_week": "2",
        "rare_class_below": "5",
        "hunted_week": "3",
        "disagree_points": "12,5",
        "disagreeing_week": "4",
        "outliers_week": "7",
        "weight_fatal": "90",
        "weight_unsure": "",
        "blind_percent": "10",
    }
    saved = await send(manager, "/review/settings", **chosen)
    assert "Saved." in (await manager.get(saved.headers["location"])).text
    kept = (await door.ours.get("/v1/review-settings")).json()
    assert (kept["audited_share"], kept["unsure_below"], kept["agent_week"]) == (0.025, 0.6, 2)
    assert (kept["outliers_week"], kept["blind_share"], kept["hunted_week"]) == (7, 0.1, 3)
    assert (kept["disagree_points"], kept["disagreeing_week"]) == (12.5, 4)
    assert kept["weights"] == {"fatal": 0.9}
    for wrong in ({"audited_percent": "много"}, {"agent_week": "51"}, {"unsure_percent": "nan"}, {}):
        refused = await send(manager, "/review/settings", **(chosen | wrong if wrong else {}))
        assert refused.status_code == 422
        assert "Nothing was changed." in refused.text
    assert (await door.ours.get("/v1/review-settings")).json() == kept


async def test_whoever_does_not_review_is_told_so_and_sees_no_queue(door: Door) -> None:
    async with await door.client("ours", Scope.READ) as reader, browsing(door, reader) as browser:
        assert "needs the scope review" in (await browser.get("/review")).text
        for path in ("/review/settings", "/review/accuracy"):
            assert "needs the scope review" in (await browser.get(path)).text
        assert 'href="/review"' not in (await browser.get("/conversations")).text


@pytest.mark.parametrize("item", ["..", "%2e%2e", "0193-nowhere", "<script>"])
async def test_an_item_that_is_none_breaks_no_page(door: Door, manager: httpx.AsyncClient, item: str) -> None:
    conversation = await post_chat(door.ours)
    html = (await manager.get(f"/conversations/{conversation}", params={"review": item, "told": "<script>"})).text
    assert "at-hand" not in html
    assert "<script>alert" not in html


async def test_what_was_reviewed_goes_to_the_golden_set_where_the_workspace_consents(
    door: Door, manager: httpx.AsyncClient
) -> None:
    taken = await send(manager, "/review/next")
    assert "to the golden set" not in (await manager.get(taken.headers["location"])).text
    assert (await door.ours.put("/v1/golden-settings", json={"consent": True})).status_code == 200
    html = (await manager.get(taken.headers["location"])).text
    assert "Reviewed, to the golden set" in html
    (item,) = re.findall(r'action="/review/([^"/]+)/done', html)
    conversation = taken.headers["location"].partition("/conversations/")[2].partition("?")[0]
    gone_on = await send(manager, f"/review/{item}/done", conversation=conversation, golden="whole")
    assert item not in gone_on.headers["location"]
    kept = (await door.ours.get("/v1/golden-items", params={"conversation_id": conversation})).json()["items"]
    assert [{one["status"] for one in item["labels"]} for item in kept] == [{"golden"}]
    await door.ours.put("/v1/golden-settings", json={"consent": False})
    refused = await send(manager, f"/review/{item}/done", conversation=conversation, golden="whole")
    assert refused.headers["location"] == "/review?told=golden_consent_missing"
