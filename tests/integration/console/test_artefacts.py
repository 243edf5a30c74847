"""The registry by the page, over the real gateway: a manager writes a version, sees what it changes, makes it live and takes it back."""

import json
import re
from collections.abc import AsyncIterator
from html import unescape
from typing import Any

import httpx
import pytest
from auricle_contracts import MemberRole
from integration.console.browsing import OWN, browsing
from integration.gateway import outcomes
from integration.gateway.conftest import Door
from integration.gateway.posted import post_chat
from integration.gateway.signed_in import person_of

LIST = "/settings/artefacts"


@pytest.fixture
async def manager(door: Door) -> AsyncIterator[httpx.AsyncClient]:
    """Logged in with a key that has every scope."""
    async with browsing(door, door.ours) as browser:
        yield browser


async def read(browser: httpx.AsyncClient, address: str) -> str:
    reply = await browser.get(address)
    assert reply.status_code == 200, reply.text
    return reply.text


async def address_of(browser: httpx.AsyncClient, name: str, kind: str) -> str:
    """The page of the live version of a name."""
    html = await read(browser, f"{LIST}?kind={kind}&search={name}")
    found = re.search(rf'href="({LIST}/[^"?/]+)">[^<]*</a><span class="under mono">{name}@', html)
    assert found, html
    return found[1]


async def send(browser: httpx.AsyncClient, address: str, **form: Any) -> httpx.Response:
    token = re.search(r'name="form_token" value="([0-9a-f]+)"', await read(browser, LIST))
    assert token
    return await browser.post(address, data={"form_token": token[1]} | form, headers=OWN)


async def text_of(browser: httpx.AsyncClient, address: str) -> str:
    """As the editor shows it."""
    found = re.search(
        r"<textarea class=\"source\"[^>]*>\n(.*?)</textarea>", await read(browser, f"{address}/edit"), re.DOTALL
    )
    assert found
    return unescape(found[1])


async def test_a_version_is_written_compared_made_live_and_taken_back(manager: httpx.AsyncClient) -> None:
    shipped = await address_of(manager, "sales", "scorecard")
    html = await read(manager, shipped)
    assert "judges what comes in" in html
    assert "follows the releases" in html
    text = (await text_of(manager, shipped)).replace("note: ", "note: Politeness first. ")
    kept = await send(manager, f"{shipped}/edit", text=text.replace("\n", "\r\n"))
    assert kept.status_code == 303, kept.text
    own = kept.headers["location"]
    html = await read(manager, own)
    assert "<ins>+note: Politeness first. " in html
    assert re.search(r"^ id: sales$", html, re.MULTILINE), "a line of the difference is a line of the page"
    assert "candidate" in html
    expected = re.search(r'name="expected" value="([^"]+)"', html)
    assert expected
    moved = await send(manager, f"{own}/promote", reason="F1 0.81 <golden set>", expected=expected[1])
    assert (moved.status_code, moved.headers["location"]) == (303, own)
    html = await read(manager, own)
    assert "held: no release replaces it" in html
    assert "F1 0.81 &lt;golden set&gt;" in html
    late = await send(manager, f"{shipped}/promote", reason="the old one was better", expected=expected[1])
    assert late.status_code == 409
    assert "Another version is live by now" in late.text
    assert "the old one was better" in late.text, "what was typed stays"
    assert (await send(manager, f"{own}/rollback", reason="False alarms")).status_code == 303
    html = await read(manager, own)
    assert "taken back" in html
    assert "retired" in html
    assert await address_of(manager, "sales", "scorecard") == shipped


async def test_what_is_wrong_is_told_by_line_and_what_was_typed_stays(manager: httpx.AsyncClient) -> None:
    shipped = await address_of(manager, "sales", "scorecard")
    text = (await text_of(manager, shipped)).replace("kind: score", "kind: stars <b>", 1)
    line = text[: text.index("kind: stars")].count("\n") + 1
    refused = await send(manager, f"{shipped}/edit", text=text)
    assert refused.status_code == 422
    assert f"line {line}: criteria.0.kind" in refused.text
    assert "kind: stars &lt;b&gt;" in refused.text


