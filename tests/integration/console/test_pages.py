"""The pages over a recorded gateway: login, filters, injection, forms, audio ranges, and what a reader's key may not do."""

import re
from collections.abc import AsyncIterator
from html import unescape

import httpx
import pytest
from auricle_console.app import create_app
from auricle_console.sessions import Sessions
from auricle_console.settings import ConsoleSettings
from auricle_console.wiring import Parts, templates
from fastapi import FastAPI
from fixtures.recorded_gateway import HOSTILE, KEY, READER, create

OWN = {"origin": "http://console"}
HTML = {"accept": "text/html", "accept-language": "en"}
CALL = "/conversations/02-ru-delivery"


@pytest.fixture(scope="module")
def recorded() -> FastAPI:
    return create(2)


@pytest.fixture
async def stranger(recorded: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A browser that is not logged in."""
    settings = ConsoleSettings(gateway_url="http://gateway", report_max_conversations=5)
    inside = httpx.ASGITransport(recorded)
    async with httpx.AsyncClient(transport=inside, base_url="http://gateway") as client:
        app = create_app(Parts(settings, client, Sessions(b"secret", 3600), templates()))
        outside = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=outside, base_url="http://console", headers=HTML) as browser:
            yield browser


@pytest.fixture
async def browser(stranger: httpx.AsyncClient) -> httpx.AsyncClient:
    await log_in(stranger, KEY)
    return stranger


async def log_in(browser: httpx.AsyncClient, key: str, onto: str = "/") -> httpx.Response:
    return await browser.post("/login", data={"key": key, "next": onto}, headers=OWN)


def form_token(html: str) -> str:
    found = re.search(r'name="form_token" value="([0-9a-f]+)"', html)
    assert found
    return found.group(1)


@pytest.mark.parametrize("path", ["/", CALL, "/agents", "/dead", "/queues", "/rows", f"{CALL}/recording"])
async def test_nobody_sees_a_page_without_login(stranger: httpx.AsyncClient, path: str) -> None:
    answer = await stranger.get(path)
    assert (answer.status_code, answer.headers["location"].split("?")[0]) == (303, "/login")


async def test_login_leads_back_to_the_same_filters(stranger: httpx.AsyncClient) -> None:
    asked = "/?channel=chat&line=%D0%BF%D1%80%D0%BE%D0%B4%D0%B0%D0%B6%D0%B8"
    form = await stranger.get((await stranger.get(asked)).headers["location"])
    found = re.search(r'action="/login".*?name="next" value="([^"]+)"', form.text, re.DOTALL)
    assert found
    assert (await log_in(stranger, KEY, onto=unescape(found[1]))).headers["location"] == asked


async def test_login_keeps_the_key_out_of_sight(stranger: httpx.AsyncClient) -> None:
    answer = await log_in(stranger, KEY, onto=CALL)
    cookie = answer.headers["set-cookie"]
    assert answer.headers["location"] == CALL
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert KEY not in cookie


async def test_a_wrong_key_and_a_foreign_form_do_not_log_in(stranger: httpx.AsyncClient) -> None:
    assert (await log_in(stranger, "auricle_wrong")).status_code == 401
    assert (await log_in(stranger, "")).status_code == 401
    foreign = await stranger.post("/login", data={"key": KEY}, headers={"origin": "https://evil.example"})
    assert foreign.status_code == 403
    assert (await stranger.post("/login", data={"key": KEY})).status_code == 403, "a browser names its origin"


async def test_every_answer_has_the_policy_and_no_inline_script_or_style(browser: httpx.AsyncClient) -> None:
    for path in ("/", CALL, "/agents", "/dead", "/queues", "/conversations/none", "/static/player.js"):
        answer = await browser.get(path)
        assert "script-src 'self'" in answer.headers["content-security-policy"], path
        assert answer.headers["x-content-type-options"] == "nosniff"
        if "html" in answer.headers["content-type"]:
            assert not re.search(
                r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=(?!&)", answer.text.replace("onerror=&", "")
            ), path


@pytest.mark.parametrize("path", ["/", "/conversations/hostile", "/agents", "/rows"])
async def test_html_in_a_conversation_stays_text(browser: httpx.AsyncClient, path: str) -> None:
    html = (await browser.get(path)).text
    assert "&lt;script&gt;" in html or "&lt;img" in html
    assert HOSTILE not in html
    assert "<img" not in html
    assert "<script>" not in html


async def test_a_conversation_shows_what_was_said_read_dropped_and_why(browser: httpx.AsyncClient) -> None:
    html = (await browser.get(CALL)).text
    for expected in (
        "back-channel", "unchanged", "Politeness", "not applicable", "there was no occasion", "the model is unsure",
        "Judged by demo weights", "There is no price for cpu", "$0.000644", "sales@1f2e", "heard-badly", 'class="track role-agent"',
    ):  # fmt: skip
        assert expected in html, expected
    assert re.search(r'class="quote"[^>]*data-start="\d+"[^>]*data-end="\d+"', html)


async def test_a_turn_with_loaded_words_is_marked_with_the_words_that_decided(browser: httpx.AsyncClient) -> None:
    html = (await browser.get(CALL)).text
    (mark,) = re.findall(r'class="reason said-positive" title="([^"]*)">words: approval<', html)
    assert "спасибо" in mark
    assert "A lexicon finds only" in mark
    assert "said-negative" not in html


async def test_a_quote_of_a_chat_is_shown_and_not_played(browser: httpx.AsyncClient) -> None:
    html = (await browser.get("/conversations/hostile")).text
    assert "Show in the text" in html
    assert not re.search(r'class="quote"[^>]*data-start', html)


async def test_filters_narrow_and_stay_in_the_form(browser: httpx.AsyncClient) -> None:
    chats = (await browser.get("/", params={"channel": "chat"})).text
    assert chats.count("data-conversation=") == 1
    assert '<option value="chat" selected>' in chats
    assert "Nothing found" in (await browser.get("/", params={"line": '"><script>'})).text


async def test_the_list_leads_to_its_files(browser: httpx.AsyncClient) -> None:
    html = (await browser.get("/", params={"channel": "chat"})).text
    assert 'href="/export?channel=chat"' in html
    assert 'href="/report?ids=hostile"' in html
    answer = await browser.get("/export", params={"channel": "chat"})
    assert answer.headers["content-disposition"].endswith('.xlsx"')
    assert "channel=chat&format=xlsx" in answer.text


async def test_a_list_that_moves_is_marked_live(browser: httpx.AsyncClient) -> None:
    assert "data-live" in (await browser.get("/rows")).text
    assert "data-live" not in (await browser.get("/rows", params={"progress": "done"})).text


async def test_a_dead_run_is_resent_by_a_form_of_this_session_only(
    browser: httpx.AsyncClient, recorded: FastAPI
) -> None:
    page = (await browser.get("/dead")).text
    assert "This is not audio" in page
    path = "/dead/run-broken-transcribe/resend"
    assert (await browser.post(path, headers=OWN)).status_code == 403
    foreign = await browser.post(
        path, data={"form_token": form_token(page)}, headers={"origin": "https://evil.example"}
    )
    assert foreign.status_code == 403
    assert recorded.state.shelf.resent == []
    answer = await browser.post(path, data={"form_token": form_token(page)}, headers=OWN)
    assert (answer.status_code, recorded.state.shelf.resent) == (303, ["run-broken-transcribe"])


async def test_queues_say_what_workers_wait_for(browser: httpx.AsyncClient) -> None:
    html = (await browser.get("/queues")).text
    assert "1203" in html
    assert "the model sleeps or does not answer" in html


async def test_a_readers_key_has_no_buttons(stranger: httpx.AsyncClient) -> None:
    await log_in(stranger, READER)
    assert "/resend" not in (await stranger.get("/dead")).text
    assert "/export" not in (await stranger.get("/")).text
    assert "needs the scope operate" in (await stranger.get("/queues")).text


async def test_audio_is_passed_on_by_ranges(browser: httpx.AsyncClient) -> None:
    answer = await browser.get(f"{CALL}/recording", headers={"range": "bytes=0-99"})
    assert (answer.status_code, len(answer.content)) == (206, 100)
    assert answer.headers["content-range"].startswith("bytes 0-99/")
    assert (await browser.get("/conversations/hostile/recording")).status_code == 404


@pytest.mark.parametrize("name", ["none", "..", "%2e%2e%2fwhoami", "a%2fb", "\u202e", "x" * 3000])
async def test_a_strange_conversation_is_a_page_that_says_so(browser: httpx.AsyncClient, name: str) -> None:
    answer = await browser.get(f"/conversations/{name}")
    assert answer.status_code in {200, 404}
    assert "Auricle" in answer.text or answer.headers["content-type"].endswith("json")


async def test_a_silent_gateway_is_a_page_that_says_so() -> None:
    async def refuse(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("down")

    async with httpx.AsyncClient(transport=httpx.MockTransport(refuse), base_url="http://gateway") as client:
        parts = Parts(ConsoleSettings(), client, Sessions(b"secret", 3600), templates())
        cookie = parts.sessions.seal(parts.sessions.begin("k", "demo", ()))
        transport = httpx.ASGITransport(create_app(parts))
        async with httpx.AsyncClient(
            transport=transport, base_url="http://console", headers=HTML, cookies={"auricle_session": cookie}
        ) as browser:
            for path in ("/", CALL, f"{CALL}/recording"):
                answer = await browser.get(path)
                assert (answer.status_code, "A service does not answer" in answer.text) == (503, True)


async def test_the_report_is_one_file_with_its_sound(stranger: httpx.AsyncClient) -> None:
    answer = await stranger.get(
        "/report",
        params={"ids": "02-ru-delivery,hostile,broken"},
        headers={"authorization": f"Bearer {KEY}"},
        timeout=60,
    )
    html = answer.text
    assert answer.status_code == 200
    assert html.count('src="data:audio/ogg;base64,') == 1
    assert not re.search(r'(?:src|href)="(?!data:|#)', html), "nothing outside the file is asked for"
    assert HOSTILE not in html
    assert len(html) < 900_000
    assert "This is not audio" in html


@pytest.mark.parametrize(("ids", "status"), [("", 422), ("a,b,c,d,e,f", 422), ("nobody", 404)])
async def test_a_report_of_nothing_is_refused(stranger: httpx.AsyncClient, ids: str, status: int) -> None:
    headers = {"authorization": f"Bearer {KEY}"}
    assert (await stranger.get("/report", params={"ids": ids}, headers=headers)).status_code == status
    assert (await stranger.get("/report", params={"ids": ids}, headers={"authorization": "Bearer no"})).status_code in {
        401,
        422,
    }


async def test_language_is_remembered(browser: httpx.AsyncClient) -> None:
    answer = await browser.post("/language", data={"language": "ru", "next": "/agents"}, headers=OWN)
    assert answer.headers["location"] == "/agents"
    assert "Операторы" in (await browser.get("/agents")).text
    assert (await browser.post("/language", data={"language": "xx"}, headers=OWN)).status_code == 422


async def test_an_answer_is_contested_with_a_form_of_ones_own(browser: httpx.AsyncClient, recorded: FastAPI) -> None:
    html = (await browser.get(CALL)).text
    evaluation = re.search(r'name="evaluation_id" value="([^"]+)"', html)
    assert evaluation
    form = {
        "form_token": form_token(html), "criterion": "politeness", "evaluation_id": evaluation.group(1), "kind": "score",
        "state": "answered", "value": "40", "comment": HOSTILE, "author": "Аня",
    }  # fmt: skip
    answer = await browser.post(f"{CALL}/labels", data=form, headers=OWN)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{CALL}#c-politeness")
    assert recorded.state.shelf.labels[-1]["value"] == 40
    shown = (await browser.get(CALL)).text
    assert "Аня says" in shown
    assert HOSTILE not in shown
    wrong = await browser.post(f"{CALL}/labels", data=form | {"kind": "choice", "value": "nonsense"}, headers=OWN)
    assert wrong.status_code == 422
    for forged in (form | {"form_token": "0"}, {name: value for name, value in form.items() if name != "form_token"}):
        assert (await browser.post(f"{CALL}/labels", data=forged, headers=OWN)).status_code == 403
    foreign = await browser.post(f"{CALL}/labels", data=form, headers={"origin": "https://evil.example"})
    assert foreign.status_code == 403


async def test_a_list_of_the_workspace_is_offered_as_choices(browser: httpx.AsyncClient, recorded: FastAPI) -> None:
    html = (await browser.get(CALL)).text
    form = html.partition('name="criterion" value="stage"')[2].partition("</form>")[0]
    offered = re.findall(r'<option value="(\w*)"', form.partition('<select name="value">')[2].partition("</select>")[0])
    assert [one for one in offered if one] == ["start", "needs", "presentation", "objections", "closing", "upsell"]
    said = {
        "form_token": form_token(html), "criterion": "stage", "kind": "choice", "state": "answered", "value": "upsell",
        "evaluation_id": (re.search(r'name="evaluation_id" value="([^"]+)"', form) or [""])[1],
    }  # fmt: skip
    assert (await browser.post(f"{CALL}/labels", data=said, headers=OWN)).status_code == 303
    assert recorded.state.shelf.labels[-1]["value"] == "upsell"


async def test_a_reader_sees_opinions_and_no_form(stranger: httpx.AsyncClient) -> None:
    await log_in(stranger, READER)
    html = (await stranger.get(CALL)).text
    assert 'name="evaluation_id"' not in html
    assert '<details class="contest"' not in html
