"""The pages over a recorded gateway: login, filters, injection, forms, audio ranges, and what a reader's key may not do."""

import re
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from html import unescape

import httpx
import pytest
from auricle_console.app import create_app
from auricle_console.sessions import Sessions
from auricle_console.settings import ConsoleSettings
from auricle_console.wiring import Parts, templates
from auricle_contracts import AnswerState, CriterionKind, Layer, Level, Priority, Role, RunState, Severity, Step
from fastapi import FastAPI
from fixtures.recorded_gateway import HOSTILE, KEY, READER, create, run
from structlog.testing import capture_logs
from unit.console.test_wording import CRITERIA

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


@pytest.mark.parametrize(
    "path",
    ["/", "/conversations", CALL, "/agents", "/dead", "/queues", "/upload", "/settings", "/rows", f"{CALL}/recording"],
)
async def test_nobody_sees_a_page_without_login(stranger: httpx.AsyncClient, path: str) -> None:
    answer = await stranger.get(path)
    assert (answer.status_code, answer.headers["location"].split("?")[0]) == (303, "/login")


async def test_login_leads_back_to_the_same_filters(stranger: httpx.AsyncClient) -> None:
    asked = "/conversations?channel=chat&line=%D0%BF%D1%80%D0%BE%D0%B4%D0%B0%D0%B6%D0%B8"
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
    for path in (
        "/conversations",
        CALL,
        "/agents",
        "/dead",
        "/queues",
        "/upload",
        "/settings",
        "/conversations/none",
        "/static/player.js",
    ):
        answer = await browser.get(path)
        assert "script-src 'self'" in answer.headers["content-security-policy"], path
        assert answer.headers["x-content-type-options"] == "nosniff"
        if "html" in answer.headers["content-type"]:
            assert not re.search(
                r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=(?!&)", answer.text.replace("onerror=&", "")
            ), path


@pytest.mark.parametrize("path", ["/conversations", "/conversations/hostile", "/agents", "/rows", "/settings"])
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
        "Judged by demo weights", "There is no price for cpu", "$0.000644", "sales@1f2e", "heard-badly", 'class="track track-0 role-agent"',
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
    chats = (await browser.get("/conversations", params={"channel": "chat"})).text
    assert chats.count("data-conversation=") == 1
    assert '<option value="chat" selected>' in chats
    assert "Nothing found" in (await browser.get("/conversations", params={"line": '"><script>'})).text


async def test_the_list_leads_to_its_files(browser: httpx.AsyncClient) -> None:
    html = (await browser.get("/conversations", params={"channel": "chat"})).text
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
    assert "This is not audio" in (await browser.get("/dead")).text
    page = (await browser.get("/conversations")).text
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
    assert "1\u202f203" in html
    assert "the model sleeps or does not answer" in html


async def test_a_readers_key_has_no_buttons(stranger: httpx.AsyncClient) -> None:
    await log_in(stranger, READER)
    assert "/resend" not in (await stranger.get("/dead")).text
    assert "/export" not in (await stranger.get("/conversations")).text
    assert "needs the scope operate" in (await stranger.get("/queues")).text


async def test_audio_is_passed_on_by_ranges(browser: httpx.AsyncClient) -> None:
    answer = await browser.get(f"{CALL}/recording", headers={"range": "bytes=0-99"})
    assert (answer.status_code, len(answer.content)) == (206, 100)
    assert answer.headers["content-range"].startswith("bytes 0-99/")
    assert (await browser.get("/conversations/hostile/recording")).status_code == 404


@pytest.mark.parametrize("name", ["none", "..", "%2e%2e%2fwhoami", "a%2fb", "\u202e", "x" * 3000])
async def test_a_strange_conversation_is_a_page_that_says_so(browser: httpx.AsyncClient, name: str) -> None:
    answer = await browser.get(f"/conversations/{name}", follow_redirects=True)
    assert answer.status_code in {200, 404}
    assert "Auricle" in answer.text or answer.headers["content-type"].endswith("json")


