"""What a reviewer does with the page, done by a browser."""

import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from auricle_contracts import RunState, Step
from fastapi import FastAPI
from fixtures.recorded_gateway import KEY, run

pytestmark = pytest.mark.browser
CALL = "/conversations/02-ru-delivery"
TOLERANCE_MS = 300
SOUND = "document.querySelector('audio')"


def until(page: Any, condition: str, seconds: float = 10.0) -> None:
    """Wait for a condition, asked again and again: the page's policy forbids the eval by which Playwright would wait."""
    end = time.monotonic() + seconds
    while not page.evaluate(condition):
        assert time.monotonic() < end, condition
        page.wait_for_timeout(40)


def click_and_listen(page: Any, quote: Any, audio: str) -> tuple[float, float]:
    """Where the quote begins, and where the audio stands right after the click, both in ms."""
    wanted = float(quote.get_attribute("data-start"))
    quote.click()
    return wanted, 1000 * page.evaluate(f"{audio}.currentTime")


def test_a_click_on_a_quote_sets_the_audio_within_300_ms(inside: Any, address: str) -> None:
    inside.goto(address + CALL)
    quotes = inside.locator(".quote[data-start]")
    assert quotes.count() > 5
    for number in range(quotes.count()):
        wanted, heard = click_and_listen(inside, quotes.nth(number), SOUND)
        assert abs(heard - wanted) <= TOLERANCE_MS, f"quote {number}"


def test_a_quote_plays_and_stops_at_its_end(inside: Any, address: str) -> None:
    inside.goto(address + CALL)
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
    word.click()
    assert abs(1000 * inside.evaluate(f"{SOUND}.currentTime") - float(word.get_attribute("data-at"))) <= TOLERANCE_MS


def test_dropped_turns_are_grey_and_the_digest_can_be_hidden(inside: Any, address: str) -> None:
    inside.goto(address + CALL)
    reasons = inside.locator(".turn.is-dropped .reason").all_inner_texts()
    assert "back-channel" in reasons, reasons
    assert inside.locator(".read").first.is_visible()
    inside.click(".toggle-read")
    assert not inside.locator(".read").first.is_visible()


def test_filters_narrow_the_list(inside: Any, address: str) -> None:
    everything = inside.locator("tr[data-conversation]").count()
    inside.select_option("select[name=channel]", "chat")
    inside.click(".filters button.main")
    inside.wait_for_url("**channel=chat**")
    assert 0 < inside.locator("tr[data-conversation]").count() < everything
    inside.click(".filters a.button")
    inside.wait_for_url(f"{address}/")
    assert inside.locator("tr[data-conversation]").count() == everything


def test_the_list_follows_the_states(inside: Any, recorded: FastAPI) -> None:
    shelf = recorded.state.shelf
    before = shelf.views["live"]
    assert inside.locator("tr[data-conversation=live] .badge").inner_text() == "listening"
    died = run("live", Step.TRANSCRIBE, RunState.DEAD, "audio_broken: half of it is missing")
    try:
        shelf.views["live"] = before.model_copy(update={"progress": "dead", "runs": (died,)})
        inside.wait_for_selector("tr[data-conversation=live] .badge.is-dead", timeout=8_000)
        assert "The recording is damaged" in inside.locator("tr[data-conversation=live]").inner_text()
    finally:
        shelf.views["live"] = before


def test_login_is_asked_for_and_leads_back(page: Any, address: str) -> None:
    page.goto(address + CALL)
    assert page.url == f"{address}/login?next={CALL}"
    page.fill("#key", "auricle_wrong")
    page.click("button.main")
    assert page.locator(".refused").is_visible()
    page.fill("#key", KEY)
    page.click("button.main")
    page.wait_for_url(address + CALL)
    page.locator(".corner button", has_text="Log out").click()
    page.wait_for_url(f"{address}/login")


def test_html_in_a_conversation_runs_nowhere(inside: Any, address: str) -> None:
    for path in ("/", "/conversations/hostile", "/agents"):
        inside.goto(address + path)
        inside.wait_for_timeout(200)
        assert inside.title() != "owned"
        assert inside.locator("main img").count() == 0
        assert "<script>" in inside.locator("main").inner_text()


def test_a_phone_scrolls_in_one_direction(inside: Any, address: str) -> None:
    inside.set_viewport_size({"width": 390, "height": 844})
    for path in ("/", CALL, "/conversations/hostile", "/agents", "/dead", "/queues"):
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
    wanted, heard = click_and_listen(page, page.locator(".quote[data-start]").first, SOUND)
    assert abs(heard - wanted) <= TOLERANCE_MS
    until(page, f"{SOUND}.currentTime * 1000 > {wanted} + 200")
    page.locator("a[href='#c-hostile']").click()
    assert page.locator("details#c-hostile[open]").count() == 1
    assert page.title() != "owned"
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == [], "it asks the network for nothing"
