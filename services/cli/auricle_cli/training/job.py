"""A training's job: data set by the API, adapter, candidate, gate; tells the API how far it is and what came of it, and makes nothing live.

FOLDER/<training>/  lock  data/  run/  gate.md     what is there is not done again, so a job that is started anew goes on

told 409 or 401 ──► somebody stopped it: the trainer's process ends, and so does the job
"""

import fcntl
import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from auricle_contracts.artefacts import ArtefactKind, ArtefactState
from auricle_contracts.golden import GoldenSplit
from auricle_contracts.problems import Code
from auricle_contracts.trainings import TrainingReport, TrainingState
from auricle_criteria.training_bases import TrainingBase, read_bases

from auricle_cli.errors import CliError, GateRefused, Refused, TooFewToTell, Unreachable
from auricle_cli.gates import commands as gates
from auricle_cli.gateway import Gateway
from auricle_cli.options import root
from auricle_cli.training import adapters, bases, trainer

KEY_KNOWN_S = 6.0
"""Gateways remember for five seconds what a key may do."""
POLL_S, TOLD_S = 0.5, 5.0
GRACE_S = 30.0
LAST_LINES = 12
MOST_DETAIL = 900


class Over(Exception):
    """Nobody waits for the training any more."""


class Failed(CliError):
    """The training cannot go on; told to the API."""

    def __init__(self, code: Code, detail: str) -> None:
        super().__init__(detail)
        self.code = code


@dataclass(frozen=True)
class Services:
    """What the gate and the publishing need: model server with the name that judges without an adapter, rules, compressor."""

    adapters: str
    model_url: str
    model_name: str
    model_key: str
    rules_url: str
    compressor_url: str
    wait_s: float = 180.0


