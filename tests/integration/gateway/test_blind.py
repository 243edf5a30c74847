"""Blind items over the wire: nothing in any answer tells one from another item, and reviewers are measured by them."""

import json
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from auricle_contracts.golden import GoldenSplit
from auricle_contracts.review import ReviewSettings
from auricle_records import workspaces
from auricle_records.golden.splits import pseudonym, split_of
from auricle_records.review import blind, triage
from integration.gateway import outcomes
from integration.gateway.conftest import Door
from integration.gateway.posted import fresh, post_call
from integration.gateway.signed_in import person_of

WORKSPACE = "blind"
CHOSEN = ReviewSettings(audited_share=0, agent_week=0, unsure_below=0, rare_class_below=0, blind_share=0.5)
ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-p]{32}")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)")
# What a run came to is another story for each conversation: its process ids and seconds.
OF_ITS_OWN = {"/v1/conversations/{conversation_id}/events"}


@dataclass
class Scene:
    """A conversation that waits, and one like it that the manager judged, which waits blind."""

    door: Door
    admin: httpx.AsyncClient
    manager: httpx.AsyncClient
    ann: httpx.AsyncClient
    bob: httpx.AsyncClient
    plain: str
    known: str
    known_evaluation: str


@pytest.fixture(scope="module")
async def scene(door: Door) -> AsyncIterator[Scene]:
    await workspaces.ensure(door.db, WORKSPACE)
    async with AsyncExitStack() as stack:
        admin = await stack.enter_async_context(await door.client(WORKSPACE))
        roles = {"manager": "quality_manager", "ann": "reviewer", "bob": "reviewer"}
        people = {
            name: await stack.enter_async_context(await person_of(admin, role, email=f"{name}@blind.example"))
            for name, role in roles.items()
        }
        assert (await people["manager"].put("/v1/review-settings", json=CHOSEN.model_dump())).status_code == 200
        consent = {"consent": True, "quota": 5}
        assert (await people["manager"].put("/v1/golden-settings", json=consent)).status_code == 200
        plain, _ = await evaluated(door, admin)
        known, evaluation = await evaluated(door, admin)
        made = Scene(door, admin, **people, plain=plain, known=known, known_evaluation=evaluation)
        await settle(made)
        assert await blind.stock(door.db, WORKSPACE) == 1
        yield made


def an_agent() -> str:
    """An agent whose calls are no test."""
    now = datetime.now(UTC)
    names = (f"A-{number}" for number in range(1000))
    return next(
        name for name in names if split_of(WORKSPACE, pseudonym(WORKSPACE, name), now, "") is GoldenSplit.DEVELOPMENT
    )


def a_word() -> str:
    """Of 32 letters, without digits: masking takes long numbers for somebody's."""
    return fresh().translate(str.maketrans("0123456789", "ghijklmnop"))


async def evaluated(door: Door, admin: httpx.AsyncClient) -> tuple[str, str]:
    cast = [
        {"id": "agent", "role": "agent", "reference": an_agent(), "name": "Ольга"},
        {"id": "customer", "role": "customer"},
    ]
    call = await post_call(admin, participants=cast, line="sales")
    await outcomes.hear(door, call, admin, asked=f"Сколько стоит {a_word()}?")
    return call, await outcomes.judge(door, call, findings=(outcomes.FINDING,), of=admin)


async def item_of(client: httpx.AsyncClient, conversation: str) -> str:
    items = (await client.get("/v1/review-items")).json()["items"]
    return str(next(one["id"] for one in items if one["conversation_id"] == conversation))


async def settle(scene: Scene) -> None:
    """The manager judges the known one, finishes it and makes it golden."""
    await triage.triage(scene.door.db, WORKSPACE)
    item = await item_of(scene.manager, scene.known)
    for reply in (await judge(scene.manager, scene.known, scene.known_evaluation, 30))[:-1]:
        assert reply.status_code == 201, reply.text
    assert (await scene.manager.post(f"/v1/review-items/{item}/done")).status_code == 200
    added = await scene.manager.post("/v1/golden-items", json={"conversation_id": scene.known, "whole": True})
    assert added.status_code == 201, added.text


