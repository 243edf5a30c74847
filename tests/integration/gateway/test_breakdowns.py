"""GET /v1/breakdown, /v1/comparison and /v1/parity."""

from typing import Any

import pytest
from integration.gateway import outcomes
from integration.gateway.conftest import Door
from integration.gateway.posted import PEOPLE, fresh, post_chat


@pytest.fixture(scope="module")
async def line(door: Door) -> str:
    """Two chats in March, one with a finding in April."""
    name = f"breakdown-{fresh()}"
    for moment in ("2026-03-02T10:00:00Z", "2026-03-03T10:00:00Z", "2026-04-06T10:00:00Z"):
        found = (outcomes.FINDING,) if "-04-" in moment else ()
        await outcomes.judge(door, await post_chat(door.ours, line=name, started_at=moment), findings=found)
    return name


async def asked(door: Door, path: str, **query: Any) -> dict[str, Any]:
    reply = await door.ours.get(path, params=query)
    assert reply.status_code == 200, reply.text
    return dict(reply.json())


async def test_a_breakdown_has_groups_weeks_and_classes(door: Door, line: str) -> None:
    found = await asked(door, "/v1/breakdown", line=line, since="2026-03-01", by="week")
    assert [(one["name"], one["evaluated"]) for one in found["groups"]] == [("2026-03-02", 2), ("2026-04-06", 1)]
    assert found["groups"][0]["score"] == {"mean": 90.0, "n": 2, "plus_minus": 0.0}
    assert [(one["criterion"], one["week"]) for one in found["weeks"]] == [
        ("politeness", "2026-03-02"), ("politeness", "2026-04-06"),
    ]  # fmt: skip
    (one,) = found["classes"]
    assert (one["error_class"], one["share"]["found"], one["share"]["looked"]) == ("rudeness", 1, 1)
    assert 0 < one["share"]["low"] < one["share"]["high"] == 1
    old = await asked(door, "/v1/breakdown", line=line)
    assert old["evaluated"] == 0, "without a period, the last 92 days"


async def test_two_periods_are_compared(door: Door, line: str) -> None:
    march = {"since": "2026-03-01", "until": "2026-03-31"}
    april = {"other_since": "2026-04-01", "other_until": "2026-04-30"}
    found = await asked(door, "/v1/comparison", line=line, **march, **april)
    assert (found["first"], found["second"]) == (2, 1)
    whole, politeness = found["means"]
    assert (whole["criterion"], politeness["criterion"]) == (None, "politeness")
    assert politeness["difference"] == {"value": 0.0, "low": None, "high": None, "is_told": False}
    (rude,) = found["classes"]
    assert rude["first"]["share"] is rude["difference"]["value"] is None
    same = await asked(door, "/v1/comparison", line=line, **march, other_recipe="0000")
    assert (same["first"], same["second"]) == (2, 0)


async def test_people_and_bots_are_compared_by_live_classes(door: Door) -> None:
    name = f"parity-{fresh()}"
    bot = {"id": "bot", "role": "bot", "reference": "assistant"}
    live = outcomes.FINDING.model_copy(update={"error_class": "stop_words", "participant": None})
    for people in (PEOPLE, [bot, PEOPLE[1]]):
        turns = [{"participant": one["id"], "text": "Сколько стоит доставка?"} for one in people]
        chat = await post_chat(door.ours, line=name, participants=people, turns=turns)
        await outcomes.judge(door, chat, findings=(live, outcomes.FINDING))
    found = await asked(door, "/v1/parity", line=name)
    assert (found["people"], found["bots"], found["shared"]) == (1, 1, 0)
    (one,) = found["classes"]
    assert (one["error_class"], one["too_few"]) == ("stop_words", True), "rudeness is no live class"
    assert (one["people"]["found"], one["bots"]["found"]) == (1, 1)
    file = await door.ours.get("/v1/parity/export", params={"line": name})
    assert file.headers["content-type"].startswith("text/csv")
    head, row = file.text.splitlines()
    assert head.startswith("error_class,title_ru,title_en,people_found")
    assert row.startswith("stop_words,Стоп-слова,Stop words,1,1,1.0,")
    assert row.endswith(",yes")


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/v1/breakdown", {"by": "mood"}),
        ("/v1/breakdown", {"answer": "politeness"}),
        ("/v1/comparison", {}),
        ("/v1/comparison", {"other_since": "never"}),
    ],
    ids=str,
)
async def test_what_cannot_be_grouped_or_compared(door: Door, path: str, query: dict[str, str]) -> None:
    assert (await door.ours.get(path, params=query)).status_code == 422
