"""The review queue through the REST door: people take, assign, skip and finish, and it is written down."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from auricle_contracts.review import ReviewSettings
from auricle_records.review import triage
from integration.gateway.conftest import Door
from integration.gateway.outcomes import judge
from integration.gateway.posted import post_chat
from integration.gateway.signed_in import person_of

NOTHING = ReviewSettings(audited_share=0, agent_week=0, unsure_below=0, rare_class_below=0)
NEXT = "/v1/review-items/next"


@dataclass
class People:
    """Clients of people who are signed in, and the ids of two of them."""

    manager: httpx.AsyncClient
    ann: httpx.AsyncClient
    bob: httpx.AsyncClient
    analyst: httpx.AsyncClient
    ann_id: str
    bob_id: str


async def _id(client: httpx.AsyncClient) -> str:
    return str((await client.get("/v1/whoami")).json()["person"]["id"])


@pytest.fixture(scope="module")
async def people(door: Door) -> AsyncIterator[People]:
    async with AsyncExitStack() as stack:
        roles = {"manager": "quality_manager", "ann": "reviewer", "bob": "reviewer", "analyst": "analyst"}
        clients = {
            name: await stack.enter_async_context(await person_of(door.ours, role, email=f"{name}@ours.example"))
            for name, role in roles.items()
        }
        yield People(**clients, ann_id=await _id(clients["ann"]), bob_id=await _id(clients["bob"]))


@pytest.fixture
async def waiting(door: Door, people: People) -> AsyncIterator[list[str]]:
    """Ids of three items; what the test leaves is skipped by the manager."""
    assert (await people.manager.put("/v1/review-settings", json=NOTHING.model_dump())).status_code == 200
    for _ in range(3):
        await judge(door, await post_chat(door.ours, line="sales"))
    await triage.triage(door.db, "ours")
    yield [one["id"] for one in (await people.manager.get("/v1/review-items")).json()["items"]]
    for one in (await people.manager.get("/v1/review-items")).json()["items"]:
        await people.manager.delete(f"/v1/review-items/{one['id']}/assignee")
        await people.manager.post(f"/v1/review-items/{one['id']}/skip", json={"reason": "not_a_conversation"})


async def test_an_item_says_why_it_waits_and_brings_its_conversation(people: People, waiting: list[str]) -> None:
    item = (await people.ann.get(f"/v1/review-items/{waiting[0]}")).json()
    assert (item["state"], item["reasons"]) == ("open", ["undetermined"])
    assert item["details"] == {"undetermined": ["sale_chance"]}
    assert item["risk"] == 0.1, "one of five answers"
    assert item["conversation"]["line"] == "sales"
    assert item["conversation"]["summary"]["evaluation_id"] == item["evaluation_id"]


async def test_two_reviewers_work_through_the_queue(people: People, waiting: list[str]) -> None:
    first, second = [
        reply.json()["item"] for reply in await asyncio.gather(people.ann.post(NEXT), people.bob.post(NEXT))
    ]
    assert first["id"] != second["id"]
    assert first["assignee"] == people.ann_id
    assert (await people.ann.post(NEXT)).json()["item"]["id"] == first["id"], "until it is closed"
    refused = await people.bob.post(f"/v1/review-items/{first['id']}/done")
    assert (refused.status_code, refused.json()["code"]) == (409, "assigned_elsewhere")
    done = await people.ann.post(f"/v1/review-items/{first['id']}/done")
    assert (done.json()["state"], done.json()["closed_by_name"]) == ("done", "ann")
    assert (await people.ann.post(f"/v1/review-items/{first['id']}/done")).json() == done.json()
    skipped = await people.bob.post(f"/v1/review-items/{second['id']}/skip", json={"reason": "cannot_hear"})
    assert skipped.json()["skip_reason"] == "cannot_hear"
    closed = await people.bob.post(f"/v1/review-items/{first['id']}/skip", json={"reason": "cannot_hear"})
    assert (closed.status_code, closed.json()["code"]) == (409, "review_closed")
    third = (await people.ann.post(NEXT)).json()["item"]
    assert {first["id"], second["id"], third["id"]} == set(waiting)
    assert (await people.bob.post(NEXT)).json() == {"item": None}


async def test_progress_is_of_all_of_me_and_of_each(people: People, waiting: list[str]) -> None:
    since = datetime.now(UTC).isoformat()
    taken = (await people.ann.post(NEXT)).json()["item"]["id"]
    await people.ann.post(f"/v1/review-items/{taken}/done")
    await people.ann.post(NEXT)
    told = (await people.ann.get("/v1/review-progress", params={"since": since})).json()
    assert (told["open"], told["assigned"], told["mine"], told["done"], told["done_by_me"]) == (1, 1, 1, 1, 1)
    assert told["by_reason"]["undetermined"] == 2
    of = {one["id"]: one for one in told["reviewers"]}
    assert (of[people.ann_id]["assigned"], of[people.ann_id]["done"], of[people.bob_id]["done"]) == (1, 1, 0)
    later = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    assert (await people.ann.get("/v1/review-progress", params={"since": later})).json()["done"] == 0


async def test_lists_are_narrowed_and_counted(people: People, waiting: list[str]) -> None:
    await people.ann.post(NEXT)
    for query, total in (
        ({"assignee": "me"}, 1), ({"assignee": "none"}, 2), ({"reason": "fatal"}, 0), ({"line": "sal"}, 3), ({"line": "vip"}, 0),
        ({"state": "assigned"}, 1), ({"agent": "Ольга"}, 3), ({"agent": "Никто"}, 0),
    ):  # fmt: skip
        page = (await people.ann.get("/v1/review-items", params=query)).json()
        assert (page["total"], len(page["items"])) == (total, total), query
    first = (await people.ann.get("/v1/review-items", params={"limit": 2})).json()
    rest = (await people.ann.get("/v1/review-items", params={"limit": 2, "cursor": first["next_cursor"]})).json()
    assert [one["id"] for one in (*first["items"], *rest["items"])] == waiting
    assert (first["total"], rest["next_cursor"]) == (3, None)


@pytest.mark.parametrize("cursor", ["", "x", "_", "nan_", "2026_x", "0.5_\x00"])
async def test_a_strange_cursor_is_refused_or_an_empty_page(people: People, cursor: str) -> None:
    reply = await people.ann.get("/v1/review-items", params={"cursor": cursor})
    assert reply.status_code in (200, 422), reply.text


async def test_a_manager_assigns_and_a_reviewer_takes_only_what_is_nobodys(people: People, waiting: list[str]) -> None:
    path = f"/v1/review-items/{waiting[0]}/assignee"
    assert (await people.ann.put(path, json={"person_id": people.bob_id})).status_code == 403
    given = await people.manager.put(path, json={"person_id": people.bob_id})
    assert given.json()["assignee_name"] == "bob"
    assert (await people.ann.put(path, json={"person_id": people.ann_id})).status_code == 403
    assert (await people.ann.delete(path)).status_code == 403
    assert (await people.bob.delete(path)).json()["state"] == "open"
    assert (await people.ann.put(path, json={"person_id": people.ann_id})).json()["assignee"] == people.ann_id
    for person in ("0193-nobody", await _id(people.analyst)):
        refused = await people.manager.put(path, json={"person_id": person})
        assert (refused.status_code, refused.json()["code"]) == (422, "invalid_request")


async def test_a_skipped_item_says_why_and_comes_back_when_it_is_assigned(people: People, waiting: list[str]) -> None:
    path = f"/v1/review-items/{waiting[0]}"
    for refused in ({"reason": "bored"}, {"reason": "other"}, {"reason": "other", "note": "  "}, {}):
        assert (await people.ann.post(f"{path}/skip", json=refused)).status_code == 422, refused
    note = "Клиент Иван, телефон +7 999 123-45-67, мне знаком."
    await people.ann.post(f"{path}/skip", json={"reason": "other", "note": note})
    assert "999" not in (await people.ann.get(path)).text, "a note is masked as all words about a conversation"
    assert (await people.manager.get(path)).json()["note"] == note
    back = await people.manager.put(f"{path}/assignee", json={"person_id": people.bob_id})
    assert (back.json()["state"], back.json()["skip_reason"]) == ("assigned", None)


async def test_the_log_says_who_did_what(people: People, waiting: list[str]) -> None:
    taken = (await people.ann.post(NEXT)).json()["item"]["id"]
    await people.ann.post(NEXT)
    await people.ann.post(f"/v1/review-items/{taken}/done")
    lines = (await people.manager.get("/v1/audit", params={"actor": people.ann_id, "search": taken})).json()["items"]
    assert [line["action"] for line in lines] == ["review_done", "review_assigned"], "having it already is no event"
    (chosen, *_) = (await people.manager.get("/v1/audit", params={"action": "review_settings_changed"})).json()["items"]
    assert chosen["details"]["audited_share"] == 0


async def test_only_a_manager_chooses_what_is_sampled(people: People) -> None:
    wanted = ReviewSettings(audited_share=0.1, agent_week=2).model_dump()
    assert (await people.ann.put("/v1/review-settings", json=wanted)).status_code == 403
    chosen = await people.manager.put("/v1/review-settings", json=wanted)
    seen = (await people.ann.get("/v1/review-settings")).json()
    assert seen == chosen.json()
    assert (seen["audited_share"], seen["agent_week"], bool(seen["chosen_by"])) == (0.1, 2, True)
    for wrong in ({"audited_share": 2}, {"agent_week": -1}, {"unsure_below": "a lot"}, {"surprise": 1}):
        assert (await people.manager.put("/v1/review-settings", json=wrong)).status_code == 422, wrong


async def test_whoever_does_not_review_sees_no_queue(people: People) -> None:
    for path in ("/v1/review-items", "/v1/review-progress", "/v1/review-settings"):
        assert (await people.analyst.get(path)).status_code == 403
    assert (await people.analyst.post(NEXT)).status_code == 403
