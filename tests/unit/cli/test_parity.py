"""`auricle parity`: what is asked, and how both sides are shown."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from auricle_cli.app import app
from typer.testing import CliRunner

SIDE: dict[str, Any] = {"found": 3, "looked": 40, "share": 0.075, "low": 0.026, "high": 0.199}
EMPTY: dict[str, Any] = {"found": 0, "looked": 0, "share": None, "low": None, "high": None}
TOLD = {"value": 0.15, "low": 0.01, "high": 0.3, "is_told": True}
OPEN = {"value": None, "low": None, "high": None, "is_told": False}
FOUND: dict[str, Any] = {
    "people": 68,
    "bots": 47,
    "shared": 12,
    "classes": [
        {"error_class": "stop_words", "people": SIDE, "bots": SIDE, "difference": TOLD, "too_few": False},
        {"error_class": "slow_reply", "people": SIDE, "bots": EMPTY, "difference": OPEN, "too_few": True},
    ],
}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths that the gateway is sent."""
    paths: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        paths.append(request.url.raw_path.decode())
        is_file = request.url.path.endswith("/export")
        return httpx.Response(200, text="error_class\n") if is_file else httpx.Response(200, json=FOUND)

    made: Callable[..., httpx.Client] = httpx.Client
    monkeypatch.setattr(httpx, "Client", lambda **given: made(**given, transport=httpx.MockTransport(answer)))
    return paths


def test_both_sides_are_shown_and_too_few_are_said(asked: list[str], tmp_path: Path) -> None:
    file = tmp_path / "parity.csv"
    done = CliRunner().invoke(app, ["parity", "--channel", "chat", "--csv", str(file), "--key", "k"])
    assert done.exit_code == 0, done.output
    assert asked == ["/v1/parity?channel=chat", "/v1/parity/export?channel=chat"]
    assert file.read_text("utf-8") == "error_class\n"
    lines = done.output.splitlines()
    assert lines[0] == "68 conversations with people, 47 with bots, 12 with both"
    assert "3 of 40 (3-20 %)" in lines[1]
    assert lines[1].endswith("+15.0 points (+1.0 to +30.0)  differs")
    assert "none looked at" in lines[2]
    assert lines[2].endswith("too few to tell")


def test_as_json(asked: list[str]) -> None:
    done = CliRunner().invoke(app, ["parity", "--json", "--key", "k"])
    assert json.loads(done.output) == FOUND
    assert asked == ["/v1/parity"]
