"""The pages over the real gateway, on real stores: what it answers is what the page reads."""

import csv
import io
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from html import unescape
from urllib.parse import parse_qsl

import httpx
import pytest
from auricle_contracts import Role
from auricle_records import transcript_texts
from auricle_records.transcript_texts import MaskedTurn
from integration.console.browsing import OWN, browsing
from integration.gateway import outcomes
from integration.gateway.conftest import Door
from integration.gateway.posted import post_call, post_chat
from sqlalchemy import event, text
from sqlalchemy.engine import Engine


@pytest.fixture(scope="module")
async def call(door: Door) -> str:
    """A call, heard and judged."""
    conversation = await post_call(door.ours, external_id="call-84213", line="sales")
    await outcomes.hear(door, conversation)
    await outcomes.judge(door, conversation)
    return conversation


@pytest.fixture
def asked() -> list[str]:
    """The paths that the page asked the gateway for."""
    return []


@pytest.fixture
async def browser(door: Door, asked: list[str]) -> AsyncIterator[httpx.AsyncClient]:
    """Logged in with a key of the first workspace."""

    async def note(request: httpx.Request) -> None:
        asked.append(request.url.path)

    async with browsing(door, door.ours, on_request=note) as browser:
        yield browser


async def test_the_list_and_its_filters(browser: httpx.AsyncClient, door: Door, call: str) -> None:
    chat = await post_chat(door.ours)
    everything = (await browser.get("/conversations")).text
    assert f'data-conversation="{call}"' in everything
    assert f'data-conversation="{chat}"' in everything
    narrowed = (
        await browser.get("/conversations", params={"line": "sales", "since": "2020-01-01", "until": "2099-01-01"})
    ).text
    assert f'data-conversation="{call}"' in narrowed
    assert f'data-conversation="{chat}"' not in narrowed
    assert (await browser.get("/conversations", params={"since": "never"})).status_code == 422


async def test_a_list_is_one_request_and_shows_the_verdict(
    browser: httpx.AsyncClient, door: Door, asked: list[str]
) -> None:
    for _ in range(3):
        chat = await post_chat(door.ours, line="one-request")
        await outcomes.judge(door, chat)
    label = {"conversation_id": chat, "criterion": "politeness", "value": 37}
    assert (await door.ours.post("/v1/labels", json=label)).status_code == 201
    asked.clear()
    html = (await browser.get("/conversations", params={"line": "one-request"})).text
    assert asked == ["/v1/conversations"]
    assert (html.count("data-conversation="), html.count(">37<"), html.count(">90</span>")) == (3, 1, 2)
    assert re.search(r">37</span>\s*<s [^>]*>90</s>", html), "the model's answer stands beside it, struck through"


async def test_the_last_day_of_a_list_is_whole(browser: httpx.AsyncClient, door: Door) -> None:
    late = await post_chat(door.ours, started_at="2026-03-02T23:59:59Z")
    for until, there in (("2026-03-02", True), ("2026-03-01", False)):
        html = (await browser.get("/conversations", params={"since": "2026-03-01", "until": until})).text
        assert (f'data-conversation="{late}"' in html) is there


async def test_a_start_that_nobody_told_is_no_start(browser: httpx.AsyncClient, door: Door) -> None:
    told = await post_chat(door.ours, line="no-start", started_at="2026-03-02T10:00:00Z")
    silent = await post_chat(door.ours, line="no-start")
    html = (await browser.get("/conversations", params={"line": "no-start"})).text
    rows = {one: html.partition(f'data-conversation="{one}"')[2].partition("</tr>")[0] for one in (told, silent)}
    assert "2 Mar 2026, 10:00" in rows[told]
    assert ["no start given" in rows[one] for one in (told, silent)] == [False, True]
    sheet = (await door.ours.get("/v1/export", params={"line": "no-start", "format": "csv", "language": "en"})).text
    starts = {row["Conversation ID"]: row for row in csv.DictReader(io.StringIO(sheet.removeprefix("\ufeff")))}
    assert starts[told]["Started at (UTC)"].startswith("2026-03-02 10:00")
    assert (starts[silent]["Started at (UTC)"], bool(starts[silent]["Received at (UTC)"])) == ("", True)


