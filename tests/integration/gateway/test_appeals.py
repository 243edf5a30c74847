"""Appeals over the wire: an agent contests, somebody else decides, and what counts changes everywhere; who may not is told so."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from auricle_records import outbox, webhooks
from integration.gateway import outcomes
from integration.gateway.conftest import Door
from integration.gateway.posted import PEOPLE, post_chat
from integration.gateway.signed_in import person_of
from sqlalchemy import text

MINE, ANOTHERS = "A-71", "B-82"


@dataclass
class People:
    """An agent, a colleague of hers, two who review, and one who only looks."""

    anna: httpx.AsyncClient
    boris: httpx.AsyncClient
    rita: httpx.AsyncClient
    quinn: httpx.AsyncClient
    analyst: httpx.AsyncClient


@pytest.fixture(scope="module")
async def people(door: Door) -> AsyncIterator[People]:
    cast = {
        "anna": ("agent", (MINE,)), "boris": ("agent", (ANOTHERS,)), "rita": ("reviewer", ()),
        "quinn": ("quality_manager", ()), "analyst": ("analyst", ()),
    }  # fmt: skip
    async with AsyncExitStack() as stack:
        clients = {
            name: await stack.enter_async_context(
                await person_of(door.ours, role, email=f"{name}@appeals.example", references=references)
            )
            for name, (role, references) in cast.items()
        }
        yield People(**clients)


async def judged(door: Door, reference: str = MINE) -> tuple[str, str]:
    """A conversation of this agent with one finding; the finding's id."""
    agent = {"id": "agent", "role": "agent", "reference": reference}
    conversation = await post_chat(door.ours, participants=[agent, PEOPLE[1]])
    evaluation = await outcomes.judge(door, conversation, findings=(outcomes.FINDING,))
    return conversation, f"{evaluation}.0"


async def contest(client: httpx.AsyncClient, conversation: str, **about: Any) -> httpx.Response:
    body = {"text": "Клиент сам просил, +7 912 345-67-89 это знает."} | about
    return await client.post(f"/v1/conversations/{conversation}/appeals", json=body)


async def decide(client: httpx.AsyncClient, appeal: str, verdict: str, **more: Any) -> httpx.Response:
    body = {"verdict": verdict, "reason": "Слышно в начале звонка."} | more
    return await client.post(f"/v1/appeals/{appeal}/decision", json=body)


async def evaluation(door: Door, conversation: str) -> dict[str, Any]:
    found: dict[str, Any] = (await door.ours.get(f"/v1/conversations/{conversation}/evaluation")).json()
    return found


async def test_a_finding_is_contested_and_decided(door: Door, people: People) -> None:
    conversation, finding = await judged(door)
    place = {"turn": 2, "span": {"start": 0, "end": 8}}
    opened = await contest(people.anna, conversation, finding_id=finding, place=place)
    assert opened.status_code == 201, opened.text
    appeal = opened.json()
    assert (appeal["state"], appeal["error_class"], appeal["opened_by_name"]) == ("open", "rudeness", "anna")
    assert (appeal["quote"]["text"], "345-67-89" in appeal["text"]) == ("Доставка", False)
    decided = (await decide(people.rita, appeal["id"], "accepted")).json()
    assert (decided["state"], decided["decided_by_name"], decided["reason"]) == (
        "accepted", "rita", "Слышно в начале звонка.",
    )  # fmt: skip
    report = await evaluation(door, conversation)
    (found,) = report["evaluation"]["findings"]
    assert (found["verdict"], found["judged_by"], found["note"]) == ("reject", "rita", "Слышно в начале звонка.")
    assert report["overall"]["passed"] is True, "the fatal finding counts no more"
    seen = (await people.anna.get(f"/v1/appeals/{appeal['id']}")).json()
    assert seen["state"] == "accepted"
    trail = (await door.ours.get("/v1/audit", params={"conversation_id": conversation})).json()["items"]
    assert {"appeal_opened", "appeal_decided", "finding_labelled"} <= {one["action"] for one in trail}


