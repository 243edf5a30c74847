"""People by the page, over the real gateway: an admin adds them, a link sets their password, they sign in as what they are, and out."""

import re
from collections.abc import AsyncIterator
from html import unescape
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from integration.console.browsing import OWN, browsing
from integration.gateway import identity_provider, outcomes
from integration.gateway.conftest import Door
from integration.gateway.identity_provider import IdentityProvider
from integration.gateway.posted import post_chat
from integration.gateway.signed_in import PASSWORD

issuer, provider = identity_provider.issuer, identity_provider.provider


@pytest.fixture
async def admin(door: Door) -> AsyncIterator[httpx.AsyncClient]:
    """Logged in with a key that has every scope."""
    async with browsing(door, door.ours) as browser:
        yield browser


async def token(browser: httpx.AsyncClient) -> str:
    found = re.search(r'name="form_token" value="([0-9a-f]+)"', (await browser.get("/agents")).text)
    assert found
    return found[1]


async def added(admin: httpx.AsyncClient, email: str, *roles: str, references: str = "") -> str:
    """A new person's one-time link, as the page shows it."""
    form = {
        "form_token": await token(admin),
        "email": email,
        "name": "Анна Ким",
        "roles": roles,
        "references": references,
    }
    assert (await admin.post("/settings/people", data=form, headers=OWN)).status_code == 303
    html = (await admin.get("/settings/people", params={"search": email})).text
    (person,) = re.findall(r'action="/settings/people/([^"/]+)"', html)
    made = await admin.post(f"/settings/people/{person}/link", data={"form_token": await token(admin)}, headers=OWN)
    (link,) = re.findall(r"<code>([^<]*/password\?token=[^<]+)</code>", made.text)
    return unescape(link)


async def enter(browser: httpx.AsyncClient, link: str, email: str) -> httpx.Response:
    """The password by the link, then the way in."""
    secret = parse_qs(urlsplit(link).query)["token"][0]
    assert secret in (await browser.get(f"/password?token={secret}")).text
    kept = await browser.post("/password", data={"token": secret, "password": PASSWORD}, headers=OWN)
    assert (kept.status_code, kept.headers["location"]) == (303, "/login")
    return await browser.post("/login", data={"email": email, "password": PASSWORD}, headers=OWN)


async def test_a_person_is_added_sets_a_password_works_under_their_name_and_leaves(
    door: Door, admin: httpx.AsyncClient
) -> None:
    chat = await post_chat(door.ours)
    await outcomes.judge(door, chat)
    link = await added(admin, "page-reviewer@ours.example", "reviewer")
    async with browsing(door) as browser:
        assert (await enter(browser, link, "page-reviewer@ours.example")).status_code == 303
        html = (await browser.get(f"/conversations/{chat}")).text
        assert "Анна Ким" in html
        assert 'name="author"' not in html, "whoever is signed in is the author"
        assert "/settings" not in html, "a reviewer chooses nothing"
        form = html.partition('id="c-politeness"')[2].partition("</form>")[0]
        said = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form)) | {"state": "answered", "value": "33"}
        assert (await browser.post(f"/conversations/{chat}/labels", data=said, headers=OWN)).status_code == 303
        assert "checked by Анна Ким" in (await browser.get(f"/conversations/{chat}")).text
        out = await browser.post("/logout", data={"form_token": await token(browser)}, headers=OWN)
        assert out.headers["location"] == "/login"
        assert (await browser.get("/conversations")).headers["location"].startswith("/login")


async def test_what_is_wrong_is_told_and_the_email_stays(door: Door) -> None:
    async with browsing(door) as browser:
        answer = await browser.post("/login", data={"email": "nobody@ours.example", "password": "x"}, headers=OWN)
        assert answer.status_code == 401
        assert 'value="nobody@ours.example"' in answer.text
        assert "These do not open anything" in answer.text
        assert (await browser.post("/login", data={"email": "a@b.example", "password": "x"})).status_code == 403
        used = await browser.post("/password", data={"token": "auricle_reset_x", "password": PASSWORD}, headers=OWN)
        assert used.status_code in {401, 410}


