"""One agent's page over the wire: own rows only for an agent, colleagues as means of several, quotes and findings without personal data."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from auricle_contracts import FindingVerdict, Layer, Scope
from auricle_records import findings, results
from auricle_records.findings import NewFindingLabel
from auricle_records.labels import Author
from fixtures.deliveries import take_up
from fixtures.tenant import an_answer, an_evaluation
from integration.gateway import outcomes
from integration.gateway.conftest import Door
from integration.gateway.posted import PEOPLE, post_chat
from integration.gateway.signed_in import person_of

ANNA, BORIS = "N-1", "N-2"
OTHERS = ("N-3", "N-4")
PHONE = "345-67-89"
WHEN = {"since": "2026-05-25T00:00:00Z", "until": "2026-06-15T00:00:00Z"}


@dataclass
class Cast:
    """Two agents, somebody who runs quality, and conversations by agent."""

    anna: httpx.AsyncClient
    boris: httpx.AsyncClient
    quinn: httpx.AsyncClient
    made: dict[str, list[tuple[str, str]]]


@pytest.fixture(scope="module")
async def cast(door: Door) -> AsyncIterator[Cast]:
    """Anna: 90 and 70 in the first week of June, 40 in the second; Boris 60; two more 50 and 70."""
    made: dict[str, list[tuple[str, str]]] = {ANNA: [], BORIS: []}
    for reference, day, value in (
        (ANNA, 1, 90), (ANNA, 2, 70), (ANNA, 9, 40), (BORIS, 2, 60), (OTHERS[0], 3, 50), (OTHERS[1], 4, 70),
    ):  # fmt: skip
        made.setdefault(reference, []).append(await judged(door, reference, day, value))
    async with AsyncExitStack() as stack:
        people = [
            await stack.enter_async_context(
                await person_of(door.ours, role, email=f"{name}@pages.example", references=references)
            )
            for name, role, references in (
                ("anna", "agent", (ANNA,)),
                ("boris", "agent", (BORIS,)),
                ("quinn", "quality_manager", ()),
            )
        ]
        anna, boris, quinn = people
        yield Cast(anna, boris, quinn, made)


async def judged(door: Door, reference: str, day: int, value: int) -> tuple[str, str]:
    """A conversation of a day in June 2026 with one judged score and one finding; its id and the finding's."""
    agent = {"id": "agent", "role": "agent", "reference": reference}
    started = f"2026-06-{day:02}T10:00:00Z"
    conversation = await post_chat(door.ours, participants=[agent, PEOPLE[1]], started_at=started)
    (run,) = (await door.ours.get(f"/v1/conversations/{conversation}")).json()["runs"]
    begun = await take_up(door.db, "ours", run["id"])
    found = outcomes.FINDING.model_copy(update={"comment": f"Груб с +7 912 {PHONE}."})
    measured = an_answer("silence_share", 99, layer=Layer.RULE, confidence=None, quotes=())
    evaluation = an_evaluation(begun, [an_answer(value=value), measured], [found])
    done = await results.commit_evaluation(door.db, begun, evaluation)
    return conversation, f"{done.evaluation_id}.0"


async def page(client: httpx.AsyncClient, agent: str, **asked: str) -> dict[str, Any]:
    reply = await client.get(f"/v1/agents/{agent}", params=WHEN | asked)
    assert reply.status_code == 200, reply.text
    found: dict[str, Any] = reply.json()
    return found


async def test_an_agents_weeks_stand_beside_the_colleagues(cast: Cast) -> None:
    found = await page(cast.anna, "me")
    assert (found["name"], found["references"], found["conversations"]) == ("anna", [ANNA], 3)
    whole, politeness = found["trends"]
    assert (whole["criterion"], politeness["criterion"]) == (None, "politeness"), "what a rule measures is no judgement"
    for trend in (whole, politeness):
        assert [(one["week"], one["mean"], one["n"]) for one in trend["own"]] == [
            ("2026-06-01", 80, 2), ("2026-06-08", 40, 1),
        ]  # fmt: skip
        assert trend["own"][0]["plus_minus"] == pytest.approx(12.706 * 10)
        assert trend["own"][1]["plus_minus"] is None
        assert [(one["week"], one["mean"], one["n"]) for one in trend["colleagues"]] == [("2026-06-01", 60, 3)]
        assert (trend["own_whole"]["n"], trend["colleagues_whole"]["mean"]) == (3, 60)


async def test_fewer_than_three_colleagues_are_not_shown(door: Door, cast: Cast) -> None:
    team = (await door.ours.post("/v1/teams", json={"name": "Вечерняя смена"})).json()["id"]
    for client in (cast.anna, cast.boris):
        person = (await client.get("/v1/whoami")).json()["person"]["id"]
        assert (await door.ours.patch(f"/v1/people/{person}", json={"team_id": team})).status_code == 200
    found = await page(cast.anna, "me")
    assert found["team"] == "Вечерняя смена"
    assert all(one["colleagues"] == [] and one["colleagues_whole"] is None for one in found["trends"])
    for client in (cast.anna, cast.boris):
        person = (await client.get("/v1/whoami")).json()["person"]["id"]
        await door.ours.patch(f"/v1/people/{person}", json={"team_id": None})


