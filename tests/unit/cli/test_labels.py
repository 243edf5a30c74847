"""`auricle labels`: what is sent, what is shown, and a file that is not there."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from auricle_cli import app
from auricle_cli.errors import CliError, Refused
from auricle_cli.gateway import Gateway
from typer.testing import CliRunner

REPLY: dict[str, Any] = {
    "author": "ann", "dry_run": False, "cells": 8, "answers_read": 4, "unchanged": 2, "new": 1, "changed": 1, "same": 0,
    "refused": 1, "ignored": 3,
    "labels": [
        {"cell": "Отчёт!B2", "criterion": "politeness", "old_state": "answered", "old_value": 90, "state": "undetermined",
         "value": None, "kept": "new"},
        {"cell": "Ответы!F9", "criterion": "greeting", "old_state": "answered", "old_value": True, "state": "answered",
         "value": False, "kept": "changed"},
    ],
    "refused_cells": [{"cell": "Отчёт!C2", "why": "[red]an empty cell says nothing", "cells": 1}],
    "ignored_cells": [{"cell": "Отчёт!Z1", "why": "the column 'моё' is none of ours", "cells": 3}],
}  # fmt: skip


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[httpx.Request]:
    """Requests that the command made to a gateway that answers with REPLY."""
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        if request.content == b"broken":
            return httpx.Response(
                422, json={"code": "invalid_request", "detail": "this is not a sheet that can be read"}
            )
        return httpx.Response(200, json=REPLY if request.method == "POST" else {"items": [], "next_cursor": None})

    def client(**kwargs: Any) -> httpx.Client:
        return real(**kwargs, transport=httpx.MockTransport(answer))

    real = httpx.Client
    monkeypatch.setattr(httpx, "Client", client)
    return seen


def test_an_edited_sheet_is_sent_and_its_outcome_shown(asked: list[httpx.Request], tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"PK")
    arguments = ["labels", "import", str(tmp_path / "a.xlsx"), "--author", "ann", "--dry-run"]
    shown = CliRunner().invoke(app.app, arguments)
    assert shown.exit_code == 0, shown.output
    (request,) = asked
    assert (request.url.path, dict(request.url.params)) == ("/v1/labels/import", {"author": "ann", "dry_run": "true"})
    assert request.content == b"PK"
    for words in (
        "Отчёт!B2",
        "90",
        "?",
        "yes",
        "no",
        "[red]an empty cell says nothing",
        "Отчёт!Z1",
        "1 new, 1 changed",
    ):
        assert words in shown.output
    machine = CliRunner().invoke(app.app, ["labels", "import", str(tmp_path / "a.xlsx"), "--json"])
    assert json.loads(machine.output) == REPLY


def test_a_sheet_that_is_refused_or_not_there(asked: list[httpx.Request], tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(b"broken")
    with Gateway("http://auricle.example", "key") as door:
        with pytest.raises(Refused, match="invalid_request"):
            door.import_labels(tmp_path / "a.xlsx", {})
        with pytest.raises(CliError, match="cannot be read"):
            door.import_labels(tmp_path / "none.xlsx", {})
    assert len(asked) == 1


def test_labels_are_listed(asked: list[httpx.Request]) -> None:
    shown = CliRunner().invoke(app.app, ["labels", "list", "--author", "ann", "--json"])
    assert shown.output.strip() == "[]"
    assert dict(asked[0].url.params) == {"author": "ann", "limit": "200"}
