"""The judge's README is what its evidence says: no figure in it was typed."""

import json
from pathlib import Path
from typing import Any

from auricle_trainer.judge.card import card_text
from auricle_trainer.lora import card as lora

ROOT = Path(__file__).parents[3]


def evidence(name: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((ROOT / "docs" / "evidence" / f"{name}.json").read_text("utf-8"))
    return read


def test_the_readme_is_written_from_the_evidence() -> None:
    written = (ROOT / "models" / "judge" / "README.md").read_text("utf-8")
    assert written == card_text(evidence("judge"), evidence("calibration"))


def test_a_goal_that_was_missed_is_said() -> None:
    report = evidence("judge")
    report["results"]["judge"]["politeness"]["mae"]["value"] = 99.0
    said = card_text(report, evidence("calibration"))
    assert "Goals missed" in said
    assert "politeness MAE ≤ 12" in said.split("\n\n")[1]
    assert "| politeness MAE ≤ 12 | 99.0" in said


def test_the_adapters_readme_is_written_from_its_evidence() -> None:
    folder = ROOT / "models" / "judge-gemma"
    assert (folder / "README.md").read_text("utf-8") == lora.card_text(folder, evidence("judge-gemma"))
