"""An agent's side in the browser: own page, acknowledged, contested; a manager gives a task, the agent reads it. And axe's rules."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from auricle_cli.stack.ports import any_free
from auricle_console.settings import ConsoleSettings
from auricle_contracts import Scope
from auricle_gateway.app import create_app
from auricle_gateway.settings import GatewaySettings
from auricle_records import keys, results, workspaces
from auricle_records.database import Database
from auricle_records.runs.queries import of_conversations
from browser.conftest import Wired, served
from browser.test_accessibility import broken
from browser.test_queue import PASSWORD, PROMPTS, TURNS, beside
from browser.windows import LOOKS, SignIns, enter_password, seen_as
from fixtures.deliveries import take_up
from fixtures.tenant import a_finding, an_answer, an_evaluation

pytestmark = pytest.mark.browser
AGENT, MANAGER = "olga@ours.example", "quinn@ours.example"
VALUES = (90, 80, 40)
OLGA = {"id": "agent", "role": "agent", "reference": "O-1", "name": "Ольга"}


@pytest.fixture(scope="module")
def stack(module_postgres_url: str, redis_server: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the page answers, before a gateway with three judged conversations of Olga's in three weeks."""
    port, console = any_free(), any_free()
    url = f"http://127.0.0.1:{port}"
    given: dict[str, Any] = {
        "database_url": module_postgres_url, "redis_url": redis_server.url, "prompts_dir": PROMPTS, "port": port,
        "blob_url": f"file://{tmp_path_factory.mktemp('blobs')}", "AURICLE_GATEWAY_URL": url, "rate_per_minute": 0,
    }  # fmt: skip
    token = beside(_key(module_postgres_url))
    with (
        served(create_app(GatewaySettings(**given)), port, lifespan="on"),
        served(Wired(ConsoleSettings(gateway_url=url)), console, lifespan="on"),
        httpx.Client(base_url=url, headers={"Authorization": f"Bearer {token}"}, timeout=60) as api,
    ):
        _add(api, AGENT, "Ольга", "agent", ["O-1"])
        _add(api, "rita@ours.example", "Рита", "reviewer", [])
        _add(api, MANAGER, "Квинн", "quality_manager", [])
        posted = [_post(api, days) for days in (15, 8, 1)]
        beside(_evaluate(module_postgres_url, posted))
        yield f"http://127.0.0.1:{console}"


async def _key(database_url: str) -> str:
    async with Database.connect(database_url) as db:
        await workspaces.ensure(db, "ours")
        return (await keys.create_key(db, "ours", name="test", scopes=list(Scope))).token


def _add(api: httpx.Client, email: str, name: str, role: str, references: list[str]) -> None:
    body = {"email": email, "name": name, "roles": [role], "references": references}
    person = api.post("/v1/people", json=body).json()["id"]
    link = api.post(f"/v1/people/{person}/link").json()["token"]
    assert api.post("/v1/passwords", json={"token": link, "password": PASSWORD}).status_code == 204


def _post(api: httpx.Client, days: int) -> str:
    started = (datetime.now(UTC) - timedelta(days=days)).isoformat()
    people = [OLGA, {"id": "customer", "role": "customer"}]
    body = {
        "channel": "chat",
        "external_id": f"chat {days}",
        "participants": people,
        "turns": TURNS,
        "started_at": started,
    }
    reply = api.post("/v1/conversations", json=body)
    assert reply.status_code == 202, reply.text
    return str(reply.json()["id"])


async def _evaluate(database_url: str, conversations: list[str]) -> None:
    async with Database.connect(database_url) as db:
        async with db.transaction("ours") as connection:
            waiting = await of_conversations(connection, conversations)
        for conversation, value in zip(conversations, VALUES, strict=True):
            (posted,) = waiting[conversation]
            run = await take_up(db, "ours", posted.id)
            await results.commit_evaluation(db, run, an_evaluation(run, [an_answer(value=value)], [a_finding()]))