async def test_an_agent_sees_own_conversations_only(door: Door, admin: httpx.AsyncClient) -> None:
    def said_by(reference: str) -> list[dict[str, str]]:
        return [{"id": "agent", "role": "agent", "reference": reference}, {"id": "customer", "role": "customer"}]

    mine = await post_chat(door.ours, participants=said_by("PAGE-7"))
    other = await post_chat(door.ours, participants=said_by("PAGE-8"))
    link = await added(admin, "page-agent@ours.example", "agent", references="PAGE-7")
    async with browsing(door) as browser:
        assert (await enter(browser, link, "page-agent@ours.example")).status_code == 303
        html = (await browser.get("/conversations")).text
        assert re.findall(r'data-conversation="([^"]+)"', html) == [mine]
        assert (await browser.get(f"/conversations/{other}")).status_code == 404


async def test_people_are_changed_and_a_refused_one_comes_back(door: Door, admin: httpx.AsyncClient) -> None:
    await added(admin, "page-changes@ours.example", "analyst")
    html = (await admin.get("/settings/people", params={"search": "page-changes"})).text
    (person,) = re.findall(r'action="/settings/people/([^"/]+)"', html)
    form = {"form_token": await token(admin), "roles": ["reviewer"], "references": "A-1, A-2"}
    assert (await admin.post(f"/settings/people/{person}", data=form, headers=OWN)).status_code == 303
    known = (await door.ours.get(f"/v1/people/{person}")).json()
    assert (known["roles"], known["references"], known["active"]) == (["reviewer"], ["A-1", "A-2"], False)
    again = {"form_token": await token(admin), "email": "page-changes@ours.example", "name": "Ещё одна", "roles": []}
    refused = await admin.post("/settings/people", data=again, headers=OWN)
    assert refused.status_code == 409
    assert 'value="Ещё одна"' in refused.text


async def test_the_identity_provider_lets_in_whom_it_knows(provider: IdentityProvider) -> None:
    person = {"email": "oidc-page@ours.example", "name": "Вера", "roles": ["analyst"]}
    assert (await provider.door.ours.post("/v1/people", json=person)).status_code == 201
    await provider.user("page-vera", email="oidc-page@ours.example", email_verified=True)
    async with browsing(provider.door) as browser:
        assert "/sign-in/begin" in (await browser.get("/login")).text
        begun = await browser.get("/sign-in/begin?next=/agents")
        code = await provider.authorize(begun.headers["location"], "page-vera")
        state = parse_qs(urlsplit(begun.headers["location"]).query)["state"][0]
        forged = await browser.get("/sign-in/oidc", params={"code": code, "state": "another"})
        assert forged.status_code == 403
        entered = await browser.get("/sign-in/oidc", params={"code": code, "state": state})
        assert (entered.status_code, entered.headers["location"]) == (303, "/agents")
        assert "Вера" in (await browser.get("/agents")).text


async def test_another_workspace_is_entered_without_leaving_first(door: Door, admin: httpx.AsyncClient) -> None:
    email = "two-places@ours.example"
    link = await added(admin, email, "reviewer")

    async def open_ones() -> set[str]:
        found = (await door.ours.get("/v1/sessions", params={"everybody": "true"})).json()["items"]
        return {one["id"] for one in found}

    async with browsing(door) as browser:
        await enter(browser, link, email)
        assert (await browser.get("/login")).status_code == 303, "who is in is sent home"
        assert "Sign in to another workspace" in (await browser.get("/login?another=true")).text
        before = await open_ones()
        wrong = await browser.post("/login", data={"email": email, "password": "none of it"}, headers=OWN)
        assert wrong.status_code == 401
        assert (await browser.get("/conversations")).status_code == 200, "a refusal leaves one where one is"
        again = await browser.post("/login", data={"email": email, "password": PASSWORD}, headers=OWN)
        assert again.status_code == 303
        after = await open_ones()
        assert (len(before - after), len(after - before)) == (1, 1), "the session that was left has ended"
        html = (await browser.get("/me/sessions")).text
        assert "this one" in html
        (own,) = re.findall(r'action="(/me/sessions/[^"]+/ending)"', html)
        out = await browser.post(own, data={"form_token": await token(browser)}, headers=OWN)
        assert out.headers["location"] == "/login"
        assert (await browser.get("/conversations")).status_code == 303
