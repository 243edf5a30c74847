"""`auricle train`: what is fetched for a data set, and what the trainer is told to do."""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest
from auricle_cli import app
from auricle_cli.errors import CliError
from auricle_cli.gates import running
from auricle_cli.training import adapters, trainer
from auricle_contracts.golden import GoldenDialogue
from auricle_quality import Prediction
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


@pytest.fixture
def finished(tmp_path: Path) -> Path:
    """What a run leaves, in little."""
    folder = tmp_path / "run"
    (folder / "served" / "hf").mkdir(parents=True)
    files = {inside: hashlib.sha256(inside.encode()).hexdigest() for inside in adapters.ENGINES.values()}
    for inside in files:
        (folder / "served" / inside).write_bytes(inside.encode())
    plan = {
        "hash": "p", "data": "d" * 16, "base": "some/base", "base_hash": "0" * 64, "rank": 16, "prompts": ["evaluate@1"],
    }  # fmt: skip
    told = {
        "plan": plan,
        "files": files,
        "examples": 193,
        "steps": 9,
        "seconds": 5.0,
        "held_back_loss": {},
        "versions": {},
    }
    (folder / "run.json").write_text(json.dumps(told), "utf-8")
    return folder


def registry(monkeypatch: pytest.MonkeyPatch, warm_after: int = 1) -> list[tuple[str, str, Any]]:
    """A gateway and a model server that takes a name up only when it was asked for it so often."""
    seen: list[tuple[str, str, Any]] = []
    version = {"id": "a1", "kind": "adapter", "name": "judge", "hash": "h" * 16, "held": True, "figures": {}}

    def heard(request: httpx.Request) -> httpx.Response:
        body = json.loads(request.content) if request.content else None
        seen.append((request.method, request.url.path, body))
        if request.url.path == "/v1/chat/completions":
            asked = sum(path == request.url.path for _, path, _ in seen)
            return httpx.Response(200 if asked > warm_after else 404, json={})
        if request.url.path.endswith(("/promote", "/rollback")):
            return httpx.Response(200, json={"from_hash": None, "to_hash": "h" * 16})
        listed = {"items": [version], "next_cursor": None}
        return httpx.Response(200, json=listed if request.method == "GET" else version)

    def client(**kwargs: Any) -> httpx.Client:
        return real(**kwargs, transport=httpx.MockTransport(heard))

    real = httpx.Client
    monkeypatch.setattr(httpx, "Client", client)
    monkeypatch.setattr(adapters, "PAUSE_S", 0.0)
    return seen


def test_an_adapter_is_laid_warmed_registered_and_then_promoted(
    finished: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    seen = registry(monkeypatch)
    came = run("publish", str(finished), "--to", f"file://{tmp_path}/adapters", "--reason", "better")
    assert came.exit_code == 0, came.output
    adapter = adapters.read(finished).adapter
    assert {path.name for path in (tmp_path / "adapters" / adapter.served).iterdir()} == set(adapters.ENGINES)
    paths = [(method, path) for method, path, _ in seen]
    assert paths == [
        ("POST", "/v1/chat/completions"), ("POST", "/v1/chat/completions"), ("POST", "/v1/artefacts"), ("PATCH", "/v1/artefacts/a1"),
        ("POST", "/v1/artefacts/a1/promote"),
    ]  # fmt: skip
    assert seen[0][2]["model"] == adapter.served
    assert seen[3][2]["figures"]["training"]["examples"] == 193


def test_a_candidate_moves_no_pointer(finished: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    seen = registry(monkeypatch)
    assert run("publish", str(finished), "--to", f"file://{tmp_path}/a", "--reason", "x", "--candidate").exit_code == 0
    assert not any(path.endswith("/promote") for _, path, _ in seen)


def test_a_share_moves_no_pointer_either(finished: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    seen = registry(monkeypatch)
    came = run("publish", str(finished), "--to", f"file://{tmp_path}/a", "--reason", "beside", "--share", "5")
    assert came.exit_code == 0, came.output
    assert seen[-1] == ("POST", "/v1/artefacts/a1/canaries", {"share": 5, "reason": "beside"})
    assert not any(path.endswith("/promote") for _, path, _ in seen)


def test_the_base_has_the_name_that_its_server_gives_it(told: list[Any], tmp_path: Path) -> None:
    base = tmp_path / "mounted"
    base.mkdir()
    data, out = str(tmp_path / "data"), str(tmp_path / "out")
    for more, name in (((), "mounted"), (("--base-name", "Qwen/Qwen2.5-7B-Instruct"), "Qwen/Qwen2.5-7B-Instruct")):
        assert run("run", data, "--base", str(base), "--out", out, *more).exit_code == 0
        words = told[-1][1]
        assert words[words.index("--base-name") + 1] == name


def test_what_no_server_takes_up_is_not_promoted(
    finished: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    seen = registry(monkeypatch, warm_after=10**9)
    came = run("publish", str(finished), "--to", f"file://{tmp_path}/a", "--reason", "x", "--wait", "0")
    assert isinstance(came.exception, CliError)
    assert {path for _, path, _ in seen} == {"/v1/chat/completions"}


def test_a_file_that_the_run_did_not_write_is_not_published(finished: Path) -> None:
    (finished / "served" / "adapter.gguf").write_bytes(b"other")
    with pytest.raises(CliError, match="not the file that the run wrote"):
        adapters.read(finished)


def test_rolling_back_takes_the_live_adapter_back(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = registry(monkeypatch)
    assert run("rollback", "--reason", "worse").exit_code == 0
    assert seen[-1][:2] == ("POST", "/v1/artefacts/a1/rollback")


def test_a_gate_asks_the_candidates_name_beside_the_live_one(
    finished: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("AURICLE_ROOT", str(Path(__file__).parents[3]))
    items = tmp_path / "items.jsonl"
    label = {"kind": "criterion", "subject": "politeness", "state": "answered", "value": 30}
    items.write_text(
        json.dumps({"channel": "chat", "turns": [{"role": "agent", "text": "Ждите"}], "labels": [label]}) + "\n"
    )
    asked: list[str] = []

    def predictions(
        _bundle: object, _items: object, _runs: int, settings: dict[str, str], **_more: object
    ) -> list[Prediction]:
        asked.append(settings["AURICLE_MODEL_NAME"])
        return [Prediction(item=0, run=0, outcomes=())]

    monkeypatch.setattr(running, "predictions", predictions)
    run("gate", str(finished), "--items", str(items), "--runs", "1")
    assert asked == [adapters.read(finished).adapter.served, "judge"]


def test_without_a_source_there_is_nothing_to_do(tmp_path: Path) -> None:
    assert isinstance(run("data", "--out", str(tmp_path)).exception, CliError)


def test_training_without_torch_says_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(trainer.PYTHON, str(tmp_path / "python"))
    with pytest.raises(CliError, match=r"make \.venv/\.train"):
        trainer.run("lora", [], torch=True)
