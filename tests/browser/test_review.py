"""What a reviewer does with the page, done by a browser."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from auricle_console.views.shell import KEYS
from auricle_contracts import RunState, Step
from fastapi import FastAPI
from fixtures.recorded_gateway import KEY, run

pytestmark = pytest.mark.browser
CALL = "/conversations/02-ru-delivery"
TOLERANCE_MS = 300
SOUND = "document.querySelector('audio')"


def until(page: Any, condition: str, seconds: float = 30.0) -> None:
    """Wait for a condition, asked again and again: the page's policy forbids the eval by which Playwright would wait."""
    end = time.monotonic() + seconds
    while not page.evaluate(condition):
        assert time.monotonic() < end, condition
        page.wait_for_timeout(40)


def sought(page: Any, act: Callable[[], None]) -> float:
    """Where the sound was when the seek that `act` causes began, in ms: how long the machine took to ask is no part of it."""
    page.evaluate(
        f"() => {{ const audio = {SOUND}; delete audio.dataset.sought;"
        " audio.onseeking = () => { audio.dataset.sought = audio.currentTime; }; }"
    )
    act()
    until(page, f"'sought' in {SOUND}.dataset")
    return 1000 * float(page.evaluate(f"{SOUND}.dataset.sought"))


def test_a_click_on_a_quote_sets_the_audio_within_300_ms(inside: Any, address: str) -> None:
    inside.goto(address + CALL)
    inside.click("[role=tab][id$=facts]")
    quotes = inside.locator(".facts .quote[data-start]")
    assert quotes.count() > 5
    for number in range(quotes.count()):
        wanted = float(quotes.nth(number).get_attribute("data-start"))
        assert abs(sought(inside, quotes.nth(number).click) - wanted) <= TOLERANCE_MS, f"quote {number}"


def test_a_quote_plays_and_stops_at_its_end(inside: Any, address: str) -> None:
    inside.goto(address + CALL)
    inside.click("[role=tab][id$=facts]")
    quote = inside.locator(".facts .quote[data-start]").first
    end = float(quote.get_attribute("data-end"))
    quote.click()
    until(inside, f"{SOUND}.currentTime * 1000 > {end}")
    until(inside, f"{SOUND}.paused")
    assert 1000 * inside.evaluate(f"{SOUND}.currentTime") < end + 1000
    assert inside.locator("mark.is-chosen").count() > 0


def test_the_transcript_follows_the_audio(inside: Any, address: str) -> None:
    inside.goto(address + CALL)
    turn = inside.locator(".turn[data-start]").nth(12)
    inside.evaluate(f"{SOUND}.currentTime = {int(turn.get_attribute('data-start'))} / 1000 + 0.5")
    inside.wait_for_selector(f"#{turn.get_attribute('id')}.is-now")
    assert inside.locator(".turn.is-now").count() == 1
    assert inside.locator(".is-said").count() == 1


def test_a_word_plays_from_where_it_was_said(inside: Any, address: str) -> None:
    inside.goto(address + CALL)
    word = inside.locator(".said [data-at]").nth(20)
    assert abs(sought(inside, word.dblclick) - float(word.get_attribute("data-at"))) <= TOLERANCE_MS


def test_what_the_model_read_stands_beside_when_it_is_asked_for(inside: Any, address: str) -> None:
    inside.goto(address + CALL)
    assert not inside.locator(".read").first.is_visible()
    inside.check(".toggle-read input")
    reasons = inside.locator(".turn.is-dropped .reason").all_inner_texts()
    assert "back-channel" in reasons, reasons
    assert inside.locator(".read").first.is_visible()
    inside.uncheck(".toggle-read input")
    assert not inside.locator(".read").first.is_visible()


