"""Fairness by the page, over the real gateway: for whoever audits, with nothing at first."""

from auricle_contracts.review import ReviewSettings
from auricle_records.review import triage
from integration.console.browsing import OWN, browsing
from integration.gateway.conftest import Door
from integration.gateway.outcomes import FINDING, judge
from integration.gateway.posted import post_chat
from integration.gateway.signed_in import PASSWORD, person_of

PAGE = "/analytics/fairness"
EVERYTHING = ReviewSettings(audited_share=1, agent_week=0, unsure_below=0, rare_class_below=0, blind_share=0)


async def test_a_manager_sees_machine_and_people_side_by_side(door: Door) -> None:
    async with (
        await person_of(door.ours, "quality_manager", email="fair@page.example") as manager,
        browsing(door) as browser,
    ):
        entered = await browser.post("/login", data={"email": "fair@page.example", "password": PASSWORD}, headers=OWN)
        assert entered.status_code == 303
        assert "Nobody reviewed a conversation of the random share" in (await browser.get("/analytics/drift")).text
        assert "Nobody reviewed anything to the end" in (await browser.get(PAGE)).text
        await manager.put("/v1/review-settings", json=EVERYTHING.model_dump())
        chat = await post_chat(door.ours, line="<b>night</b>", language="ru")
        evaluation = await judge(door, chat, findings=(FINDING,))
        await manager.post(f"/v1/conversations/{chat}/findings/{evaluation}.0/labels", json={"verdict": "reject"})
        await triage.triage(door.db, "ours")
        (item,) = (await manager.get("/v1/review-items")).json()["items"]
        assert (await manager.post(f"/v1/review-items/{item['id']}/done")).is_success
        shown = (await browser.get(PAGE)).text
        assert "&lt;b&gt;night&lt;/b&gt;" in shown
        assert "too few to tell" in shown
        assert "1 of 1" in shown
        assert "Russian" in (await browser.get(PAGE, params={"by": "language", "audited": "true"})).text
        assert "no recording" in (await browser.get(PAGE, params={"by": "quality"})).text
        file = await browser.get(PAGE + "/export", params={"by": "line"})
        assert file.headers["content-disposition"] == 'attachment; filename="fairness-line.csv"'
        assert "false_alarm,1,1" in file.text
        drift = (await browser.get("/analytics/drift")).text
        assert "Too few to tell: 1 of the 50 reviews" in drift
        assert "100 % (21–100 %), 1 of 1" in drift
        assert "Russian: — → 100 %" in drift
