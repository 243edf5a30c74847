"""The note that lies beside a model's weights: what the model calls itself, and whether it is only good for a demonstration."""

import json
from dataclasses import dataclass
from pathlib import Path

from auricle_asr.speech.engine import MAX_WINDOW_SECONDS

FILE = "model-card.json"


@dataclass(frozen=True)
class ModelCard:
    """`window_seconds` is the longest window that the model was trained on; `languages` those that it knows (empty: all)."""

    name: str
    demo_weights: bool = False
    window_seconds: float = MAX_WINDOW_SECONDS
    languages: tuple[str, ...] = ()


def read_card(model: str) -> ModelCard:
    """The card of a model folder. A folder or hub name without one is a model of its own name with Whisper's usual window."""
    path = Path(model) / FILE
    if not path.is_file():
        return ModelCard(name=Path(model).name if Path(model).is_dir() else model)
    said = json.loads(path.read_text(encoding="utf-8"))
    return ModelCard(
        name=str(said.get("name", Path(model).name)),
        demo_weights=bool(said.get("demo_weights", False)),
        window_seconds=min(MAX_WINDOW_SECONDS, float(said.get("window_seconds", MAX_WINDOW_SECONDS))),
        languages=tuple(map(str, said.get("languages", ()))),
    )
