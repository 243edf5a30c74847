"""Building a data set: read, masked, cleaned, split, written with its card."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from auricle_contracts import Channel
from auricle_contracts.golden import GoldenDialogue, GoldenSplit
from auricle_criteria import Library
from auricle_kit.errors import InvalidRequest
from auricle_masking import Detector
from auricle_masking.golden import masked
from auricle_quality.golden_lines import Line
from rich.progress import track

from auricle_trainer.datasets import agreement, card, cleaning, examples, folder, reading
from auricle_trainer.datasets.cleaning import Report


@dataclass(frozen=True)
class Wanted:
    """What is read, and by what it is judged. `recordings`: a folder in which every call has a file of its own name."""

    sources: tuple[Path, ...]
    columns: Path | None
    prompts: Path
    scorecard: str = "sales"
    workspace: str = "local"
    recordings: Path | None = None


def build(wanted: Wanted, out: Path) -> dict[str, Any]:
    """Write the data set to `out`; its card. Raises Unreadable."""
    report = Report()
    lines = [(path, line) for path in wanted.sources for line in reading.read(path, wanted.columns)]
    dialogues = _masked([line for _, line in lines], Detector.load(wanted.prompts), report)
    if wanted.recordings is not None:
        _look_for_sound(dialogues, wanted.recordings, report)
    scorecard = Library.read(wanted.prompts).scorecard(wanted.scorecard)
    cleaned = cleaning.clean(dialogues, scorecard, report)
    cleaning.near_duplicates(cleaned.dialogues, report)
    data = folder.divided(cleaned.dialogues, wanted.workspace)
    taught = examples.counted(data.splits[GoldenSplit.TRAIN])
    sources = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in wanted.sources}
    told = card.card_of(data, agreement.ceilings(cleaned.opinions.values()), report.faults, taught, sources)
    folder.write(data, told, card.card_text(told, report.faults), out)
    return told


def _masked(lines: Sequence[Line], detector: Detector, report: Report) -> list[GoldenDialogue]:
    found = []
    for line in track(lines, description="masking"):
        if line.dialogue is None:
            report.note(f"refused: {line.why}", f"line {line.number}")
            continue
        try:
            found.append(masked(line.dialogue, detector))
        except InvalidRequest as error:
            report.note(f"refused: {error.detail}", line.dialogue)
    return found


def _look_for_sound(dialogues: Sequence[GoldenDialogue], recordings: Path, report: Report) -> None:
    there = {path.stem for path in recordings.rglob("*") if path.is_file()}
    for one in dialogues:
        if one.channel is Channel.CALL and (one.reference or "") not in there:
            report.note("missing sound", one)
