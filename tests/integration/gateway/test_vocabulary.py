"""A workspace's vocabulary: chosen by a key, said who, written down, and no other workspace's."""

from auricle_records import recipes, runs
from integration.gateway.conftest import Door
from integration.gateway.posted import post_chat


async def test_a_choice_is_kept_and_says_whose_it_is(door: Door) -> None:
    assert (await door.ours.get("/v1/vocabulary")).json() == {
        "terms": [],
        "version": None,
        "chosen_by": None,
        "chosen_at": None,
    }
    chosen = await door.ours.put("/v1/vocabulary", json={"terms": [" SberPay", "Аурикл"]})
    assert chosen.status_code == 200
    seen = (await door.ours.get("/v1/vocabulary")).json()
    assert seen == chosen.json()
    assert seen["terms"] == ["SberPay", "Аурикл"]
    assert seen["chosen_by"]
    assert (await door.theirs.get("/v1/vocabulary")).json()["terms"] == []
    trail = (await door.ours.get("/v1/audit")).json()["items"]
    (written,) = [one for one in trail if one["action"] == "vocabulary_changed"]
    assert written["details"] == {"terms": 2}
    assert (await door.ours.put("/v1/vocabulary", json={"terms": []})).json()["terms"] == []


async def test_a_choice_is_pinned_to_what_comes_in_from_then_on(door: Door) -> None:
    before = await recipe_of(door, await post_chat(door.ours))
    chosen = (await door.ours.put("/v1/vocabulary", json={"terms": ["SberPay", "Аурикл"]})).json()
    after = await recipe_of(door, await post_chat(door.ours))
    assert (await recipes.load(door.db, "ours", after)).vocabulary == chosen["version"]
    await door.ours.put("/v1/vocabulary", json={"terms": ["Аурикл"]})
    assert await recipes.vocabulary(door.db, "ours", after) == ("SberPay", "Аурикл")
    await door.ours.put("/v1/vocabulary", json={"terms": []})
    assert await recipe_of(door, await post_chat(door.ours)) == before
    assert await recipes.vocabulary(door.db, "ours", before) == ()


async def recipe_of(door: Door, conversation: str) -> str:
    """The recipe's hash that the conversation's run is pinned to."""
    (run,) = (await door.ours.get(f"/v1/conversations/{conversation}")).json()["runs"]
    return (await runs.get(door.db, "ours", run["id"])).recipe


async def test_what_cannot_be_told_is_refused_with_its_place(door: Door) -> None:
    refused = await door.ours.put("/v1/vocabulary", json={"terms": ["Аурикл", "аурикл"]})
    assert refused.status_code == 422
    assert "twice" in refused.text
    assert (await door.ours.put("/v1/vocabulary", json={"words": []})).status_code == 422
    assert (await door.ours.get("/v1/vocabulary")).json()["terms"] == []