async def test_a_report_names_its_own_agents_only(browser: httpx.AsyncClient, door: Door, call: str) -> None:
    stranger = [{"id": "agent", "role": "agent", "reference": "999", "name": "Посторонняя"}]
    await post_chat(door.ours, participants=[*stranger, {"id": "customer", "role": "customer"}])
    assert "Посторонняя" in (await browser.get("/agents")).text
    html = (await browser.get("/report", params={"ids": call}, timeout=60)).text
    assert "Ольга" in html
    assert "Посторонняя" not in html


async def test_a_conversation_with_everything(browser: httpx.AsyncClient, call: str) -> None:
    html = (await browser.get(f"/conversations/{call}")).text
    for expected in (
        outcomes.TEXT,
        "not applicable",
        "undetermined",
        'class="track',
        "sales@",
        "speech",
        "no price",
        "call-84213",
    ):
        assert expected in html, expected
    audio = await browser.get(f"/conversations/{call}/recording", headers={"range": "bytes=0-3"})
    assert (audio.status_code, audio.content) == (206, b"RIFF")


async def test_the_excel_file_comes_through(browser: httpx.AsyncClient, call: str) -> None:
    assert call
    answer = await browser.get("/export", params={"line": "sales"})
    assert (answer.status_code, answer.content[:2]) == (200, b"PK")


async def test_a_refused_file_is_a_page_that_says_why(browser: httpx.AsyncClient, call: str) -> None:
    refused = await browser.get("/export", params={"since": "never"})
    assert (refused.status_code, refused.headers["content-type"].split(";")[0]) == (422, "text/html")
    assert "invalid_request" in refused.text
    range_refused = await browser.get(f"/conversations/{call}/recording", headers={"range": "bytes=999999999-"})
    assert range_refused.status_code == 416


async def test_agents_dead_runs_and_queues(browser: httpx.AsyncClient, call: str) -> None:
    assert call
    assert "Ольга" in (await browser.get("/agents")).text
    assert (await browser.get("/dead")).status_code == 200
    assert "{auricle}:asr" in (await browser.get("/queues")).text


async def test_another_workspace_is_not_there(browser: httpx.AsyncClient, door: Door) -> None:
    foreign = await post_chat(door.theirs)
    for path in (f"/conversations/{foreign}", f"/conversations/{foreign}/recording", f"/report?ids={foreign}"):
        assert (await browser.get(path)).status_code == 404, path
    assert foreign not in (await browser.get("/conversations")).text


async def test_the_report_of_a_real_conversation(browser: httpx.AsyncClient, call: str) -> None:
    answer = await browser.get("/report", params={"ids": call}, timeout=60)
    assert answer.status_code == 200
    assert "data:audio/ogg;base64," in answer.text


@contextmanager
def statements() -> Iterator[list[str]]:
    """What the gateway, which is in this process, sends to Postgres meanwhile."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(Engine, "before_cursor_execute", note)


ROUTES = {
    "/conversations?line=counted": 1,
    "/rows?line=counted": 1,
    "/progress?id={call}&id={chat}": 1,
    "/rows?id={call}&id={chat}&columns=politeness": 1,
    "/suggestions": 2,
    "/conversations/{call}": 9,
    "/agents": 2,  # figures of agents, and how often people agree
    "/dead": 1,
    "/queues": 1,
    "/dashboards/quality": 3,  # titles of classes among them
    "/dashboards/economics": 2,
}


@pytest.mark.parametrize("route", ROUTES)
async def test_a_page_costs_the_same_however_many_conversations_there_are(
    browser: httpx.AsyncClient, door: Door, asked: list[str], call: str, route: str
) -> None:
    chat = await post_chat(door.ours, line="counted")
    await outcomes.judge(door, chat)
    path = route.format(call=call, chat=chat)
    before = await cost(browser, path, asked)
    for _ in range(3):
        await outcomes.judge(door, await post_chat(door.ours, line="counted"))
    assert await cost(browser, path, asked) == before
    assert before[0] == ROUTES[route]


async def cost(browser: httpx.AsyncClient, path: str, asked: list[str]) -> tuple[int, int]:
    """Requests and SQL statements of a page: the least of six times, since the gateway's own rounds may fall into one."""
    found = []
    for _ in range(6):
        asked.clear()
        with statements() as sent:
            assert (await browser.get(path)).status_code == 200
        found.append((len(asked), len(sent)))
    return min(found)


