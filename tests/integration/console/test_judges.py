"""Certificates of judges by the page, over the real gateway."""

from integration.console.browsing import browsing
from integration.gateway.conftest import Door
from integration.gateway.measured import measurement


async def test_the_page_says_which_grades_may_decide(door: Door) -> None:
    async with browsing(door, door.ours) as browser:
        assert "No judge has a certificate" in (await browser.get("/settings/judges")).text
        for each in (40, 2):
            kept = await door.ours.post("/v1/judge-certificates", json={"measurement": measurement(each)})
            assert kept.status_code == 201, kept.text
        html = (await browser.get("/settings/judges")).text
    assert "120 pairs graded by people, 11 runs" in html
    assert "void: prompt or model changed" in html, "the prompt of the made-up judge is none of this release"
    assert "100 % (97–100)" in html