@asynccontextmanager
async def before(
    gateway: Callable[[httpx.Request], Coroutine[None, None, httpx.Response]],
) -> AsyncIterator[httpx.AsyncClient]:
    """A browser that is signed in, over a console before this gateway."""
    async with httpx.AsyncClient(transport=httpx.MockTransport(gateway), base_url="http://gateway") as client:
        parts = Parts(ConsoleSettings(), client, Sessions(b"secret", 3600), templates())
        cookie = parts.sessions.seal(parts.sessions.begin("k", "demo", ()))
        transport = httpx.ASGITransport(create_app(parts), raise_app_exceptions=False)
        async with httpx.AsyncClient(
            transport=transport, base_url="http://console", headers=HTML, cookies={"auricle_session": cookie}
        ) as browser:
            yield browser


async def test_a_silent_gateway_is_a_page_that_says_so() -> None:
    async def refuse(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("down")

    async with before(refuse) as browser:
        for path in ("/conversations", CALL, f"{CALL}/recording"):
            answer = await browser.get(path)
            assert (answer.status_code, "A service does not answer" in answer.text) == (503, True)


async def test_a_fault_of_our_own_is_a_page_with_a_way_on() -> None:
    async def strange(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"strange": True})

    async with before(strange) as browser:
        with capture_logs() as told:
            answer = await browser.get("/conversations")
        assert (answer.status_code, answer.headers["content-type"].split(";")[0]) == (500, "text/html")
        assert "To the conversations" in answer.text
        assert [one["event"] for one in told] == ["request_crashed"]
        with capture_logs():
            assert (await browser.get("/conversations", headers={"accept": "*/*"})).json()["code"] == "internal"


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
    assert "Аня: 40 in place of" in shown
    assert HOSTILE not in shown
    wrong = await browser.post(f"{CALL}/labels", data=form | {"kind": "choice", "value": "nonsense"}, headers=OWN)
    assert wrong.status_code == 422
    for forged in (form | {"form_token": "0"}, {name: value for name, value in form.items() if name != "form_token"}):
        assert (await browser.post(f"{CALL}/labels", data=forged, headers=OWN)).status_code == 403
    foreign = await browser.post(f"{CALL}/labels", data=form, headers={"origin": "https://evil.example"})
    assert foreign.status_code == 403


async def test_a_list_of_the_workspace_is_offered_as_choices(browser: httpx.AsyncClient, recorded: FastAPI) -> None:
    html = (await browser.get(CALL)).text
    form = html.partition('id="c-stage"')[2].partition('<details class="contest"')[2].partition("</form>")[0]
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


async def contested(browser: httpx.AsyncClient, **changes: str) -> httpx.Response:
    """The form under politeness, sent with these fields."""
    html = (await browser.get(CALL)).text
    evaluation = re.search(r'name="evaluation_id" value="([^"]+)"', html)
    assert evaluation
    form = {
        "form_token": form_token(html), "criterion": "politeness", "evaluation_id": evaluation[1], "kind": "score",
        "state": "answered", "value": "75", "comment": "Поздоровалась, но перебивала", "author": "Иванова",
    }  # fmt: skip
    return await browser.post(f"{CALL}/labels", data=form | changes, headers=OWN)


@pytest.mark.parametrize(
    ("changes", "field", "russian", "english"),
    [
        ({"value": "150"}, "value", "число от 0 до 100", "a number from 0 to 100"),
        ({"value": "много"}, "value", "число от 0 до 100", "a number from 0 to 100"),
        ({"value": ""}, "value", "укажите значение", "give a value"),
        ({"comment": "ы" * 4001}, "comment", "не больше 4000", "at most 4,000"),
        ({"author": "ы" * 201}, "author", "не больше 200", "at most 200"),
        ({"kind": "choice", "value": "nonsense"}, "value", "не подходит", "does not fit"),
    ],
)
async def test_a_refused_verdict_comes_back_with_what_was_typed_and_the_field(
    browser: httpx.AsyncClient, changes: dict[str, str], field: str, russian: str, english: str
) -> None:
    for language, words in (("ru", russian), ("en", english)):
        await browser.post("/language", data={"language": language}, headers=OWN)
        answer = await contested(browser, **changes)
        assert answer.status_code == 422
        form = unescape(answer.text).partition('<details class="contest" open>')[2].partition("</form>")[0]
        assert changes.get("comment", "Поздоровалась, но перебивала") in form
        assert changes.get("author", "Иванова") in form
        assert re.search(rf'name="{field}"[^>]*aria-invalid="true"[^>]*aria-describedby="fault-{field}"', form)
        assert words in form.partition(f'id="fault-{field}"')[2].partition("</span>")[0]