async def test_a_verdict_counts_on_agents_and_quality(browser: httpx.AsyncClient, door: Door) -> None:
    chat = await post_chat(door.ours, line="verdicts")
    await outcomes.judge(door, chat)
    label = {"conversation_id": chat, "criterion": "politeness", "value": 12}
    assert (await door.ours.post("/v1/labels", json=label)).status_code == 201
    agents = (await browser.get("/agents", params={"line": "verdicts"})).text
    assert re.findall(r'class="value[^"]*">(\d+)<', agents) == ["12", "12"], "mean score, and politeness"
    quality = (await browser.get("/dashboards/quality")).text
    lowest = quality.partition('id="lowest"')[2].partition("</section>")[0]
    assert f'<a href="/conversations/{chat}">' in lowest
    assert f">{chat}<" not in lowest, "by its title, not by its id"


async def test_an_agent_is_found_by_a_part_of_the_name(browser: httpx.AsyncClient, door: Door) -> None:
    people = [{"id": "agent", "role": "agent", "name": "Светлана"}, {"id": "customer", "role": "customer"}]
    chat = await post_chat(door.ours, participants=people)
    for part in ("светлана", "Светл", "ЛАНА"):
        assert f'data-conversation="{chat}"' in (await browser.get("/conversations", params={"agent": part})).text
    assert '<option value="Светлана">' in (await browser.get("/suggestions")).text


async def test_the_last_days_are_one_click_away(browser: httpx.AsyncClient, door: Door) -> None:
    now = await post_chat(door.ours, line="days", started_at=datetime.now(UTC).isoformat())
    old = await post_chat(door.ours, line="days", started_at=(datetime.now(UTC) - timedelta(days=9)).isoformat())
    links = re.findall(
        r'href="(/conversations\?[^"]+)"[^>]*>(today|\d+ days)</a>',
        (await browser.get("/conversations?line=days")).text,
    )
    found = {name: (await browser.get(unescape(link))).text for link, name in links}
    assert {name: (now in html, old in html) for name, html in found.items()} == {
        "today": (True, False),
        "7 days": (True, False),
        "30 days": (True, True),
    }


async def test_what_was_transcribed_is_played_in_a_form_that_is_sought_exactly(
    browser: httpx.AsyncClient, door: Door, call: str
) -> None:
    """WAV, also where nothing is hidden: browsers seek in MP3 of a variable rate by a table of a hundred places."""
    source = f"/conversations/{call}/recording?masked=true"
    assert f'src="{source}"' in (await browser.get(f"/conversations/{call}")).text
    part = await browser.get(source, headers={"range": "bytes=0-3"})
    assert (part.status_code, part.content, part.headers["content-type"]) == (206, b"RIFF", "audio/wav")
    unheard = await post_call(door.ours)
    assert (
        f'src="/conversations/{unheard}/recording?seekable=true"'
        in (await browser.get(f"/conversations/{unheard}")).text
    )


