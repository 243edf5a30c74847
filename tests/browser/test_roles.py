"""Who sees what: each role signs in, sees its sections and not another's, and finds what it may do within two clicks of the first page."""

from dataclasses import dataclass
from typing import Any

import pytest
from browser.test_accessibility import broken
from browser.windows import LOOKS, seen_as
from browser.workplace import (
    ADMIN,
    AGENT,
    ANALYST,
    MANAGER,
    OPERATIONS,
    REVIEWER,
    Workplace,
)

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
EVERYBODY = ("Conversations", "Agents", "Analytics")
SECTIONS = {
    ADMIN: (
        "My page",
        "Review",
        *EVERYBODY,
        "Coaching",
        "Calibration",
        "Appeals",
        "Alerts",
        "Knowledge",
        "Golden set",
        "Settings",
        "System",
    ),
    MANAGER: (
        "Review",
        *EVERYBODY,
        "Coaching",
        "Calibration",
        "Appeals",
        "Alerts",
        "Knowledge",
        "Golden set",
        "Settings",
    ),
    REVIEWER: ("Review", *EVERYBODY, "Coaching", "Calibration", "Appeals"),
    ANALYST: (*EVERYBODY, "Golden set"),
    AGENT: ("My page", *EVERYBODY, "Coaching", "Appeals"),
    OPERATIONS: (*EVERYBODY, "Settings", "System"),
}
REFUSED = {
    "/review": (ADMIN, MANAGER, REVIEWER),
    "/alerts": (ADMIN, MANAGER),
    "/settings": (ADMIN, OPERATIONS),
    "/settings/people": (ADMIN,),
    "/settings/audit": (ADMIN, MANAGER),
    "/queues": (ADMIN, OPERATIONS),
    "/golden": (ADMIN, MANAGER, ANALYST),
    "/golden/quotas": (ADMIN, MANAGER, REVIEWER),
    "/golden/import": (ADMIN, MANAGER),
    "/upload": (ADMIN, MANAGER, REVIEWER, OPERATIONS),
}
"""Pages by address, and who is not told that they are for others."""


@dataclass(frozen=True)
class Errand:
    """Something that a stranger comes for: what is clicked from the first page, by its visible names, and what he then sees."""

    who: tuple[str, ...]
    clicks: tuple[str, ...]
    sees: str


QUALITY = (ADMIN, MANAGER)
REVIEWING = (*QUALITY, REVIEWER)
ERRANDS = {
    "review from the queue": Errand(REVIEWING, ("Review",), "Take the next one"),
    "what is sampled": Errand(QUALITY, ("Review", "What is sampled"), "Save"),
    "contest an error": Errand((AGENT,), ("My page",), "Appeal"),
    "own means": Errand((AGENT,), ("My page",), "All judged criteria"),
    "what became of an appeal": Errand((AGENT,), ("Appeals",), "Appeals"),
    "decide an appeal": Errand(REVIEWING, ("Appeals",), "Overdue"),
    "an agent's page": Errand((*REVIEWING, ANALYST, OPERATIONS), ("Agents", "Ольга"), "Errors found"),
    "run a calibration": Errand(QUALITY, ("Calibration",), "Begin"),
    "edit a scorecard": Errand((MANAGER,), ("Settings", "Sales"), "New version"),
    "dry-run a scorecard": Errand((MANAGER,), ("Settings", "Sales"), "Try it"),
    "publish a scorecard": Errand((MANAGER,), ("Settings", "Sales"), "Make it live"),
    "scorecards and prompts": Errand((ADMIN,), ("Settings", "Scorecards and prompts"), "New scorecard"),
    "search": Errand(tuple(SECTIONS), (), "Conversations"),
    "drill down": Errand(tuple(SECTIONS), ("Analytics", "Breakdown"), "Score by"),
    "save a view": Errand(tuple(SECTIONS), ("Views",), "Save what is shown under a name"),
    "take the table away": Errand((*QUALITY, ANALYST), ("Download",), "Parquet"),
    "upload a call": Errand((ADMIN, OPERATIONS), ("Upload",), "MP3, WAV"),
    "upload a sheet": Errand(REVIEWING, ("Upload",), "Look at the sheet first"),
    "unmask": Errand(QUALITY, ("chat 00", "Data hidden"), "Show personal data"),
    "who looked": Errand(QUALITY, ("Settings", "Audit log"), "Who"),
    "people": Errand((ADMIN,), ("Settings", "People"), "Add a person"),
    "oversight": Errand(QUALITY, ("Settings", "Oversight"), "Disclosure to agents"),
    "alerts": Errand(QUALITY, ("Alerts", "New rule"), "What to look at"),
    "knowledge": Errand(QUALITY, ("Knowledge",), "Drop articles here"),
    "golden items": Errand((*QUALITY, ANALYST), ("Golden set",), "Class or criterion"),
    "what the golden set lacks": Errand(QUALITY, ("Golden set", "Quotas"), "Consent and quota"),
    "labels into the golden set": Errand(QUALITY, ("Golden set", "Bring labels"), "Drop a file here"),
    "words for speech recognition": Errand((ADMIN, OPERATIONS), ("Settings",), "Words for speech recognition"),
    "processing failures": Errand((ADMIN, OPERATIONS), ("System",), "Processing failures"),
    "queues": Errand((ADMIN, OPERATIONS), ("System", "Queues"), "Worker"),
}
MOST_CLICKS = 2


