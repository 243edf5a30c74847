"""Dialogues that people wrote by hand, with the labels that a quality analyst gave them: one JSON object a line.

Evidence is a turn's number and verbatim words of it, so that it outlives any way of cutting turns.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

from auricle_contracts import Channel, Contract, Role, SaleStage
from pydantic import Field, model_validator

from auricle_samples.dialogues.dialogue import Language

Place = tuple[int, str]
Score = Annotated[int, Field(ge=0, le=100, multiple_of=5)]
Places = Annotated[tuple[Place, ...], Field(min_length=1, max_length=2)]

FOLDER = Path(__file__).parent
TRAINING = ("training.jsonl", "training2.jsonl")
"""The files of FOLDER that training may read; ids are unique over all of them. The others are for figures only."""


class ScoreLabel(Contract):
    """Points from 0 to 100 by fives."""

    value: Score
    at: Places


class StageLabel(Contract):
    """The furthest stage of a sale that was reached."""

    value: SaleStage
    at: Places


class IntentLabel(Contract):
    """Why the customer is in the conversation, by the shipped scorecard's list."""

    value: str
    at: Places


Label = ScoreLabel | StageLabel | IntentLabel


class WrittenLabels(Contract):
    """The analyst's labels; None where a criterion had no occasion."""

    reasoning: Annotated[str, Field(min_length=10, max_length=200)]
    politeness: ScoreLabel
    objection_handling: ScoreLabel | None
    sale_chance: ScoreLabel | None
    stage: StageLabel | None
    intent: IntentLabel


class WrittenDialogue(Contract):
    """One dialogue. Refused where evidence is not verbatim, or a sale has a chance and no stage."""

    id: str
    lang: Language
    channel: Channel
    domain: str
    scenario: str
    turns: tuple[tuple[Role, str], ...]
    labels: WrittenLabels

    @model_validator(mode="after")
    def _evidence_is_there(self) -> "WrittenDialogue":
        labels = self.labels
        if (labels.sale_chance is None) != (labels.stage is None):
            raise ValueError("sale_chance and stage are both null or neither")
        for label in (labels.politeness, labels.objection_handling, labels.sale_chance, labels.stage, labels.intent):
            for turn, words in label.at if label else ():
                if not 1 <= turn <= len(self.turns) or words not in self.turns[turn - 1][1]:
                    raise ValueError(f"{words!r} is not in turn {turn}")
        return self


def read(path: Path) -> Iterator[WrittenDialogue]:
    """The dialogues of a file. ValidationError for a line that is out of form."""
    for line in path.read_text("utf-8").splitlines():
        if line.strip():
            yield WrittenDialogue.model_validate_json(line)


def read_training() -> Iterator[WrittenDialogue]:
    """The dialogues that training may read, file by file."""
    for name in TRAINING:
        yield from read(FOLDER / name)
