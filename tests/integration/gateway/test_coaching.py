"""Coaching over the wire: a task from a finding, read and done by the agent alone, its effect, and examples that hide whose they are."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from auricle_contracts import Scope
from auricle_records import outbox, results, webhooks
from fixtures.deliveries import take_up
from fixtures.tenant import an_answer, an_evaluation
from integration.gateway import outcomes
from integration.gateway.conftest import Door
from integration.gateway.posted import PEOPLE, post_chat
from integration.gateway.signed_in import person_of
from sqlalchemy import text

ANNA, BORIS = "K-1", "K-2"
DUE = "2030-01-01T00:00:00Z"
PHONE = "345-67-89"


@dataclass
class Cast:
    """Two agents, who reviews, who only looks, and the id of Anna's person."""

    anna: httpx.AsyncClient
    boris: httpx.AsyncClient
    rita: httpx.AsyncClient
    analyst: httpx.AsyncClient
    anna_id: str


@pytest.fixture(scope="module")
async def cast(door: Door) -> AsyncIterator[Cast]:
    async with AsyncExitStack() as stack:
        anna, boris, rita, analyst = [
            await stack.enter_async_context(
                await person_of(door.ours, role, email=f"{name}@coaching.example", references=references)
            )
            for name, role, references in (
                ("anna", "agent", (ANNA,)),
                ("boris", "agent", (BORIS,)),
                ("rita", "reviewer", ()),
                ("lev", "analyst", ()),
            )
        ]
        anna_id = (await anna.get("/v1/whoami")).json()["person"]["id"]
        yield Cast(anna, boris, rita, analyst, anna_id)


async def judged(door: Door, reference: str = ANNA) -> tuple[str, str]:
    agent = {"id": "agent", "role": "agent", "reference": reference}
    conversation = await post_chat(door.ours, participants=[agent, PEOPLE[1]])
    return conversation, f"{await outcomes.judge(door, conversation, findings=(outcomes.FINDING,))}.0"


async def given(door: Door, cast: Cast, **about: Any) -> dict[str, Any]:
    """An open task of Anna's."""
    conversation, finding = await judged(door)
    body = {"person_id": cast.anna_id, "conversation_id": conversation, "finding_id": finding, "due_at": DUE}
    reply = await cast.rita.post("/v1/coaching-tasks", json=body | {"text": f"Мягче. +7 912 {PHONE}"} | about)
    assert reply.status_code == 201, reply.text
    task: dict[str, Any] = reply.json()
    return task


async def test_a_task_is_given_read_and_done(door: Door, cast: Cast) -> None:
    heard = ("coaching.assigned", "coaching.acknowledged", "coaching.done")
    hook, _ = await webhooks.add(door.db, "ours", url="https://crm.example/coaching", events=heard)
    task = await given(door, cast)
    assert (task["state"], task["error_class"], task["person_name"], task["assigned_by_name"]) == (
        "open", "rudeness", "anna", "rita",
    )  # fmt: skip
    assert task["quote"]["text"] == "Перезвоните"
    assert PHONE not in task["text"]
    path = f"/v1/coaching-tasks/{task['id']}"
    assert (await cast.rita.post(f"{path}/acknowledgement")).status_code == 403, "nobody reads for another"
    assert (await door.ours.post(f"{path}/acknowledgement")).status_code == 403, "a key is nobody"
    read = (await cast.anna.post(f"{path}/acknowledgement")).json()
    assert read["state"] == "acknowledged"
    assert (await cast.anna.post(f"{path}/acknowledgement")).json() == read
    assert (await cast.anna.post(f"{path}/done")).json()["state"] == "done"
    for step in ("done", "acknowledgement"):
        again = await cast.anna.post(f"{path}/{step}")
        assert (again.status_code, again.json()["code"]) == (409, "coaching_closed")
    assert (await cast.rita.post(f"{path}/withdrawal")).status_code == 409
    due = [one.event for one in await outbox.due(door.db) if one.endpoint_id == hook.id]
    assert [(one.type, one.data.coaching_task_id) for one in due] == [(kind, task["id"]) for kind in heard]
    trail = (await door.ours.get("/v1/audit", params={"conversation_id": task["conversation_id"]})).json()["items"]
    steps = [one["action"] for one in trail if one["action"].startswith("coaching_")]
    assert sorted(steps) == ["coaching_acknowledged", "coaching_assigned", "coaching_done"]