async def test_each_kind_has_its_list_and_every_live_version_its_page(manager: httpx.AsyncClient) -> None:
    for kind, name in (("flow", "checklist"), ("prompt", "verify"), ("error_class", "dead_air")):
        assert name in await read(manager, await address_of(manager, name, kind))
    assert "There are no such versions" in await read(manager, f"{LIST}?kind=flow&state=draft")


async def test_who_may_not_promote_reads_and_an_agent_does_not(door: Door) -> None:
    for role, status in ((MemberRole.REVIEWER, 200), (MemberRole.AGENT, 403)):
        async with (
            await person_of(door.ours, role, email=f"{role}@page.example") as person,
            browsing(door, person) as browser,
        ):
            reply = await browser.get(LIST)
            assert reply.status_code == status
            if status == 200:
                html = await read(browser, await address_of(browser, "sales", "scorecard"))
                assert "/promote" not in html
                assert "/edit" not in html
    async with (
        await person_of(door.ours, MemberRole.QUALITY_MANAGER, email="qm@page.example") as person,
        browsing(door, person) as browser,
    ):
        assert f'href="{LIST}"' in await read(browser, "/agents"), "the rail leads a manager there"


async def test_a_refusal_is_explained_by_its_items(door: Door, manager: httpx.AsyncClient) -> None:
    assert (await door.ours.put("/v1/golden-settings", json={"consent": True})).status_code == 200
    said = '[{"role": "customer", "text": "Где заказ?"}, {"role": "agent", "text": "Сами виноваты <b>"}]'
    headers = {"Content-Type": "application/x-ndjson"}
    line = f'{{"channel": "chat", "reference": "ticket 7", "turns": {said}}}'
    assert (await door.ours.post("/v1/golden-imports", content=line, headers=headers)).status_code == 200
    item = (await door.ours.get("/v1/golden-items")).json()["items"][0]["id"]
    side = {
        "items": 40,
        "right": 0.5,
        "doubtful": 0.1,
        "wrong": 0.4,
        "live_right": 0.9,
        "flaky": 2,
        "verdict": "refused",
    }
    against = {"subject": "blame", "right": "found (2)", "candidate": "not_found", "live": "found in turn 2"}
    gate = {
        "verdict": "refused", "items": 40, "runs": 3, "subjects": [{"subject": "blame", "sides": {"found": side}}],
        "against": [against | {"id": item, "reference": "ticket 7"}, against | {"id": "gone", "reference": None}],
    }  # fmt: skip
    address = await address_of(manager, "sales", "scorecard")
    version = address.rpartition("/")[2]
    patched = await door.ours.patch(f"/v1/artefacts/{version}", json={"figures": {"gate": gate}})
    assert patched.status_code == 200, patched.text
    html = await read(manager, address)
    assert "Gate: refused" in html
    assert "40 golden items, 3 runs of each" in html
    assert "with the error" in html
    assert "ticket 7: right is found (2); candidate: not_found; live: found in turn 2" in html
    assert html.count("Сами виноваты &lt;b&gt;") == 1
    broken = await door.ours.patch(f"/v1/artefacts/{version}", json={"figures": {"gate": "what somebody wrote"}})
    assert broken.status_code == 200
    assert 'id="gate"' not in await read(manager, address)


async def test_a_version_is_tried_before_it_is_made_live(door: Door, manager: httpx.AsyncClient) -> None:
    conversation = await post_chat(door.ours)
    await outcomes.judge(door, conversation, findings=(outcomes.FINDING,))
    shipped = await address_of(manager, "sales", "scorecard")
    stricter = re.sub(r"pass_mark: \S+", "pass_mark: 100", await text_of(manager, shipped))
    own = (await send(manager, f"{shipped}/edit", text=stricter)).headers["location"]
    started = await send(manager, f"{own}/dry-runs", conversations="10")
    assert started.status_code == 303, started.text
    html = await read(manager, started.headers["location"])
    assert "counted anew from the answers that are there" in html
    assert "1 of 1 judged" in html
    assert started.headers["location"] in await read(manager, own)
    refused = await send(manager, f"{own}/dry-runs", conversations="10", channel="email")
    assert refused.status_code == 409
    assert "no judged conversations that fit" in refused.text


