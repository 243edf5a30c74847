"""Subjects on the same items, with floors and ceiling; a curve of two points, drawn."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

torch = pytest.importorskip("torch", reason="the trainer's torch is not installed (make test-trainer)")
pytestmark = [
    pytest.mark.torch,
    pytest.mark.filterwarnings("default:.is_gradient_checkpointing. is deprecated:FutureWarning"),  # peft asks for it
    pytest.mark.timeout(900),
]

from auricle_contracts.golden import GoldenSplit  # noqa: E402 (after the skip)
from auricle_trainer.comparison import curve, items, measuring  # noqa: E402
from auricle_trainer.comparison.__main__ import app  # noqa: E402
from auricle_trainer.tuning import run as running  # noqa: E402
from typer.testing import CliRunner  # noqa: E402

if TYPE_CHECKING:
    from auricle_trainer.tuning.run import Wanted


def test_an_adapter_stands_between_floors_and_people(
    trained: dict[str, object], wanted: Wanted, tmp_path: Path
) -> None:
    served = wanted.out / running.SERVED
    words = ["compare", str(wanted.data), "--subject", f"mine={served}@0.7", "--subject", f"base={served}#judge-base"]
    words += ["--out", str(tmp_path), "--limit", "3", "--prompts", str(wanted.prompts)]
    came = CliRunner().invoke(app, words)
    assert came.exit_code == 0, came.output
    told = json.loads((tmp_path / "compare.json").read_text("utf-8"))
    assert (told["items"], told["split"]) == (3, "test")
    assert list(told["results"]) == ["mine", "base", "constant", "TF-IDF"]
    mine = told["results"]["mine"]
    assert mine["broken"]["n"] == 6
    assert mine["usd_per_1000"] == pytest.approx(mine["seconds_mean"] * 0.7 / 3.6)
    assert told["results"]["base"]["usd_per_1000"] is None
    text = (tmp_path / "compare.md").read_text("utf-8")
    assert "| two people |" in text
    assert "no price" in text


def test_a_curve_is_trained_measured_and_drawn(wanted: Wanted, tmp_path: Path) -> None:
    found, _ = items.read(wanted.data, GoldenSplit.TEST)
    training, _ = items.read(wanted.data, GoldenSplit.TRAIN)
    few = replace(wanted, out=tmp_path, most_held=1)
    points = curve.points(few, [2, 4], found[:2], print)
    assert [one["examples"] for one in points] == [0, 2, 4]
    told = {"points": points, "floors": measuring.floors(training, found[:2]), "ceilings": {}}
    curve.draw(told, tmp_path / "curve.svg")
    assert "<svg" in (tmp_path / "curve.svg").read_text("utf-8")
