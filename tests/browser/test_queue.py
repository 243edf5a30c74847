"""Twenty reviews by keys alone: a reviewer who signed in with a password, the page, a real gateway on Postgres and Redis."""

import asyncio
import time
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest
from auricle_cli.stack.ports import any_free
from auricle_console.settings import ConsoleSettings
from auricle_console.views.shell import REVIEW_KEYS
from auricle_contracts import AnswerState, Scope
from auricle_contracts.review import ReviewSettings
from auricle_gateway.app import create_app
from auricle_gateway.settings import GatewaySettings
from auricle_records import keys, results, workspaces
from auricle_records.database import Database
from auricle_records.review import triage
from auricle_records.runs.queries import of_conversations
from browser.conftest import Wired, served
from browser.test_accessibility import broken
from browser.windows import LOOKS, SignIns, enter_password, seen_as
from fixtures.deliveries import take_up
from fixtures.tenant import an_answer, an_evaluation

T = TypeVar("T")
pytestmark = pytest.mark.browser
PROMPTS = Path(__file__).parents[2] / "prompts"
EMAIL, PASSWORD = "vera@ours.example", "восемь синих трамваев"
REVIEWS, STROKES, MOST_SECONDS = 20, 7, 600
"""A review of two answers: to the first, agree, contest the other, two digits, save, next."""
PEOPLE = [
    {"id": "agent", "role": "agent", "reference": "84213", "name": "Ольга"},
    {"id": "customer", "role": "customer"},
]
TURNS = [{"participant": "customer", "text": "Сколько стоит?"}, {"participant": "agent", "text": "Триста рублей."}]
NOTHING = ReviewSettings(audited_share=0, agent_week=0, unsure_below=0, rare_class_below=0)