def fields(html: str) -> dict[str, Any]:
    """What a browser would send of the editor: its hidden fields and the values that stand in inputs and lists."""
    form = html[html.index('class="fields editor"') :]
    found: dict[str, Any] = {
        unescape(name): unescape(value)
        for name, value in re.findall(r'<input name="([^"]+)" type="\w+" value="([^"]*)"', form)
    }
    found |= {
        unescape(name): unescape(value)
        for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form)
    }
    for name, options in re.findall(r'<select name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        found[unescape(name)] = unescape(chosen[1]) if chosen else ""
    areas = re.findall(r'<textarea name="([^"]+)"[^>]*>(.*?)</textarea>', form, re.DOTALL)
    found |= {unescape(name): unescape(value) for name, value in areas}
    found |= {unescape(name): "on" for name in re.findall(r'type="checkbox" name="([^"]+:tick)" checked', form)}
    for name, value in re.findall(r'type="checkbox" name="([^"]+:many)" value="([^"]+)" checked', form):
        found[name] = [*found.get(name, []), value]
    return found


def form_of(address: str) -> str:
    return address.replace("/settings/artefacts/", "/settings/artefact-forms/")


async def test_a_scorecard_is_changed_in_fields_checked_kept_and_made_live(manager: httpx.AsyncClient) -> None:
    shipped = await address_of(manager, "sales", "scorecard")
    form = form_of(shipped)
    given = fields(await read(manager, form))
    same = await send(manager, form, **given | {"note:text": "Same as before", "do": "check"})
    assert "Nothing is wrong" in same.text
    wrong = await send(
        manager, form, **given | {"sections.0.items.0.weight:number": "0", "note:text": "x", "do": "check"}
    )
    assert wrong.status_code == 200
    assert 'id="fault-sections.0.items.0.weight"' in wrong.text
    refused = await send(
        manager, form, **given | {"sections.0.items.0.weight:number": "0", "note:text": "x", "do": "keep"}
    )
    assert refused.status_code == 422
    more = await send(manager, form, **given | {"do": "add:sections.1.items"})
    assert "sections.1.items.1:subject" in more.text
    given = fields(more.text) | {
        "sections.1.items.1:subject": "error_class stop_words",
        "note:text": "Stop words count",
    }
    kept = await send(manager, form, **given | {"sections.1.items.1.fatal:tick": "on", "do": "keep"})
    assert kept.status_code == 303, kept.text
    own = kept.headers["location"]
    html = await read(manager, own)
    assert "error_class: stop_words" in html
    assert "<ins>" in html
    assert "-across" not in html, "what no field shows is kept"
    assert (await send(manager, f"{own}/promote", reason="agreed")).status_code == 303
    assert (await send(manager, f"{own}/rollback", reason="too hard")).status_code == 303
    assert await address_of(manager, "sales", "scorecard") == shipped


async def test_the_page_of_an_error_class_says_how_often_it_occurs(manager: httpx.AsyncClient) -> None:
    html = (await manager.get(await address_of(manager, "blame", "error_class"))).text
    assert re.search(r'id="prevalence">How often it occurs: (nobody looked for it|[\d.]+ % of conversations)', html)
    assert "How often it occurs" not in (await manager.get(await address_of(manager, "verify", "prompt"))).text


async def test_an_error_class_is_changed_and_a_new_one_written_in_fields(manager: httpx.AsyncClient) -> None:
    shipped = await address_of(manager, "blame", "error_class")
    given = fields(await read(manager, form_of(shipped))) | {"note:text": "Softer", "severity:text": "minor"}
    two = given | {"definition.en:text": "Did the agent blame the customer and was he rude?", "do": "check"}
    assert "asks two questions in one" in (await send(manager, form_of(shipped), **two)).text
    kept = await send(manager, form_of(shipped), **given | {"do": "keep"})
    assert kept.status_code == 303, kept.text
    assert "<ins>+severity: minor" in await read(manager, kept.headers["location"])
    narrowed = await send(manager, form_of(shipped), **given | {"opportunity.channels:many": ["chat"], "do": "keep"})
    assert narrowed.status_code == 422, "its examples are of other channels"
    new = "/settings/artefact-forms/new?kind=error_class"
    assert "At least four" in await read(manager, new)
    wrong = await send(manager, new, **fields(await read(manager, new)) | {"do": "keep"})
    assert wrong.status_code == 422
    assert (await manager.get("/settings/artefact-forms/new?kind=flow")).status_code == 404
    assert (await send(manager, new, do="check", body="[1]")).status_code == 422


async def test_a_scorecard_shows_its_thresholds(manager: httpx.AsyncClient) -> None:
    shipped = await address_of(manager, "sales", "scorecard")
    text = await text_of(manager, shipped)
    few = {"kind": "error_class", "subject": "blame", "said": "found", "state": "too_few", "n": 7}
    held = few | {
        "said": "not_found",
        "state": "held",
        "at_least": 0.9,
        "n": 80,
        "kept": 60,
        "wrong": 1,
        "risk_high": 0.098,
    }
    fitted = {"model": {"name": "judge-7"}, "prompts": ["p@1"], "calibrated": False, "risk": 0.1, "delta": 0.05}
    given = f"{text}\nthresholds: {json.dumps(fitted | {'of': [few, held]})}\n"
    kept = await send(manager, f"{shipped}/edit", text=given, note="thresholds")
    assert kept.status_code == 303, kept.text
    html = await read(manager, kept.headers["location"])
    assert "Thresholds of confidence" in html
    assert "judge-7" in html
    assert "too few answers: there is no threshold" in html
    assert "≤ 9.8 %" in html


async def test_a_version_is_put_on_a_share_looked_at_changed_and_ended(door: Door, manager: httpx.AsyncClient) -> None:
    shipped = await address_of(manager, "sales", "scorecard")
    text = (await text_of(manager, shipped)).replace("note: ", "note: On a share. ")
    own = (await send(manager, f"{shipped}/edit", text=text)).headers["location"]
    assert "On a share of live traffic" in await read(manager, own)
    refused = await send(manager, f"{own}/canaries", share="50", reason="x")
    assert refused.status_code == 422
    started = await send(manager, f"{own}/canaries", share="50", reason="Beside real calls")
    assert started.status_code == 303, started.text
    html = await read(manager, own)
    address = re.search(rf'href="({own}/canaries/[^"]+)"', html)
    assert address
    assert "One at a time" in await read(manager, shipped)
    assert "Nothing is judged yet" in await read(manager, address[1])
    for _ in range(3):
        conversation = await post_chat(door.ours)
        await outcomes.judge(door, conversation, findings=(outcomes.FINDING,))
    html = await read(manager, address[1])
    assert "Too few to tell" in html
    assert "Undetermined answers" in html
    assert (await send(manager, address[1], share="20", reason="More of it")).status_code == 303
    assert "20 % of new conversations" in await read(manager, address[1])
    assert (await send(manager, address[1], reason="Enough seen")).status_code == 303
    assert "ended: Enough seen" in await read(manager, address[1])
    late = await send(manager, address[1], share="5", reason="once more")
    assert late.status_code == 409
    assert "It is over already" in late.text


async def test_a_version_runs_beside_new_conversations_until_it_is_ended(manager: httpx.AsyncClient) -> None:
    shipped = await address_of(manager, "sales", "scorecard")
    text = (await text_of(manager, shipped)).replace("note: ", "note: Beside. ")
    own = (await send(manager, f"{shipped}/edit", text=text)).headers["location"]
    started = await send(manager, f"{own}/shadows", share="10", per_day="20", days="3")
    assert started.status_code == 303, started.text
    html = await read(manager, started.headers["location"])
    assert "10 % of new conversations, at most 20 a day" in html
    assert (await send(manager, f"{started.headers['location']}/end")).status_code == 303
    assert "End it" not in await read(manager, started.headers["location"])
