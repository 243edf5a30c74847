"""What is known of weights: the note that lies beside them, and the hash of their files."""

import hashlib
import json
from collections.abc import Sequence
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


def weights_hash(files: Sequence[Path]) -> str:
    """The SHA-256 of one file, as a catalogue has it; of several, that of their digests in the order of their names."""
    digests = []
    for path in sorted(files):
        with path.open("rb") as file:
            digests.append(hashlib.file_digest(file, "sha256").hexdigest())
    return digests[0] if len(digests) == 1 else hashlib.sha256("\n".join(digests).encode()).hexdigest()
