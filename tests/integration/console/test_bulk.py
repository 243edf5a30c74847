"""Many conversations at once by the page, over the real gateway: chosen or all that match, counted, batch after batch, refusals told."""

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from html import unescape
from itertools import count

import httpx
import pytest
from auricle_contracts import Scope
from auricle_contracts.review import ReviewSettings
from auricle_records import workspaces
from integration.console.browsing import OWN, browsing
from integration.gateway.conftest import Door
from integration.gateway.outcomes import judge
from integration.gateway.posted import post_chat
from integration.gateway.signed_in import person_of

NOTHING = ReviewSettings(audited_share=0, agent_week=0, unsure_below=0, rare_class_below=0)
NUMBERS = count(1)
FIELD = re.compile(r'<(?:input type="hidden"|textarea) name="(\w+)"(?: value="([^"]*)"| hidden>([^<]*)<)')


class Scene:
    """A workspace with thirty conversations of one line, one of them not evaluated, and a manager's browser."""

    def __init__(self, admin: httpx.AsyncClient, manager: httpx.AsyncClient, browser: httpx.AsyncClient) -> None:
        self.admin, self.manager, self.browser = admin, manager, browser
        self.conversations: list[str] = []

    async def send(self, path: str, **fields: object) -> httpx.Response:
        """A form of the page's own."""
        found = re.search(r'name="form_token" value="([0-9a-f]+)"', (await self.browser.get("/conversations")).text)
        assert found
        return await self.browser.post(path, data={"form_token": found[1], **fields}, headers=OWN)

    async def go_through(self, html: str, **more: str) -> tuple[str, int]:
        """What a browser without script does: sends the form until there is none; the last answer, and how many there were."""
        answers = 0
        while 'action="/bulk/work"' in html:
            fields = {name: unescape(value or words) for name, value, words in FIELD.findall(html)}
            reply = await self.browser.post("/bulk/work", data=fields | more, headers=OWN)
            assert reply.status_code == 200
            html, answers = reply.text, answers + 1
        return unescape(html), answers


@pytest.fixture
async def scene(door: Door) -> AsyncIterator[Scene]:
    workspace = f"bulk-{next(NUMBERS)}"
    await workspaces.ensure(door.db, workspace)
    async with AsyncExitStack() as stack:
        admin = await stack.enter_async_context(await door.client(workspace))
        person = await person_of(admin, "quality_manager", email=f"boss@{workspace}.example")
        manager = await stack.enter_async_context(person)
        await manager.put("/v1/review-settings", json=NOTHING.model_dump())
        made = Scene(admin, manager, await stack.enter_async_context(browsing(door, manager)))
        made.conversations = [await post_chat(admin, line="sales") for _ in range(30)]
        for one in made.conversations[1:]:
            await judge(door, one, of=admin)
        yield made


async def test_all_that_match_go_to_review_batch_after_batch_and_each_refusal_is_told(scene: Scene) -> None:
    vip = await post_chat(scene.admin, line="vip")
    asked = (await scene.send("/bulk", action="review", matching="yes", query="line=sales")).text
    assert "Do it: 30 conversations" in asked
    assert (await scene.manager.get("/v1/review-items")).json()["total"] == 0, "nothing is done before it is confirmed"
    html, answers = await scene.go_through(asked, note="Жалоба")
    assert answers == 2
    assert "Done: 29 of 30, refused: 1." in html
    assert "Not evaluated yet" in html
    assert "line=sales" in html.partition("To the list")[0].rpartition("href=")[2], "back to the same list"
    items = (await scene.manager.get("/v1/review-items", params={"limit": 200})).json()["items"]
    assert {one["conversation_id"] for one in items} == {*scene.conversations[1:]} - {vip}
    assert {tuple(one["details"]["requested"]) for one in items} == {("Жалоба",)}
    assert "Asked for" in (await scene.browser.get("/review")).text
    again, _ = await scene.go_through(
        (await scene.send("/bulk", action="review", matching="yes", query="line=sales")).text
    )
    assert "Done: 0 of 30, refused: 30." in again
    assert "Waits in the queue already" in again


async def test_chosen_ones_are_judged_again_proposed_calibrated_and_downloaded(scene: Scene) -> None:
    chosen = scene.conversations[1:3]
    html, _ = await scene.go_through((await scene.send("/bulk", action="judge", id=chosen)).text)
    assert "Done: 2 of 2, refused: 0." in html
    for one in chosen:
        runs = (await scene.manager.get(f"/v1/conversations/{one}")).json()["runs"]
        assert sum(run["step"] == "evaluate" for run in runs) == 2
    golden, _ = await scene.go_through((await scene.send("/bulk", action="golden", id=chosen)).text)
    assert golden.count("keeps no golden") + golden.count("Nobody said anything") >= 1, golden
    led = await scene.send("/bulk", action="calibrate", id=chosen)
    assert chosen[0] in unescape((await scene.browser.get(led.headers["location"])).text)
    led = await scene.send("/bulk", action="export", id=chosen)
    assert led.headers["location"].count("id=") == 2
    book = await scene.browser.get(led.headers["location"])
    assert (book.status_code, book.content[:2]) == (200, b"PK")
    assert (await scene.send("/bulk", action="export", matching="yes", query="line=sales")).headers[
        "location"
    ] == "/export?line=sales"


async def test_nothing_chosen_is_told_and_who_may_not_is_refused(door: Door, scene: Scene) -> None:
    assert "Nothing is chosen" in (await scene.send("/bulk", action="judge")).text
    assert "You may not do this" in (await scene.send("/bulk", action="delete", id=scene.conversations[1:2])).text
    forged = await scene.send("/bulk/work", action="delete", left=scene.conversations[1])
    assert "It stopped:" in forged.text
    assert (await scene.browser.get("/bulk/work")).headers["location"] == "/conversations"
    async with await door.client("ours", Scope.READ) as reader, browsing(door, reader) as browser:
        assert 'id="bulk"' not in (await browser.get("/conversations")).text
