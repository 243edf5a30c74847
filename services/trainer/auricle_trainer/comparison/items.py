"""The items of a comparison: dialogues of which somebody said everything that the prompts ask, so that silence is nobody's opinion."""

from collections.abc import Sequence
from pathlib import Path

from auricle_contracts.golden import GoldenDialogue, GoldenKind, GoldenSplit, GoldenState

from auricle_trainer.datasets import folder
from auricle_trainer.datasets.examples import teachable
from auricle_trainer.judge.labelled import CRITERIA, NULLABLE, Labelled


def read(data: Path, split: GoldenSplit) -> tuple[list[Labelled], int]:
    """Items of a data set's split, and how many of it are none."""
    return of(folder.split(data, split))


def of(dialogues: Sequence[GoldenDialogue]) -> tuple[list[Labelled], int]:
    """Items, and how many of the dialogues are none."""
    found = [teachable(one).labelled for one in dialogues if _is_whole(one)]
    return found, len(dialogues) - len(found)


def _is_whole(dialogue: GoldenDialogue) -> bool:
    said = {one.subject: one.state for one in dialogue.labels if one.kind is GoldenKind.CRITERION}
    return all(said.get(name) is GoldenState.ANSWERED or (name in NULLABLE and name in said) for name in CRITERIA)
