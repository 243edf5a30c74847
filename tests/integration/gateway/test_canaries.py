"""A candidate on a share of live traffic: which conversations it judges, what is told of both groups, and how it ends."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from auricle_contracts import Code, MemberRole
from auricle_contracts.canaries import Side
from auricle_keeper.canaries import Canaries
from auricle_records import canaries, runs
from auricle_records.canaries import OpenCanary
from integration.gateway import outcomes
from integration.gateway.conftest import Door, running
from integration.gateway.posted import post_chat
from integration.gateway.signed_in import person_of
from integration.gateway.test_artefacts import draft, live_one, pinned_to, promote, roll_back
from sqlalchemy import text

OLD, NEW = "min_confidence: 0.5", "min_confidence: 0.6"


@pytest.fixture
async def door(postgres_url: str, redis_server: Any, tmp_path: Path) -> AsyncIterator[Door]:
    """A gateway of this test alone: what is live is the workspace's."""
    async with running(postgres_url, redis_server.url, tmp_path / "blobs", rate_per_minute=0) as alone:
        yield alone


async def candidate(door: Door, note: str = "tried") -> dict[str, Any]:
    """The live scorecard under another note."""
    body = (await door.ours.get(f"/v1/artefacts/{(await live_one(door.ours))['id']}")).json()["body"]
    return await draft(door.ours, str(body["note"])[:20], note)


async def start(client: httpx.AsyncClient, artefact: str, share: int = 50) -> httpx.Response:
    return await client.post(f"/v1/artefacts/{artefact}/canaries", json={"share": share, "reason": "to see"})


async def report(door: Door, canary: str) -> dict[str, Any]:
    reply = await door.ours.get(f"/v1/canaries/{canary}")
    assert reply.status_code == 200, reply.text
    return dict(reply.json())


async def judged(door: Door, conversations: list[str]) -> None:
    for one in conversations:
        await outcomes.judge(door, one, findings=(outcomes.FINDING,))


def test_the_same_conversation_stays_in_its_group_and_a_larger_share_only_adds() -> None:
    ids = [f"conversation {number}" for number in range(4000)]
    small, large = (OpenCanary("c", "a", share) for share in (5, 20))
    held = {one for one in ids if small.holds(one)}
    assert held <= {one for one in ids if large.holds(one)}
    assert 140 < len(held) < 260, "5 % of 4,000, within four standard errors"
    assert not any(OpenCanary("c", "a", 0).holds(one) for one in ids)
    assert {one for one in ids if OpenCanary("d", "a", 5).holds(one)} != held, "another canary, another group"


async def test_a_share_of_new_conversations_is_pinned_to_the_candidate(door: Door) -> None:
    made = await candidate(door)
    started = await start(door.ours, made["id"])
    assert started.status_code == 201, started.text
    view = started.json()
    assert (view["state"], view["share"], view["name"]) == ("running", 50, "sales")
    posted = [await post_chat(door.ours) for _ in range(12)]
    opened = OpenCanary(view["id"], made["id"], 50)
    for one in posted:
        assert (await pinned_to(door, one) == made["note"]) == opened.holds(one), "by the hash alone"
    await judged(door, posted)
    told = await report(door, view["id"])
    held = sum(opened.holds(one) for one in posted)
    assert (told["second"], told["first"]) == (held, 12 - held)
    (politeness,) = [one for one in told["means"] if one["criterion"] == "politeness"]
    assert politeness["first"]["n"] + politeness["second"]["n"] == 12
    assert politeness["difference"]["value"] == 0
    assert not politeness["difference"]["is_told"]
    assert told["corrected"]["second"]["looked"] == 0


async def test_it_is_changed_ended_and_only_one_runs(door: Door) -> None:
    made, other = await candidate(door), await candidate(door, "another")
    view = (await start(door.ours, made["id"], 5)).json()
    second = await start(door.ours, other["id"])
    assert (second.status_code, second.json()["code"]) == (409, "canary_open")
    address = f"/v1/canaries/{view['id']}"
    assert (await door.ours.patch(address, json={"share": 51, "reason": "more"})).status_code == 422
    changed = await door.ours.patch(address, json={"share": 0, "reason": "a pause"})
    assert changed.json()["share"] == 0
    assert await pinned_to(door, await post_chat(door.ours)) != made["note"]
    ended = await door.ours.patch(address, json={"reason": "enough"})
    assert (ended.json()["state"], ended.json()["end_reason"]) == ("ended", "enough")
    again = await door.ours.patch(address, json={"share": 5, "reason": "once more"})
    assert (again.status_code, again.json()["code"]) == (409, "canary_over")
    assert (await start(door.ours, other["id"])).status_code == 201
    actions = [one["action"] for one in (await door.ours.get("/v1/audit")).json()["items"]]
    assert {"canary_started", "canary_changed", "canary_ended"} <= set(actions)