async def judge(client: httpx.AsyncClient, conversation: str, evaluation: str, value: int) -> list[httpx.Response]:
    """An answer contested, a finding rejected and taken back, one added, and the same once more."""
    label = {"conversation_id": conversation, "criterion": "politeness", "state": "answered", "value": value}
    finding = f"/v1/conversations/{conversation}/findings"
    place = {"turn": 2, "span": {"start": 0, "end": 8}, "text": "Доставка"}
    added = {"error_class": "interrupting", "places": [place], "comment": "Пусто."}
    return [
        await client.post("/v1/labels", json=label),
        await client.post(f"{finding}/{evaluation}.0/labels", json={"verdict": "reject", "comment": "Не груб."}),
        await client.post(finding, json=added),
        await client.post(finding, json=added),
    ]


def neutral(text: str) -> str:
    """Without what differs between any two conversations: ids, names of files by the second, and times."""
    return MOMENT.sub("T", ID.sub("I", text))


async def everything(scene: Scene, client: httpx.AsyncClient, conversation: str, evaluation: str) -> dict[str, Any]:
    """All that the API answers about a conversation and its item, by the routes of its own document."""
    document = scene.door.app.openapi()
    item = await item_of(client, conversation) if (await waits(client, conversation)) else ""
    given = {"conversation_id": conversation, "item_id": item, "finding_id": f"{evaluation}.0"}
    told: dict[str, Any] = {}
    for path, methods in document["paths"].items():
        names = re.findall(r"\{(\w+)\}", path)
        if (
            "get" in methods
            and path not in OF_ITS_OWN
            and names
            and set(names) <= set(given)
            and all(given[n] for n in names)
        ):
            told[path] = seen(await client.get(path.format(**given)))
    about = {"conversation_id": conversation}
    for path in ("/v1/labels", "/v1/appeals", "/v1/calibrations", "/v1/coaching-tasks"):
        told[path] = seen(await client.get(path, params=about))
    for query in (
        {"answer": "politeness<50"},
        {"answer": "politeness>=80"},
        {"error_class": "rudeness"},
        {"error_class": "interrupting"},
    ):
        found = (await client.get("/v1/conversations", params=query)).json()["items"]
        told[f"list {query}"] = conversation in {one["id"] for one in found}
    listed = (await client.get("/v1/conversations")).json()["items"]
    told["listed"] = neutral(json.dumps(next(one for one in listed if one["id"] == conversation)))
    for state in ("done", "skipped", "stale"):
        closed = (await client.get("/v1/review-items", params={"state": state})).json()["items"]
        told[state] = [neutral(json.dumps(one)) for one in closed if one["conversation_id"] == conversation]
    return told


async def waits(client: httpx.AsyncClient, conversation: str) -> bool:
    items = (await client.get("/v1/review-items")).json()["items"]
    return any(one["conversation_id"] == conversation for one in items)


def seen(reply: httpx.Response) -> tuple[int, str, str]:
    is_json = "json" in reply.headers["content-type"]
    return reply.status_code, reply.headers["content-type"], neutral(reply.text) if is_json else str(len(reply.content))