async def test_what_is_doubtful_is_told_once(browser: httpx.AsyncClient, door: Door, call: str) -> None:
    """The recording, the transcript and the evaluation may each say the same of themselves."""
    async with door.db.transaction("ours") as connection:
        for table in ("transcripts", "evaluations"):
            twice = f"UPDATE {table} SET flags = ARRAY['roles_guessed', 'low_confidence'] WHERE conversation_id = :id"
            await connection.execute(text(twice), {"id": call})
    html = (await browser.get(f"/conversations/{call}")).text
    for words in ("roles guessed from the text", "heard unsurely"):
        assert html.count(f'<span class="chip">{words}</span>') == 1, words


async def test_a_search_is_one_request_and_its_rows_have_the_words(
    browser: httpx.AsyncClient, door: Door, asked: list[str]
) -> None:
    chat = await post_chat(door.ours, line="searched")
    await outcomes.judge(door, chat, findings=(outcomes.FINDING,))
    for one in await transcript_texts.waiting(door.db, "ours", limit=200):
        said = [MaskedTurn(2, Role.AGENT, "Доставка <b>стоит</b> триста рублей", 61_000)]
        await transcript_texts.put(door.db, "ours", one, said)
    asked.clear()
    html = (await browser.get("/conversations", params={"text": "доставку", "line": "searched"})).text
    assert asked == ["/v1/conversations"]
    assert "<mark>Доставка</mark> &lt;b&gt;стоит&lt;/b&gt;" in html
    assert re.search(rf'href="/conversations/{chat}\?[^"]*text=[^"]*#c-t2"', html)
    assert 'value="доставку"' in html
    assert chat not in (await browser.get("/conversations", params={"text": "возврат"})).text


async def test_the_list_is_narrowed_by_answers_and_sorted(browser: httpx.AsyncClient, door: Door) -> None:
    first = await post_chat(door.ours, line="narrowed", started_at="2026-03-01T10:00:00Z")
    second = await post_chat(door.ours, line="narrowed", started_at="2026-03-02T10:00:00Z")
    for chat in (first, second):
        await outcomes.judge(door, chat, findings=(outcomes.FINDING,))
    given = {"line": "narrowed", "criterion": "politeness", "sign": ">=", "value": "90"}
    made = await browser.get("/conversations", params=given)
    assert made.status_code == 303
    assert made.headers["location"] == "/conversations?line=narrowed&answer=politeness%3E%3D90"
    html = (await browser.get(made.headers["location"])).text
    assert first in html
    assert "Politeness ≥ 90" in unescape(html) or "Вежливость ≥ 90" in html
    several = {"line": "narrowed", "answer": "politeness>=90;stage=closing"}
    assert first not in (await browser.get("/conversations", params=several)).text
    for wrong in ({"error_class": "interrupting"}, {"score_below": "90"}, {"unsure_below": "0.5"}):
        assert first not in (await browser.get("/conversations", params={"line": "narrowed"} | wrong)).text
    html = (await browser.get("/conversations", params={"line": "narrowed", "order": "oldest"})).text
    assert html.index(first) < html.index(second)
    assert (await browser.get("/conversations", params={"answer": "politeness"})).status_code == 422


async def test_the_sheet_is_of_what_is_searched(browser: httpx.AsyncClient, door: Door) -> None:
    chat = await post_chat(door.ours, external_id="not-in-the-sheet", line="sheet")
    await outcomes.judge(door, chat)
    everything = await browser.get("/export", params={"line": "sheet"})
    narrowed = await browser.get("/export", params={"line": "sheet", "score_below": "10"})
    assert everything.status_code == narrowed.status_code == 200
    assert len(narrowed.content) < len(everything.content)


