"""Uploads and the settings of a workspace by the page, over the real gateway: what was pressed holds there."""

import re
from collections.abc import AsyncIterator
from io import BytesIO
from pathlib import Path

import httpx
import pytest
from auricle_contracts import Scope
from integration.console.browsing import OWN, browsing
from integration.gateway import outcomes
from integration.gateway.conftest import Door
from integration.gateway.posted import post_chat
from openpyxl import load_workbook

SOUND = Path("tests/data/calls/01-ru-bank-card.wav").read_bytes()
LETTER = b"From: Zoya <zoya@example.com>\r\nTo: help@example.org\r\nSubject: Bill\r\n\r\nWhere is my bill?\r\n"


@pytest.fixture
async def browser(door: Door) -> AsyncIterator[httpx.AsyncClient]:
    """Logged in with every scope."""
    async with browsing(door, door.ours) as browser:
        yield browser


@pytest.fixture
async def reader(door: Door) -> AsyncIterator[httpx.AsyncClient]:
    """May read only."""
    async with await door.client("ours", Scope.READ) as api, browsing(door, api) as browser:
        yield browser


async def token(browser: httpx.AsyncClient) -> str:
    found = re.search(r'name="form_token" value="([0-9a-f]+)"', (await browser.get("/agents")).text)
    assert found
    return found[1]


async def sent(browser: httpx.AsyncClient, *files: tuple[str, bytes]) -> str:
    parts = [("files", (name, content)) for name, content in files]
    answer = await browser.post("/upload", data={"form_token": await token(browser)}, files=parts, headers=OWN)
    assert answer.status_code == 200
    return answer.text


async def test_a_workspace_without_conversations_is_shown_where_to_begin(browser: httpx.AsyncClient) -> None:
    html = (await browser.get("/conversations")).text
    assert "Begin with one recording" in html
    assert 'type="file"' in html
    assert "Begin with one recording" not in (await browser.get("/conversations?channel=chat")).text


async def test_files_become_conversations_once_and_each_refused_one_says_why(
    browser: httpx.AsyncClient, door: Door
) -> None:
    html = await sent(browser, ("call 1.wav", SOUND), ("bill.eml", LETTER), ("notes.txt", b"x"))
    accepted = re.findall(r'href="/conversations/([^"]+)">Accepted', html)
    assert len(accepted) == 2
    assert "This kind of file is not taken here" in html
    views = [(await door.ours.get(f"/v1/conversations/{one}")).json() for one in accepted]
    assert [(one["channel"], one["external_id"]) for one in views] == [("call", "call 1.wav"), ("email", "bill.eml")]
    again = await sent(browser, ("call 1.wav", SOUND))
    assert re.findall(r'href="/conversations/([^"]+)">Accepted', again) == accepted[:1]


async def test_a_sheet_that_is_none_is_refused_in_words(browser: httpx.AsyncClient) -> None:
    html = await sent(browser, ("edited.xlsx", b"no zip at all"))
    assert 'class="warn"' in html
    assert "Accepted" not in html


async def test_an_exported_sheet_comes_back(browser: httpx.AsyncClient, door: Door) -> None:
    await post_chat(door.ours, line="sheet")
    sheet = (await door.ours.get("/v1/export", params={"format": "xlsx"})).content
    assert "Labels: 0 new, 0 changed, 0 the same" in await sent(browser, ("report.xlsx", sheet))


async def test_masking_and_compression_are_chosen_by_the_page(browser: httpx.AsyncClient, door: Door) -> None:
    form = {"form_token": await token(browser), "kinds": ["phone", "card"], "where": ["prompts", "views"]}
    assert (await browser.post("/settings/masking", data=form, headers=OWN)).status_code == 303
    assert (await door.ours.get("/v1/masking")).json() == {
        "kinds": ["phone", "card"], "prompts": True, "exports": False, "views": True, "recordings": False,
    }  # fmt: skip
    form = {"form_token": await token(browser), "deepest": "light"}
    assert (await browser.post("/settings/compression", data=form, headers=OWN)).status_code == 303
    assert (await door.ours.get("/v1/compression")).json()["deepest"] == "light"
    html = (await browser.get("/settings?saved=compression")).text
    assert 'value="light" checked' in html
    assert 'value="card" checked' in html
    assert 'value="snils" checked' not in html


