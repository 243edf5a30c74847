"""The dashboards in a browser: drawn, readable, in both languages, hostile text is text; Operations from a real Prometheus."""

import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from auricle_cli.stack.ports import any_free
from auricle_console.settings import ConsoleSettings
from browser.conftest import Wired, served
from browser.windows import enter_key
from fastapi import FastAPI
from fixtures.prometheus import page as metrics_page
from fixtures.prometheus import prometheus
from fixtures.recorded_gateway import HOSTILE

pytestmark = pytest.mark.browser
ALERTS = Path(__file__).parents[2] / "charts/auricle/alerts"
METRICS = """auricle_queue_length{stream="{auricle}:asr"} 7
auricle_dead_runs{step="transcribe"} 3
auricle_cold_start_seconds{step="transcribe",milestone="engine_ready"} 12.5
"""
OVERLAPS = """() => { const all = [...document.querySelectorAll('.panel')].map(one => one.getBoundingClientRect());
  return all.some((a, i) => all.slice(i + 1).some(b => a.left < b.right - 1 && b.left < a.right - 1
    && a.top < b.bottom - 1 && b.top < a.bottom - 1)); }"""


def looked_at(window: Any, name: str) -> None:
    """Kept where AURICLE_SCREENSHOTS says, for a person."""
    if folder := os.environ.get("AURICLE_SCREENSHOTS"):
        window.screenshot(path=f"{folder}/{name}.png", full_page=True)


def check(window: Any) -> None:
    """Nothing overlaps, and nothing is wider than the window."""
    assert not window.evaluate(OVERLAPS)
    assert window.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.parametrize("width", [1440, 390])
def test_quality_and_economics_are_drawn(inside: Any, address: str, width: int) -> None:
    inside.set_viewport_size({"width": width, "height": 900})
    inside.goto(f"{address}/dashboards/quality")
    assert inside.locator("#scores svg.chart path[class^=line]").count() == 2
    assert inside.get_by_text(HOSTILE).count() >= 1, "text, not markup"
    check(inside)
    looked_at(inside, f"quality-{width}")
    inside.click("a[href='/dashboards/economics']")
    assert inside.locator("#per_conversation svg.share .bar-done").count() == 1, "speech has no price here, and no bar"
    assert inside.locator("#article .figure").all_inner_texts() == ["$0.000342", "$0.000300"]
    check(inside)
    looked_at(inside, f"economics-{width}")


def test_the_language_changes(inside: Any, address: str) -> None:
    inside.goto(f"{address}/dashboards/economics")
    inside.click("[popovertarget=who]")
    inside.click("form[action='/language'] button")
    assert inside.locator("h1").inner_text() == "Экономика"
    assert "нет цены" in inside.locator("#per_conversation").inner_text()
    looked_at(inside, "economics-ru")


@pytest.fixture
def with_prometheus(recorded: FastAPI, tmp_path: Path) -> Iterator[str]:
    """A console that knows a real Prometheus, which scrapes METRICS."""
    if shutil.which("prometheus") is None:
        pytest.skip("needs Debian's prometheus")
    gateway, console = any_free(), any_free()
    with metrics_page(METRICS) as target, prometheus(tmp_path, [target], ALERTS) as server:
        server.until("sum(auricle_dead_runs)", 3, 30)
        time.sleep(2)
        settings = ConsoleSettings(gateway_url=f"http://127.0.0.1:{gateway}", prometheus_url=server.url)
        with served(recorded, gateway), served(Wired(settings), console, lifespan="on"):
            yield f"http://127.0.0.1:{console}"


def test_operations_come_from_prometheus(page: Any, with_prometheus: str) -> None:
    enter_key(page, with_prometheus)
    page.goto(f"{with_prometheus}/dashboards/operations?hours=1")
    assert page.locator("#dead_runs .figure").inner_text() == "3"
    assert page.locator("#queue_length .legend").inner_text().split() == ["{auricle}:asr", "7"]
    assert page.locator("#cold_start .figure").inner_text() == "12.5 s"
    assert page.locator(".panel .warn").count() == 0
    check(page)
    looked_at(page, "operations")


def test_the_check_bites(inside: Any, address: str) -> None:
    inside.goto(f"{address}/dashboards/quality")
    inside.evaluate("document.querySelectorAll('.panel').forEach(one => { one.style.gridArea = '1 / 1'; })")
    with pytest.raises(AssertionError):
        check(inside)
