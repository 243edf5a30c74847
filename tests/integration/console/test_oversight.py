"""Oversight by the page, over the real gateway: an agent is shown the disclosure first, a manager writes it and reads the record."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from integration.console.browsing import OWN, browsing
from integration.gateway import outcomes
from integration.gateway.conftest import Door
from integration.gateway.posted import PEOPLE, post_chat
from integration.gateway.signed_in import PASSWORD, person_of

RECORD = "/settings/oversight"


@asynccontextmanager
async def browser_of(door: Door, name: str, role: str, *references: str) -> AsyncIterator[httpx.AsyncClient]:
    """Not signed in yet."""
    async with (
        await person_of(door.ours, role, email=f"{name}@oversight-page.example", references=references),
        browsing(door) as browser,
    ):
        yield browser


async def enter(browser: httpx.AsyncClient, name: str) -> str:
    """Where signing in leads."""
    form = {"email": f"{name}@oversight-page.example", "password": PASSWORD, "next": "/conversations"}
    entered = await browser.post("/login", data=form, headers=OWN)
    assert entered.status_code == 303, entered.text
    return entered.headers["location"]


async def send(browser: httpx.AsyncClient, page: str, address: str, **form: str) -> httpx.Response:
    found = re.search(r'name="form_token" value="([0-9a-f]+)"', (await browser.get(page)).text)
    assert found
    return await browser.post(address, data={"form_token": found[1], **form}, headers=OWN)


async def test_a_disclosure_is_written_shown_first_and_acknowledged(door: Door) -> None:
    async with browser_of(door, "anna", "agent", "W-7") as anna, browser_of(door, "quinn", "quality_manager") as quinn:
        assert await enter(anna, "anna") == "/conversations", "there is none yet"
        await enter(quinn, "quinn")
        record = (await quinn.get(RECORD)).text
        assert "There is no disclosure yet" in record
        assert "It does not infer your emotions" in record, "a draft to begin with"
        assert "тон вашего голоса не измеряется" in record, "in both languages"
        refused = await send(quinn, RECORD, RECORD, kind="disclosure", ru="Только по-русски", en=" ")
        assert (refused.status_code, "Только по-русски" in refused.text) == (422, True), "what was typed is still there"
        kept = await send(
            quinn, RECORD, RECORD, kind="disclosure", ru="Вас оценивает система.", en="A system judges you."
        )
        assert kept.status_code == 303, kept.text
        assert "There is a disclosure about how conversations are judged" in (await anna.get("/me")).text
        assert await enter(anna, "anna") == "/disclosure"
        disclosure = (await anna.get("/disclosure")).text
        assert "A system judges you." in disclosure
        late = await send(anna, "/disclosure", "/disclosure/acknowledgement", version="7")
        assert (late.status_code, "read the new version" in late.text) == (409, True)
        done = await send(anna, "/disclosure", "/disclosure/acknowledgement", version="1")
        assert (done.status_code, done.headers["location"]) == (303, "/me")
        assert "You read it on" in (await anna.get("/me")).text
        assert await enter(anna, "anna") == "/conversations"
        assert re.search(r"1 of \d+ agents have read it", (await quinn.get(RECORD)).text)
        assert "is for other roles" in (await anna.get(RECORD)).text, "not an agent's"
        assert RECORD not in (await anna.get("/me")).text


async def test_the_record_by_the_page(door: Door) -> None:
    async with browser_of(door, "olga", "quality_manager") as olga:
        await enter(olga, "olga")
        conversation = await post_chat(door.ours, participants=[{"id": "agent", "role": "agent"}, PEOPLE[1]])
        finding = f"{await outcomes.judge(door, conversation, findings=(outcomes.FINDING,))}.0"
        path = f"/v1/conversations/{conversation}/findings/{finding}/labels"
        assert (await door.ours.post(path, json={"verdict": "reject"})).is_success
        for kind, text in (("responsible", "Olga Kim, quality, 112"), ("incident", "False alarms <b>in chats</b>")):
            kept = await send(olga, RECORD, RECORD, kind=kind, text=text, day="2026-11-02")
            assert (kept.status_code, kept.headers["location"]) == (303, f"{RECORD}#{kind}"), kept.text
        record = (await olga.get(RECORD, params={"since": "2026-11-01"})).text
        assert "Olga Kim, quality, 112" in record
        assert "False alarms &lt;b&gt;in chats&lt;/b&gt;" in record
        assert re.search(r'<td class="first">Rudeness</td>', record)
        assert "100 % (21–100)" in record, "one of one, with its interval"
        for name in ("xlsx", "jsonl"):
            assert f"{RECORD}/export?since=2026-11-01&amp;format={name}" in record
            file = await olga.get(f"{RECORD}/export", params={"format": name})
            assert (file.status_code, "attachment" in file.headers["content-disposition"]) == (200, True)