def test_filters_narrow_the_list(inside: Any, address: str) -> None:
    everything = inside.locator("tr[data-conversation]").count()
    inside.click(".filter-button")
    inside.select_option("select[name=channel]", "chat")
    inside.click(".filters button.main")
    inside.wait_for_url("**channel=chat**")
    assert 0 < inside.locator("tr[data-conversation]").count() < everything
    assert inside.locator(".chips a").first.inner_text().startswith("chat")
    inside.click(".chips a >> nth=0")
    inside.wait_for_url(f"{address}/conversations")
    assert inside.locator("tr[data-conversation]").count() == everything


def test_the_list_follows_the_states(inside: Any, recorded: FastAPI) -> None:
    shelf = recorded.state.shelf
    before = shelf.views["live"]
    assert inside.locator("tr[data-conversation=live] .badge").inner_text() == "Transcribing"
    died = run("live", Step.TRANSCRIBE, RunState.DEAD, "audio_broken: half of it is missing")
    try:
        shelf.views["live"] = before.model_copy(update={"progress": "dead", "runs": (died,)})
        inside.wait_for_selector("tr[data-conversation=live] .badge.is-dead", timeout=30_000)
        assert "The recording is damaged" in inside.locator("tr[data-conversation=live]").inner_text()
    finally:
        shelf.views["live"] = before


def test_login_is_asked_for_and_leads_back(page: Any, address: str) -> None:
    page.goto(address + CALL)
    assert page.url == f"{address}/login?next={CALL}"
    page.click(".by-key summary")
    page.fill("#key", "auricle_wrong")
    page.click(".by-key button.main")
    assert page.locator(".refused").is_visible()
    page.fill("#key", KEY)
    page.click(".by-key button.main")
    page.wait_for_url(address + CALL)
    page.click("[popovertarget=who]")
    page.locator("#who button", has_text="Log out").click()
    page.wait_for_url(f"{address}/login")


def test_html_in_a_conversation_runs_nowhere(inside: Any, address: str) -> None:
    for path in ("/conversations", "/conversations/hostile", "/agents"):
        inside.goto(address + path)
        inside.wait_for_timeout(200)
        assert inside.title() != "owned"
        assert inside.locator("main img").count() == 0
        assert "<script>" in inside.locator("main").inner_text()


def test_a_phone_scrolls_in_one_direction(inside: Any, address: str) -> None:
    inside.set_viewport_size({"width": 390, "height": 844})
    for path in ("/conversations", CALL, "/conversations/hostile", "/agents", "/dead", "/queues"):
        inside.goto(address + path)
        assert inside.evaluate("document.documentElement.scrollWidth") <= 390, path


def test_the_report_opens_from_disk_and_plays(page: Any, address: str, tmp_path: Path) -> None:
    ids = {"ids": "01-ru-bank-card,02-ru-delivery,hostile,broken"}
    answer = httpx.get(f"{address}/report", params=ids, headers={"authorization": f"Bearer {KEY}"}, timeout=120)
    saved = tmp_path / "index.html"
    saved.write_bytes(answer.raise_for_status().content)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(saved.as_uri())
    quote = page.locator(".quote[data-start]").first
    wanted = float(quote.get_attribute("data-start"))
    assert abs(sought(page, quote.click) - wanted) <= TOLERANCE_MS
    until(page, f"{SOUND}.currentTime * 1000 > {wanted} + 200")
    page.locator("a[href='#c-hostile']").click()
    assert page.locator("details#c-hostile[open]").count() == 1
    assert page.title() != "owned"
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == [], "it asks the network for nothing"


def test_focus_and_other_rows_stay_while_a_row_changes(inside: Any, recorded: FastAPI) -> None:
    shelf = recorded.state.shelf
    before = shelf.views["live"]
    kept = inside.locator("tr[data-conversation=broken]")
    kept.evaluate("row => { row.dataset.mine = 'yes'; }")
    inside.locator("tr[data-conversation=live] a.stretch").focus()
    try:
        died = run("live", Step.TRANSCRIBE, RunState.DEAD, "audio_broken: half of it is missing")
        shelf.views["live"] = before.model_copy(update={"progress": "dead", "runs": (died,)})
        inside.wait_for_selector("tr[data-conversation=live] .badge.is-dead", timeout=30_000)
        focused = inside.evaluate("document.activeElement.closest('tr')?.dataset.conversation")
        assert focused == "live"
        assert kept.get_attribute("data-mine") == "yes"
    finally:
        shelf.views["live"] = before


