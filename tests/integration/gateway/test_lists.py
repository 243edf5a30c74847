"""GET /v1/conversations as a page asks it: a day's rows with their answers in one request, found by parts of names, in three orders."""

from typing import Any

import pytest
from integration.gateway import outcomes
from integration.gateway.conftest import Door
from integration.gateway.posted import fresh, post_chat

SVETLANA = [{"id": "agent", "role": "agent", "reference": "77", "name": "Светлана Орлова"}]


@pytest.fixture(scope="module")
async def day(door: Door) -> dict[str, str]:
    """Three chats: the evening before, the last second of a day, the next midnight; the second judged and contested. Ids by name."""
    times = {"before": "2026-03-01T22:00:00Z", "last": "2026-03-02T23:59:59Z", "after": "2026-03-03T00:00:00Z"}
    posted = {}
    for name, moment in times.items():
        people = [*SVETLANA, {"id": "customer", "role": "customer"}]
        about: dict[str, Any] = {"started_at": moment, "line": "Продажи-Север", "participants": people}
        posted[name] = await post_chat(door.ours, external_id=f"День-{name}-{fresh()}", **about)
    await outcomes.judge(door, posted["last"])
    label = {"conversation_id": posted["last"], "criterion": "politeness", "value": 75, "author": "Иванова"}
    assert (await door.ours.post("/v1/labels", json=label)).status_code == 201
    return posted


async def asked(door: Door, **query: str) -> list[dict[str, Any]]:
    response = await door.ours.get("/v1/conversations", params={"agent": "светлана"} | query)
    assert response.status_code == 200, response.text
    return list(response.json()["items"])


async def test_the_last_day_is_whole(door: Door, day: dict[str, str]) -> None:
    for since, until, expected in (
        ("2026-03-02", "2026-03-02", ["last"]),
        ("2026-03-01", "2026-03-02", ["last", "before"]),
        ("2026-03-02T00:00:00Z", "2026-03-03T00:00:00Z", ["last"]),
        ("2026-03-03", "2026-03-09", ["after"]),
    ):
        found = [item["id"] for item in await asked(door, since=since, until=until)]
        assert found == [day[name] for name in expected], (since, until)


@pytest.mark.parametrize(
    "query", [{"agent": "ОРЛОВ"}, {"agent": "77"}, {"line": "север"}, {"external_id": "ДЕНЬ-"}], ids=str
)
async def test_a_part_is_enough(door: Door, day: dict[str, str], query: dict[str, str]) -> None:
    assert {item["id"] for item in await asked(door, **query)} == set(day.values())


async def test_a_summary_has_the_verdict_and_the_models_answer(door: Door, day: dict[str, str]) -> None:
    items = {item["id"]: item["summary"] for item in await asked(door, include="summary")}
    assert items[day["before"]] is None
    answers = {answer["criterion"]: answer for answer in items[day["last"]]["answers"]}
    politeness = answers["politeness"]
    assert (politeness["value"], politeness["model_value"], politeness["judged_by"]) == (75, 90, "Иванова")
    assert (answers["sale_chance"]["state"], answers["sale_chance"]["judged_by"]) == ("undetermined", None)
    assert all(item["summary"] is None for item in await asked(door)), "only where it is asked for"


async def test_what_came_in_last_comes_first(door: Door, day: dict[str, str]) -> None:
    def ids(items: list[dict[str, Any]]) -> list[str]:
        return [item["id"] for item in items]

    assert ids(await asked(door, sort="added")) == [day[name] for name in ("after", "last", "before")]
    assert ids(await asked(door, sort="oldest")) == [day[name] for name in ("before", "last", "after")]
    cursor = (await door.ours.get("/v1/conversations", params={"limit": "1"})).json()["next_cursor"]
    wrong = await door.ours.get("/v1/conversations", params={"cursor": cursor, "sort": "added"})
    assert wrong.status_code == 422


@pytest.mark.parametrize(
    "query",
    [
        {"until": "2300-01-01"},
        {"until": "0"},
        {"until": "2026"},
        {"since": "2026-02-30"},
        {"since": "1"},
        {"sort": "value"},
    ],
)
async def test_what_is_no_day_and_no_order(door: Door, query: dict[str, str]) -> None:
    assert (await door.ours.get("/v1/conversations", params=query)).status_code == 422


async def test_facets_name_agents_and_lines(door: Door, day: dict[str, str]) -> None:
    assert day
    found = (await door.ours.get("/v1/facets")).json()
    assert {"value": "77", "name": "Светлана Орлова", "count": 3} in found["agents"]
    assert {"value": "Продажи-Север", "name": None, "count": 3} in found["lines"]


async def test_agents_of_named_conversations_and_of_a_bounded_time(door: Door, day: dict[str, str]) -> None:
    """Chats of March lie outside of the 92 days before now, unless somebody asks for them."""
    named = (await door.ours.get("/v1/agents", params={"id": [day["last"], day["after"]]})).json()["items"]
    assert [(one["agent"], one["conversations"], one["score"], one["judged"]) for one in named] == [("77", 2, 75, 1)]
    now = (await door.ours.get("/v1/agents")).json()["items"]
    assert "77" not in {one["agent"] for one in now}
    march = (await door.ours.get("/v1/agents", params={"until": "2026-03-09"})).json()["items"]
    assert [one["conversations"] for one in march if one["agent"] == "77"] == [3]
