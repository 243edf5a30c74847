"""Sample conversations by the page, over the real gateway: loaded from the first screen, told of in the list, taken away for good."""

from pathlib import Path

from auricle_console.sample_set import samples
from auricle_console.views.uploads import SAMPLES
from integration.console.test_appeals import send, signed_in
from integration.gateway.conftest import Door
from integration.gateway.posted import post_chat

DATA = Path(__file__).parents[2] / "data"
SHIPPED = Path(__file__).parents[3] / "services/console/auricle_console/samples"


async def listed(door: Door) -> list[dict[str, object]]:
    return list((await door.ours.get("/v1/conversations", params={"limit": 200})).json()["items"])


async def test_who_may_not_hand_in_is_neither_offered_them_nor_obeyed(door: Door) -> None:
    async with signed_in(door, "anton", "analyst") as anton:
        assert 'action="/samples"' not in (await anton.get("/conversations")).text
        assert (await send(anton, "/samples")).status_code == 403
        assert (await anton.post("/samples", data={"form_token": "0" * 64})).status_code == 403
        assert (await anton.get("/samples")).headers["location"] == "/conversations"
    assert await listed(door) == []


async def test_samples_are_loaded_once_and_taken_away_alone(door: Door) -> None:
    async with signed_in(door, "adele", "admin") as adele, signed_in(door, "oleg", "operations") as oleg:
        first = (await oleg.get("/conversations")).text
        assert 'action="/samples"' in first
        for _ in range(2):
            assert (await send(oleg, "/samples")).headers["location"] == "/conversations"
        views = await listed(door)
        assert len(views) == len(samples()) == 7, "a second click doubles nothing"
        assert {view["source"] for view in views} == {SAMPLES}
        assert sorted(str(view["channel"]) for view in views) == ["call"] * 2 + ["chat"] * 3 + ["email"] * 2
        told = (await oleg.get("/conversations")).text
        assert "Made-up sample conversations are among these" in told
        assert 'action="/samples/removal"' in told
        assert "Take the samples away" not in told, "who may not delete is told who does"
        assert (await send(oleg, "/samples/removal")).status_code == 403
        own = await post_chat(door.ours)
        assert (await send(adele, "/samples/removal")).headers["location"] == "/conversations"
        assert [view["id"] for view in await listed(door)] == [own]
        assert "samples-note" not in (await adele.get("/conversations")).text
        assert (await send(adele, "/samples")).status_code == 303
        assert len(await listed(door)) == 8, "they may come again"


def test_the_samples_are_those_that_are_shipped() -> None:
    """The package carries copies, since tests are in no image."""
    for copy in SHIPPED.iterdir():
        originals = [one for one in (DATA / "texts" / copy.name, DATA / "spoken" / copy.name) if one.exists()]
        assert [one.read_bytes() for one in originals] == [copy.read_bytes()], copy.name