async def test_promotion_of_the_candidate_and_of_another_version_end_it(door: Door) -> None:
    made, other = await candidate(door), await candidate(door, "another")
    view = (await start(door.ours, made["id"])).json()
    assert (await promote(door.ours, made["id"])).status_code == 200
    assert (await report(door, view["id"]))["state"] == "promoted"
    assert await pinned_to(door, await post_chat(door.ours)) == made["note"]
    view = (await start(door.ours, other["id"])).json()
    assert (await roll_back(door.ours, made["id"])).status_code == 200
    assert (await report(door, view["id"]))["state"] == "ended", "what it stood beside is gone"


async def test_what_could_not_become_live_or_is_live_is_refused(door: Door) -> None:
    live = await live_one(door.ours)
    assert (await start(door.ours, live["id"])).status_code == 422
    unused = (await live_one(door.ours, kind="prompt", name="condense"))["id"]
    refused = await start(door.ours, unused)
    assert (refused.status_code, refused.json()["code"]) == (422, "artefact_unfit")
    reviewer = await person_of(door.ours, MemberRole.REVIEWER, email="reviewer@example.com")
    assert (await start(reviewer, live["id"])).status_code == 403


async def test_it_stops_by_itself_when_its_answers_break(door: Door) -> None:
    made = await candidate(door)
    view = (await start(door.ours, made["id"])).json()
    keeper = Canaries(door.db)
    opened = OpenCanary(view["id"], made["id"], 50)
    posted = [await post_chat(door.ours) for _ in range(44)]
    held = [one for one in posted if opened.holds(one)]
    assert len(held) >= 10
    assert len(posted) - len(held) >= 10
    await judged(door, [one for one in posted if one not in held])
    assert await keeper.round() == 0, "nothing of it is known yet"
    await judged(door, held)
    assert await keeper.round() == 0, "both break alike"
    async with door.db.transaction("ours") as connection:
        await connection.execute(
            text(
                "UPDATE answers SET state = 'undetermined', value = NULL FROM evaluations e JOIN canary_recipes r"
                " ON r.recipe = e.recipe AND r.side = 'canary'"
                " WHERE e.id = answers.evaluation_id AND criterion IN ('politeness', 'stage')"
            )
        )
    assert await keeper.round() == 1
    told = await report(door, view["id"])
    assert told["state"] == "stopped"
    assert told["end_reason"].startswith("undetermined: ")
    assert told["broken"]["is_told"]
    assert await canaries.running(door.db, "ours") is None


async def test_choices_are_compared_by_value_and_a_difference_is_told(door: Door) -> None:
    made = await candidate(door)
    view = (await start(door.ours, made["id"])).json()
    await judged(door, [await post_chat(door.ours) for _ in range(40)])
    told = await report(door, view["id"])
    (only,) = told["choices"]
    assert (only["criterion"], only["value"]) == ("stage", "presentation")
    assert (only["first"]["found"], only["second"]["found"]) == (told["first"], told["second"])
    assert (only["difference"]["value"], only["difference"]["is_told"]) == (0, False)
    async with door.db.transaction("ours") as connection:
        await connection.execute(
            text(
                "UPDATE answers SET value = '\"closing\"' FROM evaluations e JOIN canary_recipes r"
                " ON r.recipe = e.recipe AND r.side = 'canary' WHERE e.id = answers.evaluation_id AND criterion = 'stage'"
            )
        )
    choices = {one["value"]: one for one in (await report(door, view["id"]))["choices"]}
    assert set(choices) == {"presentation", "closing"}
    assert choices["closing"]["second"]["share"] == 1
    assert (choices["closing"]["difference"]["value"], choices["closing"]["difference"]["is_told"]) == (1, True)
    assert choices["presentation"]["difference"]["value"] == -1


async def test_a_conversation_that_could_not_be_judged_is_broken_as_a_whole(door: Door) -> None:
    made = await candidate(door)
    view = (await start(door.ours, made["id"])).json()
    opened = OpenCanary(view["id"], made["id"], 50)
    posted = [await post_chat(door.ours) for _ in range(6)]
    for one in posted:
        (run,) = (await door.ours.get(f"/v1/conversations/{one}")).json()["runs"]
        await runs.fail(door.db, run["id"], Code.RECIPE_UNAVAILABLE, "no such model", fatal=True)
    told = await report(door, view["id"])
    held = sum(opened.holds(one) for one in posted)
    sides = {Side.CANARY: told["broken_second"], Side.LIVE: told["broken_first"]}
    assert {side: (one["n"], one["mean"]) for side, one in sides.items() if one["n"]} == {
        side: (n, 100) for side, n in ((Side.CANARY, held), (Side.LIVE, 6 - held)) if n
    }
