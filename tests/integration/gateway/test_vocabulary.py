"""A workspace's vocabulary: chosen by a key, said who, written down, and no other workspace's."""

from integration.gateway.conftest import Door


async def test_a_choice_is_kept_and_says_whose_it_is(door: Door) -> None:
    assert (await door.ours.get("/v1/vocabulary")).json() == {"terms": [], "chosen_by": None, "chosen_at": None}
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


async def test_what_cannot_be_told_is_refused_with_its_place(door: Door) -> None:
    refused = await door.ours.put("/v1/vocabulary", json={"terms": ["Аурикл", "аурикл"]})
    assert refused.status_code == 422
    assert "twice" in refused.text
    assert (await door.ours.put("/v1/vocabulary", json={"words": []})).status_code == 422
    assert (await door.ours.get("/v1/vocabulary")).json()["terms"] == []