def test_what_is_half_typed_stays_while_the_page_follows(inside: Any, address: str, recorded: FastAPI) -> None:
    """Caret and text, on the list, whose row changes, and on a conversation, which is loaded anew once the field is left."""
    shelf = recorded.state.shelf
    before = shelf.views["live"]
    died = run("live", Step.TRANSCRIBE, RunState.DEAD, "audio_broken: half of it is missing")
    typed = "[document.activeElement.id, document.activeElement.value, document.activeElement.selectionStart]"
    try:
        for path, changed in (("", "tr[data-conversation=live] .badge.is-dead"), ("/live", "main .badge.is-dead")):
            shelf.views["live"] = before
            inside.goto(f"{address}/conversations{path}")
            inside.keyboard.press("/")
            inside.keyboard.type("half a word")
            inside.keyboard.press("Home")
            inside.keyboard.press("ArrowRight")
            shelf.views["live"] = before.model_copy(update={"progress": "dead", "runs": (died,)})
            if path:
                inside.wait_for_timeout(5000)
                assert inside.evaluate(typed) == ["search", "half a word", 1]
                inside.keyboard.press("Tab")
            inside.wait_for_selector(changed, timeout=60_000)
            assert path or inside.evaluate(typed) == ["search", "half a word", 1]
    finally:
        shelf.views["live"] = before


def test_the_player_is_moved_by_keys_and_says_where_it_is(inside: Any, address: str) -> None:
    inside.goto(address + CALL)
    until(inside, f"{SOUND}.readyState >= 1")
    scrub = inside.locator(".scrub")
    scrub.focus()
    for key, seconds in (("PageUp", 30), ("ArrowLeft", 25), ("PageDown", 0), ("End", 52), ("Home", 0)):
        inside.keyboard.press(key)
        until(inside, f"Math.abs({SOUND}.currentTime - {seconds}) < 1.5")
    inside.keyboard.press("PageUp")
    until(inside, "document.querySelector('.scrub').getAttribute('aria-valuetext') === '0:30 of 0:52'")
    assert inside.evaluate("window.scrollY") == 0


def test_a_sound_that_cannot_be_played_says_why(inside: Any, address: str, recorded: FastAPI) -> None:
    shelf = recorded.state.shelf
    kept = shelf.recordings.pop("02-ru-delivery")
    try:
        inside.goto(address + CALL)
        inside.wait_for_selector(".silent:visible")
        until(inside, "document.querySelector('.silent').textContent === 'The recording cannot be played: Not found'")
        assert not inside.locator(".play").is_visible()
    finally:
        shelf.recordings["02-ru-delivery"] = kept


def test_a_reason_opens_by_keyboard_and_by_touch(inside: Any) -> None:
    why = inside.locator("tr[data-conversation=hostile] button.unset").first
    why.focus()
    inside.keyboard.press("Enter")
    assert inside.locator(".why:popover-open").inner_text() == "undetermined: the model is unsure"
    inside.keyboard.press("Escape")
    why.click()
    assert inside.locator(".why:popover-open").count() == 1


def test_a_filter_suggests_when_it_is_filled_in(inside: Any) -> None:
    assert inside.locator("#agents option").count() == 0
    inside.click(".filter-button")
    inside.locator("input[name=agent]").focus()
    inside.wait_for_selector("#agents option[value=operator-102]", state="attached")


