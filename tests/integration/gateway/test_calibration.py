"""Calibration over the wire: blind while it is open, compared once it is closed, apart from what counts."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from auricle_records import results
from fixtures.deliveries import take_up
from fixtures.tenant import an_answer, an_evaluation
from integration.gateway.conftest import Door
from integration.gateway.posted import post_chat
from integration.gateway.signed_in import person_of

DUE = "2030-01-01T00:00:00Z"
MODEL = (90, 80, 30, 60)
EXPERT = (80, 80, 40, 60)
SECOND = (90, 70, 30, 70)


@dataclass
class Cast:
    """An expert, a second reviewer, one who has no part in it, a manager and an agent; ids of the first two."""

    rita: httpx.AsyncClient
    rosa: httpx.AsyncClient
    other: httpx.AsyncClient
    quinn: httpx.AsyncClient
    anna: httpx.AsyncClient
    ids: tuple[str, str]


@pytest.fixture(scope="module")
async def cast(door: Door) -> AsyncIterator[Cast]:
    async with AsyncExitStack() as stack:
        rita, rosa, other, quinn, anna = [
            await stack.enter_async_context(await person_of(door.ours, role, email=f"{name}@calibration.example"))
            for name, role in (
                ("rita", "reviewer"),
                ("rosa", "reviewer"),
                ("other", "reviewer"),
                ("quinn", "quality_manager"),
                ("anna", "agent"),
            )
        ]
        first, second = [(await one.get("/v1/whoami")).json()["person"]["id"] for one in (rita, rosa)]
        yield Cast(rita, rosa, other, quinn, anna, (first, second))


async def judged(door: Door, value: int) -> str:
    conversation = await post_chat(door.ours)
    (run,) = (await door.ours.get(f"/v1/conversations/{conversation}")).json()["runs"]
    begun = await take_up(door.db, "ours", run["id"])
    await results.commit_evaluation(door.db, begun, an_evaluation(begun, [an_answer(value=value)]))
    return conversation


async def opened(door: Door, cast: Cast, **changes: Any) -> tuple[str, list[str]]:
    """A session over four conversations, and their ids in its order."""
    names = [await judged(door, value) for value in MODEL]
    body = {"title": "Декабрь", "conversation_ids": names, "reviewer_ids": cast.ids, "expert_id": cast.ids[0]}
    reply = await cast.quinn.post("/v1/calibrations", json=body | {"due_at": DUE} | changes)
    assert reply.status_code == 201, reply.text
    return reply.json()["id"], names


async def answer(client: httpx.AsyncClient, session: str, conversation: str, **said: Any) -> httpx.Response:
    body = {"conversation_id": conversation, "criterion": "politeness"} | said
    return await client.put(f"/v1/calibrations/{session}/answers", json=body)


async def between_people(cast: Cast) -> int:
    """In how many pairs people agreed about politeness without seeing each other."""
    items = (await cast.quinn.get("/v1/human-agreement")).json()["items"]
    return sum(one["agreed"] for one in items if one["subject"] == "politeness" and not one["seen"])


async def test_a_session_is_blind_then_compared(door: Door, cast: Cast) -> None:
    before = await between_people(cast)
    session, names = await opened(door, cast)
    path = f"/v1/calibrations/{session}"
    for client, values in ((cast.rita, EXPERT), (cast.rosa, SECOND)):
        for name, value in zip(names, values, strict=True):
            assert (await answer(client, session, name, value=value)).status_code == 204
    assert (await answer(cast.rosa, session, names[0], value=85)).status_code == 204
    assert (await answer(cast.rosa, session, names[0], value=90)).status_code == 204, "the newest stands"
    seen = (await cast.rosa.get(f"{path}/questions")).json()["items"]
    assert {one["conversation_id"]: one["questions"][0]["value"] for one in seen} == dict(
        zip(names, SECOND, strict=True)
    ), "the own answers, and nobody else's"
    early = await cast.quinn.get(f"{path}/comparison")
    assert (early.status_code, early.json()["code"]) == (409, "calibration_open")
    found = (await cast.quinn.get(path)).json()
    assert (found["questions"], [one["answered"] for one in found["reviewers"]]) == (4, [4, 4])
    assert (await cast.rita.post(f"{path}/closing")).status_code == 403
    assert (await cast.quinn.post(f"{path}/closing")).json()["state"] == "closed"
    for late in (await answer(cast.rita, session, names[0], value=1), await cast.quinn.post(f"{path}/closing")):
        assert (late.status_code, late.json()["code"]) == (409, "calibration_closed")
    told = (await cast.rita.get(f"{path}/comparison")).json()
    (politeness,) = told["criteria"]
    assert told["reference"] == "expert"
    assert politeness["humans"]["n"] == politeness["model"]["n"] == 4
    assert -1 <= politeness["humans"]["low"] <= politeness["humans"]["alpha"] <= politeness["humans"]["high"] <= 1
    assert politeness["model"]["alpha"] > politeness["humans"]["alpha"], "by the numbers above"
    assert [one["name"] for one in politeness["reviewers"]] == ["rosa"], "the expert is what others are held against"
    assert await between_people(cast) == before + 4, "all four are within 10 points of each other"
    first = next(one for one in told["questions"] if one["conversation_id"] == names[0])
    assert [(one["name"], one["value"]) for one in first["answers"]] == [(None, 90), ("rita", 80), ("rosa", 90)]
    listed = await door.ours.get("/v1/conversations", params={"id": names[0], "include": "summary"})
    (summary,) = [one["summary"] for one in listed.json()["items"]]
    assert (summary["answers"][0]["value"], summary["answers"][0]["judged_by"]) == (90, None), "it counts nowhere else"
    trail = (await door.ours.get("/v1/audit", params={"search": session})).json()["items"]
    assert {one["action"] for one in trail} == {"calibration_opened", "calibration_closed"}


async def test_who_has_no_part_finds_nothing(door: Door, cast: Cast) -> None:
    session, names = await opened(door, cast)
    path = f"/v1/calibrations/{session}"
    for ending in ("", "/questions", "/comparison"):
        assert (await cast.other.get(path + ending)).status_code == 404
        assert (await cast.anna.get(path + ending)).status_code == 403
    assert (await answer(cast.other, session, names[0], value=1)).status_code == 404
    assert (await answer(cast.quinn, session, names[0], value=1)).status_code == 404, (
        "a manager opens, and judges nothing"
    )
    assert (await answer(door.ours, session, names[0], value=1)).status_code == 403, "a key is nobody"
    assert session not in (await cast.other.get("/v1/calibrations")).text
    for client in (cast.rita, cast.quinn, door.ours):
        assert session in (await client.get("/v1/calibrations")).text


async def test_a_sample_is_drawn_and_without_an_expert_most_count(door: Door, cast: Cast) -> None:
    session, _ = await opened(door, cast, conversation_ids=[], sample=3, expert_id=None)
    path = f"/v1/calibrations/{session}"
    asked = (await cast.rita.get(f"{path}/questions")).json()["items"]
    assert len(asked) == 3
    for number, one in enumerate(asked):
        for client in (cast.rita, cast.rosa):
            for question in one["questions"]:
                said = (
                    {"state": "not_applicable"} if number == 0 and client is cast.rosa else {"value": 40 + 10 * number}
                )
                reply = await answer(client, session, one["conversation_id"], criterion=question["criterion"], **said)
                assert reply.status_code == 204, reply.text
    await cast.quinn.post(f"{path}/closing")
    told = (await cast.quinn.get(f"{path}/comparison")).json()
    assert told["reference"] == "reviewers"
    (politeness,) = told["criteria"]
    assert (politeness["humans"]["alpha"], politeness["humans"]["n"], politeness["disputed"]) == (1, 2, 1)
    assert {one["name"] for one in politeness["reviewers"]} == {"rita", "rosa"}


async def test_what_makes_no_session_is_told(door: Door, cast: Cast) -> None:
    name = await judged(door, 50)
    anna = (await cast.anna.get("/v1/whoami")).json()["person"]["id"]
    body = {"title": "x", "conversation_ids": [name], "reviewer_ids": cast.ids, "due_at": DUE}
    bare = await post_chat(door.ours)
    for change, status in (
        ({"conversation_ids": []}, 422),
        ({"sample": 3}, 422),
        ({"reviewer_ids": [cast.ids[0]]}, 422),
        ({"reviewer_ids": [cast.ids[0], cast.ids[0]]}, 422),
        ({"reviewer_ids": [cast.ids[0], anna]}, 422),
        ({"expert_id": anna}, 422),
        ({"conversation_ids": ["0193-none"]}, 404),
        ({"conversation_ids": [bare]}, 404),
    ):
        assert (await cast.quinn.post("/v1/calibrations", json=body | change)).status_code == status, change
    assert (await cast.rita.post("/v1/calibrations", json=body)).status_code == 403
    session = (await cast.quinn.post("/v1/calibrations", json=body)).json()["id"]
    for said, status in (
        ({"value": 300}, 422),
        ({"value": None}, 422),
        ({"criterion": "no_such", "value": 3}, 404),
    ):
        assert (await answer(cast.rita, session, name, **said)).status_code == status, said
    assert (await answer(cast.rita, session, bare, value=3)).status_code == 404


async def test_conversations_and_people_join_an_open_session_and_it_stays_blind(door: Door, cast: Cast) -> None:
    session, names = await opened(door, cast)
    path = f"/v1/calibrations/{session}"
    assert (await answer(cast.rita, session, names[0], value=80)).status_code == 204
    third = (await cast.other.get("/v1/whoami")).json()["person"]["id"]
    late = await judged(door, 50)
    added = {"conversation_ids": [late, names[0]], "reviewer_ids": [third, cast.ids[0]]}
    assert (await cast.rita.post(f"{path}/additions", json=added)).status_code == 403
    told = (await cast.quinn.post(f"{path}/additions", json=added)).json()
    assert (told["conversations"], len(told["reviewers"])) == (5, 3)
    assert {one["person_id"]: (one["answered"], one["is_expert"]) for one in told["reviewers"]} == {
        cast.ids[0]: (1, True), cast.ids[1]: (0, False), third: (0, False),
    }  # fmt: skip
    asked = (await cast.other.get(f"{path}/questions")).json()["items"]
    assert {one["conversation_id"] for one in asked} == {*names, late}
    assert all(question["state"] is None for one in asked for question in one["questions"]), "nobody's answer is seen"
    for wrong, status in (({}, 422), ({"conversation_ids": [await post_chat(door.ours)]}, 404)):
        assert (await cast.quinn.post(f"{path}/additions", json=wrong)).status_code == status
    many = [await judged(door, 50) for _ in range(26)]
    full = await cast.quinn.post(f"{path}/additions", json={"conversation_ids": many})
    assert (full.status_code, "at most" in full.text) == (422, True)
    assert (await cast.quinn.get(path)).json()["conversations"] == 5, "all of them or none"
    assert (await cast.quinn.post(f"{path}/closing")).status_code == 200
    closed = await cast.quinn.post(f"{path}/additions", json={"conversation_ids": [late]})
    assert (closed.status_code, closed.json()["code"]) == (409, "calibration_closed")
