"""GET /v1/conversations as an analyst asks it: by what was said, and by how it was judged, in one request."""

from typing import Any

import pytest
from auricle_contracts import Role
from auricle_records import transcript_texts
from auricle_records.transcript_texts import MaskedTurn
from integration.gateway import outcomes
from integration.gateway.conftest import Door
from integration.gateway.posted import chat, fresh, post_chat


@pytest.fixture(scope="module")
async def said(door: Door) -> str:
    """A judged chat whose text is in the index, as keeper would put it there."""
    return await indexed(door, "ours")


async def indexed(door: Door, workspace: str) -> str:
    client = getattr(door, workspace)
    conversation = await post_chat(client, external_id=f"search-{fresh()}")
    await outcomes.judge(door, conversation, findings=(outcomes.FINDING,), of=client)
    for one in await transcript_texts.waiting(door.db, workspace, limit=200):
        turns = [MaskedTurn(at, Role.AGENT, turn["text"]) for at, turn in enumerate(chat()["turns"], 1)]
        await transcript_texts.put(door.db, workspace, one, turns)
    return conversation


async def found(door: Door, conversation: str, **query: Any) -> dict[str, Any] | None:
    response = await door.ours.get("/v1/conversations", params={"id": conversation} | query)
    assert response.status_code == 200, response.text
    items = response.json()["items"]
    return items[0] if items else None


async def test_words_come_with_the_turns_they_stand_in(door: Door, said: str) -> None:
    item = await found(door, said, text='"стоит триста" доставка', include="summary")
    assert item is not None
    asked, turn = item["matches"]["turns"]
    assert (item["matches"]["total"], asked["text"]) == (2, "Сколько стоит?")
    assert (turn["turn"], turn["role"], turn["text"]) == (2, "agent", "Доставка стоит триста рублей")
    assert [turn["text"][mark["start"] : mark["end"]] for mark in turn["marks"]] == ["Доставка", "стоит", "триста"]
    assert item["summary"]["answers"]
    assert await found(door, said, text="возврат") is None
    everything = await found(door, said)
    assert everything is not None
    assert everything["matches"] is None


@pytest.mark.parametrize(
    ("query", "is_found"),
    [
        ({"answer": ["politeness>=90", "stage=presentation"]}, True),
        ({"answer": ["politeness>=90", "stage=closing"]}, False),
        ({"answer": "sale_chance:undetermined"}, True),
        ({"unsure_below": "0.95"}, True),
        ({"unsure_below": "0.5"}, False),
        ({"score_from": "90", "score_below": "91"}, True),
        ({"score_below": "90"}, False),
        ({"error_class": "rudeness"}, True),
        ({"error_class": "interrupting"}, False),
        ({"flag": "noisy"}, False),
        ({"recipe": "0000"}, False),
        ({"team": "nobody's"}, False),
    ],
    ids=str,
)
async def test_filters_by_how_it_was_judged(door: Door, said: str, query: dict[str, Any], is_found: bool) -> None:
    assert bool(await found(door, said, **query)) is is_found


@pytest.mark.parametrize(
    "query",
    [{"answer": "politeness"}, {"answer": "politeness<many"}, {"unsure_below": "2"}, {"text": ""}, {"text": "x" * 201}],
    ids=str,
)
async def test_what_is_no_filter_is_refused(door: Door, query: dict[str, str]) -> None:
    for path in ("/v1/conversations", "/v1/agents", "/v1/export"):
        assert (await door.ours.get(path, params=query)).status_code == 422, path


async def test_another_workspaces_words_are_not_found(door: Door, said: str) -> None:
    theirs = await indexed(door, "theirs")
    ours = {
        item["id"] for item in (await door.ours.get("/v1/conversations", params={"text": "доставка"})).json()["items"]
    }
    assert said in ours
    assert theirs not in ours


async def test_a_deleted_conversation_is_not_found(door: Door) -> None:
    conversation = await indexed(door, "ours")
    assert await found(door, conversation, text="доставка")
    assert (await door.ours.delete(f"/v1/conversations/{conversation}")).status_code == 204
    assert await found(door, conversation, text="доставка") is None


async def test_agents_and_exports_follow_the_same_filters(door: Door, said: str) -> None:
    agents = (await door.ours.get("/v1/agents", params={"id": said, "text": "доставка"})).json()["items"]
    assert [one["conversations"] for one in agents] == [1]
    assert (await door.ours.get("/v1/agents", params={"id": said, "text": "возврат"})).json()["items"] == []
    sheet = await door.ours.get("/v1/export", params={"id": said, "text": "возврат", "format": "csv"})
    assert said not in sheet.text


@pytest.mark.parametrize(
    "query",
    [{"recipe": "0000"}, {"flag": "noisy"}, {"score_below": "5"}, {"unsure_below": "0.1"}, {"error_class": "nobody"}],
    ids=str,
)
async def test_agents_are_narrowed_whatever_else_their_query_reads(
    door: Door, said: str, query: dict[str, str]
) -> None:
    reply = await door.ours.get("/v1/agents", params={"id": said} | query)
    assert (reply.status_code, reply.json().get("items")) == (200, []), reply.text