@pytest.mark.timeout(600)
def test_an_agent_and_a_manager(sign_ins: SignIns, page: Any, stack: str) -> None:
    """Two windows: Olga reads, contests; Quinn gives her a task; she reads it and says that it is done."""
    enter_password(page, stack, AGENT, PASSWORD)
    page.click(".rail a[href='/me']")
    page.wait_for_url(f"{stack}/me")
    assert page.locator(".trend").count() == 2
    assert page.locator(".trend circle.own.few").count() == 6, "three weeks, each of one conversation"
    assert "n = 3" in page.locator(".trend").first.inner_text()
    assert "not acknowledged: 3 of 3" in page.locator(".heading").inner_text()
    page.locator("[id^='f-'] form button").first.click()
    page.wait_for_url(f"{stack}/me#f-*")
    assert "not acknowledged: 2 of 3" in page.locator(".heading").inner_text()
    page.locator("[id^='f-'] a.button").first.click()
    page.wait_for_url(f"{stack}/conversations/*#c-finding-*")
    card = page.locator(".finding").first
    card.locator(".appeal-form summary").click()
    card.locator(".appeal-form textarea").fill("I did greet them.")
    with page.expect_navigation():
        card.locator(".appeal-form button").click()
    page.goto(f"{stack}/me")
    assert "open" in page.locator(".agent-appeal").inner_text()
    with sign_ins.window(sign_ins.by_password(stack, MANAGER, PASSWORD)) as manager:
        manager.goto(f"{stack}/agents")
        manager.get_by_role("link", name="Ольга").click()
        manager.wait_for_url(f"{stack}/agents/O-1")
        manager.locator("[id^='f-'] a[href^='/coaching/new']").first.click()
        manager.fill("textarea", "Greet first, then ask.")
        with manager.expect_navigation():
            manager.click("form.fields button.main")
        assert "Greet first, then ask." in manager.locator(".appeal-item").inner_text()
    page.click(".rail a[href='/coaching']")
    page.get_by_role("button", name="I have read this").click()
    page.get_by_role("button", name="Done").click()
    page.wait_for_load_state()
    assert "done" in page.locator(".appeal-item .chip").inner_text()


@pytest.mark.timeout(600)
def test_an_agent_is_shown_the_disclosure_first(sign_ins: SignIns, page: Any, stack: str) -> None:
    """Quinn publishes it, Olga signs in, reads it and says so; Quinn sees that she did."""
    with sign_ins.window(sign_ins.by_password(stack, MANAGER, PASSWORD)) as manager:
        manager.goto(f"{stack}/settings/oversight")
        manager.locator("#disclosure summary").click()
        with manager.expect_navigation():
            manager.locator("#disclosure button.main").click()
        page.goto(f"{stack}/login")
        page.fill("#email", AGENT)
        page.fill("#password", PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(f"{stack}/disclosure")
        assert "It does not infer your emotions" in page.locator("main").inner_text()
        with page.expect_navigation():
            page.click("main button.main")
        page.wait_for_url(f"{stack}/me")
        assert "You read it on" in page.locator("main").inner_text()
        manager.goto(f"{stack}/settings/oversight")
        assert "1 of 1 agents have read it" in manager.locator("#disclosure").inner_text()


@pytest.mark.parametrize("look", LOOKS)
def test_the_agents_pages_break_no_rule(sign_ins: SignIns, stack: str, look: str) -> None:
    with sign_ins.window(sign_ins.by_password(stack, MANAGER, PASSWORD), **seen_as(look)) as window:
        for path in ("/agents/O-1", "/me", "/coaching", "/coaching/examples", "/settings/oversight", "/disclosure"):
            window.goto(stack + path)
            assert broken(window) == [], path
            assert window.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path
        window.goto(f"{stack}/calibrations")
        assert broken(window) == []
        window.fill("input[name=title]", "December")
        for box in window.locator("input[name=reviewers]").all()[:2]:
            box.check()
        with window.expect_navigation():
            window.locator("form.fields button.main").click()
        window.wait_for_url("**/calibrations/*")
        assert broken(window) == []
        window.locator("td.first a").first.click()
        window.wait_for_url("**/calibrations/*/*")
        assert broken(window) == []
        assert window.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        window.go_back()
        with window.expect_navigation():
            window.locator("main button.main").click()
        assert "Agreement" in window.locator("main").inner_text()
        assert broken(window) == []
        window.goto(f"{stack}/agents/O-1")
        window.locator("a[href^='/coaching/new']").first.click()
        window.wait_for_url("**/coaching/new?*")
        assert broken(window) == []