@dataclass
class Job:
    """One training of the workspace whose key `gateway` has. `key_known_s`: how long a gateway remembers what the key may do."""

    gateway: Gateway
    training: str
    folder: Path
    services: Services
    key_known_s: float = KEY_KNOWN_S
    _told_at: float = field(default=0.0, init=False)

    @property
    def own(self) -> Path:
        """The training's folder."""
        return self.folder / self.training

    def run(self) -> None:
        """To its end. Returns where it is over, proposed, refused or failed: all of that is told. Raises where the API is away."""
        self.own.mkdir(parents=True, exist_ok=True)
        try:
            with _locked(self.own / "lock"):
                self._run(self._read())
        except Over:
            print(f"training {self.training} is over")
        except (Refused, Unreachable):
            raise
        except CliError as error:
            code = error.code if isinstance(error, Failed) else Code.TRAINER_FAILED
            print(f"{code}: {error}")
            self._end(TrainingState.FAILED, error=code, detail=str(error)[:MOST_DETAIL])

    def _run(self, training: TrainingReport) -> None:
        base = read_bases(root() / "prompts").get(training.base)
        if base is None:
            raise Failed(Code.TRAINER_FAILED, f"{root() / 'prompts'} has no base {training.base}")
        if training.state is TrainingState.ASKED:
            self._tell(TrainingState.PREPARING)
        if training.state in (TrainingState.ASKED, TrainingState.PREPARING, TrainingState.RUNNING):
            self._data()
            self._train(training, base)
            self._publish(training)
        self._gate(training)

    def _data(self) -> None:
        """The workspace's golden items of training and development as a data set; what was built is kept."""
        data = self.own / "data"
        if not (data / "card.json").exists():
            with TemporaryDirectory(prefix="auricle-training-") as name:
                read = []
                for split in (GoldenSplit.TRAIN, GoldenSplit.DEVELOPMENT):
                    read.append(Path(name) / f"golden-{split.value}.jsonl")
                    self.gateway.download("/v1/golden-export", read[-1], {"split": split.value})
                words = ["build", *map(str, read), "--out", str(data), "--prompts", trainer.prompts()]
                self._process("datasets", words, self.own / "data.log", torch=False)
        card = json.loads((data / "card.json").read_text("utf-8"))
        told = {"data": card["hash"], "examples": max(card["examples"].values(), default=0)}
        if not told["examples"]:
            raise Failed(
                Code.TOO_FEW_EXAMPLES, "no dialogue of the data set has every answer of a prompt with its place"
            )
        self._say(TrainingState.PREPARING, told)

    def _train(self, training: TrainingReport, base: TrainingBase) -> None:
        numbers = training.numbers
        loads, name = bases.find(_lying(base.loads))
        out = self.own / "run"
        words = [
            "run", str(self.own / "data"), "--base", loads, "--base-name", name, "--out", str(out), "--prompts", trainer.prompts(),
            "--rank", str(numbers.rank), "--passes", str(numbers.passes), "--batch-tokens", str(numbers.batch_tokens),
            "--rate", str(numbers.rate), "--whole-share", str(numbers.whole_share), "--most", str(numbers.most),
        ]  # fmt: skip
        words += ["--base-gguf", _lying(base.gguf)] if base.gguf else []
        words += ["--four-bit"] if numbers.four_bit else []
        if not (out / "run.json").exists():
            self._process("tuning", words, self.own / "run.log", torch=True, progress=out / "progress.json")
        report = json.loads((out / "run.json").read_text("utf-8"))
        told = {
            "seconds": report["seconds"],
            "step": report["steps"],
            "steps": report["steps"],
            "examples": report["examples"],
        }
        self._say(TrainingState.RUNNING, told)

    def _publish(self, training: TrainingReport) -> None:
        """A candidate of the registry, served and warm; the same run is the same version."""
        trained = adapters.read(self.own / "run")
        try:
            adapters.lay(trained, self.services.adapters)
            adapters.warm(
                self.services.model_url, self.services.model_key, trained.adapter.served, self.services.wait_s, print
            )
        except CliError as error:
            raise Failed(Code.MODEL_UNAVAILABLE, str(error)) from None
        body = {"kind": ArtefactKind.ADAPTER.value, "text": trained.text, "state": ArtefactState.CANDIDATE.value}
        version = self._call("POST", "/v1/artefacts", json=body)
        figures = version["figures"] | {"training": _measured(trained.run) | {"training": training.id}}
        self._call("PATCH", f"/v1/artefacts/{version['id']}", json={"figures": figures})
        self._tell(TrainingState.GATED, artefact_id=version["id"])
        time.sleep(self.key_known_s)

    def _gate(self, training: TrainingReport) -> None:
        trained = adapters.read(self.own / "run").adapter
        candidate = f"{ArtefactKind.ADAPTER.value}:{trained.id}@{trained.hash}"
        verdict = "passed"
        try:
            gates.run_gate(
                candidate, runs=training.numbers.gate_runs, scorecard=os.environ.get("AURICLE_SCORECARD", "sales"),
                model_url=self.services.model_url, model_name=self.services.model_name, rules_url=self.services.rules_url,
                compressor_url=self.services.compressor_url, markdown=self.own / "gate.md", url=self.gateway.url,
                key=self.gateway.key,
            )  # fmt: skip
        except GateRefused:
            verdict = "refused"
        except TooFewToTell:
            verdict = "too_few"
        except Refused as refused:
            raise _over_or(refused) from None
        except Unreachable:
            raise
        except CliError as error:
            raise Failed(Code.TRAINER_FAILED, f"the gate could not be run: {error}") from None
        self._end(TrainingState.PROPOSED if verdict == "passed" else TrainingState.REFUSED, verdict=verdict)

    def _process(
        self, module: str, words: Sequence[str], log: Path, *, torch: bool, progress: Path | None = None
    ) -> None:  # fmt: skip
        """The trainer as a process, its output in a file; it knows no key. Raises Failed, Over."""
        hidden = {"AURICLE_API_KEY", "AURICLE_TRAINING_SECRET"}
        environment = {name: value for name, value in os.environ.items() if name not in hidden}
        command = trainer.command(module, words, torch=torch)
        with log.open("ab") as told, _ended_by_signal():
            process = subprocess.Popen(  # noqa: S603 - our own command line
                command, env=environment, stdout=told, stderr=subprocess.STDOUT, start_new_session=True
            )
            try:
                while process.poll() is None:
                    time.sleep(POLL_S)
                    if progress is not None:
                        self._progress(progress)
            finally:
                _end(process)
        if process.returncode:
            raise _why(log)

    def _progress(self, file: Path) -> None:
        """What the trainer wrote of itself, every few seconds."""
        if time.monotonic() - self._told_at < TOLD_S:
            return
        self._told_at = time.monotonic()
        try:
            told = json.loads(file.read_text("utf-8"))
        except (OSError, ValueError):
            told = {}
        with suppress(Unreachable):  # it trains on; the next report tells
            self._say(TrainingState.RUNNING if told.get("step") else TrainingState.PREPARING, told)

    def _say(self, state: TrainingState, told: dict[str, Any]) -> None:
        """A state is never gone back to: a job that was started anew prepares while the training runs."""
        now = self._read().state
        order = list(TrainingState)
        if state is TrainingState.RUNNING and now is TrainingState.ASKED:
            self._tell(TrainingState.PREPARING)
        self._tell(state if order.index(state) > order.index(now) else now, **told)

    def _read(self) -> TrainingReport:
        found = TrainingReport.model_validate(self._call("GET", f"/v1/trainings/{self.training}"))
        if found.ended_at is not None:
            raise Over
        return found

    def _tell(self, state: TrainingState, **told: Any) -> None:
        body = {"state": state.value} | {name: value for name, value in told.items() if value is not None}
        self._call("POST", f"/v1/trainings/{self.training}/progress", json=body)

    def _end(self, state: TrainingState, **told: Any) -> None:
        try:
            self._tell(state, **told)
        except Over:
            print(f"training {self.training} is over")

    def _call(self, method: str, path: str, **sent: Any) -> Any:
        try:
            return self.gateway.call(method, path, **sent)
        except Refused as refused:
            raise _over_or(refused) from None


