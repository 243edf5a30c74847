"""`auricle train job`: from a training that was asked for to its proposal. Trainer, model server and the gate's answers are scripted."""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import create_autospec

import httpx
import pytest
from auricle_cli.errors import GateRefused, TooFewToTell
from auricle_cli.gates import commands as gates
from auricle_cli.gateway import Gateway
from auricle_cli.training import adapters, job, trainer
from auricle_contracts.problems import Code
from auricle_contracts.trainings import FOLLOWING, TrainingProgress, TrainingState

NOW = "2026-12-01T01:00:00Z"
GOLDEN = '{"channel": "chat", "turns": [{"role": "agent", "text": "Ждите"}]}\n'
TRAINER = """
import hashlib, json, os, pathlib, sys, time
module, words = sys.argv[1], sys.argv[2:]
out = pathlib.Path(words[words.index("--out") + 1])
out.mkdir(parents=True, exist_ok=True)
assert "AURICLE_API_KEY" not in os.environ
mode = pathlib.Path(os.environ["SCRIPT"]).read_text()
if module == "datasets":
    evaluate, intent = (0, 0) if mode == "few" else (7, 3)
    (out / "card.json").write_text(json.dumps({"hash": "0123456789abcdef", "examples": {"evaluate": evaluate, "intent": intent}}))
    sys.exit()
if mode == "memory":
    sys.exit("about 9,000 MiB are needed and 2,000 are free: a smaller base, --batch-tokens, or --anyway")
if mode == "breaks":
    sys.exit("CUDA error: an illegal memory access was encountered")
for step in range(1, 4):
    told = {"cost": {"memory": 1, "available": 2, "seconds": 3.0}, "steps": 3, "step": step, "loss": 1 / step, "seconds": step}
    (out / "progress.json").write_text(json.dumps(told))
    time.sleep(60 if mode == "long" else 0.1)
served = out / "served"
files = {}
for name in ("hf/adapter_model.safetensors", "hf/adapter_config.json", "adapter.gguf"):
    (served / name).parent.mkdir(parents=True, exist_ok=True)
    (served / name).write_bytes(name.encode())
    files[name] = hashlib.sha256(name.encode()).hexdigest()
plan = {"hash": "a" * 16, "data": "0123456789abcdef", "base": "judge", "base_hash": "b" * 64, "rank": 4}
plan["prompts"] = ["evaluate@0123456789abcdef", "intent@0123456789abcdef"]
(out / "run.json").write_text(json.dumps({
    "plan": plan, "examples": 7, "steps": 3, "seconds": 3.0, "held_back_loss": {"best": 0.3, "seen": [0.5, 0.3]},
    "versions": {}, "files": files,
}))
"""


class Door:
    """The gateway's part in it: the training's state moves as the real one's does, and what was told is kept."""

    def __init__(self) -> None:
        self.state = TrainingState.ASKED
        self.told: list[dict[str, Any]] = []
        self.artefact: dict[str, Any] = {"id": "a1", "name": "judge", "hash": "c" * 16, "figures": {}}
        self.stop_at = ""

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path, method = request.url.path, request.method
        if path == "/v1/golden-export":
            assert request.url.params["split"] in ("train", "development")
            return httpx.Response(200, text=GOLDEN)
        if path in {"/v1/artefacts", "/v1/artefacts/a1"}:
            self.artefact["figures"] |= json.loads(request.content).get("figures", {})
            return httpx.Response(200, json=self.artefact)
        if method == "GET":
            return httpx.Response(200, json=self._view())
        return self._progress(TrainingProgress.model_validate_json(request.content))

    def _progress(self, said: TrainingProgress) -> httpx.Response:
        if said.state.value == self.stop_at:
            return httpx.Response(401, json={"code": "unauthenticated", "detail": "no valid key"})
        follows = said.state in (self.state, TrainingState.FAILED) or said.state in FOLLOWING.get(self.state, ())
        assert follows, (self.state, said)
        self.state = said.state
        self.told.append(said.model_dump(exclude_none=True, mode="json"))
        return httpx.Response(200, json=self._view())

    def _view(self) -> dict[str, Any]:
        names = "asked_by_name launched_at reported_at data examples step steps loss seconds cost artefact_id artefact artefact_state"
        nothing = dict.fromkeys([*names.split(), "verdict", "error", "detail"])
        ended = None if self.state in (TrainingState.ASKED, *list(FOLLOWING)) else NOW
        return nothing | {
            "id": "t1", "state": self.state.value, "base": "judge_5m", "numbers": {}, "asked_kind": "person",
            "created_at": NOW, "ended_at": ended, "attempts": 1, "history": [], "figures": {},
        }  # fmt: skip