@pytest.mark.parametrize("width", [1440, 1024, 820, 390])
@pytest.mark.parametrize("path", ["/conversations", "/agents"])
def test_tables_are_whole_at_every_width(inside: Any, address: str, path: str, width: int) -> None:
    inside.set_viewport_size({"width": width, "height": 900})
    inside.goto(address + path)
    cut = "[...document.querySelectorAll('.wide :is(td, th)')].filter(one => one.getBoundingClientRect().right > innerWidth).length"
    assert inside.evaluate(cut) == 0, "no column is cut off"
    assert inside.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def chosen(page: Any) -> str:
    """The criterion that the keys speak of."""
    return str(page.evaluate("document.querySelector('.answer.is-chosen')?.dataset.criterion ?? ''"))


def test_the_workspace_is_as_high_as_the_window_and_only_its_panes_scroll(inside: Any, address: str) -> None:
    for width, height in ((1440, 900), (1024, 768), (390, 844)):
        inside.set_viewport_size({"width": width, "height": height})
        inside.goto(address + CALL)
        assert inside.evaluate("document.documentElement.scrollHeight") <= height, width
        assert inside.locator(".player").bounding_box()["y"] < height - 60, "the player is docked in sight"
    inside.set_viewport_size({"width": 1440, "height": 500})
    quotes = inside.locator(".scores .quote")
    before = inside.locator(".panel-body.scores").evaluate("one => one.scrollTop")
    quotes.first.evaluate("one => one.click()")
    inside.wait_for_timeout(400)
    assert inside.locator(".panel-body.scores").evaluate("one => one.scrollTop") == before, "the score stays in sight"


def test_answers_are_reviewed_by_keys_alone(inside: Any, address: str, recorded: FastAPI) -> None:
    """Agree, cannot tell, contest with a comment; the keys go on to the next criterion, and the page is never loaded again."""
    labels = recorded.state.shelf.labels
    kept = list(labels)
    try:
        inside.goto(address + CALL)
        inside.evaluate("window.mine = true")
        inside.keyboard.press("ArrowDown")
        assert chosen(inside) == "politeness"
        inside.keyboard.press("y")
        until(inside, "document.querySelector('.answer.is-chosen')?.dataset.criterion === 'objection_handling'")
        inside.keyboard.press("ArrowDown")
        inside.keyboard.press("u")
        until(inside, "document.querySelector('.answer.is-chosen')?.dataset.criterion === 'stage'")
        inside.keyboard.press("ArrowUp")
        inside.keyboard.press("n")
        until(inside, "document.activeElement.name === 'value'")
        inside.keyboard.press("Control+A")
        inside.keyboard.type("12")
        inside.keyboard.press("Enter")
        until(inside, "document.querySelector('#c-sale_chance .mark').textContent === '12'")
        assert inside.evaluate("window.mine"), "nothing was loaded anew"
        said = [(one["criterion"], one["state"], one["value"]) for one in labels[len(kept) :]]
        assert said == [
            ("politeness", "answered", 88), ("sale_chance", "undetermined", None), ("sale_chance", "answered", 12),
        ]  # fmt: skip
    finally:
        labels[:] = kept


def test_a_refused_verdict_says_where_it_is_wrong_without_leaving(inside: Any, address: str) -> None:
    inside.goto(address + CALL)
    inside.keyboard.press("ArrowDown")
    inside.keyboard.press("n")
    until(inside, "document.activeElement.name === 'value'")
    inside.keyboard.press("Control+A")
    inside.keyboard.type("150")
    inside.keyboard.press("Enter")
    until(inside, "document.activeElement.getAttribute('aria-invalid') === 'true'")
    assert inside.locator("#fault-value").inner_text() == "a number from 0 to 100"
    assert inside.locator("#c-politeness .contest [name=value]").input_value() == "150"