@pytest.mark.parametrize(
    ("verdict", "said", "value"),
    [
        ("accepted", {"state": "answered", "value": 100}, 100),
        ("partly", {"state": "undetermined"}, None),
        ("rejected", {}, 90),
    ],
)
async def test_an_answer_is_contested_and_decided(
    door: Door, people: People, verdict: str, said: dict[str, Any], value: int | None
) -> None:
    conversation, _ = await judged(door)
    appeal = (await contest(people.anna, conversation, criterion="politeness")).json()
    decided = await decide(people.quinn, appeal["id"], verdict, **said)
    assert decided.json()["state"] == verdict, decided.text
    listed = await door.ours.get("/v1/conversations", params={"id": conversation, "include": "summary"})
    (summary,) = [one["summary"] for one in listed.json()["items"]]
    (politeness,) = [one for one in summary["answers"] if one["criterion"] == "politeness"]
    assert (politeness["value"], politeness["model_value"], politeness["judged_by"]) == (value, 90, "quinn")


async def test_partly_and_rejected_of_a_finding(door: Door, people: People) -> None:
    for verdict, kept in (("partly", ("accept", 1)), ("rejected", ("accept", None))):
        conversation, finding = await judged(door)
        appeal = (await contest(people.anna, conversation, finding_id=finding)).json()
        assert (await decide(people.rita, appeal["id"], verdict)).status_code == 200
        (found,) = (await evaluation(door, conversation))["evaluation"]["findings"]
        assert (found["verdict"], found["grade"]) == kept


async def test_what_cannot_be_contested_is_told(door: Door, people: People) -> None:
    conversation, finding = await judged(door)
    both = await contest(people.anna, conversation, criterion="politeness", finding_id=finding)
    assert both.status_code == 422
    assert (await contest(people.anna, conversation, criterion="no_such")).status_code == 404
    assert (await contest(people.anna, conversation, finding_id="no-such")).status_code == 404
    assert (await contest(people.boris, conversation, finding_id=finding)).status_code == 404, "another's is not there"
    assert (await contest(people.rita, conversation, finding_id=finding)).status_code == 403
    assert (await contest(door.ours, conversation, finding_id=finding)).status_code == 403, "a key is nobody"
    first = (await contest(people.anna, conversation, finding_id=finding)).json()
    again = await contest(people.anna, conversation, finding_id=finding)
    assert (again.status_code, again.json()["code"]) == (409, "appeal_exists")
    assert first["id"] in again.json()["detail"]
    withdrawn = await people.anna.post(f"/v1/appeals/{first['id']}/withdrawal")
    assert withdrawn.json()["state"] == "withdrawn"
    assert (await contest(people.anna, conversation, finding_id=finding)).status_code == 201, "it may be opened anew"
    closed = await decide(people.rita, first["id"], "accepted")
    assert (closed.status_code, closed.json()["code"]) == (409, "appeal_closed")


async def test_the_window_is_the_workspaces(door: Door, people: People) -> None:
    chosen = {"window_days": 3, "answer_days": 1}
    assert (await people.quinn.put("/v1/appeal-settings", json=chosen)).json() == chosen
    assert (await people.rita.put("/v1/appeal-settings", json=chosen)).status_code == 403
    conversation, finding = await judged(door)
    opened = (await contest(people.anna, conversation, criterion="politeness")).json()
    assert opened["due_at"][:10] > opened["opened_at"][:10]
    async with door.db.transaction("ours") as connection:
        old = "UPDATE evaluations SET created_at = now() - interval '4 days' WHERE conversation_id = :id"
        await connection.execute(text(old), {"id": conversation})
    late = await contest(people.anna, conversation, finding_id=finding)
    assert (late.status_code, late.json()["code"]) == (409, "appeal_window_closed")
    assert (await people.anna.get("/v1/appeal-settings")).json() == chosen


