"""`auricle train`: what is fetched for a data set, and what the trainer is told to do."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest
from auricle_cli import app
from auricle_cli.errors import CliError
from auricle_cli.training import trainer
from auricle_contracts.golden import GoldenDialogue
from typer.testing import CliRunner

GOLDEN = '{"channel": "chat", "turns": [{"role": "agent", "text": "Ждите"}]}\n'
WHEN = "2026-11-02T09:15:00Z"
QUOTE = {"turn": 2, "span": {"start": 0, "end": 5}, "text": "Ждите"}
ANSWER: dict[str, Any] = {
    "criterion": "politeness",
    "title": "Вежливость",
    "layer": "model",
    "kind": "score",
    "state": "answered",
}
SUMMARY: dict[str, Any] = {
    "evaluation_id": "e1",
    "answers": [
        ANSWER | {"value": 30, "model_state": "answered", "model_value": 80, "judged_by": "anna", "judged_at": WHEN},
        ANSWER | {"criterion": "sale_chance", "value": 90, "model_state": "answered", "model_value": 90},
    ],
}
LISTED: dict[str, Any] = {
    "id": "c1", "workspace": "w", "channel": "chat", "source": "crm", "external_id": "x", "direction": "inbound", "line": None,
    "language": "ru", "state": "stored", "revision": 1, "progress": "done", "started_at": None, "created_at": WHEN, "updated_at": WHEN,
    "participants": [{"id": "a", "role": "agent", "reference": "17"}], "metadata": {},
}  # fmt: skip


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, list[str], dict[str, str]]]:
    """What the trainer was started with, and the files that it was to read, as they were then."""
    seen: list[tuple[str, list[str], dict[str, str]]] = []

    def run(module: str, words: Sequence[str], *, torch: bool = False) -> None:
        files = {Path(one).name: Path(one).read_text("utf-8") for one in words if one.endswith(".jsonl")}
        seen.append((module, list(words), files))

    monkeypatch.setattr(trainer, "run", run)
    return seen


def gateway(monkeypatch: pytest.MonkeyPatch) -> list[httpx.Request]:
    asked: list[httpx.Request] = []

    def heard(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        if request.url.path == "/v1/golden-export":
            return httpx.Response(200, content=GOLDEN.encode())
        if request.url.path == "/v1/conversations":
            unjudged = LISTED | {"id": "c2", "summary": SUMMARY | {"answers": SUMMARY["answers"][1:]}}
            return httpx.Response(200, json={"items": [LISTED | {"summary": SUMMARY}, unjudged], "next_cursor": None})
        if request.url.path.endswith("/transcript"):
            turns = [{"id": 1, "participant": "c", "role": "customer", "text": "Где?"},
                     {"id": 2, "participant": "a", "role": "agent", "text": "Ждите."}]  # fmt: skip
            return httpx.Response(200, json={"conversation_id": "c1", "language": "ru", "turns": turns})
        answer = ANSWER | {"value": 80, "quotes": [QUOTE, QUOTE | {"text": "не сказано"}]}
        evaluation = {
            "id": "e1", "conversation_id": "c1", "revision": 1, "recipe": "r", "current": True, "answers": [answer], "created_at": WHEN,
        }  # fmt: skip
        return httpx.Response(200, json={"evaluation": evaluation, "digest": None, "costs": []})

    def client(**kwargs: Any) -> httpx.Client:
        return real(**kwargs, transport=httpx.MockTransport(heard))

    real = httpx.Client
    monkeypatch.setattr(httpx, "Client", client)
    return asked


def run(*words: str) -> Any:
    return CliRunner().invoke(app.app, ["train", *words])


def test_golden_items_are_asked_for_without_the_test_split(
    told: list[tuple[str, list[str], dict[str, str]]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked = gateway(monkeypatch)
    assert run("data", "--golden", "--out", str(tmp_path)).exit_code == 0
    assert [one.url.params["split"] for one in asked] == ["train", "development"]
    ((module, words, files),) = told
    assert (module, words[0]) == ("datasets", "build")
    assert files == {"golden-train.jsonl": GOLDEN, "golden-development.jsonl": GOLDEN}


def test_what_people_judged_becomes_labels_with_words_that_are_there(
    told: list[tuple[str, list[str], dict[str, str]]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    gateway(monkeypatch)
    came = run("data", "--judged", "--out", str(tmp_path))
    assert came.exit_code == 0, came.output
    (line,) = told[0][2]["judged.jsonl"].splitlines()
    dialogue = GoldenDialogue.model_validate(json.loads(line))
    (label,) = dialogue.labels
    assert (label.subject, label.value, label.decided_by) == ("politeness", 30, "anna")
    assert [(one.turn, one.text) for one in label.places] == [(2, "Ждите")]
    assert dialogue.agent == "17"


def test_without_a_source_there_is_nothing_to_do(tmp_path: Path) -> None:
    assert isinstance(run("data", "--out", str(tmp_path)).exception, CliError)


def test_training_without_torch_says_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(trainer.PYTHON, str(tmp_path / "python"))
    with pytest.raises(CliError, match=r"make \.venv/\.train"):
        trainer.run("lora", [], torch=True)
