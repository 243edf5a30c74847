"""A run on a tiny base: it learns, is the same twice, goes on after SIGKILL, refuses another run's folder, and is served."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

torch = pytest.importorskip("torch", reason="the trainer's torch is not installed (make test-trainer)")
pytestmark = [
    pytest.mark.torch,
    pytest.mark.filterwarnings("default:.is_gradient_checkpointing. is deprecated:FutureWarning"),  # peft asks for it
    pytest.mark.timeout(900),
]

from auricle_contracts.golden import GoldenSplit  # noqa: E402 (after the skip)
from auricle_trainer.datasets import folder  # noqa: E402
from auricle_trainer.datasets.examples import teachable  # noqa: E402
from auricle_trainer.judge.asking import Inquiry, ask_all, served  # noqa: E402
from auricle_trainer.judge.documents import Asking  # noqa: E402
from auricle_trainer.tuning import run as running  # noqa: E402
from auricle_trainer.tuning.bases import CannotTrain  # noqa: E402
from auricle_trainer.tuning.plan import AnotherRun  # noqa: E402
from auricle_trainer.tuning.run import Wanted, run  # noqa: E402

ROOT = Path(__file__).parents[3]
PROMPTS, JUDGE = ROOT / "prompts", ROOT / "models" / "judge"
PATIENCE_S = 240


def weights(out: Path) -> bytes:
    return (out / "adapter" / "adapter_model.safetensors").read_bytes()


def test_a_run_says_what_made_it(trained: dict[str, object], wanted: Wanted) -> None:
    assert json.loads(json.dumps(trained)) == json.loads((wanted.out / running.RUN).read_text("utf-8"))
    plan = trained["plan"]
    assert isinstance(plan, dict)
    assert plan["data"] == folder.card(wanted.data)["hash"]
    assert trained["examples"] == 8
    files = trained["files"]
    assert isinstance(files, dict)
    assert {"adapter.gguf", "serving.yaml", "hf/adapter_model.safetensors"} <= set(files)


def test_the_same_seed_gives_the_same_adapter(trained: dict[str, object], wanted: Wanted, tmp_path: Path) -> None:
    run(replace(wanted, out=tmp_path), print)
    assert weights(tmp_path) == weights(wanted.out)


def test_what_was_learnt_answers_in_form(trained: dict[str, object], wanted: Wanted) -> None:
    asking = Asking.read(PROMPTS)
    dialogue = teachable(folder.split(wanted.data, GoldenSplit.TEST)[0]).labelled
    with served(wanted.out / running.SERVED) as address:
        (asked,) = ask_all(Inquiry(address, "judge", asking, asking.evaluate), [dialogue])
    assert asked.tokens_out > 0


def test_a_killed_run_goes_on_from_its_checkpoint(wanted: Wanted, tmp_path: Path) -> None:
    words = [
        "run", str(wanted.data), "--base", str(wanted.base), "--out", str(tmp_path), "--prompts", str(PROMPTS), "--rank", "4",
        "--passes", "3", "--batch-tokens", "800", "--whole-share", "1.0", "--most", "8", "--most-held", "2",
    ]  # fmt: skip
    command = [sys.executable, "-m", "auricle_trainer.tuning", *words]
    process = subprocess.Popen(command, env=dict(os.environ))
    last = time.monotonic() + PATIENCE_S
    while not (tmp_path / "lora.pt").exists() and process.poll() is None and time.monotonic() < last:
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.wait()
    kept = torch.load(tmp_path / "lora.pt", map_location="cpu", weights_only=True)["state"]["step"]
    seen = json.loads((tmp_path / "watch.json").read_text("utf-8"))
    assert kept >= 1
    assert not (tmp_path / running.RUN).exists()
    ended = subprocess.run(command, env=dict(os.environ), check=True, capture_output=True, text=True)
    report = json.loads((tmp_path / running.RUN).read_text("utf-8"))
    assert report["steps"] > kept
    assert report["held_back_loss"]["seen"][: len(seen)] == [round(one, 4) for one in seen]
    assert f"step {kept} " not in ended.stdout


def test_another_run_does_not_go_on_here(trained: dict[str, object], wanted: Wanted) -> None:
    with pytest.raises(AnotherRun, match="choose another --out"):
        run(replace(wanted, rank=8), print)


def test_an_estimate_trains_nothing(wanted: Wanted, tmp_path: Path) -> None:
    said: list[str] = []
    assert run(replace(wanted, out=tmp_path / "none"), said.append, only_estimate=True) is None
    assert "GiB of memory" in said[0]
    assert not (tmp_path / "none").exists()


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU here")
def test_four_bits_without_a_gpu_are_refused(wanted: Wanted) -> None:
    with pytest.raises(CannotTrain, match="needs a GPU"):
        run(replace(wanted, four_bit=True), print)
