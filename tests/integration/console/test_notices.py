"""What reaches one by mail, by the page and over the real gateway: each person's own choice."""

from integration.console.browsing import browsing
from integration.console.test_appeals import send, signed_in
from integration.gateway.conftest import Door


async def test_a_person_chooses_what_reaches_them(door: Door) -> None:
    async with signed_in(door, "nora", "agent", "N-1") as nora:
        page = (await nora.get("/me/notices")).text
        assert 'value="findings" checked' in page
        assert 'value="sign_in_reset" checked disabled' in page
        kept = await send(nora, "/me/notices", wanted="coaching_given", language="en")
        assert kept.headers["location"] == "/me/notices?saved=1"
        page = (await nora.get("/me/notices?saved=1")).text
        assert 'value="coaching_given" checked' in page
        assert 'value="findings"' in page
        assert 'value="findings" checked' not in page
        assert 'value="en" checked' in page
    trail = (await door.ours.get("/v1/audit", params={"action": "notices_chosen"})).json()["items"]
    assert "findings" in trail[0]["details"]["muted"]


async def test_a_key_is_written_to_by_nobody(door: Door) -> None:
    async with browsing(door, door.ours) as browser:
        assert "API" in (await browser.get("/me/notices")).text
    refused = await door.ours.put("/v1/me/notices", json={"muted": []})
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