def _over_or(refused: Refused) -> Exception:
    return Over() if refused.status == 401 or refused.code == Code.TRAINING_OVER else refused


def _lying(named: str) -> str:
    """A path of the release, or the name as it is."""
    return str(root() / named) if (root() / named).exists() else named


def _measured(run: dict[str, Any]) -> dict[str, Any]:
    return {name: run[name] for name in ("examples", "steps", "seconds", "held_back_loss", "versions")}


def _why(log: Path) -> Failed:
    """By the trainer's last words."""
    lines = [line.rstrip() for line in log.read_text("utf-8", "replace").splitlines() if line.strip()]
    said = "\n".join(lines[-LAST_LINES:])[-MOST_DETAIL:]
    last = lines[-1] if lines else ""
    if "MiB are needed" in last or "OutOfMemoryError" in said or "MemoryError" in last:
        return Failed(Code.MEMORY_TOO_SMALL, last)
    if "can be learnt from" in last:
        return Failed(Code.TOO_FEW_EXAMPLES, last)
    return Failed(Code.TRAINER_FAILED, said or "the trainer ended without a word")


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """One job of a training at a time on this volume; another one waits."""
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def _ended_by_signal() -> Iterator[None]:
    """SIGTERM ends the trainer too: the checkpoint is there, and the next job goes on from it."""

    def end(_number: int, _frame: object) -> None:
        raise SystemExit(128 + signal.SIGTERM)

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _end(process: "subprocess.Popen[bytes]") -> None:
    """With all that it started; at once where it does not end by itself."""
    if process.poll() is not None:
        return
    os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(GRACE_S)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
