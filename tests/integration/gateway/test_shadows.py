"""A shadow over HTTP: new conversations judged by a candidate too, within a budget, told as a dry run, and felt by nothing that counts."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from auricle_keeper.shadows import Shadows
from integration.gateway.conftest import Door, running
from integration.gateway.test_artefacts import promote
from integration.gateway.test_dry_runs import asks_less, dry_runs_of, edited, end, judged
from sqlalchemy import text


@pytest.fixture
async def door(postgres_url: str, redis_server: Any, tmp_path: Path) -> AsyncIterator[Door]:
    """A gateway of this test alone: what is live and what was judged is the workspace's."""
    async with running(postgres_url, redis_server.url, tmp_path / "blobs", rate_per_minute=0) as alone:
        yield alone


async def start(client: httpx.AsyncClient, artefact: str, **wanted: Any) -> httpx.Response:
    return await client.post(f"/v1/artefacts/{artefact}/shadows", json=wanted)


async def report(door: Door, shadow: str) -> dict[str, Any]:
    return dict((await door.ours.get(f"/v1/dry-runs/{shadow}")).json())


async def test_what_comes_in_is_judged_beside_within_the_days_budget_and_nothing_that_counts_changes(
    door: Door,
) -> None:
    await judged(door)
    made = await edited(door, asks_less)
    started = await start(door.ours, made["id"], share=100, conversations_per_day=2)
    assert started.status_code == 202, started.text
    view = started.json()
    assert (view["state"], view["of"], view["shadow"]["conversations_per_day"]) == ("running", 0, 2)
    keeper = Shadows(door.db)
    assert await keeper.round() == 0, "what was judged before it began is no part of it"
    new = [await judged(door) for _ in range(3)]
    before = [(await door.ours.get(f"/v1/conversations/{one}/evaluation")).json() for one in new]
    assert await keeper.round() == 2, "the day's budget"
    assert await keeper.round() == 0
    mine = await dry_runs_of(door, view["id"])
    assert {one.conversation_id for one in mine} == set(new[:2])
    assert {one.priority for one in mine} == {"backfill"}
    for run in mine:
        await end(door, run)
    told = await report(door, view["id"])
    assert (told["state"], told["judged"], told["same_recipe"]) == ("running", 2, 2)
    (politeness,) = [one for one in told["criteria"] if one["criterion"] == "politeness"]
    assert (politeness["means"]["before"], politeness["means"]["after"]) == (90, 40)
    assert {one["conversation_id"] for one in told["conversations"]} == set(new[:2])
    for conversation, one in zip(new, before, strict=True):
        assert (await door.ours.get(f"/v1/conversations/{conversation}/evaluation")).json() == one
    second = await start(door.ours, made["id"])
    assert (second.status_code, second.json()["code"]) == (409, "dry_run_open")
    ended = await door.ours.post(f"/v1/dry-runs/{view['id']}/end")
    assert ended.json()["state"] == "done"
    assert (await door.ours.post(f"/v1/dry-runs/{view['id']}/end")).json()["code"] == "shadow_over"


async def test_seconds_are_a_budget_too_and_a_share_leaves_some_out(door: Door) -> None:
    made = await edited(door, asks_less)
    view = (await start(door.ours, made["id"], share=100, seconds_per_day=0.001)).json()
    keeper = Shadows(door.db)
    await judged(door)
    assert await keeper.round() == 1
    for run in await dry_runs_of(door, view["id"]):
        await end(door, run)
    await judged(door)
    assert await keeper.round() == 0, "the seconds of the day are used"
    async with door.db.transaction("ours") as connection:
        await connection.execute(text("UPDATE dry_runs SET share = 50, seconds_per_day = NULL"))
    more = [await judged(door) for _ in range(12)]
    taken = await keeper.round()
    assert 0 < taken < len(more) + 1


async def test_it_ends_by_its_date_and_when_the_live_version_moves(door: Door) -> None:
    made = await edited(door, asks_less)
    view = (await start(door.ours, made["id"], share=100)).json()
    async with door.db.transaction("ours") as connection:
        await connection.execute(text("UPDATE dry_runs SET ends_at = now() - interval '1 minute'"))
    await judged(door)
    assert await Shadows(door.db).round() == 0
    assert (await report(door, view["id"]))["state"] == "done"
    again = (await start(door.ours, made["id"], share=100)).json()
    assert (await promote(door.ours, made["id"])).status_code == 200
    assert (await report(door, again["id"]))["shadow"]["ended_at"] is not None
