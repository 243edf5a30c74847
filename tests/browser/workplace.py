"""A contact centre at work for the walks: the whole stack as processes, a person in each role, a month of judged chats."""

import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from fixtures.scripted_model import Scripted
from fixtures.scripted_model import served as model_served
from fixtures.scripted_stack import scripted_stack, state_folder

SERVICES = ("compressor", "rules", "gateway", "keeper", "asr", "scorer", "console")
PASSWORD = "восемь синих трамваев"
ADMIN, MANAGER, REVIEWER = "adele@ours.example", "quinn@ours.example", "vera@ours.example"
SECOND, THIRD = "rita@ours.example", "egor@ours.example"
ANALYST, AGENT, OPERATIONS = "anton@ours.example", "olga@ours.example", "oleg@ours.example"
PEOPLE: Mapping[str, tuple[str, str, tuple[str, ...]]] = {
    ADMIN: ("Адель", "admin", ()),
    MANAGER: ("Квинн", "quality_manager", ()),
    REVIEWER: ("Вера", "reviewer", ()),
    SECOND: ("Рита", "reviewer", ()),
    THIRD: ("Егор", "reviewer", ()),
    ANALYST: ("Антон", "analyst", ()),
    AGENT: ("Ольга", "agent", ("O-1",)),
    OPERATIONS: ("Олег", "operations", ()),
}
AGENTS = (("O-1", "Ольга"), ("P-1", "Павел"))
LINES = ("sales", "support")
WEEKS = 4
RUDE = "Это не ко мне."
"""What the shipped detector calls a stop word (a live class), and the scripted model impolite."""
ASKED = "Здравствуйте! Сколько стоит доставка холодильника на третий этаж? Мой телефон +7 912 345-67-89."
KIND = "Добрый день! Доставка стоит триста рублей, подъём на этаж бесплатный."
READY_SECONDS = 180


@dataclass
class Workplace:
    """Where the page answers, the gateway under an admin's key, and windows that are signed in already."""

    url: str
    api: httpx.Client
    chromium: Any
    _kept: dict[str, Any] = field(default_factory=dict)
    _clients: dict[str, httpx.Client] = field(default_factory=dict)

    @contextmanager
    def window(self, email: str, **look: Any) -> Iterator[Any]:
        """A window of this person's, by the first session; an error in a script of ours fails."""
        look = {"viewport": {"width": 1440, "height": 900}, "locale": "en-GB", "accept_downloads": True} | look
        context = self.chromium.new_context(storage_state=self._kept.get(email), **look)
        window = context.new_page()
        errors: list[str] = []
        window.on("pageerror", lambda error: errors.append(str(error)))
        if email not in self._kept:
            self.sign_in(window, email)
            self._kept[email] = context.storage_state()
        else:
            window.goto(self.url)
        try:
            yield window
        finally:
            context.close()
        assert errors == []

    def sign_in(self, window: Any, email: str) -> None:
        """By the form, with keys alone."""
        window.goto(f"{self.url}/login")
        window.locator("#email").focus()
        window.keyboard.type(email)
        window.keyboard.press("Tab")
        window.keyboard.type(PASSWORD)
        with window.expect_navigation():
            window.keyboard.press("Enter")

    def client(self, email: str) -> httpx.Client:
        """The gateway as this person."""
        if email not in self._clients:
            body = {"email": email, "password": PASSWORD}
            token = self.api.post("/v1/sessions", json=body).raise_for_status().json()["token"]
            self._clients[email] = httpx.Client(
                base_url=self.api.base_url, headers={"Authorization": f"Bearer {token}"}, timeout=60
            )
        return self._clients[email]

    def settled(self, conversations: int) -> bool:
        """Whether so many are judged and nothing is on its way."""
        found = self.api.get("/v1/conversations", params={"progress": "done", "limit": 200}).json()["items"]
        return len(found) >= conversations


@contextmanager
def workplace(chromium: Any) -> Iterator[Workplace]:
    """Running, with everything judged and found by search."""
    model = Scripted(context=16_000, demo_weights=False, say=verdict)
    with state_folder() as state, model_served(model) as (url, _):
        settings = {"AURICLE_MODEL_URL": url, "AURICLE_RATE_PER_MINUTE": "0", "AURICLE_RAW_SHARE": "0"}
        with (
            scripted_stack(state, services=SERVICES, settings=settings) as stack,
            httpx.Client(
                base_url=stack.plan.url("gateway"), headers={"Authorization": f"Bearer {stack.key}"}, timeout=60
            ) as api,
        ):
            for email, (name, role, references) in PEOPLE.items():
                _add(api, email, name, role, references)
            posted = [_post(api, number) for number in range(WEEKS * 6)]
            made = Workplace(stack.plan.url("console"), api, chromium)
            wait_until(lambda: made.settled(len(posted)) and _indexed(api))
            yield made


def verdict(schema: dict[str, Any], prompt: str) -> dict[str, Any] | None:
    """What the model says of a conversation: impolite where somebody sends the customer away."""
    if "politeness" not in schema["properties"]:
        return None
    labels = schema["$defs"]["label"]["enum"]
    value = 40 if RUDE in prompt else 90 - 5 * (len(re.findall("Добрый", prompt)) % 3)
    return {
        "reasoning": "Оператор ответил на вопрос о цене доставки.",
        "politeness": {"at": labels[-1:], "value": value},
        "objection_handling": None,
        "sale_chance": {"at": labels[:1], "value": 60},
        "stage": {"at": labels[:1], "value": "presentation"},
    }


def wait_until(holds: Callable[[], bool], seconds: float = READY_SECONDS) -> None:
    """Ask four times a second, until what other processes do is done."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "the workplace did not get so far"
        time.sleep(0.25)


def _add(api: httpx.Client, email: str, name: str, role: str, references: tuple[str, ...]) -> None:
    body = {"email": email, "name": name, "roles": [role], "references": references}
    person = api.post("/v1/people", json=body).raise_for_status().json()["id"]
    link = api.post(f"/v1/people/{person}/link").json()["token"]
    api.post("/v1/passwords", json={"token": link, "password": PASSWORD}).raise_for_status()


def _post(api: httpx.Client, number: int) -> str:
    """Six a week, of two agents and two lines; every third is rude."""
    reference, name = AGENTS[number % 2]
    started = datetime.now(UTC) - timedelta(weeks=number // 6, hours=1 + number % 6)
    said = (ASKED, RUDE if number % 3 == 0 else KIND, "Спасибо, оформляйте.")
    body = {
        "channel": "chat",
        "external_id": f"chat {number:02}",
        "line": LINES[number // 2 % 2],
        "started_at": started.isoformat(),
        "participants": [
            {"id": "agent", "role": "agent", "reference": reference, "name": name},
            {"id": "customer", "role": "customer"},
        ],
        "turns": [
            {"participant": one, "text": text}
            for one, text in zip(("customer", "agent", "customer"), said, strict=True)
        ],
    }
    return str(api.post("/v1/conversations", json=body).raise_for_status().json()["id"])


def _indexed(api: httpx.Client) -> bool:
    found = api.get("/v1/conversations", params={"text": "холодильник", "limit": 200}).json()
    return len(found["items"]) >= WEEKS * 6
