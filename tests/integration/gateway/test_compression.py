"""A workspace's depth of compression: chosen by a key, said who, and pinned to what comes in from then on."""

from auricle_contracts import Level
from auricle_records import recipes, runs
from integration.gateway.conftest import Door
from integration.gateway.posted import post_chat


async def deepest_of(door: Door, conversation: str) -> Level:
    """Of the recipe that the conversation's run is pinned to."""
    (run,) = (await door.ours.get(f"/v1/conversations/{conversation}")).json()["runs"]
    return (await recipes.load(door.db, "ours", (await runs.get(door.db, "ours", run["id"])).recipe)).deepest


async def test_a_choice_holds_from_then_on_and_says_whose_it_is(door: Door) -> None:
    before = await post_chat(door.ours)
    assert (await door.ours.get("/v1/compression")).json() == {"deepest": "hard", "chosen_by": None, "chosen_at": None}
    chosen = await door.ours.put("/v1/compression", json={"deepest": "light"})
    assert chosen.status_code == 200
    after = await post_chat(door.ours)
    assert await deepest_of(door, before) is Level.HARD
    assert await deepest_of(door, after) is Level.LIGHT
    seen = (await door.ours.get("/v1/compression")).json()
    assert seen == chosen.json()
    assert seen["chosen_by"]
    assert seen["chosen_at"]
    assert (await door.theirs.get("/v1/compression")).json()["deepest"] == "hard"
    await door.ours.put("/v1/compression", json={"deepest": "hard"})
    assert await deepest_of(door, await post_chat(door.ours)) is Level.HARD


async def test_only_a_level_may_be_chosen(door: Door) -> None:
    assert (await door.ours.put("/v1/compression", json={"deepest": "abyss"})).status_code == 422
    assert (await door.ours.get("/v1/compression")).json()["deepest"] == "hard"