def test_keys_move_the_sound_the_quotes_and_the_list(inside: Any, address: str) -> None:
    inside.goto(f"{address}/conversations/01-ru-bank-card?progress=done")
    until(inside, f"{SOUND}.readyState >= 1")
    for key, seconds in (("ArrowRight", 5), ("ArrowRight", 10), ("ArrowLeft", 5)):
        inside.keyboard.press(key)
        until(inside, f"Math.abs({SOUND}.currentTime - {seconds}) < 0.5")
    inside.keyboard.press(" ")
    until(inside, f"!{SOUND}.paused")
    inside.keyboard.press(" ")
    until(inside, f"{SOUND}.paused")
    inside.keyboard.press("ArrowDown")
    inside.keyboard.press("q")
    until(inside, "document.querySelector('.answer.is-chosen .quote.is-playing') !== null")
    inside.keyboard.press("?")
    assert inside.locator("dialog#keys[open] tr").count() == len(KEYS)
    inside.keyboard.press("Escape")
    inside.keyboard.press("j")
    inside.wait_for_url(f"{address}{CALL}?progress=done")
    inside.keyboard.press("k")
    inside.wait_for_url(f"{address}/conversations/01-ru-bank-card?progress=done")


def test_one_track_can_be_silent(inside: Any, address: str) -> None:
    inside.goto(address + CALL)
    until(inside, f"{SOUND}.readyState >= 1")
    inside.click(".mute[data-track='1']")
    assert inside.locator(".mute[data-track='1']").get_attribute("aria-pressed") == "true"
    assert inside.locator(".conversation.is-muted-1").count() == 1
    inside.click(".play")
    until(inside, f"{SOUND}.currentTime > 0.3")


def test_zoom_widens_the_lanes_and_a_click_still_hits_its_moment(inside: Any, address: str) -> None:
    inside.goto(address + CALL)
    until(inside, f"{SOUND}.readyState >= 1")
    narrow = inside.locator(".scrub").bounding_box()["width"]
    inside.click("[data-zoom='2']")
    inside.click("[data-zoom='2']")
    assert inside.locator(".scrub").bounding_box()["width"] == pytest.approx(4 * narrow, rel=0.02)
    box = inside.locator(".lanes").bounding_box()
    inside.mouse.click(box["x"] + box["width"] / 2, box["y"] + 10)
    until(inside, f"Math.abs({SOUND}.currentTime - {SOUND}.duration / 8) < 1")


def test_scrolling_by_hand_ends_the_following(inside: Any, address: str) -> None:
    inside.set_viewport_size({"width": 1440, "height": 400})
    inside.goto(address + CALL)
    until(inside, f"{SOUND}.readyState >= 1")
    inside.click(".play")
    until(inside, f"!{SOUND}.paused")
    box = inside.locator(".transcript").bounding_box()
    inside.mouse.move(box["x"] + 100, box["y"] + 60)
    inside.mouse.wheel(0, 200)
    until(inside, "document.querySelector('.follow input').checked === false")


def test_a_quotes_turn_is_one_stop_of_the_keyboard(inside: Any, address: str) -> None:
    inside.goto(address + CALL)
    assert inside.locator(".at[tabindex='-1']").count() == inside.locator(".at").count() - 1
    first = inside.locator(".at").first
    first.focus()
    inside.keyboard.press("ArrowDown")
    assert inside.evaluate("document.activeElement === document.querySelectorAll('.at')[1]")


@pytest.mark.parametrize("refused", [2, 1], ids=["still not when the reason is asked for", "ready by then"])
def test_a_sound_that_is_being_made_ready_is_asked_for_again(inside: Any, address: str, refused: int) -> None:
    refusals = [409] * refused

    def once_not_ready(route: Any) -> None:
        route.fulfill(status=refusals.pop(), body="being redacted") if refusals else route.continue_()

    inside.route("**/recording**", once_not_ready)
    inside.goto(address + CALL)
    until(inside, f"{SOUND}.readyState >= 1")
    assert not inside.locator(".silent").is_visible()
    assert refusals == []