async def test_a_verdict_counts_on_its_page_in_the_list_and_in_the_report(
    browser: httpx.AsyncClient, recorded: FastAPI
) -> None:
    before = list(recorded.state.shelf.labels)
    try:
        assert (await contested(browser)).status_code == 303
        page, rows = (await browser.get(CALL)).text, (await browser.get("/conversations")).text
        report = (await browser.get("/report", params={"ids": "02-ru-delivery"}, timeout=60)).text
        ring = page.partition('id="c-politeness"')[2].partition("</article>")[0]
        assert 'aria-label="Politeness: 75"' in ring
        assert "checked by Иванова" in ring
        assert re.search(r'<s[^>]* title="the model: \d+">\d+</s>', ring)
        for html in (rows, report):
            assert re.search(
                r'class="value grade good[^"]*"[^>]*>75</span>\s*<s[^>]*>\d+</s><span[^>]*>✓ Иванова</span>', html
            )
    finally:
        recorded.state.shelf.labels[:] = before


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nowhere", 404), ("GET", "/dead/x/resend", 405), ("DELETE", "/", 405), ("GET", "/static/none.js", 404)],
)
async def test_a_strange_address_or_method_is_a_page(
    browser: httpx.AsyncClient, method: str, path: str, status: int
) -> None:
    answer = await browser.request(method, path)
    assert (answer.status_code, answer.headers["content-type"].split(";")[0]) == (status, "text/html")
    assert "To the conversations" in answer.text


@pytest.mark.parametrize("form", ["unmasked", "labels"])
async def test_the_address_of_a_forms_answer_leads_to_its_conversation(browser: httpx.AsyncClient, form: str) -> None:
    opened = await browser.get(f"{CALL}/{form}")
    assert (opened.status_code, opened.headers["location"]) == (303, CALL)
    refused = await contested(browser, value="150")
    assert f'name="next" value="{CALL}"' in refused.text, "and so does the choice of language there"


async def test_a_count_and_its_sum_stand_apart(browser: httpx.AsyncClient) -> None:
    row = (await browser.get(CALL)).text.partition('id="c-price_mentions"')[2].partition("</article>")[0]
    assert re.search(r'<span class="mark[^"]*"\s*>\d+</span>', row)
    assert re.search(r'<p class="soft small">[\d\s]+', row)


async def test_times_have_a_year_and_name_their_zone(browser: httpx.AsyncClient) -> None:
    assert re.search(r"\d+ Nov 2026, \d\d:\d\d UTC</dd>", (await browser.get(CALL)).text)
    html = (await browser.get("/conversations")).text
    assert "Started, UTC" in html
    assert re.search(r">\d+ Nov 2026, \d\d:\d\d</time>", html)


async def test_dead_runs_have_titles_and_offer_only_what_can_help(
    browser: httpx.AsyncClient, recorded: FastAPI
) -> None:
    shelf = recorded.state.shelf
    html = (await browser.get("/dead")).text
    assert ">broken-recording.wav</a>" in html
    assert "/resend" not in html, "what is not audio will not be audio"
    assert "Sending it again cannot help" in (await browser.get("/conversations/broken")).text
    kept = shelf.views["broken"]
    try:
        died = run("broken", Step.TRANSCRIBE, RunState.DEAD, "speech_engine_failed: out of memory")
        shelf.views["broken"] = kept.model_copy(update={"runs": (died,)})
        assert "/resend" in (await browser.get("/dead")).text
    finally:
        shelf.views["broken"] = kept


