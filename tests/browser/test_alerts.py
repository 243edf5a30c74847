"""An alert by the page: somebody who runs quality adds where it is told and a rule, presses test and reads the answer; what rings is seen.

The page, a gateway and keeper's jobs are real, on Postgres and Redis; the receiver is a server of this test.
"""

import re
import threading
from collections.abc import Coroutine, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from auricle_cli.stack.ports import any_free
from auricle_console.settings import ConsoleSettings
from auricle_gateway.app import create_app
from auricle_gateway.settings import GatewaySettings
from auricle_keeper.alert_sending import AlertDeliveries
from auricle_keeper.alerts import Alerts
from auricle_keeper.webhook import Sender
from auricle_kit.egress import Policy
from auricle_records import results, workspaces
from auricle_records.database import Database
from auricle_records.runs.queries import of_conversations
from browser.conftest import Wired, served
from browser.test_accessibility import broken
from browser.test_queue import _key, _post, beside, until
from browser.windows import enter_password
from fixtures.deliveries import take_up
from fixtures.tenant import a_finding, an_evaluation

pytestmark = pytest.mark.browser
PROMPTS = Path(__file__).parents[2] / "prompts"
EMAIL, PASSWORD = "quinn@ours.example", "восемь синих трамваев"


class _Hook(BaseHTTPRequestHandler):
    posts: list[bytes] = []  # noqa: RUF012 - the one list of this test

    def do_POST(self) -> None:
        self.posts.append(self.rfile.read(int(self.headers["content-length"])))
        self.send_response(202)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@dataclass
class Stage:
    """Where the page answers, the receiver's address, and the database."""

    page: str
    hook: str
    database_url: str
    conversation: str


@pytest.fixture(scope="module")
def stage(module_postgres_url: str, redis_server: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    port, console = any_free(), any_free()
    url = f"http://127.0.0.1:{port}"
    given: dict[str, Any] = {
        "database_url": module_postgres_url, "redis_url": redis_server.url, "prompts_dir": PROMPTS, "port": port,
        "blob_url": f"file://{tmp_path_factory.mktemp('blobs')}", "AURICLE_GATEWAY_URL": url, "rate_per_minute": 0,
        "fetch_schemes": {"http", "https"},
    }  # fmt: skip
    token = beside(_key(module_postgres_url))
    hook = ThreadingHTTPServer(("127.0.0.1", 0), _Hook)
    threading.Thread(target=hook.serve_forever, daemon=True).start()
    host = f"127.0.0.1:{hook.server_port}"
    beside(_allow(module_postgres_url, host))
    with (
        served(create_app(GatewaySettings(**given)), port, lifespan="on"),
        served(Wired(ConsoleSettings(gateway_url=url)), console, lifespan="on"),
        httpx.Client(base_url=url, headers={"Authorization": f"Bearer {token}"}, timeout=60) as api,
    ):
        made = api.post("/v1/people", json={"email": EMAIL, "name": "Quinn", "roles": ["quality_manager"]}).json()
        link = api.post(f"/v1/people/{made['id']}/link").json()["token"]
        assert api.post("/v1/passwords", json={"token": link, "password": PASSWORD}).status_code == 204
        yield Stage(f"http://127.0.0.1:{console}", f"http://{host}/hook", module_postgres_url, _post(api, 1))
    hook.shutdown()
    hook.server_close()


async def _allow(database_url: str, host: str) -> None:
    async with Database.connect(database_url) as db:
        await workspaces.allow(db, "ours", (host,))


async def _keep(database_url: str) -> None:
    """A round of keeper's jobs of alerts."""
    policy = Policy(schemes=frozenset({"http", "https"}), ports=frozenset({80, 443}))
    sender = Sender(policy, total_seconds=20)
    async with Database.connect(database_url) as db:
        await Alerts(db).round()
        await AlertDeliveries(db, sender, None, page_url="http://page.example").round()
    await sender.close()


async def _evaluate(database_url: str, conversation: str) -> None:
    async with Database.connect(database_url) as db:
        async with db.transaction("ours") as connection:
            (posted,) = (await of_conversations(connection, [conversation]))[conversation]
        run = await take_up(db, "ours", posted.id)
        await results.commit_evaluation(db, run, an_evaluation(run, (), [a_finding(error_class="rudeness")]))


def run(work: Coroutine[Any, Any, None]) -> None:
    beside(work)


@pytest.mark.timeout(600)
def test_an_alert_is_made_tested_and_seen_when_it_rings(page: Any, stage: Stage) -> None:
    enter_password(page, stage.page, EMAIL, PASSWORD)
    page.click("nav.rail a[href='/alerts']")
    page.click("a[href='/alerts/destinations']")
    page.fill("section[aria-labelledby=new] input[name=name]", "Duty")
    page.fill("input[name=url]", stage.hook)
    page.click("section[aria-labelledby=new] button.main")
    assert "whsec_" in page.locator("[role=status] code").inner_text()
    assert broken(page) == []
    page.goto(f"{stage.page}/alerts/rules/new")
    page.fill("input[name=name]", "Rudeness in chats")
    page.fill("input[name=subject]", "rudeness")
    page.fill("input[name=threshold]", "1")
    page.check("input[name=destinations]")
    assert broken(page) == []
    with page.expect_navigation(url=f"{stage.page}/alerts"):
        page.click("button.main")
    assert "quiet" in page.locator("section[aria-labelledby=rules]").inner_text()
    with page.expect_navigation(url=re.compile(r"tested=")):
        page.click("section[aria-labelledby=rules] button:has-text('Test')")
    assert "waiting for the answer" in page.locator("#alert-tests").inner_text()
    run(_keep(stage.database_url))
    until(page, "document.querySelector('#alert-tests').textContent.includes('status 202')")
    assert "arrived" in page.locator("#alert-tests").inner_text()
    assert b"alert.test" in _Hook.posts[0]
    run(_evaluate(stage.database_url, stage.conversation))
    run(_keep(stage.database_url))
    page.goto(f"{stage.page}/alerts")
    rang = page.locator("section[aria-labelledby=rang]")
    assert "Rudeness in chats" in rang.inner_text()
    assert "rings" in rang.inner_text()
    assert b"alert.opened" in _Hook.posts[1]
    assert broken(page) == []
    page.click("section[aria-labelledby=rang] button:has-text('I take it')")
    page.wait_for_url(f"{stage.page}/alerts")
    assert "taken" in page.locator("section[aria-labelledby=rang]").inner_text()
    assert "Quinn" in page.locator("section[aria-labelledby=rang]").inner_text()
    page.goto(f"{stage.page}/me/notices")
    assert broken(page) == []
