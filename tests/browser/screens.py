"""The main pages as pictures for docs/screens: `python -m browser.screens FOLDER` (make screens).

What is heard, compared and tried comes from the recorded gateway; what people do with each other from a whole stack with people in it.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from auricle_cli.stack.ports import any_free
from auricle_console.settings import ConsoleSettings
from browser.conftest import CHROMIUM, Wired, served
from browser.workplace import AGENT, MANAGER, REVIEWER, SECOND, THIRD, Workplace, workplace
from fixtures.recorded_gateway import KEY, create
from playwright.sync_api import sync_playwright

RECORDED = {
    "conversations": "/conversations", "review": "/conversations/02-ru-delivery", "upload": "/upload", "analytics": "/analytics",
    "comparison": "/analytics/comparison?other_since=2026-10-01", "registry": "/settings/artefacts",
    "dry-run": "/settings/artefacts/own/dry-runs/done", "scorecard": "/settings/artefact-forms/own", "knowledge": "/knowledge",
    "training": "/settings/trainings", "golden": "/golden/items/contested",
}  # fmt: skip
LOOKS = {"": (1440, 900), "-phone": (390, 844)}
QUALITY = 68
CALLS = 9
SETTLED_MS = 600


def main(folder: Path) -> None:
    """A picture a page and width, in English and in light."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        with recorded() as address:
            window = browser.new_page(viewport={"width": 1440, "height": 900}, locale="en-GB", color_scheme="light")
            window.goto(f"{address}/login")
            window.click(".by-key summary")
            window.fill("#key", KEY)
            window.click(".by-key button.main")
            for name, path in RECORDED.items():
                draw(window, address + path, folder / name)
        with workplace(browser) as place:
            session = scene(place)
            with place.window(MANAGER) as window:
                pages = {"queue": "/review", "appeals": "/appeals", "calibration": session, "alerts": "/alerts"}
                for name, path in pages.items():
                    draw(window, place.url + path, folder / name)
            with place.window(AGENT) as window:
                draw(window, f"{place.url}/me", folder / "agent")
        browser.close()


@contextmanager
def recorded() -> Iterator[str]:
    """Where the console answers over the recorded gateway."""
    gateway, console = any_free(), any_free()
    app = create(CALLS)
    del app.state.shelf.views["hostile"]
    settings = ConsoleSettings(gateway_url=f"http://127.0.0.1:{gateway}")
    with served(app, gateway), served(Wired(settings), console, lifespan="on"):
        yield f"http://127.0.0.1:{console}"


def draw(window: Any, address: str, picture: Path) -> None:
    """The page at each width."""
    window.goto(address)
    for suffix, (width, height) in LOOKS.items():
        window.set_viewport_size({"width": width, "height": height})
        window.wait_for_timeout(SETTLED_MS)
        window.screenshot(path=picture.with_name(f"{picture.name}{suffix}.jpg"), type="jpeg", quality=QUALITY)


def scene(place: Workplace) -> str:
    """Two appeals, of which one is decided, a rule that rings, and a calibration of three, whose page's path it returns."""
    agent, manager = place.client(AGENT), place.client(MANAGER)
    theirs = agent.get("/v1/conversations", params={"limit": 9}).json()["items"]
    opened = [
        agent.post(f"/v1/conversations/{one['id']}/appeals", json={"criterion": "politeness", "text": text}).json()[
            "id"
        ]
        for one, text in zip(theirs, ("The customer shouted first.", "I answered at once."), strict=False)
    ]
    decided = {"verdict": "partly", "state": "answered", "value": 70, "reason": "Both shouted."}
    manager.post(f"/v1/appeals/{opened[0]}/decision", json=decided).raise_for_status()
    rule = {"name": "Stop words", "measure": "class_count", "error_class": "stop_words", "threshold": 3}
    manager.post("/v1/alert-rules", json=rule).raise_for_status()
    return f"/calibrations/{calibrated(place, [one['id'] for one in theirs[:4]])}"


def calibrated(place: Workplace, conversations: list[str]) -> str:
    """A closed session of three reviewers, of whom each is a little milder than the one before."""
    people = {one["email"]: one["id"] for one in place.api.get("/v1/people", params={"limit": 100}).json()["items"]}
    reviewers = (REVIEWER, SECOND, THIRD)
    due = (datetime.now(UTC) + timedelta(days=7)).isoformat()
    said = {"title": "December", "conversation_ids": conversations, "due_at": due}
    manager = place.client(MANAGER)
    made = manager.post("/v1/calibrations", json=said | {"reviewer_ids": [people[one] for one in reviewers]}).json()[
        "id"
    ]
    for milder, email in enumerate(reviewers):
        for number, conversation in enumerate(conversations):
            answer = {
                "conversation_id": conversation,
                "criterion": "politeness",
                "value": 50 + 10 * number + 5 * milder,
            }
            place.client(email).put(f"/v1/calibrations/{made}/answers", json=answer).raise_for_status()
    manager.post(f"/v1/calibrations/{made}/closing").raise_for_status()
    return str(made)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