@pytest.fixture(scope="module")
def stack(module_postgres_url: str, redis_server: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the page answers, before a gateway with twenty-two conversations that wait and a reviewer."""
    port, console = any_free(), any_free()
    url = f"http://127.0.0.1:{port}"
    given: dict[str, Any] = {
        "database_url": module_postgres_url, "redis_url": redis_server.url, "prompts_dir": PROMPTS, "port": port,
        "blob_url": f"file://{tmp_path_factory.mktemp('blobs')}", "AURICLE_GATEWAY_URL": url, "rate_per_minute": 0,
    }  # fmt: skip
    token = beside(_key(module_postgres_url))
    page = ConsoleSettings(gateway_url=url)
    with (
        served(create_app(GatewaySettings(**given)), port, lifespan="on"),
        served(Wired(page), console, lifespan="on"),
        httpx.Client(base_url=url, headers={"Authorization": f"Bearer {token}"}, timeout=60) as api,
    ):
        _add_reviewer(api)
        assert api.put("/v1/review-settings", json=NOTHING.model_dump()).status_code == 200
        posted = [_post(api, number) for number in range(REVIEWS + 2)]
        beside(_evaluate(module_postgres_url, posted))
        yield f"http://127.0.0.1:{console}"


def beside(work: Coroutine[Any, Any, T]) -> T:
    """What it comes to; in a thread, since Playwright's loop runs in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


async def _key(database_url: str) -> str:
    async with Database.connect(database_url) as db:
        await workspaces.ensure(db, "ours")
        return (await keys.create_key(db, "ours", name="test", scopes=list(Scope))).token


def _add_reviewer(api: httpx.Client) -> None:
    made = api.post("/v1/people", json={"email": EMAIL, "name": "Вера", "roles": ["reviewer"]}).json()
    link = api.post(f"/v1/people/{made['id']}/link").json()["token"]
    assert api.post("/v1/passwords", json={"token": link, "password": PASSWORD}).status_code == 204


def _post(api: httpx.Client, number: int) -> str:
    body = {"channel": "chat", "external_id": f"chat {number:02}", "participants": PEOPLE, "turns": TURNS}
    reply = api.post("/v1/conversations", json=body)
    assert reply.status_code == 202, reply.text
    return str(reply.json()["id"])


async def _evaluate(database_url: str, conversations: list[str]) -> None:
    """What the scorer and keeper would do: each has an answer that is sure, and one that nobody could tell."""
    untold = an_answer("sale_chance", None, state=AnswerState.UNDETERMINED, confidence=None, quotes=())
    async with Database.connect(database_url) as db:
        async with db.transaction("ours") as connection:
            waiting = await of_conversations(connection, conversations)
        for conversation in conversations:
            (posted,) = waiting[conversation]
            run = await take_up(db, "ours", posted.id)
            await results.commit_evaluation(db, run, an_evaluation(run, [an_answer(value=70, quotes=()), untold]))
        assert await triage.triage(db, "ours") == len(conversations)


@pytest.fixture
def reviewer(page: Any, stack: str) -> Any:
    """A window in which Vera is signed in."""
    enter_password(page, stack, EMAIL, PASSWORD)
    return page


def criterion(window: Any) -> str:
    """What the keys speak of."""
    return str(window.evaluate("document.querySelector('.answer.is-chosen')?.dataset.criterion ?? ''"))


def until(window: Any, condition: str) -> None:
    for _ in range(600):
        if window.evaluate(condition):
            return
        window.wait_for_timeout(50)
    raise AssertionError(condition)


@dataclass
class Keys:
    """The keyboard of a window, and how often it was struck."""

    window: Any
    strokes: int = 0

    def press(self, key: str) -> None:
        self.window.keyboard.press(key)
        self.strokes += 1

    def type(self, text: str) -> None:
        for one in text:
            self.press(one)


def review_one(window: Any, keys: Keys) -> None:
    """Agree with what is sure, say a number where the model could not tell."""
    window.wait_for_timeout(200)  # nobody reads faster, and htmx begins a moment after the page
    keys.press("ArrowDown")
    keys.press("y")
    until(window, "document.querySelector('.answer.is-chosen')?.dataset.criterion === 'sale_chance'")
    keys.press("n")
    until(window, "document.activeElement.name === 'value'")
    keys.type("40")
    keys.press("Enter")
    until(window, "document.querySelector('#c-sale_chance .mark').textContent === '40'")


@pytest.mark.timeout(900)
def test_twenty_reviews_by_keys_alone(reviewer: Any, stack: str) -> None:
    """The mouse is not touched from signing in to the empty queue; one item is skipped with a reason on the way. Ten minutes are enough."""
    reviewer.goto(f"{stack}/review")
    assert "Waiting: 22, mine: 0" in reviewer.locator(".progress").inner_text()
    reviewer.keyboard.press("Enter")  # the button to take the next one has the focus
    reviewer.wait_for_url("**/conversations/*?review=*")
    reviewer.keyboard.press("?")
    assert reviewer.locator("dialog#keys[open] tr").count() == len(REVIEW_KEYS)
    assert "Skip with a reason" in reviewer.locator("dialog#keys").inner_text()
    reviewer.keyboard.press("Escape")
    reviewer.keyboard.press("s")
    until(reviewer, "document.querySelector('dialog#skip').open")
    reviewer.keyboard.press("ArrowDown")
    seen = [reviewer.url]
    with reviewer.expect_navigation():
        reviewer.keyboard.press("Enter")
    keys, begun = Keys(reviewer), time.monotonic()
    for _ in range(REVIEWS):
        assert reviewer.url not in seen
        seen.append(reviewer.url)
        review_one(reviewer, keys)
        with reviewer.expect_navigation():
            keys.press("d")
    seconds = time.monotonic() - begun
    print(f"{REVIEWS} reviews: {keys.strokes} keystrokes, {seconds:.0f} s")
    assert keys.strokes == STROKES * REVIEWS
    assert seconds < MOST_SECONDS
    reviewer.goto(f"{stack}/review")
    assert (
        "Waiting: 1, mine: 1. Today reviewed: 20, by me: 20; skipped: 1." in reviewer.locator(".progress").inner_text()
    )
    reviewer.goto(f"{stack}/review?state=skipped")
    assert "A language that I do not know" in reviewer.locator(".queue").inner_text()


@pytest.mark.parametrize("path", ["/review", "/review?state=done", "/review/settings", "/review/accuracy", ""])
@pytest.mark.parametrize("look", LOOKS)
def test_the_pages_of_the_queue_break_no_rule(sign_ins: SignIns, stack: str, path: str, look: str) -> None:
    with sign_ins.window(sign_ins.by_password(stack, EMAIL, PASSWORD), **seen_as(look)) as window:
        window.goto(f"{stack}{path or '/review'}")
        if not path:
            with window.expect_navigation():
                window.click("#take-next")
        assert broken(window) == []
        assert window.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