@pytest.mark.parametrize("email", SECTIONS, ids=lambda email: email.partition("@")[0])
def test_each_role_sees_its_own_sections_and_is_told_what_is_for_others(workplace: Workplace, email: str) -> None:
    with workplace.window(email) as window:
        window.goto(f"{workplace.url}/conversations")
        assert set(rail(window)) == set(SECTIONS[email])
        for path, allowed in REFUSED.items():
            window.goto(workplace.url + path)
            refused = window.locator("main h2").filter(has_text="This page is for other roles").count() == 1
            assert refused is (email not in allowed), path


def test_an_agent_sees_own_conversations_only(workplace: Workplace) -> None:
    with workplace.window(AGENT) as window:
        window.goto(f"{workplace.url}/conversations")
        assert set(window.locator("tr[data-conversation] .who-cell").all_inner_texts()) == {"Ольга"}
        strange = workplace.api.get("/v1/conversations", params={"agent": "P-1", "limit": 1}).json()["items"][0]["id"]
        answer = window.goto(f"{workplace.url}/conversations/{strange}")
        assert answer.status == 404
        assert window.locator(".rail").count() == 1, "an error is a page with a way on"


@pytest.mark.parametrize("email", SECTIONS, ids=lambda email: email.partition("@")[0])
def test_a_stranger_finds_each_within_two_clicks(workplace: Workplace, email: str) -> None:
    """From the first page, by what is written on what he clicks."""
    with workplace.window(email) as window:
        for name, errand in ERRANDS.items():
            assert len(errand.clicks) <= MOST_CLICKS
            if email not in errand.who:
                continue
            window.goto(f"{workplace.url}/")
            assert window.locator("#search").is_visible()
            for click in errand.clicks:
                by_name(window, click).click()
            window.get_by_text(errand.sees).locator("visible=true").first.wait_for(timeout=60_000), name


def by_name(window: Any, name: str) -> Any:
    """The first link or button that shows this name."""
    either = window.get_by_role("link", name=name, exact=True).or_(window.get_by_role("button", name=name, exact=True))
    return either.locator("visible=true").first


def rail(window: Any) -> list[str]:
    """What the rail offers, by its visible names."""
    return [str(name).strip() for name in window.locator(".rail > a.section").all_inner_texts()]


PAGES = {
    ADMIN: ("/settings", "/settings/people", "/settings/audit", "/upload", "/queues"),
    MANAGER: (
        "/alerts", "/alerts/rules/new", "/alerts/destinations", "/knowledge", "/settings/artefacts?kind=error_class",
        "/settings/judges", "/settings/oversight", "/calibrations", "/golden", "/golden/quotas", "/golden/import",
        "/coaching/examples", "/agents", "/analytics",
    ),
    AGENT: ("/me", "/me/notices", "/disclosure", "/appeals", "/coaching"),
    ANALYST: ("/review",),
}  # fmt: skip
OPENED = ("Filters", "Views", "Columns", "Download")


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("email", PAGES, ids=lambda email: email.partition("@")[0])
def test_what_people_see_breaks_no_rule_and_fits(workplace: Workplace, email: str, look: str) -> None:
    with workplace.window(email, **seen_as(look)) as window:
        for path in PAGES[email]:
            window.goto(workplace.url + path)
            assert broken(window) == [], path
            assert window.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path


@pytest.mark.parametrize("look", LOOKS)
def test_what_opens_breaks_no_rule(workplace: Workplace, look: str) -> None:
    with workplace.window(MANAGER, **seen_as(look)) as window:
        for name in (*OPENED, *(["More"] if look == "phone" else [])):
            window.goto(f"{workplace.url}/conversations")
            by_name(window, name).click()
            assert broken(window) == [], name
        if look == "phone":
            window.locator(".more-sections").get_by_role("link", name="Alerts").click()
            window.wait_for_url("**/alerts")