async def test_who_decides_is_another_who_reviews(door: Door, people: People) -> None:
    conversation, finding = await judged(door, "C-93")
    async with await person_of(
        door.ours, "agent", "reviewer", email="both@appeals.example", references=("C-93",)
    ) as both:
        appeal = (await contest(both, conversation, finding_id=finding)).json()
        own = await decide(both, appeal["id"], "accepted")
        assert (own.status_code, "own appeal" in own.text) == (403, True)
    for client, status in ((people.anna, 403), (people.analyst, 403)):
        assert (await decide(client, appeal["id"], "accepted")).status_code == status
    for body in ({"state": "answered", "value": 5}, {"reason": ""}):
        assert (await decide(people.rita, appeal["id"], "accepted", **body)).status_code == 422


async def test_an_owner_is_somebody_who_reviews(door: Door, people: People) -> None:
    conversation, finding = await judged(door)
    appeal = (await contest(people.anna, conversation, finding_id=finding)).json()
    rita, anna = [(await one.get("/v1/whoami")).json()["person"]["id"] for one in (people.rita, people.anna)]
    path = f"/v1/appeals/{appeal['id']}/owner"
    assert (await people.quinn.put(path, json={"person_id": rita})).json()["owner_name"] == "rita"
    assert (await people.quinn.put(path, json={"person_id": anna})).status_code == 422
    mine = (await people.rita.get("/v1/appeals", params={"owner": "me", "state": "open"})).json()["items"]
    assert appeal["id"] in {one["id"] for one in mine}
    assert (await people.quinn.put(path, json={"person_id": None})).json()["owner"] is None


async def test_an_agent_sees_own_appeals_only(door: Door, people: People) -> None:
    shared = [{"id": "a", "role": "agent", "reference": MINE}, {"id": "b", "role": "agent", "reference": ANOTHERS}]
    conversation = await post_chat(door.ours, participants=[*shared, PEOPLE[1]], turns=_by("a"))
    await outcomes.judge(door, conversation, findings=(outcomes.FINDING,))
    opened = (await contest(people.anna, conversation, criterion="politeness")).json()
    assert (await people.boris.get(f"/v1/appeals/{opened['id']}")).status_code == 404
    assert opened["id"] not in (await people.boris.get("/v1/appeals")).text
    assert opened["id"] in (await people.anna.get("/v1/appeals", params={"conversation_id": conversation})).text
    assert opened["id"] in (await people.analyst.get("/v1/appeals", params={"subject": "politeness"})).text


def _by(agent: str) -> list[dict[str, str]]:
    return [{"participant": "customer", "text": "Сколько стоит?"}, {"participant": agent, "text": "Триста рублей"}]


async def test_events_and_statistics(door: Door, people: People) -> None:
    hook, _ = await webhooks.add(door.db, "ours", url="https://crm.example/appeals", events=("appeal.decided",))
    conversation, finding = await judged(door)
    appeal = (await contest(people.anna, conversation, finding_id=finding)).json()
    await decide(people.rita, appeal["id"], "accepted")
    due = [one for one in await outbox.due(door.db) if one.endpoint_id == hook.id]
    assert [(one.event.type, one.event.data.appeal_id) for one in due] == [("appeal.decided", appeal["id"])]
    found = (await people.quinn.get("/v1/appeal-statistics")).json()["items"]
    (rude,) = [one for one in found if one["error_class"] == "rudeness"]
    assert rude["opened"] == sum(rude[name] for name in ("open", "accepted", "partly", "rejected", "withdrawn"))
    assert rude["accepted"] >= 1
    assert rude["median_hours"] is not None
    assert (await people.anna.get("/v1/appeal-statistics")).status_code == 403
    assert (await people.quinn.get("/v1/appeal-statistics", params={"until": "2020-01-01T00:00:00Z"})).json()[
        "items"
    ] == []
