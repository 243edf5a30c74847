"""Findings reviewed in a browser: accepted, rejected with a reason, graded by keys, and one that was missed marked in the transcript."""

from collections.abc import Iterator
from typing import Any

import pytest
from browser.test_accessibility import broken
from browser.test_review import until
from browser.windows import SignIns
from fastapi import FastAPI

pytestmark = pytest.mark.browser
NAME = "02-ru-delivery"
CALL = f"/conversations/{NAME}"
CARD = f'[id="c-finding-ev-{NAME}.0"]'
CHOOSE = """([turn, from, to]) => {
    const text = [...document.querySelectorAll(`#c-t${turn} .said *, #c-t${turn} .said`)]
        .flatMap(one => [...one.childNodes]).filter(one => one.nodeType === 3 && one.data.includes(from))[0];
    const range = document.createRange(), at = text.data.indexOf(from);
    range.setStart(text, at);
    let end = text, walk = document.createTreeWalker(document.querySelector(`#c-t${turn} .said`), NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) if (walk.currentNode.data.includes(to)) { end = walk.currentNode; break; }
    range.setEnd(end, end.data.indexOf(to) + to.length);
    getSelection().removeAllRanges(); getSelection().addRange(range);
}"""


@pytest.fixture
def reviewing(inside: Any, address: str, recorded: FastAPI) -> Iterator[Any]:
    """The page of a call with a fatal finding; what the test says of it is forgotten afterwards."""
    reports = recorded.state.shelf.reports
    kept = reports[NAME]
    inside.goto(address + CALL)
    yield inside
    reports[NAME] = kept


def findings(recorded: FastAPI) -> list[Any]:
    return list(recorded.state.shelf.reports[NAME].evaluation.findings)


def to_the_finding(page: Any) -> None:
    while "finding" not in page.evaluate("document.querySelector('.answer.is-chosen')?.dataset.criterion ?? ''"):
        page.keyboard.press("ArrowDown")


def test_a_finding_is_judged_by_keys_and_the_score_follows(reviewing: Any, recorded: FastAPI) -> None:
    reviewing.evaluate("window.mine = true")
    assert reviewing.locator("#c-overall").inner_text().startswith("Overall: 82 failed")
    to_the_finding(reviewing)
    reviewing.keyboard.press("2")
    until(reviewing, f"document.querySelector('{CARD} .grade-2')?.ariaPressed === 'true'")
    assert (findings(recorded)[0].verdict, findings(recorded)[0].grade) == ("accept", 2)
    to_the_finding(reviewing)
    reviewing.keyboard.press("n")
    until(reviewing, "document.activeElement.name === 'comment'")
    reviewing.keyboard.type("The customer asked for it.")
    reviewing.locator(f"{CARD} .contest button.main").click()
    until(reviewing, f"document.querySelector('{CARD}').classList.contains('is-rejected')")
    (first, *_) = findings(recorded)
    assert (first.verdict, first.note) == ("reject", "The customer asked for it.")
    until(reviewing, "document.querySelector('#c-overall').innerText.startsWith('Overall: 82 passed')")
    assert "82, failed" in reviewing.locator("#c-overall s").inner_text(), "the model's own stays beside it"
    assert reviewing.evaluate("window.mine"), "nothing was loaded anew"
    reviewing.locator(f"{CARD} .history-link").click()
    until(reviewing, f"document.querySelectorAll('{CARD} .finding-history li').length === 2")


def test_an_error_that_was_missed_is_marked_in_the_words_of_a_turn(reviewing: Any, recorded: FastAPI) -> None:
    turn = next(one for one in recorded.state.shelf.transcripts[NAME].turns if len(one.text.split()) > 6)
    first, last = turn.text.split()[1], turn.text.split()[3].strip(".,!?")
    reviewing.evaluate(CHOOSE, [turn.id, first, last])
    reviewing.keyboard.press("e")
    reviewing.wait_for_selector("#add-finding select[name=error_class]")
    until(reviewing, "document.activeElement.name === 'error_class'")
    chosen = reviewing.locator(".chosen-words").inner_text()
    assert chosen.startswith(first)
    assert chosen.endswith(last)
    reviewing.select_option("#add-finding select[name=error_class]", label="Sarcasm")
    reviewing.fill("#add-finding textarea", "Mocks the customer.")
    reviewing.click("#add-finding button.main")
    reviewing.wait_for_url("**#c-finding-added-*")
    added = findings(recorded)[-1]
    assert (added.error_class, added.comment, added.quotes[0].text) == ("sarcasm", "Mocks the customer.", chosen)
    assert "added by a person" in reviewing.locator(".finding", has_text="Mocks the customer").inner_text()


def test_a_refused_addition_stands_open_with_its_reason(reviewing: Any, recorded: FastAPI) -> None:
    turn = next(one for one in recorded.state.shelf.transcripts[NAME].turns if len(one.text.split()) > 6)
    reviewing.evaluate(CHOOSE, [turn.id, turn.text.split()[1], turn.text.split()[2].strip(".,!?")])
    reviewing.click("#mark-error")
    reviewing.wait_for_selector("#add-finding select[name=error_class]")
    reviewing.select_option("#add-finding select[name=error_class]", value="rudeness")
    reviewing.fill("#add-finding textarea", "Was it not there?")
    reviewing.click("#add-finding button.main")
    reviewing.wait_for_selector("#add-finding[open] #fault-error_class")
    assert reviewing.locator("#add-finding textarea").input_value() == "Was it not there?"
    assert reviewing.locator("#add-finding .chosen-words").inner_text() != ""


def test_without_selected_words_the_page_says_what_to_do(reviewing: Any) -> None:
    reviewing.keyboard.press("e")
    reviewing.wait_for_selector("#add-finding .select-first:visible")
    assert not reviewing.locator("#add-finding select").is_visible()


def test_the_forms_break_no_rule(sign_ins: SignIns, address: str) -> None:
    with sign_ins.window(sign_ins.by_key(address), bypass_csp=True) as window:
        window.goto(address + CALL)
        window.locator(f"{CARD} .contests").click()
        assert broken(window) == []
        window.evaluate(CHOOSE, _words(window))
        window.click("#mark-error")
        window.wait_for_selector("#add-finding select")
        assert broken(window) == []


def _words(window: Any) -> list[Any]:
    """The first word of the first turn that plays."""
    word = window.locator("#c-t1 .said [data-at]").first.inner_text()
    return [1, word, word]