async def test_a_reason_is_told_in_the_pages_language_and_the_programs_words_are_marked(
    browser: httpx.AsyncClient, recorded: FastAPI
) -> None:
    """Whatever a run died of: what the program says of it is English, and stands folded away."""
    shelf = recorded.state.shelf
    kept = shelf.views["broken"]
    died = run("broken", Step.TRANSCRIBE, RunState.DEAD, "speech_engine_failed: CUDA error: out of memory")
    await browser.post("/language", data={"language": "ru", "next": "/"}, headers=OWN)
    try:
        shelf.views["broken"] = kept.model_copy(update={"runs": (died,)})
        for page in ("/dead", "/conversations/broken"):
            html = (await browser.get(page)).text
            assert "Распознаватель речи ответил ошибкой" in html, page
            inside = re.findall(
                r'<details class="small"><summary>[^<]*</summary><span class="mono" lang="en">([^<]*)', html
            )
            assert inside == ["speech_engine_failed: CUDA error: out of memory"], page
            assert html.count("CUDA error") == 1, page
    finally:
        shelf.views["broken"] = kept


async def test_means_are_of_judged_scores_with_their_number(browser: httpx.AsyncClient) -> None:
    html = (await browser.get("/agents")).text
    assert "86" not in re.findall(r'class="value[^"]*">(\d+)<', html), "a share of silence is nobody's score"
    assert "Silence" not in html
    assert "7 conversations, ± 8" in html
    assert "1 conversation<" in html
    assert 'class="value grade' not in html, "of seven answers none is a verdict"


async def test_assets_are_kept_for_good_and_answers_compressed(browser: httpx.AsyncClient) -> None:
    html = await browser.get("/conversations")
    assert html.headers["content-encoding"] == "gzip"
    addresses = re.findall(r'"(/static/[^"]+)"', html.text)
    assert {one.rpartition(".")[2] for one in addresses} == {"css", "js", "svg"}
    for address in addresses:
        assert re.fullmatch(r"/static/[\w.]+\.[0-9a-f]{12}\.(?:css|js|svg)", address)
        kept = await browser.get(address)
        assert kept.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert (await browser.get(re.sub(r"\.[0-9a-f]{12}\.", ".000000000000.", addresses[1]))).headers[
        "cache-control"
    ] == "no-cache"
    fonts = (await browser.get(next(one for one in addresses if "/fonts." in one))).text
    shipped = re.findall(r'url\("([^"]+)"\)', fonts)
    assert len(shipped) == 4
    for address in shipped:
        font = await browser.get(address)
        assert (font.content[:4], font.headers["cache-control"]) == (b"wOF2", kept.headers["cache-control"])
    sound = await browser.get(f"{CALL}/recording", headers={"accept-encoding": "gzip"})
    assert "content-encoding" not in sound.headers, "ranges are of the recording itself"


async def test_progress_is_asked_alone_and_rows_come_one_by_one(browser: httpx.AsyncClient, recorded: FastAPI) -> None:
    shelf = recorded.state.shelf
    answer = await browser.get("/progress", params={"id": ["live", "broken", "nobody"]})
    assert answer.json() == {"live": "transcribing", "broken": "dead"}
    rows = (await browser.get("/rows", params={"id": "live"})).text
    assert re.findall(r'data-conversation="([^"]+)"', rows) == ["live"]
    assert shelf.views["live"].progress == "transcribing"
    assert (await browser.get("/progress", params={"id": ["x"] * 201})).status_code == 422


async def test_the_filters_are_told_what_there_is(browser: httpx.AsyncClient) -> None:
    found = (await browser.get("/suggestions")).text
    assert '<option value="operator-102">Галина</option>' in found
    assert '<option value="delivery"></option>' in found
    assert HOSTILE not in found


