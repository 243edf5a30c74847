"""Made from the OpenAPI document: each role reaches the routes whose scopes it has and no other, and an agent only own conversations."""

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass

import httpx
import pytest
from auricle_contracts import MemberRole, Scope
from auricle_identity.roles import SCOPES
from integration.gateway import outcomes
from integration.gateway.conftest import Door
from integration.gateway.posted import PEOPLE, post_call, post_chat
from integration.gateway.signed_in import person_of
from integration.gateway.test_isolation import DOCUMENT, LISTS, METHODS, ask

MINE, ANOTHERS = "A-7", "B-8"
GUARDED = [
    (method, path, frozenset(map(Scope, scopes)))
    for path, item in DOCUMENT["paths"].items()
    for method in METHODS
    if method in item
    for guard in item[method].get("security", ())
    for scopes in guard.values()
]
ABOUT_CONVERSATIONS = [
    (method, path) for method, path, _ in GUARDED if "{conversation_id}" in path or "{run_id}" in path
]
NAMES = {"name": "quality"}  # of a dashboard; every other parameter is an id that nothing has


@dataclass
class Cast:
    """A client of a person for each role, and two conversations: one of the agent, one of another agent."""

    clients: dict[MemberRole, httpx.AsyncClient]
    own: dict[str, str]
    anothers: dict[str, str]


@pytest.fixture(scope="module")
async def cast(door: Door) -> AsyncIterator[Cast]:
    own, anothers = [await conversation(door, reference) for reference in (MINE, ANOTHERS)]
    async with AsyncExitStack() as stack:
        clients = {}
        for role in MemberRole:
            references = (MINE,) if role is MemberRole.AGENT else ()
            client = await person_of(door.ours, role, email=f"{role}@ours.example", references=references)
            clients[role] = await stack.enter_async_context(client)
        yield Cast(clients, own, anothers)


async def conversation(door: Door, reference: str) -> dict[str, str]:
    agent = {"id": "agent", "role": "agent", "reference": reference, "name": f"Оператор {reference}"}
    posted = await post_chat(door.ours, participants=[agent, PEOPLE[1]], line=f"line of {reference}")
    (run,) = (await door.ours.get(f"/v1/conversations/{posted}")).json()["runs"]
    evaluation = await outcomes.judge(door, posted, findings=(outcomes.FINDING,))
    return {"conversation_id": posted, "run_id": run["id"], "finding_id": f"{evaluation}.0", "reference": reference}


def test_the_document_was_read() -> None:
    assert len(GUARDED) >= 40
    assert len(ABOUT_CONVERSATIONS) >= 10
    assert {scope for _, _, scopes in GUARDED for scope in scopes} >= set(Scope) - {Scope.APPEAL}


@pytest.mark.parametrize("role", MemberRole)
async def test_a_role_reaches_what_its_scopes_open_and_nothing_else(door: Door, cast: Cast, role: MemberRole) -> None:
    for method, path, scopes in GUARDED:
        if path == "/v1/conversations/{conversation_id}/events":
            continue  # its own test below; it would go on for minutes
        named = re.sub(r"\{(\w+)\}", lambda found: NAMES.get(found[1], "0193-nowhere"), path)
        response = await ask(door, cast.clients[role], "ours", method, named)
        lacking = scopes - SCOPES[role]
        told = "lacks the scope" in response.text
        assert told == bool(lacking), (role, method, path, response.status_code, response.text[:200])
        assert (response.status_code == 403) or not lacking, (role, method, path)


@pytest.mark.parametrize(("method", "path"), ABOUT_CONVERSATIONS)
async def test_an_agent_does_not_find_anothers_conversation(door: Door, cast: Cast, method: str, path: str) -> None:
    agent = cast.clients[MemberRole.AGENT]
    response = await ask(door, agent, "ours", method, path.format(**cast.anothers))
    assert response.status_code in (403, 404), response.text
    assert cast.anothers["reference"] not in response.text


@pytest.mark.parametrize("path", LISTS)
async def test_no_list_shows_an_agent_anything_of_another(cast: Cast, path: str) -> None:
    needed = {"/v1/comparison": {"other_recipe": "0"}, "/v1/word-uses": {"choice_error_class": "rudeness"}}.get(
        path, {}
    )
    response = await cast.clients[MemberRole.AGENT].get(path, params=needed)
    assert response.status_code in (200, 403), response.text
    assert not any(one in response.text for one in cast.anothers.values())


async def test_an_agent_finds_own_ones(door: Door, cast: Cast) -> None:
    """The references above are real: without this, a typo in one would pass for a limit."""
    agent = cast.clients[MemberRole.AGENT]
    listed = (await agent.get("/v1/conversations")).json()["items"]
    ids = {one["id"] for one in listed}
    assert cast.own["conversation_id"] in ids
    assert cast.anothers["conversation_id"] not in ids
    for method, path in ABOUT_CONVERSATIONS:
        if method == "get" and "recording" not in path:
            response = await ask(door, agent, "ours", method, path.format(**cast.own))
            assert response.status_code in (200, 403, 409), (path, response.text)


async def test_a_reviewer_finds_both(cast: Cast) -> None:
    listed = (await cast.clients[MemberRole.REVIEWER].get("/v1/conversations")).json()["items"]
    assert {cast.own["conversation_id"], cast.anothers["conversation_id"]} <= {one["id"] for one in listed}


async def test_an_agents_event_stream_limits_nobody_else(door: Door, cast: Cast) -> None:
    """All streams share one reader, which the agent's request started."""
    call = await post_call(door.ours)
    agent = cast.clients[MemberRole.AGENT]
    waiting = await post_chat(door.ours, participants=[{"id": "agent", "role": "agent", "reference": MINE}, PEOPLE[1]])
    async with agent.stream("GET", f"/v1/conversations/{waiting}/events") as first:
        lines = first.aiter_lines()
        assert await anext(lines) == "event: state"
        async with door.ours.stream("GET", f"/v1/conversations/{call}/events") as second:
            others = second.aiter_lines()
            assert await anext(others) == "event: state"
            await door.ours.patch(f"/v1/conversations/{call}", json={"line": "vip"})
            told = [line async for line in _until(others, "vip")]
    assert not any("deleted" in line for line in told)


async def _until(lines: AsyncIterator[str], word: str) -> AsyncIterator[str]:
    async for line in lines:
        yield line
        if word in line or "deleted" in line:
            return


async def test_who_has_no_role_sees_nothing(door: Door) -> None:
    async with await person_of(door.ours, email="nobody@ours.example") as nobody:
        assert (await nobody.get("/v1/conversations")).status_code == 403
        assert (await nobody.get("/v1/whoami")).json()["person"]["limited_to_own"] is True
