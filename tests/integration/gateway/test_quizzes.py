"""Quizzes over the wire: made of what people judged, masked, answered once by whose they are, and counted over three people or more."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from integration.gateway import outcomes
from integration.gateway.conftest import Door
from integration.gateway.posted import PEOPLE, post_chat
from integration.gateway.signed_in import person_of

DUE = "2030-01-01T00:00:00Z"
PHONE = "345-67-89"


@dataclass
class Cast:
    """Who runs quality, three agents with their ids, a reviewer."""

    quinn: httpx.AsyncClient
    agents: tuple[httpx.AsyncClient, ...]
    ids: tuple[str, ...]
    rita: httpx.AsyncClient


@pytest.fixture(scope="module")
async def cast(door: Door) -> AsyncIterator[Cast]:
    async with AsyncExitStack() as stack:
        clients = [
            await stack.enter_async_context(
                await person_of(door.ours, role, email=f"{name}@quiz.example", references=references)
            )
            for name, role, references in (
                ("quinn", "quality_manager", ()),
                ("rita", "reviewer", ()),
                ("anna", "agent", ("Q-1",)),
                ("boris", "agent", ("Q-2",)),
                ("vera", "agent", ("Q-3",)),
            )
        ]
        ids = [(await one.get("/v1/whoami")).json()["person"]["id"] for one in clients[2:]]
        yield Cast(clients[0], tuple(clients[2:]), tuple(ids), clients[1])


async def source(door: Door, verdict: str, **said: Any) -> dict[str, str]:
    """A finding that somebody judged."""
    agent = {"id": "agent", "role": "agent", "reference": "Q-1"}
    turns = [
        {"participant": "customer", "text": f"Мой номер +7 912 {PHONE}."},
        {"participant": "agent", "text": "Перезвоните сами, мне некогда."},
    ]
    conversation = await post_chat(door.ours, participants=[agent, PEOPLE[1]], turns=turns)
    finding = f"{await outcomes.judge(door, conversation, findings=(outcomes.FINDING,))}.0"
    path = f"/v1/conversations/{conversation}/findings/{finding}/labels"
    assert (await door.ours.post(path, json={"verdict": verdict} | said)).status_code == 201
    return {"conversation_id": conversation, "finding_id": finding}


async def made(cast: Cast, *sources: dict[str, str], to: tuple[str, ...] = ()) -> str:
    reply = await cast.quinn.post("/v1/quizzes", json={"title": "Грубость", "sources": sources})
    assert reply.status_code == 201, reply.text
    quiz = str(reply.json()["id"])
    if to:
        given = await cast.quinn.post(f"/v1/quizzes/{quiz}/assignments", json={"person_ids": to, "due_at": DUE})
        assert given.json() == {"assigned": len(to), "had_it": 0}
    return quiz


async def own(agent: httpx.AsyncClient, quiz: str) -> dict[str, Any]:
    items = (await agent.get("/v1/quiz-assignments")).json()["items"]
    (found,) = [one for one in items if one["quiz_id"] == quiz]
    return dict((await agent.get(f"/v1/quiz-assignments/{found['id']}")).json())


async def answer(agent: httpx.AsyncClient, quiz: str, number: int, choice: str | None) -> httpx.Response:
    told = await own(agent, quiz)
    said = {"question_id": told["items"][number]["id"], "choice": choice}
    return await agent.post(f"/v1/quiz-assignments/{told['assignment']['id']}/answers", json=said)


async def test_an_agent_answers_once_and_is_told_what_is_right(door: Door, cast: Cast) -> None:
    accepted, rejected = await source(door, "accept", comment="Так нельзя."), await source(door, "reject")
    quiz = await made(cast, accepted, rejected, to=cast.ids[:1])
    anna = cast.agents[0]
    asked = await own(anna, quiz)
    first = asked["items"][0]
    assert [line["is_quoted"] for line in first["lines"]] == [False, True]
    assert PHONE not in str(asked), "masked as it is kept"
    assert "rudeness" in first["choices"]
    assert len(first["choices"]) == 4
    assert (first["solution"], first["answer"]) == (None, None), "nothing of it before the answer"
    wrong = (await answer(anna, quiz, 0, None)).json()
    assert (wrong["answer"]["is_right"], wrong["solution"]["error_class"]) == (False, "rudeness")
    assert wrong["solution"]["explanation"] == "Так нельзя."
    again = await answer(anna, quiz, 0, "rudeness")
    assert (again.status_code, again.json()["code"]) == (409, "quiz_answered")
    assert (await answer(anna, quiz, 1, "no_such_class")).status_code == 422
    assert (await answer(anna, quiz, 1, None)).json()["answer"]["is_right"] is True, "the finding was rejected"
    told = (await own(anna, quiz))["assignment"]
    assert (told["questions"], told["answered"], told["right"]) == (2, 2, 1)
    (listed,) = [one for one in (await cast.rita.get("/v1/quizzes")).json()["items"] if one["id"] == quiz]
    assert (listed["assigned"], listed["finished"]) == (1, 1)


async def test_results_are_of_three_people_or_more_and_ones_own_are_ones_own(door: Door, cast: Cast) -> None:
    quiz = await made(cast, await source(door, "accept"), to=cast.ids)
    for agent, choice in zip(cast.agents[:2], ("rudeness", "rudeness"), strict=True):
        assert (await answer(agent, quiz, 0, choice)).status_code == 200
    few = (await cast.rita.get(f"/v1/quizzes/{quiz}/results")).json()
    assert few["overall"] == {"n": None, "right": None, "share": None, "low": None, "high": None}
    assert (await answer(cast.agents[2], quiz, 0, None)).status_code == 200
    told = (await cast.rita.get(f"/v1/quizzes/{quiz}/results")).json()
    assert (told["people"], told["finished"], told["overall"]["n"], told["overall"]["right"]) == (3, 3, 3, 2)
    assert 0.2 < told["overall"]["low"] < 2 / 3 < told["overall"]["high"] < 0.95
    assert told["questions"][0]["share"] == told["overall"]
    theirs = (await own(cast.agents[0], quiz))["assignment"]["id"]
    for stranger in (cast.agents[1], cast.rita, cast.quinn):
        assert (await stranger.get(f"/v1/quiz-assignments/{theirs}")).status_code == 404
    assert (await door.ours.get(f"/v1/quiz-assignments/{theirs}")).status_code == 403, "a key is nobody"
    for closed in ("/v1/quizzes", f"/v1/quizzes/{quiz}", f"/v1/quizzes/{quiz}/results", "/v1/quiz-sources"):
        assert (await cast.agents[0].get(closed)).status_code == 403


async def test_a_quiz_is_made_of_what_people_judged(door: Door, cast: Cast) -> None:
    judged = await source(door, "accept")
    listed = (await cast.quinn.get("/v1/quiz-sources", params={"error_class": "rudeness"})).json()["items"]
    assert any(one["finding_id"] == judged["finding_id"] and one["is_accepted"] for one in listed)
    conversation = await post_chat(door.ours)
    finding = f"{await outcomes.judge(door, conversation, findings=(outcomes.FINDING,))}.0"
    unjudged = {"conversation_id": conversation, "finding_id": finding}
    refused = await cast.quinn.post("/v1/quizzes", json={"title": "x", "sources": [unjudged]})
    assert (refused.status_code, "Judge the finding first" in refused.text) == (422, True)
    wrongs: list[dict[str, Any]] = [{"sources": []}, {"sources": [{"conversation_id": "x"}]}, {"title": " "}]
    for wrong in wrongs:
        assert (
            await cast.quinn.post("/v1/quizzes", json={"title": "x", "sources": [judged]} | wrong)
        ).status_code == 422
    assert (await cast.rita.post("/v1/quizzes", json={"title": "x", "sources": [judged]})).status_code == 403


async def test_a_golden_item_becomes_a_question(door: Door, cast: Cast) -> None:
    assert (await door.ours.put("/v1/golden-settings", json={"consent": True})).status_code == 200
    line = (
        '{"channel": "chat", "reference": "quiz", "turns": [{"role": "customer", "text": "Где заказ?"},'
        ' {"role": "agent", "text": "Достали уже, ждите"}], "labels": [{"kind": "error_class", "subject": "rudeness",'
        ' "state": "found", "places": [{"turn": 2, "text": "Достали уже"}], "comment": "Грубо."}]}'
    )
    headers = {"Content-Type": "application/x-ndjson"}
    assert (await door.ours.post("/v1/golden-imports", headers=headers, content=line.encode())).json()["added"] == 1
    (item,) = [one["id"] for one in (await door.ours.get("/v1/golden-items")).json()["items"]]
    quiz = await made(cast, {"golden_id": item, "error_class": "rudeness"})
    (question,) = (await cast.rita.get(f"/v1/quizzes/{quiz}")).json()["items"]
    assert (question["quote"], question["solution"]["explanation"]) == ("Достали уже", "Грубо.")
    refused = {"title": "x", "sources": [{"golden_id": item, "error_class": "no_greeting"}]}
    assert (await cast.quinn.post("/v1/quizzes", json=refused)).status_code == 422
    assert (await door.ours.delete(f"/v1/golden-items/{item}")).status_code == 204
    assert (await cast.rita.get(f"/v1/quizzes/{quiz}")).json()["items"] == []


async def test_a_question_goes_with_its_conversation(door: Door, cast: Cast) -> None:
    kept, gone = await source(door, "accept"), await source(door, "accept")
    quiz = await made(cast, kept, gone, to=cast.ids[:1])
    assert (await door.ours.delete(f"/v1/conversations/{gone['conversation_id']}")).status_code in (202, 204)
    assert (await own(cast.agents[0], quiz))["assignment"]["questions"] == 1


async def test_a_team_gets_it_and_who_is_no_agent_does_not(door: Door, cast: Cast) -> None:
    quiz = await made(cast, await source(door, "accept"), to=cast.ids[:1])
    team = (await door.ours.post("/v1/teams", json={"name": "Тест"})).json()["id"]
    for person in cast.ids[:2]:
        assert (await door.ours.patch(f"/v1/people/{person}", json={"team_id": team})).status_code == 200
    assert {one["name"] for one in (await cast.quinn.get("/v1/quiz-recipients")).json()["items"]} >= {"anna", "vera"}
    path = f"/v1/quizzes/{quiz}/assignments"
    assert (await cast.quinn.post(path, json={"team_id": team, "due_at": DUE})).json() == {"assigned": 1, "had_it": 1}
    rita = (await cast.rita.get("/v1/whoami")).json()["person"]["id"]
    for wrong in ({"person_ids": [rita]}, {"team_id": "nowhere"}, {}, {"person_ids": [cast.ids[0]], "team_id": team}):
        assert (await cast.quinn.post(path, json={"due_at": DUE} | wrong)).status_code == 422
    actions = [one["action"] for one in (await door.ours.get("/v1/audit", params={"search": quiz})).json()["items"]]
    assert sorted(actions) == ["quiz_added", "quiz_assigned", "quiz_assigned"]
    assert (await cast.quinn.delete(f"/v1/quizzes/{quiz}")).status_code == 204
    assert (await cast.quinn.get(f"/v1/quizzes/{quiz}")).status_code == 404
