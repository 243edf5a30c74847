"""Every page passes axe-core's rules of WCAG 2.2 A and AA, in light on a desk and in dark on a phone."""

from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

import pytest
from browser.windows import LOOKS, SignIns, seen_as

pytestmark = pytest.mark.browser
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PAGES = (
    "/conversations", "/conversations/02-ru-delivery", "/conversations/hostile", "/conversations/broken", "/agents",
    "/analytics", "/analytics/comparison?other_since=2026-10-01", "/analytics/parity",
    "/dashboards/quality", "/dashboards/economics", "/dashboards/operations", "/dead", "/queues", "/nowhere",
    "/conversations?text=доставка", "/upload",
    "/appeals", "/settings", "/settings/audit", "/settings/artefacts", "/settings/artefacts/own", "/settings/artefacts/own/edit",
    "/settings/judges",
    "/settings/artefacts/own/dry-runs/done", "/settings/artefacts/own/dry-runs/running",
    "/knowledge", "/knowledge?search=возврат", "/knowledge/returns", "/knowledge/stale", "/knowledge/gaps",
    "/golden", "/golden/items/contested",
    "/settings/artefact-forms/own", "/settings/artefact-forms/error_class-blame", "/settings/artefact-forms/new?kind=error_class",
)  # fmt: skip


@cache
def axe() -> str:
    """axe-core's script. Its package comes with the browser's requirements, not with those of every test."""
    return (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")


def broken(window: Any) -> list[tuple[str, str]]:
    """The rules that the page as it stands breaks, each with the first place."""
    window.evaluate(axe())
    found = window.evaluate(
        f"axe.run({{ runOnly: {RULES!r}, resultTypes: ['violations'] }}).then(one => one.violations)"
    )
    return [(one["id"], str(one["nodes"][0]["target"])) for one in found]


@pytest.fixture(scope="module", params=LOOKS)
def signed_in(sign_ins: SignIns, address: str, request: pytest.FixtureRequest) -> Iterator[Any]:
    """A window in which axe may run."""
    with sign_ins.window(None, **seen_as(request.param)) as stranger:
        stranger.goto(f"{address}/login")
        assert broken(stranger) == [], "the way in"
    with sign_ins.window(sign_ins.by_key(address), **seen_as(request.param)) as window:
        yield window


@pytest.mark.parametrize("path", PAGES)
def test_a_page_breaks_no_rule(signed_in: Any, address: str, path: str) -> None:
    answer = signed_in.goto(address + path)
    assert answer.status == (404 if path == "/nowhere" else 200), "a page that tells of an error breaks no rule either"
    assert broken(signed_in) == []


def test_what_opens_breaks_no_rule(signed_in: Any, address: str) -> None:
    signed_in.goto(f"{address}/conversations/02-ru-delivery")
    signed_in.keyboard.press("ArrowDown")
    signed_in.keyboard.press("n")
    assert broken(signed_in) == [], "the form of a verdict"
    signed_in.goto(f"{address}/conversations/02-ru-delivery")
    signed_in.keyboard.press("?")
    assert broken(signed_in) == [], "the help"


def test_the_rules_bite(signed_in: Any, address: str) -> None:
    signed_in.goto(f"{address}/agents")
    signed_in.evaluate("document.querySelector('main').insertAdjacentHTML('beforeend', '<button></button>')")
    assert "button-name" in [rule for rule, _ in broken(signed_in)]