async def test_the_report_says_what_it_covers(browser: httpx.AsyncClient) -> None:
    html = (await browser.get("/report", params={"ids": "02-ru-delivery,hostile"}, timeout=60)).text
    assert re.search(r"2 conversations: \d+ Nov 2026, \d\d:\d\d UTC — \d+ Nov 2026, \d\d:\d\d UTC\.", html)
    assert "Report with audio: 1 on this page" in (await browser.get("/conversations", params={"channel": "chat"})).text


async def test_a_player_is_told_in_words_why_nothing_plays(browser: httpx.AsyncClient) -> None:
    said = await browser.get("/conversations/hostile/recording", headers={"accept": "text/plain"})
    assert (said.status_code, said.text) == (404, "Not found")


async def test_a_recording_that_is_none_has_no_player(browser: httpx.AsyncClient, recorded: FastAPI) -> None:
    shelf = recorded.state.shelf
    kept = shelf.views["broken"]
    facts = shelf.views["02-ru-delivery"].recording
    try:
        shelf.views["broken"] = kept.model_copy(update={"recording": facts})
        html = (await browser.get("/conversations/broken")).text
        assert "The recording cannot be played: This is not audio" in html
        assert "<audio" not in html
    finally:
        shelf.views["broken"] = kept


async def test_an_agent_leads_to_the_conversations_behind_the_row(browser: httpx.AsyncClient) -> None:
    html = unescape((await browser.get("/agents", params={"since": "2026-11-01"})).text)
    assert 'href="/agents/operator-102?since=2026-11-01&until="' in html
    report = (await browser.get("/report", params={"ids": "hostile"}, timeout=60)).text
    assert "/conversations?" not in report, "a file on disk leads nowhere"


async def test_a_finding_shows_the_passage_that_it_cites(browser: httpx.AsyncClient) -> None:
    page = (await browser.get(CALL)).text
    card = page[page.index("Knowledge base: Тон общения") :]
    assert "Тон общения › Жалобы" in card
    assert "называем срок &lt;и&gt; предлагаем помощь" in card


IDS = CRITERIA | {
    word.value for words in (AnswerState, CriterionKind, Layer, Level, Priority, Role, Severity, Step) for word in words
}
"""What the API calls things."""
PROGRAMS_OWN = re.compile(
    r'<(\w+)[^>]*(?:lang="en"|class="[^"]*\bmono\b)[^>]*>.*?</\1>|<(?:script|style).*?</(?:script|style)>', re.DOTALL
)


def ids_shown(html: str) -> set[str]:
    """Ids that a reader of the page meets: as text, in tooltips and in what is read aloud, but for what is marked as the program's own."""
    rest = PROGRAMS_OWN.sub(" ", html)
    shown = re.findall(r">([^<]+)<", rest) + re.findall(r'(?:title|aria-label|placeholder|alt)="([^"]*)"', rest)
    return IDS & {word for text in shown for word in re.findall(r"[a-z_]+", re.sub(r"{\w+}:\w+", "", text))}


async def test_no_page_of_ours_names_a_thing_by_its_id(browser: httpx.AsyncClient, recorded: FastAPI) -> None:
    assert ids_shown("<td>intent</td>") == {"intent"}
    assert ids_shown('<p title="yes_no, rule"> </p>') == {"yes_no", "rule"}
    assert ids_shown('<p class="mono">intent</p>') == set()
    await browser.post("/language", data={"language": "ru", "next": "/"}, headers=OWN)
    pages = ["conversations", "agents", "rows", "settings", "dead", "queues", "review", "appeals"]
    pages += [f"dashboards/{name}" for name in ("quality", "economics", "operations")]
    pages += [f"conversations/{one}" for one in recorded.state.shelf.views]
    shown = {}
    for page in pages:
        answer = await browser.get(f"/{page}")
        assert answer.status_code == 200, page
        shown[page] = ids_shown(answer.text)
    assert {page: ids for page, ids in shown.items() if ids} == {}
