"""The dashboards' pages over the real gateway: every panel with words, known rows, and no page for a key that may not see it."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from auricle_console.wording import LANGUAGES, wording
from auricle_contracts import Scope
from auricle_records.analytics import DASHBOARDS
from integration.console.browsing import browsing
from integration.gateway import outcomes
from integration.gateway.conftest import Door, running
from integration.gateway.posted import post_chat


@pytest.fixture(scope="module")
async def door(
    module_postgres_url: str, redis_server: Any, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Door]:
    blobs = tmp_path_factory.mktemp("blobs")
    async with running(module_postgres_url, redis_server.url, blobs, rate_per_minute=0) as door:
        await outcomes.judge(door, await post_chat(door.ours))
        yield door


async def opened(door: Door, path: str, *scopes: Scope, **settings: Any) -> httpx.Response:
    """A page as a key with these scopes sees it."""
    async with await door.client("ours", *scopes) as key, browsing(door, key, **settings) as browser:
        return await browser.get(path)


@pytest.mark.parametrize("name", DASHBOARDS)
async def test_every_panel_is_on_its_page_in_words(door: Door, name: str) -> None:
    html = (await opened(door, f"/dashboards/{name}", Scope.READ)).text
    for panel in DASHBOARDS[name]:
        assert f'id="{panel.name}"' in html
        assert all(f"panel.{panel.name}" in wording(language).texts for language in LANGUAGES)


async def test_what_is_known_is_shown(door: Door) -> None:
    quality = (await opened(door, "/dashboards/quality", Scope.READ)).text
    assert "Politeness <strong>90</strong>" in quality
    assert '<a href="/conversations/' in quality, "from the lowest to the conversation"
    economics = (await opened(door, "/dashboards/economics", Scope.READ)).text
    assert f"${1.8 * 0.8048 / 3600:.6f}" in economics
    assert "$0.000300" in economics
    assert "no price" in economics


async def test_operations_wants_a_scope_and_an_address(door: Door) -> None:
    assert "is for operations and admins" in (await opened(door, "/dashboards/operations", Scope.READ)).text
    assert "AURICLE_PROMETHEUS_URL" in (await opened(door, "/dashboards/operations", Scope.READ, Scope.OPERATE)).text
    nobody = await opened(
        door, "/dashboards/operations", Scope.READ, Scope.OPERATE, prometheus_url="http://127.0.0.1:9"
    )
    assert nobody.text.count("Prometheus did not answer") == nobody.text.count('<section class="panel')


async def test_strange_names_times_and_hours_are_refused(door: Door) -> None:
    for path in ("/dashboards/admin", "/dashboards/quality?since=%27--", "/dashboards/operations?hours=9999999"):
        assert (await opened(door, path, Scope.READ)).status_code == 422, path
