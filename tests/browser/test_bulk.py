"""Rows of the list chosen by mouse and by keys, and an action that goes on by itself."""

from pathlib import Path
from typing import Any

import pytest
from browser.test_accessibility import broken
from fixtures.recorded_gateway import KEY

pytestmark = pytest.mark.browser
PICKED = "document.querySelectorAll('input.pick:checked').length"


def test_rows_are_chosen_by_range_by_page_and_by_keys(inside: Any) -> None:
    boxes = inside.locator("input.pick")
    boxes.nth(1).click()
    boxes.nth(3).click(modifiers=["Shift"])
    assert inside.evaluate(PICKED) == 3
    assert inside.locator("#picked-count").inner_text() == "3"
    assert inside.evaluate("document.querySelector('#pick-page').indeterminate")
    boxes.nth(2).focus()
    inside.keyboard.press("Space")
    assert inside.evaluate(PICKED) == 2
    inside.locator("#pick-page").focus()
    inside.keyboard.press("Space")
    assert inside.evaluate(PICKED) == boxes.count()
    inside.keyboard.press("Space")
    assert inside.evaluate(PICKED) == 0


def test_an_action_is_counted_confirmed_and_goes_through_by_itself(inside: Any) -> None:
    """The recorded gateway judges nothing again, so each is refused, and each is told."""
    every = inside.locator("input.pick").count()
    inside.locator("#pick-page").click()
    inside.locator("#bulk select[name=action]").select_option("judge")
    with inside.expect_navigation():
        inside.locator("#bulk button").click()
    inside.keyboard.press("Enter")  # the button that confirms has the focus
    inside.get_by_text("Finished.").wait_for(timeout=60_000)
    assert f"Done: 0 of {every}, refused: {every}." in inside.locator(".progress").inner_text()
    assert inside.locator("#bulk-work tbody tr").count() == every


@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (390, "dark")])
def test_choosing_and_confirming_break_no_rule(
    chromium: Any, address: str, tmp_path: Path, width: int, scheme: str
) -> None:
    context = chromium.new_context(
        viewport={"width": width, "height": 900}, locale="en-GB", color_scheme=scheme, bypass_csp=True
    )
    window = context.new_page()
    window.goto(f"{address}/login")
    window.click(".by-key summary")
    window.fill("#key", KEY)
    window.click(".by-key button.main")
    window.wait_for_url(f"{address}/conversations")
    window.locator("input.pick").first.click()
    window.screenshot(path=tmp_path / "chosen.png")
    assert broken(window) == []
    assert window.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    window.locator("#bulk select[name=action]").select_option("judge")
    with window.expect_navigation():
        window.locator("#bulk button").click()
    window.screenshot(path=tmp_path / "confirm.png")
    assert broken(window) == []
    context.close()
