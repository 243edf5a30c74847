"""`auricle search`: what is asked, and how what was found is shown."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from auricle_cli.app import app
from typer.testing import CliRunner

MATCH = {
    "turn": 2,
    "role": "agent",
    "start_ms": 61000,
    "text": "Доставка [bold] завтра",
    "marks": [{"start": 0, "end": 8}],
}
NOW = datetime(2026, 11, 30, tzinfo=UTC).isoformat()
FOUND: dict[str, Any] = {
    "id": "01", "workspace": "demo", "channel": "call", "source": "api", "external_id": "call-7", "direction": "inbound", "line": None,
    "language": "ru", "state": "stored", "revision": 1, "participants": [], "metadata": {}, "progress": "done", "started_at": None,
    "created_at": NOW, "updated_at": NOW, "matches": {"turns": [MATCH], "total": 4},
}  # fmt: skip


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The queries that the gateway is sent; it finds one conversation for each."""
    queries: list[dict[str, Any]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        queries.append({name: request.url.params.get_list(name) for name in request.url.params})
        return httpx.Response(200, json={"items": [FOUND], "next_cursor": None})

    made: Callable[..., httpx.Client] = httpx.Client
    monkeypatch.setattr(httpx, "Client", lambda **given: made(**given, transport=httpx.MockTransport(answer)))
    return queries


def test_what_is_given_is_asked_and_turns_are_shown(asked: list[dict[str, Any]]) -> None:
    given = ["search", "доставка", "--answer", "politeness<50", "--answer", "stage=start", "--class", "rudeness"]
    done = CliRunner().invoke(app, [*given, "--key", "k"])
    assert done.exit_code == 0, done.output
    (query,) = asked
    assert query == {
        "text": ["доставка"], "answer": ["politeness<50", "stage=start"], "error_class": ["rudeness"], "limit": ["25"],
    }  # fmt: skip
    assert "agent 1:01: Доставка [bold] завтра" in done.output
    assert "and 3 more turns" in done.output


def test_as_json(asked: list[dict[str, Any]]) -> None:
    done = CliRunner().invoke(app, ["search", "доставка", "--json", "--key", "k"])
    assert json.loads(done.output)[0]["matches"]["total"] == 4
    assert asked