async def test_a_view_is_saved_opened_and_removed(browser: httpx.AsyncClient, door: Door) -> None:
    chat = await post_chat(door.ours, line="viewed")
    await outcomes.judge(door, chat)
    today = datetime.now(UTC).date()
    since = (today - timedelta(days=6)).isoformat()
    shown = {
        "line": "viewed",
        "since": since,
        "answer": "politeness>=90;stage=presentation",
        "columns": "stage politeness",
        "order": "oldest",
    }
    html = (await browser.get("/conversations", params=shown)).text
    token = re.search(r'name="form_token" value="([0-9a-f]+)"', html)
    query = re.search(r'name="query" value="([^"]+)"', html)
    assert token
    assert query
    said = {"form_token": token[1], "query": unescape(query[1]), "name": "Моя неделя", "is_shared": "yes"}
    done = await browser.post("/views", data=said, headers=OWN)
    assert done.status_code == 303
    assert "view=saved" in done.headers["location"]
    (view,) = (await door.ours.get("/v1/views")).json()["items"]
    assert (view["days"], view["columns"]) == (7, ["stage", "politeness"])
    assert view["query"] == {
        "line": ["viewed"], "answer": ["politeness>=90", "stage=presentation"], "sort": ["oldest"],
    }  # fmt: skip
    menu = (await browser.get("/views")).text
    address = unescape((re.search(r'href="(/conversations[^"]*)">Моя неделя<', menu) or [""])[1])
    opened = (await browser.get(address)).text
    assert chat in opened
    assert dict(parse_qsl(address.partition("?")[2])) == shown
    assert re.search(r'data-columns="stage politeness"', opened)
    assert (await browser.post("/views", data=said, headers=OWN)).headers["location"].endswith("view=saved"), (
        "one's own is replaced"
    )
    nameless = await browser.post("/views", data=said | {"name": " "}, headers=OWN)
    assert nameless.headers["location"].endswith("view=refused")
    gone = await browser.post(f"/views/{view['id']}/removal", data={"form_token": token[1]}, headers=OWN)
    assert gone.status_code == 303
    assert (await door.ours.get("/v1/views")).json()["items"] == []


async def test_columns_are_chosen_and_the_sheet_has_them(browser: httpx.AsyncClient, door: Door) -> None:
    chat = await post_chat(door.ours, line="columns", external_id="with-columns")
    await outcomes.judge(door, chat)
    chosen = await browser.get("/conversations", params={"line": "columns", "column": ["stage", "sale_chance"]})
    assert chosen.status_code == 303
    assert chosen.headers["location"] == "/conversations?line=columns&columns=stage+sale_chance"
    html = (await browser.get(chosen.headers["location"])).text
    assert 'data-columns="stage sale_chance"' in html
    link = re.search(r'href="(/export\?[^"]*format=csv[^"]*)"', html)
    assert link
    file = await browser.get(unescape(link[1]))
    (row,) = csv.DictReader(io.StringIO(file.content.decode("utf-8-sig")))
    assert list(row)[8:10] == ["Stage of the sale", "Chance of a sale (%)"]
    assert row["Call ID"] == "with-columns"


async def test_analytics_lead_to_the_lists_behind_them(browser: httpx.AsyncClient, door: Door) -> None:
    now = datetime.now(UTC).isoformat()
    chat = await post_chat(door.ours, line="analysed", started_at=now)
    await outcomes.judge(door, chat, findings=(outcomes.FINDING,))
    html = (await browser.get("/analytics", params={"line": "analysed"})).text
    links = [unescape(one) for one in re.findall(r'href="(/conversations\?[^"]+)"', html)]
    assert any("error_class=rudeness" in one for one in links)
    for link in links:
        assert chat in (await browser.get(link)).text, link
    for by in ("team", "agent", "channel", "week"):
        assert (await browser.get("/analytics", params={"line": "analysed", "by": by})).status_code == 200
    assert "No data" in (await browser.get("/analytics", params={"line": "nobody's"})).text
    form = (await browser.get("/analytics/comparison", params={"line": "analysed"})).text
    assert "other_since" in form
    other = {"line": "analysed", "other_since": "2020-01-01", "other_until": "2020-02-01"}
    assert "90, n = 1" in (await browser.get("/analytics/comparison", params=other)).text
    assert "People and bots" in (await browser.get("/analytics/parity", params={"line": "analysed"})).text
    file = await browser.get("/analytics/parity/export", params={"line": "analysed"})
    assert file.text.lstrip("\ufeff").startswith("error_class,")
