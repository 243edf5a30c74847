"""`auricle golden`: what is sent, and what is shown."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from auricle_cli import app
from typer.testing import CliRunner

IMPORTED = {
    "read": 2, "added": 1, "present": 0, "labels": 1, "same": 0, "refused": 1,
    "refused_lines": [{"line": 2, "why": "there is no error class x"}],
    "contested": [{"line": 1, "item_id": "g1", "subjects": ["rudeness"]}],
}  # fmt: skip
QUOTAS: dict[str, Any] = {
    "quota": 300, "untouched": ["name_misspelt"], "duplicates": 1,
    "items": [
        {
            "kind": "error_class", "subject": "rudeness", "channel": "chat", "with_it": 12, "without_it": 300, "in_test": 40,
            "contested": 1, "proposed": 2, "missing_with_it": 288, "missing_without_it": 0,
        }
    ],
}  # fmt: skip


GAPS = {
    "quota": 300, "days": 92, "most": 5000, "untouched": ["name_misspelt"],
    "items": [
        QUOTAS["items"][0]
        | {"subject": subject, "waiting_with": 17, "waiting_without": 0, "waiting_undetermined": 2, "hunted": 1}
        | {"judged_with": 4, "judged_without": 9}
        for subject in ("rudeness", "blame")
    ],
}  # fmt: skip


def answer(request: httpx.Request) -> httpx.Response:
    if request.url.path == "/v1/golden-imports":
        return httpx.Response(200, json=IMPORTED)
    if request.url.path == "/v1/golden-quotas":
        return httpx.Response(200, json=QUOTAS)
    if request.url.path == "/v1/golden-gaps":
        return httpx.Response(200, json=GAPS)
    if request.url.path == "/v1/golden-export":
        return httpx.Response(200, content=b'{"channel": "chat"}\n')
    return httpx.Response(200, json={"consent": False, "quota": 5, "gate_required": True})


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[httpx.Request]:
    """Requests that the command made."""
    seen: list[httpx.Request] = []

    def heard(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return answer(request)

    def client(**kwargs: Any) -> httpx.Client:
        return real(**kwargs, transport=httpx.MockTransport(heard))

    real = httpx.Client
    monkeypatch.setattr(httpx, "Client", client)
    return seen


def run(*words: str) -> Any:
    return CliRunner().invoke(app.app, ["golden", *words])


def test_a_sheet_is_sent_with_its_map(asked: list[httpx.Request], tmp_path: Path) -> None:
    sheet, columns = tmp_path / "labels.xlsx", tmp_path / "map.yaml"
    sheet.write_bytes(b"PK")
    columns.write_text("dialogue: №\ntext: Текст\nchannel: chat\n")
    shown = run("import", str(sheet), "--map", str(columns))
    assert json.loads(asked[0].url.params["columns"]) == {"dialogue": "№", "text": "Текст", "channel": "chat"}
    assert "line 2: there is no error class x" in shown.output
    assert "contradicting, and counted nowhere until one is withdrawn: rudeness" in shown.output
    assert shown.exit_code != 0


def test_a_sheet_without_a_map_is_not_sent(asked: list[httpx.Request], tmp_path: Path) -> None:
    (tmp_path / "labels.xlsx").write_bytes(b"PK")
    assert run("import", str(tmp_path / "labels.xlsx")).exit_code != 0
    assert not asked


def test_an_export_is_written(asked: list[httpx.Request], tmp_path: Path) -> None:
    assert run("export", str(tmp_path / "golden.jsonl"), "--split", "train").exit_code == 0
    assert asked[0].url.params["split"] == "train"
    assert (tmp_path / "golden.jsonl").read_bytes() == b'{"channel": "chat"}\n'


def test_quotas_say_what_is_missing(asked: list[httpx.Request]) -> None:
    shown = run("quotas")
    assert asked
    assert "288 + 0" in shown.output
    assert "name_misspelt" in shown.output


def test_gaps_say_what_waits(asked: list[httpx.Request]) -> None:
    shown = run("gaps", "--subject", "rudeness", "--json")
    assert [one["subject"] for one in json.loads(shown.output)["items"]] == ["rudeness"]
    told = run("gaps")
    assert [request.url.path for request in asked] == ["/v1/golden-gaps"] * 2
    for one in ("blame", "288", "17", "Neither a label nor a conversation: name_misspelt"):
        assert one in told.output


def test_consent_is_given_by_a_command_of_its_own(asked: list[httpx.Request]) -> None:
    assert run("consent", "--quota", "50").exit_code == 0
    assert json.loads(asked[-1].content) == {"consent": True, "quota": 50, "gate_required": True}
    assert run("consent", "--no-require-gate").exit_code == 0
    assert json.loads(asked[-1].content) == {"consent": True, "quota": 5, "gate_required": False}