async def test_nothing_tells_a_blind_item_from_another(scene: Scene) -> None:
    evaluations = {
        one: (await scene.ann.get(f"/v1/conversations/{one}/evaluation")).json()["evaluation"]["id"]
        for one in (scene.plain, scene.known)
    }
    assert await everything(scene, scene.ann, scene.known, evaluations[scene.known]) == await everything(
        scene, scene.ann, scene.plain, evaluations[scene.plain]
    )
    steps: dict[str, list[Any]] = {}
    for one, evaluation in evaluations.items():
        item = await item_of(scene.ann, one)
        me = (await scene.ann.get("/v1/whoami")).json()["person"]["id"]
        copy = {"conversation_id": one, "whole": True}
        replies = [
            await scene.ann.put(f"/v1/review-items/{item}/assignee", json={"person_id": me}),
            await scene.ann.delete(f"/v1/review-items/{item}/assignee"),
            await scene.ann.put(f"/v1/review-items/{item}/assignee", json={"person_id": me}),
            *await judge(scene.ann, one, evaluation, 55),
            await scene.ann.post("/v1/golden-items", json=copy),
            await scene.ann.post("/v1/golden-items", json=copy),
            await scene.ann.post(f"/v1/review-items/{item}/done"),
            await scene.ann.post(f"/v1/review-items/{item}/done"),
            await scene.ann.post(f"/v1/review-items/{item}/skip", json={"reason": "cannot_hear"}),
        ]
        steps[one] = [seen(reply) for reply in replies]
    assert steps[scene.known] == steps[scene.plain]
    assert await everything(scene, scene.ann, scene.known, evaluations[scene.known]) == await everything(
        scene, scene.ann, scene.plain, evaluations[scene.plain]
    )
    progress = (await scene.ann.get("/v1/review-progress")).json()
    assert (progress["open"], progress["done_by_me"]) == (0, 2)


async def test_for_everybody_else_the_settled_verdict_stands(scene: Scene) -> None:
    for client in (scene.manager, scene.bob, scene.admin):
        listed = (await client.get("/v1/conversations", params={"answer": "politeness<50"})).json()["items"]
        assert scene.known in {one["id"] for one in listed}
        told = (await client.get("/v1/labels", params={"conversation_id": scene.known})).json()["items"]
        assert [one["value"] for one in told] == [30]
    golden = (await scene.manager.get("/v1/golden-items", params={"conversation_id": scene.known})).json()["items"]
    authors = {label["decided_by"] for one in golden for label in one["labels"]}
    assert len(authors) == 1, "what was said blind is no proposal either"


async def test_reviewers_see_how_often_they_are_right_and_managers_see_all(scene: Scene) -> None:
    own = (await scene.ann.get("/v1/review-accuracy")).json()
    (ann,) = own["items"]
    assert (ann["name"], ann["items"], ann["overall"]["few"]) == ("ann", 1, own["few"] > ann["overall"]["n"])
    by_subject = {one["subject"]: one["accuracy"] for one in ann["subjects"]}
    assert (by_subject["politeness"]["right"], by_subject["politeness"]["n"]) == (0, 1), "55 where 30 is right"
    assert (by_subject["rudeness"]["share"], by_subject["interrupting"]["share"]) == (1, 1)
    assert (await scene.bob.get("/v1/review-accuracy")).json()["items"] == []
    assert (await scene.manager.get("/v1/review-accuracy")).json() == own
    lines = (await scene.manager.get("/v1/audit", params={"action": "reviewers_measured"})).json()["items"]
    assert len(lines) == 1
    done = (await scene.manager.get("/v1/audit", params={"action": "review_done"})).json()["items"]
    assert {(one["actor_name"], one["details"].get("blind")) for one in done if one["conversation_id"] == scene.known} == {
        ("ann", "true"), ("manager", None)
    }  # fmt: skip


async def test_people_among_themselves_stand_beside_the_model(scene: Scene) -> None:
    """One reviewer's blind answers against what the manager settled, and two verdicts of which the second saw the first."""
    label = {"conversation_id": scene.plain, "criterion": "politeness", "state": "answered", "value": 60}
    assert (await scene.bob.post("/v1/labels", json=label)).status_code == 201
    found = {one["subject"]: one for one in (await scene.manager.get("/v1/human-agreement")).json()["items"]}
    assert found["politeness"]["sources"] == {"blind": 1, "double": 1}
    assert (found["politeness"]["n"], found["politeness"]["agreed"], found["politeness"]["seen"]) == (1, 0, False)
    assert (found["rudeness"]["n"], found["rudeness"]["agreed"]) == (1, 1)