@pytest.fixture
def door() -> Door:
    return Door()


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What the trainer does: a file that a test writes."""
    (tmp_path / "trainer.py").write_text(TRAINER)
    mode = tmp_path / "mode"
    mode.write_text("well")
    monkeypatch.setenv("SCRIPT", str(mode))
    monkeypatch.setenv("AURICLE_API_KEY", "auricle_secret")
    monkeypatch.setenv("AURICLE_ROOT", str(Path(__file__).parents[3]))

    def command(module: str, words: list[str], *, torch: bool) -> list[str]:
        return [sys.executable, str(tmp_path / "trainer.py"), module, *words]

    monkeypatch.setattr(trainer, "command", command)
    monkeypatch.setattr(adapters, "warm", lambda *_: None)
    monkeypatch.setattr(job, "POLL_S", 0.02)
    monkeypatch.setattr(job, "TOLD_S", 0.05)
    return mode


@pytest.fixture
def work(door: Door, script: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[job.Job]:
    monkeypatch.setattr(gates, "run_gate", create_autospec(gates.run_gate))
    with Gateway("http://door", "auricle_secret") as gateway:
        gateway._client = httpx.Client(base_url="http://door", transport=httpx.MockTransport(door))
        services = job.Services(
            f"file://{tmp_path / 'adapters'}", "http://model/v1", "judge", "none", "http://r", "http://c"
        )
        yield job.Job(gateway, "t1", tmp_path / "trainings", services, key_known_s=0)


def states(door: Door) -> list[str]:
    return list(dict.fromkeys(one["state"] for one in door.told))


def test_from_asked_to_proposed(door: Door, work: job.Job, tmp_path: Path) -> None:
    work.run()
    assert states(door) == ["preparing", "running", "gated", "proposed"]
    assert door.told[-1] == {"state": "proposed", "verdict": "passed"}
    running = [one for one in door.told if one["state"] == "running"]
    assert running[-1] == {"state": "running", "step": 3, "steps": 3, "seconds": 3.0, "examples": 7}
    assert any(one.get("cost") for one in running)
    assert next(one for one in door.told if "data" in one)["data"] == "0123456789abcdef"
    assert door.artefact["figures"]["training"]["held_back_loss"]["best"] == 0.3
    (laid,) = (tmp_path / "adapters").glob("judge-*")
    assert (laid / "adapter.gguf").read_bytes() == b"adapter.gguf"


@pytest.mark.parametrize(("raised", "verdict"), [(GateRefused, "refused"), (TooFewToTell, "too_few")])
def test_what_the_gate_does_not_pass_is_refused(
    door: Door, work: job.Job, monkeypatch: pytest.MonkeyPatch, raised: type[Exception], verdict: str
) -> None:
    monkeypatch.setattr(gates.run_gate, "side_effect", raised("no"))
    work.run()
    assert door.told[-1] == {"state": "refused", "verdict": verdict}


@pytest.mark.parametrize(
    ("mode", "code", "words"),
    [
        ("few", Code.TOO_FEW_EXAMPLES, "every answer of a prompt"),
        ("memory", Code.MEMORY_TOO_SMALL, "9,000 MiB are needed"),
        ("breaks", Code.TRAINER_FAILED, "illegal memory access"),
    ],
)
def test_why_it_failed_is_told(door: Door, work: job.Job, script: Path, mode: str, code: Code, words: str) -> None:
    script.write_text(mode)
    work.run()
    assert (door.told[-1]["state"], door.told[-1]["error"]) == ("failed", code.value)
    assert words in door.told[-1]["detail"]


def test_a_stopped_training_ends_the_trainer_at_once(door: Door, work: job.Job, script: Path) -> None:
    script.write_text("long")
    door.stop_at = "running"
    work.run()
    assert "running" not in states(door)
    assert door.told[-1]["state"] == "preparing"
    assert not (work.own / "run" / "run.json").exists(), "it was ended, not waited for"


def test_a_job_that_is_started_anew_does_nothing_twice(door: Door, work: job.Job, script: Path) -> None:
    work.run()
    done = (work.own / "run" / "run.json").stat().st_mtime_ns
    card = (work.own / "data" / "card.json").stat().st_mtime_ns
    script.write_text("breaks")
    for state in (TrainingState.PREPARING, TrainingState.RUNNING, TrainingState.GATED):
        door.state, door.told = state, []
        work.run()
        assert door.told[-1]["state"] == "proposed", state
    assert (work.own / "run" / "run.json").stat().st_mtime_ns == done
    assert (work.own / "data" / "card.json").stat().st_mtime_ns == card


def test_what_is_over_is_left_alone(door: Door, work: job.Job) -> None:
    door.state = TrainingState.STOPPED
    work.run()
    assert door.told == []


def test_sigterm_ends_the_trainer_and_leaves_its_checkpoint(tmp_path: Path) -> None:
    """A process of its own, since a signal ends it."""
    code = (
        "import subprocess, sys, time, pathlib\n"
        "from auricle_cli.training import job\n"
        "with job._ended_by_signal():\n"
        "    process = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'], start_new_session=True)\n"
        "    try:\n"
        "        print(process.pid, flush=True)\n"
        "        time.sleep(60)\n"
        "    finally:\n"
        "        job._end(process)\n"
    )
    started = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, cwd=tmp_path)
    assert started.stdout is not None
    trainer_id = int(started.stdout.readline())
    started.terminate()
    assert started.wait(30) == 143
    with pytest.raises(ProcessLookupError):
        os.kill(trainer_id, 0)


def test_the_same_key_is_made_on_both_sides() -> None:
    from auricle_records import keys

    token = keys.derived("what keeper and trainer share", "0193-a")
    assert token == keys.derived("what keeper and trainer share", "0193-a")
    assert token != keys.derived("what keeper and trainer share", "0193-b")
    assert keys._TOKEN.fullmatch(token)
    assert hashlib.sha256(token.encode()).hexdigest() == keys._hash(token)