async def test_a_webhook_is_added_shown_its_secret_once_and_removed(browser: httpx.AsyncClient, door: Door) -> None:
    form = {"form_token": await token(browser), "url": "http://10.0.0.1/hook", "events": ["conversation.dead"]}
    refused = await browser.post("/settings/webhooks", data=form, headers=OWN)
    assert refused.status_code == 422
    assert 'value="http://10.0.0.1/hook" aria-invalid="true"' in refused.text
    form["url"] = "https://example.com/hook"
    added = (await browser.post("/settings/webhooks", data=form, headers=OWN)).text
    assert "whsec_" in added
    assert "whsec_" not in (await browser.get("/settings")).text
    (known,) = (await door.ours.get("/v1/webhooks")).json()["items"]
    assert (known["url"], known["events"]) == ("https://example.com/hook", ["conversation.dead"])
    path = f"/settings/webhooks/{known['id']}/remove"
    assert (await browser.post(path, headers=OWN)).status_code == 403, "not without the form's token"
    assert (await browser.post(path, data={"form_token": await token(browser)}, headers=OWN)).status_code == 303
    assert (await door.ours.get("/v1/webhooks")).json()["items"] == []


async def test_who_looked_is_in_the_log_which_is_searched_and_taken_away(
    browser: httpx.AsyncClient, door: Door
) -> None:
    chat = await post_chat(door.ours, line="looked")
    await door.ours.get(f"/v1/conversations/{chat}/transcript", params={"unmasked": "true"})
    html = (await browser.get("/settings/audit")).text
    assert f'href="/conversations/{chat}"' in html
    assert "hidden data shown" in html
    assert "Nothing found" in (await browser.get("/settings/audit", params={"search": "nobody of that name"})).text
    sheet = await browser.get("/settings/audit/export")
    assert chat in sheet.text
    assert sheet.headers["content-disposition"].endswith('.csv"')


async def test_a_reader_chooses_nothing(reader: httpx.AsyncClient) -> None:
    assert "needs the scope operate" in (await reader.get("/settings")).text
    assert "needs the scope audit" in (await reader.get("/settings/audit")).text
    assert "needs the scope ingest" in (await reader.get("/upload")).text
    form = {"form_token": await token(reader), "deepest": "raw"}
    assert (await reader.post("/settings/compression", data=form, headers=OWN)).status_code == 403
    files = [("files", ("a.wav", SOUND))]
    answer = await reader.post("/upload", data={"form_token": await token(reader)}, files=files, headers=OWN)
    assert "not allowed" in answer.text.lower()


async def test_a_sheet_is_looked_at_before_it_is_written(browser: httpx.AsyncClient, door: Door) -> None:
    conversation = await post_chat(door.ours, line="looked at")
    await outcomes.judge(door, conversation)
    sheet = (await door.ours.get("/v1/export", params={"format": "xlsx", "line": "looked at"})).content
    edited = with_politeness(sheet, 55)
    form = {"form_token": await token(browser), "look": "true"}
    files = [("files", ("report.xlsx", edited)), ("files", ("call.wav", SOUND))]
    looked = (await browser.post("/upload", data=form, files=files, headers=OWN)).text
    assert "Labels that would be written: 1" in looked
    assert "this file was not sent" in looked
    assert re.search(r"<td data-label=\"Before\">90</td><td data-label=\"After\">55</td>", looked)
    assert (await door.ours.get("/v1/labels", params={"conversation_id": conversation})).json()["items"] == []
    kept = re.search(r'name="sheet" value="([^"]+)"', looked)
    assert kept
    form = {"form_token": await token(browser), "name": "report.xlsx", "sheet": kept[1]}
    written = await browser.post("/upload/sheet", data=form, headers=OWN)
    assert "Labels: 1 new" in written.text
    (label,) = (await door.ours.get("/v1/labels", params={"conversation_id": conversation})).json()["items"]
    assert label["value"] == 55
    form = {"form_token": await token(browser), "name": "x", "sheet": "no base64"}
    assert 'class="warn"' in (await browser.post("/upload/sheet", data=form, headers=OWN)).text


def with_politeness(sheet: bytes, value: int) -> bytes:
    """The exported sheet with another politeness in its only row."""
    book = load_workbook(BytesIO(sheet))
    for page in book.worksheets:
        for row in page.iter_rows():
            for cell in row:
                if cell.value == 90:
                    cell.value = value
                    out = BytesIO()
                    book.save(out)
                    return out.getvalue()
    raise AssertionError("there is no 90 in the sheet")


