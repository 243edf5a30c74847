"""Rows of the list chosen by mouse and by keys, and an action that goes on by itself."""

from typing import Any

import pytest
from browser.test_accessibility import broken
from browser.windows import LOOKS, SignIns, seen_as

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


@pytest.mark.parametrize("look", LOOKS)
def test_choosing_and_confirming_break_no_rule(sign_ins: SignIns, address: str, look: str) -> None:
    with sign_ins.window(sign_ins.by_key(address), **seen_as(look)) as window:
        window.goto(f"{address}/conversations")
        window.locator("input.pick").first.click()
        assert broken(window) == []
        assert window.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        window.locator("#bulk select[name=action]").select_option("judge")
        with window.expect_navigation():
            window.locator("#bulk button").click()
        assert broken(window) == []
