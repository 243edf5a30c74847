"""A data set as a folder: the same sources give the same bytes, and its name is the hash of what it says.

    DATA/  train.jsonl  development.jsonl  test.jsonl   golden dialogues, a line each (docs/golden.md), masked
           card.json  card.md                           counts, ceilings, cleaning, hashes

Training opens `train` and `development`; nothing but `compare` opens `test`.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from auricle_contracts.golden import GoldenDialogue, GoldenSplit
from auricle_quality.golden_lines import as_line
from auricle_records.golden.models import fingerprint
from auricle_records.golden.splits import pseudonym, split_of

CARD = "card.json"
ID_DIGITS = 16


@dataclass(frozen=True)
class DataSet:
    """The dialogues of each split, in the order of their ids."""

    splits: Mapping[GoldenSplit, tuple[GoldenDialogue, ...]]

    @property
    def hash(self) -> str:
        """First 16 hex digits of the SHA-256 over the lines of all splits."""
        whole = hashlib.sha256()
        for split in GoldenSplit:
            whole.update(f"{split.value}\n".encode() + _lines(self.splits[split]))
        return whole.hexdigest()[:ID_DIGITS]

    def all(self) -> tuple[GoldenDialogue, ...]:
        """Of every split."""
        return tuple(one for split in GoldenSplit for one in self.splits[split])


def divided(dialogues: Sequence[GoldenDialogue], workspace: str) -> DataSet:
    """By agent and time, as the golden set does; what an export says of its split is believed."""
    found: dict[GoldenSplit, list[GoldenDialogue]] = {split: [] for split in GoldenSplit}
    for one in dialogues:
        mark = fingerprint(one.turns)
        agent = pseudonym(workspace, one.agent) if one.agent else None
        split = one.split or split_of(workspace, agent, one.started_at, mark)
        named = {"id": mark[:ID_DIGITS], "agent": agent, "split": split, "reference": None}
        found[split].append(one.model_copy(update=named))
    return DataSet({split: tuple(sorted(some, key=lambda one: one.id or "")) for split, some in found.items()})


def write(data: DataSet, card: Mapping[str, Any], text: str, folder: Path) -> None:
    """Overwrites what is there."""
    folder.mkdir(parents=True, exist_ok=True)
    for split in GoldenSplit:
        (folder / f"{split.value}.jsonl").write_bytes(_lines(data.splits[split]))
    told = json.dumps(card, ensure_ascii=False, indent=1, sort_keys=True)
    (folder / CARD).write_text(told + "\n", "utf-8")
    (folder / "card.md").write_text(text, "utf-8")


def split(folder: Path, which: GoldenSplit) -> tuple[GoldenDialogue, ...]:
    """One split of a written data set. FileNotFoundError for a folder that is none."""
    lines = (folder / f"{which.value}.jsonl").read_text("utf-8").splitlines()
    return tuple(GoldenDialogue.model_validate_json(line) for line in lines)


def card(folder: Path) -> dict[str, Any]:
    """What the card says. FileNotFoundError for a folder that is no data set."""
    told: dict[str, Any] = json.loads((folder / CARD).read_text("utf-8"))
    return told


def _lines(dialogues: Sequence[GoldenDialogue]) -> bytes:
    return b"".join(map(as_line, dialogues))