async def test_best_and_worst_quotes_are_of_answers_that_count(door: Door, cast: Cast) -> None:
    found = await page(cast.anna, ANNA)
    assert [one["value"] for one in found["best"]] == [90, 70]
    assert [one["value"] for one in found["worst"]] == [40]
    (worst,) = found["worst"]
    label = {"conversation_id": worst["conversation_id"], "criterion": "politeness", "state": "answered", "value": 95}
    assert (await door.ours.post("/v1/labels", json=label)).status_code == 201
    again = await page(cast.anna, ANNA)
    assert again["worst"] == []
    assert again["best"][0]["conversation_id"] == worst["conversation_id"], "a person's verdict is what counts"


async def test_an_agent_sees_nothing_of_another(cast: Cast) -> None:
    text = (await cast.anna.get("/v1/agents/me", params=WHEN)).text
    for reference in (BORIS, *OTHERS):
        assert not any(one in text for pair in cast.made[reference] for one in pair)
        assert reference not in text
    for reference in (BORIS, "N-99"):
        reply = await cast.anna.get(f"/v1/agents/{reference}")
        assert (reply.status_code, reply.json()["code"]) == (404, "not_found")
    assert (await cast.anna.get("/v1/agents/me", params=WHEN)).json()["person_id"] is not None


async def test_who_looks_at_an_agent_is_written_down(door: Door, cast: Cast) -> None:
    found = await page(cast.quinn, BORIS)
    assert (found["name"], found["conversations"]) == ("boris", 1)
    assert PHONE not in str(found), "a scope to unmask is no wish to"
    looked = (await door.ours.get("/v1/audit", params={"action": "agent_seen"})).json()["items"]
    assert found["person_id"] in {one["subject"] for one in looked}
    own = {one["subject"] for one in looked if one["actor_name"] in ("anna", "boris")}
    assert own == set(), "the own page is nobody else's business"
    nameless = await page(cast.quinn, OTHERS[0])
    assert (nameless["person_id"], nameless["references"]) == (None, [OTHERS[0]])


async def test_findings_that_count_are_acknowledged_once_by_whom_they_are_about(door: Door, cast: Cast) -> None:
    conversation, finding = cast.made[ANNA][0]
    path = f"/v1/conversations/{conversation}/findings/{finding}/acknowledgement"
    assert (await cast.boris.post(path)).status_code == 404, "another's is not there"
    assert (await cast.quinn.post(path)).status_code == 403
    assert (await door.ours.post(path)).status_code == 403, "a key is nobody"
    first = (await cast.anna.post(path)).json()
    assert (await cast.anna.post(path)).json() == first
    assert first["by"] == "anna"
    trail = (await door.ours.get("/v1/audit", params={"conversation_id": conversation})).json()["items"]
    assert [one["action"] for one in trail].count("finding_acknowledged") == 1
    seen = {one["finding_id"]: one for one in (await page(cast.quinn, ANNA))["findings"]}
    assert seen[finding]["acknowledgement"] == first
    assert seen[cast.made[ANNA][1][1]]["acknowledgement"] is None
    assert PHONE not in str(seen), "comments are masked"
    missing = await cast.anna.post(f"/v1/conversations/{conversation}/findings/none/acknowledgement")
    assert missing.status_code == 404


async def test_a_rejected_finding_is_not_on_the_page(door: Door, cast: Cast) -> None:
    conversation, finding = cast.made[ANNA][1]
    rejected = NewFindingLabel(FindingVerdict.REJECT)
    await findings.put(
        door.db, "ours", conversation, finding, rejected, author=Author("rita", "rita", "person"), source="page"
    )
    assert finding not in {one["finding_id"] for one in (await page(cast.anna, "me"))["findings"]}


async def test_a_colleagues_finding_in_a_shared_conversation_is_not_ones_own(door: Door, cast: Cast) -> None:
    agents = [{"id": "agent", "role": "agent", "reference": ANNA}, {"id": "b", "role": "agent", "reference": BORIS}]
    turns = [{"participant": "customer", "text": "Где?"}, {"participant": "agent", "text": "Тут."}]
    conversation = await post_chat(
        door.ours, participants=[*agents, PEOPLE[1]], turns=turns, started_at="2026-06-03T10:00:00Z"
    )
    evaluation = await outcomes.judge(door, conversation, findings=(outcomes.FINDING,))
    path = f"/v1/conversations/{conversation}/findings/{evaluation}.0/acknowledgement"
    assert (await cast.boris.post(path)).status_code == 404
    assert f"{evaluation}.0" not in {one["finding_id"] for one in (await page(cast.boris, "me"))["findings"]}
    assert (await cast.anna.post(path)).status_code == 200


async def test_periods_and_who_has_no_page(door: Door, cast: Cast) -> None:
    for wrong in (
        {"since": "2026-06-02T00:00:00Z", "until": "2026-06-01T00:00:00Z"},
        {"since": "2020-01-01T00:00:00Z"},
    ):
        assert (await cast.anna.get("/v1/agents/me", params=wrong)).status_code == 422
    async with await door.client("ours", Scope.READ) as key:
        assert (await key.get("/v1/agents/me")).status_code == 403
    assert (await page(cast.quinn, "me"))["trends"] == [], "who is no agent has an empty page"
    assert (await page(cast.anna, "me", until="2026-05-26T00:00:00Z"))["conversations"] == 0
