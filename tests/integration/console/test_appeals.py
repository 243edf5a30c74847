"""Appeals by the page, over the real gateway: an agent contests on the card, who reviews decides in the list, both see how it ended."""

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import httpx
import pytest
import yaml
from integration.console.browsing import OWN, browsing
from integration.gateway import outcomes
from integration.gateway.conftest import Door
from integration.gateway.posted import PEOPLE, post_chat
from integration.gateway.signed_in import PASSWORD, person_of


@asynccontextmanager
async def signed_in(door: Door, name: str, role: str, *references: str) -> AsyncIterator[httpx.AsyncClient]:
    """A browser of a person with this role."""
    email = f"{name}@appeals-page.example"
    async with await person_of(door.ours, role, email=email, references=references), browsing(door) as browser:
        entered = await browser.post("/login", data={"email": email, "password": PASSWORD}, headers=OWN)
        assert entered.status_code == 303
        yield browser


@pytest.fixture(scope="module")
async def pair(door: Door) -> AsyncIterator[tuple[httpx.AsyncClient, httpx.AsyncClient]]:
    """An agent's browser, and a quality manager's."""
    async with AsyncExitStack() as stack:
        anna = await stack.enter_async_context(signed_in(door, "anna", "agent", "P-7"))
        quinn = await stack.enter_async_context(signed_in(door, "quinn", "quality_manager"))
        yield anna, quinn


async def send(browser: httpx.AsyncClient, path: str, **form: str) -> httpx.Response:
    page = await browser.get("/appeals")
    found = re.search(r'name="form_token" value="([0-9a-f]+)"', page.text)
    assert found
    return await browser.post(path, data={"form_token": found[1], **form}, headers=OWN)


async def judged(door: Door) -> tuple[str, str]:
    agent = {"id": "agent", "role": "agent", "reference": "P-7"}
    conversation = await post_chat(door.ours, participants=[agent, PEOPLE[1]])
    evaluation = await outcomes.judge(door, conversation, findings=(outcomes.FINDING,))
    return conversation, f"{evaluation}.0"


async def test_an_agent_contests_and_sees_how_it_ended(
    door: Door, pair: tuple[httpx.AsyncClient, httpx.AsyncClient]
) -> None:
    anna, quinn = pair
    conversation, finding = await judged(door)
    card = (await anna.get(f"/conversations/{conversation}")).text
    assert card.count('class="contest appeal-form"') == 6, "five answers and a finding"
    assert "Rudeness" in card
    kept = await send(
        anna, f"/conversations/{conversation}/appeals", finding=finding, text="The customer asked for it."
    )
    assert kept.headers["location"] == f"/conversations/{conversation}?#c-finding-{finding}"
    assert "is-open" in (await anna.get(f"/conversations/{conversation}")).text
    assert "Withdraw" in (await anna.get("/appeals")).text
    listed = (await quinn.get("/appeals")).text
    (appeal,) = re.findall(r'action="/appeals/([^"/]+)/decision"', listed)
    assert "The customer asked for it." in listed
    assert (await send(quinn, f"/appeals/{appeal}/owner")).status_code == 303
    refused = await send(quinn, f"/appeals/{appeal}/decision", verdict="accepted", reason=" ")
    assert (refused.status_code, "say what is wrong" in refused.text) == (422, True)
    done = await send(quinn, f"/appeals/{appeal}/decision", verdict="accepted", reason="It is heard at the beginning.")
    assert done.status_code == 303, done.text
    seen = (await anna.get(f"/conversations/{conversation}")).text
    assert "is-rejected" in seen, "the finding counts no more"
    assert "It is heard at the beginning." in seen
    assert "accepted" in (await anna.get("/appeals")).text
    assert "Rudeness" in (await quinn.get("/appeals")).text, "what is contested, by class"


async def test_an_answer_gets_the_value_that_was_decided(
    door: Door, pair: tuple[httpx.AsyncClient, httpx.AsyncClient]
) -> None:
    anna, quinn = pair
    conversation, _ = await judged(door)
    await send(anna, f"/conversations/{conversation}/appeals", criterion="politeness", text="Polite throughout.")
    again = await send(anna, f"/conversations/{conversation}/appeals", criterion="politeness", text="Again.")
    told = (await anna.get(again.headers["location"].partition("#")[0])).text
    assert "This was contested already" in told
    found = await quinn.get("/appeals", params={"state": "open"})
    (appeal,) = re.findall(r'action="/appeals/([^"/]+)/decision"', found.text)
    form = {"verdict": "partly", "reason": "Once too short.", "criterion": "politeness"}
    for value in ("", "very"):
        refused = await send(quinn, f"/appeals/{appeal}/decision", **form, value=value)
        assert (refused.status_code, "say what the answer should be" in refused.text) == (422, True)
        assert "Once too short." in refused.text, "what was typed is still there"
    assert (await send(quinn, f"/appeals/{appeal}/decision", **form, value="95")).status_code == 303
    answers = (await door.ours.get("/v1/conversations", params={"id": conversation, "include": "summary"})).json()
    politeness = answers["items"][0]["summary"]["answers"][0]
    assert (politeness["value"], politeness["judged_by"]) == (95, "quinn")


async def test_an_agent_sees_what_the_appeal_changed(
    door: Door, pair: tuple[httpx.AsyncClient, httpx.AsyncClient]
) -> None:
    anna, quinn = pair
    conversation, finding = await judged(door)
    await send(anna, f"/conversations/{conversation}/appeals", finding=finding, text="She asked me to be short.")
    (appeal,) = re.findall(r'action="/appeals/([^"/]+)/decision"', (await quinn.get("/appeals?state=open")).text)
    await send(quinn, f"/appeals/{appeal}/decision", verdict="accepted", reason="She did.")
    listed = (await door.ours.get("/v1/artefacts", params={"kind": "error_class", "name": "rudeness"})).json()["items"]
    body = yaml.safe_load((await door.ours.get(f"/v1/artefacts/{listed[0]['id']}")).json()["text"])
    said = {"kind": "error_class", "text": yaml.safe_dump(body | {"note": "Short is not rude."}, allow_unicode=True)}
    made = (await door.ours.post("/v1/artefacts", json=said | {"state": "candidate"})).json()["id"]
    version = (await quinn.get(f"/settings/artefacts/{made}")).text
    assert f'name="appeals" value="{appeal}"' in version
    assert "She asked me to be short." in version
    refused = await send(quinn, f"/settings/artefacts/{made}/promote", reason="x", appeals=appeal)
    assert re.search(rf'value="{appeal}" checked', refused.text), "what was chosen is still there"
    moved = await send(quinn, f"/settings/artefacts/{made}/promote", reason="Short is not rude", appeals=appeal)
    assert moved.status_code == 303, moved.text
    assert "1 appeal answered" in (await quinn.get(f"/settings/artefacts/{made}")).text
    for path in ("/me", "/appeals", f"/conversations/{conversation}"):
        told = (await anna.get(path)).text
        assert "This appeal changed the rule of this error: version" in told, path
        assert "what changed" not in told, "the registry is no agent's"
    (link,) = re.findall(r'href="(/settings/artefacts/[^"]+against=[^"]+)#diff"', (await quinn.get("/appeals")).text)
    assert "Short is not rude." in (await quinn.get(link)).text