async def test_a_task_is_the_agents_and_who_reviews(door: Door, cast: Cast) -> None:
    task = await given(door, cast)
    path = f"/v1/coaching-tasks/{task['id']}"
    for stranger in (cast.boris, cast.analyst):
        for call in (stranger.get(path), stranger.get(f"{path}/effect"), stranger.post(f"{path}/done")):
            assert (await call).status_code == 404
        assert task["id"] not in (await stranger.get("/v1/coaching-tasks")).text
        assert task["id"] not in (await stranger.get("/v1/coaching-tasks", params={"person_id": cast.anna_id})).text
    for who in (cast.anna, cast.rita):
        assert (await who.get(path)).json() == task
        listed = await who.get("/v1/coaching-tasks", params={"state": "open"})
        assert task["id"] in listed.text
    assert (await cast.anna.post(f"{path}/withdrawal")).status_code == 403
    assert (await cast.rita.post(f"{path}/withdrawal")).json()["state"] == "withdrawn"


async def test_a_shared_conversation_shows_a_colleague_no_task(door: Door, cast: Cast) -> None:
    """Boris sees the conversation, and not what Anna is to learn from it: row security says so, not the route alone."""
    agents = [{"id": "agent", "role": "agent", "reference": ANNA}, {"id": "b", "role": "agent", "reference": BORIS}]
    turns = [{"participant": "customer", "text": "Где?"}, {"participant": "agent", "text": "Тут."}]
    conversation = await post_chat(door.ours, participants=[*agents, PEOPLE[1]], turns=turns)
    evaluation = await outcomes.judge(door, conversation, findings=(outcomes.FINDING,))
    body = {"person_id": cast.anna_id, "conversation_id": conversation, "text": "x", "due_at": DUE}
    task = (await cast.rita.post("/v1/coaching-tasks", json=body | {"finding_id": f"{evaluation}.0"})).json()
    assert (await cast.boris.get(f"/v1/conversations/{conversation}")).status_code == 200
    assert task["id"] not in (await cast.boris.get("/v1/coaching-tasks")).text
    boris = (await cast.boris.get("/v1/whoami")).json()["person"]["id"]
    async with door.db.transaction("ours") as connection:
        await connection.execute(text("SELECT set_config('auricle.person', :id, true)"), {"id": boris})
        assert not await connection.scalar(text("SELECT count(*) FROM coaching_tasks"))
    wrong = await cast.rita.post(
        "/v1/coaching-tasks", json=body | {"person_id": boris, "finding_id": f"{evaluation}.0"}
    )
    assert wrong.status_code == 404, "it is Anna's finding"


async def test_what_cannot_be_given_is_told(door: Door, cast: Cast) -> None:
    conversation, finding = await judged(door, BORIS)
    rita = (await cast.rita.get("/v1/whoami")).json()["person"]["id"]
    good = {
        "person_id": cast.anna_id,
        "conversation_id": conversation,
        "criterion": "politeness",
        "text": "x",
        "due_at": DUE,
    }
    for change, status in (
        ({}, 404),
        ({"person_id": rita}, 422),
        ({"person_id": "nobody"}, 422),
        ({"conversation_id": "0193-none"}, 404),
        ({"finding_id": finding}, 422),
        ({"text": " "}, 422),
        ({"due_at": None}, 422),
    ):
        assert (await cast.rita.post("/v1/coaching-tasks", json=good | change)).status_code == status, change
    assert (await cast.anna.post("/v1/coaching-tasks", json=good)).status_code == 403


async def test_the_effect_is_of_later_conversations(door: Door, cast: Cast) -> None:
    """Two before, three after the task was read: 40 and 60, then 70, 80 and 90; and of another agent nothing."""
    reference = "K-3"
    async with await person_of(door.ours, "agent", email="vera@coaching.example", references=(reference,)) as vera:
        person = (await vera.get("/v1/whoami")).json()["person"]["id"]
        now = datetime.now(UTC)
        for hours, value in ((-30, 40), (-20, 60)):
            conversation = await at(door, reference, now + timedelta(hours=hours), value)
        body = {
            "person_id": person,
            "conversation_id": conversation,
            "criterion": "politeness",
            "text": "x",
            "due_at": DUE,
        }
        task = (await cast.rita.post("/v1/coaching-tasks", json=body)).json()
        path = f"/v1/coaching-tasks/{task['id']}"
        await at(door, BORIS, now + timedelta(hours=2), 0)
        for hours, value in ((1, 70), (2, 80), (3, 90)):
            await at(door, reference, now + timedelta(hours=hours), value)
        unread = (await vera.get(f"{path}/effect")).json()
        assert (unread["before"]["n"], unread["after"]["n"], unread["change"]) == (2, 0, None)
        await vera.post(f"{path}/acknowledgement")
        seen = (await vera.get(f"{path}/effect")).json()
        assert seen == (await cast.rita.get(f"{path}/effect")).json()
    assert (seen["unit"], seen["before"]["n"], seen["before"]["value"]) == ("points", 2, 50)
    assert (seen["after"]["n"], seen["after"]["value"], seen["change"]) == (3, 80, 30)
    assert seen["after"]["high"] == pytest.approx(80 + 4.303 * 10 / 3**0.5)
    assert seen["is_enough"] is False