async def test_words_for_speech_are_chosen_by_the_page(browser: httpx.AsyncClient, door: Door) -> None:
    form = {"form_token": await token(browser), "terms": " Аурикл\r\n\r\nSberPay "}
    assert (await browser.post("/settings/vocabulary", data=form, headers=OWN)).status_code == 303
    assert (await door.ours.get("/v1/vocabulary")).json()["terms"] == ["Аурикл", "SberPay"]
    assert "Аурикл\nSberPay" in (await browser.get("/settings")).text
    wrong = await browser.post("/settings/vocabulary", data=form | {"terms": "Аурикл\n..."}, headers=OWN)
    assert wrong.status_code == 422
    assert "Аурикл\n..." in wrong.text, "what was typed stays"
    await door.ours.put("/v1/vocabulary", json={"terms": []})


async def test_a_person_of_two_workspaces_chooses_one(door: Door) -> None:
    password = "восемь синих трамваев"
    for api in (door.ours, door.theirs):
        person = (
            await api.post("/v1/people", json={"email": "zoe@both.example", "name": "Зоя", "roles": ["admin"]})
        ).json()
        link = (await api.post(f"/v1/people/{person['id']}/link")).json()["token"]
        assert (await api.post("/v1/passwords", json={"token": link, "password": password})).status_code == 204
    async with browsing(door) as stranger:
        form = {"email": "zoe@both.example", "password": password}
        asked = await stranger.post("/login", data=form, headers=OWN)
        assert asked.status_code == 409
        assert re.findall(r'type="radio" name="workspace" value="(\w+)"', asked.text) == ["ours", "theirs"]
        inside = await stranger.post("/login", data=form | {"workspace": "theirs"}, headers=OWN)
        assert inside.status_code == 303
        assert "<strong>theirs</strong>" in (await stranger.get("/agents")).text


async def pressed(browser: httpx.AsyncClient, path: str, **form: str | list[str]) -> httpx.Response:
    return await browser.post(path, data={"form_token": await token(browser), **form}, headers=OWN)


async def test_a_key_is_made_shown_once_and_ended(browser: httpx.AsyncClient, door: Door) -> None:
    refused = await pressed(browser, "/settings/keys", name="BI")
    assert (refused.status_code, "at least one scope" in refused.text) == (422, True)
    made = await pressed(browser, "/settings/keys", name="BI", scopes=["read", "export"])
    found = re.search(r"<code>(auricle_[0-9a-f]{8}_[^<]+)</code>", made.text)
    assert found
    page = (await browser.get("/settings/keys")).text
    assert found[1] not in page
    (key,) = [one["id"] for one in (await door.ours.get("/v1/api-keys")).json()["items"] if one["name"] == "BI"]
    assert f'data-key="{key}"' in page
    assert (await pressed(browser, f"/settings/keys/{key}/ending")).headers["location"] == "/settings/keys"
    assert f'action="/settings/keys/{key}/ending"' not in (await browser.get("/settings/keys")).text


async def test_retention_that_deletes_is_asked_twice(browser: httpx.AsyncClient, door: Door) -> None:
    await post_chat(door.ours)
    async with door.db.transaction("ours") as connection:
        await connection.exec_driver_sql("UPDATE conversations SET created_at = now() - interval '9 days'")
    asked = await pressed(browser, "/settings/retention", days="7")
    assert "Conversations older than 7 days: " in asked.text
    assert (await door.ours.get("/v1/retention")).json()["days"] is None
    assert (await pressed(browser, "/settings/retention", days="7", confirmed="7")).status_code == 303
    assert (await door.ours.get("/v1/retention")).json()["days"] == 7
    wrong = await pressed(browser, "/settings/retention", days="soon")
    assert (wrong.status_code, "A whole number of days" in wrong.text) == (422, True)
    assert (await pressed(browser, "/settings/retention", days="")).status_code == 303
    assert (await door.ours.get("/v1/retention")).json()["days"] is None


async def test_who_may_not_sees_neither_keys_nor_others_sessions(reader: httpx.AsyncClient) -> None:
    assert "Make a key" not in (await reader.get("/settings/keys")).text
    assert "Nobody is signed in as a person" in (await reader.get("/me/sessions")).text
