"""Calibration by the page, over the real gateway: three judge blind, a manager closes, all of them see how far they agree."""

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import httpx
import pytest
from integration.console.browsing import OWN
from integration.console.test_appeals import signed_in
from integration.gateway import outcomes
from integration.gateway.conftest import Door
from integration.gateway.posted import post_chat

Cast = dict[str, httpx.AsyncClient]


@pytest.fixture(scope="module")
async def cast(door: Door) -> AsyncIterator[Cast]:
    """Browsers of a manager, three reviewers and an agent."""
    roles = {"boss": "quality_manager", "rita": "reviewer", "rosa": "reviewer", "roman": "reviewer", "anna": "agent"}
    async with AsyncExitStack() as stack:
        yield {
            name: await stack.enter_async_context(signed_in(door, f"{name}-calibrates", role))
            for name, role in roles.items()
        }


async def send(browser: httpx.AsyncClient, path: str, form: dict[str, str | list[str]]) -> httpx.Response:
    page = await browser.get("/conversations")
    found = re.search(r'name="form_token" value="([0-9a-f]+)"', page.text)
    assert found
    return await browser.post(path, data={"form_token": found[1], **form}, headers=OWN)


async def opened(door: Door, cast: Cast) -> tuple[str, list[str]]:
    """The path of a session over two conversations, of three reviewers with rita as the expert."""
    names = []
    for _ in range(2):
        names.append(await post_chat(door.ours))
        await outcomes.judge(door, names[-1])
    html = (await cast["boss"].get("/calibrations")).text
    people = {
        name: person for person, name in re.findall(r'name="reviewers" value="([^"]+)" > ([a-z]+)-calibrates', html)
    }
    assert {"rita", "rosa", "roman", "boss"} <= set(people), "whoever reviews may be chosen"
    form: dict[str, str | list[str]] = {
        "title": "December", "conversations": " ".join(names), "expert": people["rita"], "due": "2030-01-31",
        "reviewers": [people[name] for name in ("rita", "rosa", "roman")],
    }  # fmt: skip
    refused = await send(cast["boss"], "/calibrations", form | {"reviewers": [people["rita"]]})
    assert (refused.status_code, "two reviewers or more" in refused.text) == (422, True)
    assert 'value="December"' in refused.text, "what was filled in is still there"
    made = await send(cast["boss"], "/calibrations", form)
    assert made.status_code == 303, made.text
    return made.headers["location"], names


async def test_three_are_calibrated(door: Door, cast: Cast) -> None:
    path, names = await opened(door, cast)
    for name, value in (("rita", "80"), ("rosa", "70"), ("roman", "90")):
        browser = cast[name]
        listed = (await browser.get("/calibrations")).text
        assert 'aria-current="page"' in listed.partition('href="/calibrations"')[2][:200], "the rail knows where one is"
        page = (await browser.get(path)).text
        assert page.count("0 / 5") == 2 + 0, "two conversations, none answered"
        form = (await browser.get(f"{path}/{names[0]}")).text
        assert "Доставка стоит триста рублей" in form
        assert 'value="90"' not in form, "the model's answer is not shown"
        assert 'value="1"' not in form
        wrong = await send(browser, f"{path}/{names[0]}", {"answer:politeness": "300"})
        assert (wrong.status_code, "does not fit its question" in wrong.text) == (422, True)
        assert 'value="300"' in wrong.text
        for at, conversation in enumerate(names):
            said: dict[str, str | list[str]] = {
                "answer:politeness": str(int(value) - 20 * at), "answer:objection_handling": "—", "answer:sale_chance": "?",
                "answer:price_mentions": "1", "answer:stage": "presentation",
            }  # fmt: skip
            kept = await send(browser, f"{path}/{conversation}", said)
            assert kept.status_code == 303, kept.text
            onto = path if at else f"{path}/{names[1]}"
            assert kept.headers["location"] == onto, "the next that is not answered, then the session"
        assert "5 / 5" in (await browser.get(path)).text
    assert "Agreement" not in (await cast["rita"].get(path)).text
    assert "Close and compare" not in (await cast["rita"].get(path)).text
    assert (await send(cast["boss"], f"{path}/closing", {})).headers["location"] == path
    for name in ("boss", "rosa"):
        html = (await cast[name].get(path)).text
        assert "Reviewers among themselves (ceiling)" in html
        assert "are compared with the expert" in html
        assert ">presentation<" in html or ">Presentation<" in html or "resentation</td>" in html
        assert html.count(">differs<") >= 2
    assert "Save, next" not in (await cast["rita"].get(f"{path}/{names[0]}")).text


async def test_who_has_no_part_in_it(door: Door, cast: Cast) -> None:
    path, names = await opened(door, cast)
    assert 'href="/calibrations"' not in (await cast["anna"].get("/conversations")).text
    assert (await cast["anna"].get(path)).status_code == 403
    async with signed_in(door, "rufus-calibrates", "reviewer") as rufus:
        assert (await rufus.get(path)).status_code == 404
        assert (await rufus.get(f"{path}/{names[0]}")).status_code == 404
        assert "New session" not in (await rufus.get("/calibrations")).text
    assert (await cast["rita"].get(f"{path}/0193-other")).status_code == 404
