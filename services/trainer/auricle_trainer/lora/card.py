"""The adapter's README, written from the evidence so that no figure is typed by hand."""

import json
from pathlib import Path
from typing import Any

from auricle_trainer.judge.card import figures

_TEXT = Path(__file__).parent / "card.md"


def card_text(weights: Path, report: dict[str, Any]) -> str:
    """The card of a folder that `export` made and one evaluation of it."""
    config, training = (
        json.loads((weights / name).read_text("utf-8")) for name in ("hf/adapter_config.json", "training.json")
    )
    return _TEXT.read_text("utf-8").format(
        **figures(report),
        reasoning=report["reasoning"],
        rank=config["r"],
        base=config["base_model_name_or_path"],
        steps=training["steps"],
        hours=training["seconds"] / 3600,
        loss=training["loss"],
    )