async def at(door: Door, reference: str, when: datetime, value: int) -> str:
    """A conversation of this agent and moment with one judged score."""
    agent = {"id": "agent", "role": "agent", "reference": reference}
    conversation = await post_chat(door.ours, participants=[agent, PEOPLE[1]], started_at=when.isoformat())
    (run,) = (await door.ours.get(f"/v1/conversations/{conversation}")).json()["runs"]
    begun = await take_up(door.db, "ours", run["id"])
    await results.commit_evaluation(door.db, begun, an_evaluation(begun, [an_answer(value=value)]))
    return conversation


async def test_the_effect_on_a_class_is_a_share(door: Door, cast: Cast) -> None:
    task = await given(door, cast)
    seen = (await cast.rita.get(f"/v1/coaching-tasks/{task['id']}/effect")).json()
    assert seen["unit"] == "per_cent"
    assert seen["before"]["n"] >= 1
    assert 0 <= seen["before"]["low"] <= seen["before"]["value"] <= seen["before"]["high"] <= 100


async def test_examples_are_everybodys_and_tell_nothing_of_anybody(door: Door, cast: Cast) -> None:
    turns = [
        {"participant": "customer", "text": "Дорого"},
        {"participant": "agent", "text": f"Звоните, +7 912 {PHONE}."},
    ]
    agent = {"id": "agent", "role": "agent", "reference": BORIS}
    conversation = await post_chat(door.ours, participants=[agent, PEOPLE[1]], turns=turns)
    await outcomes.judge(door, conversation)
    place = {"turn": 2, "span": {"start": 0, "end": 8}}
    body = {"conversation_id": conversation, "criterion": "politeness", "note": f"Как у Бориса, +7 912 {PHONE}"}
    assert (await cast.anna.post("/v1/good-examples", json=body)).status_code == 403
    made = await cast.rita.post("/v1/good-examples", json=body | {"place": place})
    assert made.status_code == 201, made.text
    example = made.json()
    assert example["text"].startswith("Звоните")
    found = (await cast.anna.get("/v1/good-examples", params={"criterion": "politeness"})).json()["items"]
    assert example in found
    assert PHONE not in str(found)
    assert conversation not in str(found)
    assert (await cast.anna.get("/v1/good-examples", params={"criterion": "other"})).json()["items"] == []
    for wrong in ({"criterion": "no_such"}, {"criterion": "sale_chance"}):
        assert (await cast.rita.post("/v1/good-examples", json=body | wrong)).status_code == 422
    assert (await cast.anna.delete(f"/v1/good-examples/{example['id']}")).status_code == 403
    assert (await cast.rita.delete(f"/v1/good-examples/{example['id']}")).status_code == 204
    assert (await cast.rita.delete(f"/v1/good-examples/{example['id']}")).status_code == 404


async def test_an_example_goes_with_its_conversation(door: Door, cast: Cast) -> None:
    conversation, _ = await judged(door, BORIS)
    body = {"conversation_id": conversation, "criterion": "politeness"}
    example = (await cast.rita.post("/v1/good-examples", json=body)).json()
    assert (await door.ours.delete(f"/v1/conversations/{conversation}")).status_code in (202, 204)
    assert example["id"] not in (await cast.anna.get("/v1/good-examples")).text


async def test_a_key_may_give_tasks_and_list_all(door: Door, cast: Cast) -> None:
    task = await given(door, cast)
    async with await door.client("ours", Scope.READ) as reader:
        assert (await reader.get("/v1/coaching-tasks")).json()["items"] == []
    assert task["id"] in (await door.ours.get("/v1/coaching-tasks")).text
