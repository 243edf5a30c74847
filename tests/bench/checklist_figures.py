"""Figures of one error class over labelled dialogues: what was found of what is there, with intervals, beside what costs nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from auricle_contracts import Channel, Detection, DetectionState
from auricle_criteria import ErrorClass
from auricle_kit import shares
from auricle_samples.dialogues.written.errors import MarkedDialogue

FEWEST = 5
"""Dialogues with the error, and dialogues without it, below which a figure says nothing."""
RESAMPLES, SEED = 1000, 7
Interval = tuple[float, float] | None
ABSENT = DetectionState.NO_OPPORTUNITY


@dataclass(frozen=True)
class Counts:
    """Dialogues. `placed` of `right` point to a turn that the label names; `missed_opportunity` of `missed` were held impossible."""

    dialogues: int
    opportunities: int
    undetermined: int
    right: int
    false: int
    missed: int
    missed_opportunity: int
    placed: int

    @property
    def too_few(self) -> bool:
        """Whether there is too little of either side to tell anything."""
        there = self.right + self.missed
        return there < FEWEST or self.dialogues - there < FEWEST


@dataclass(frozen=True)
class ClassFigures:
    """One class in one channel, or in `all`. What nothing was found of has no precision; floors are F1 (None: not reckoned)."""

    error_class: str
    channel: str
    state: str
    counts: Counts
    precision: float | None
    recall: float | None
    f1: float | None
    precision_95: Interval
    recall_95: Interval
    f1_95: Interval
    false_per_1000: float
    floor_constant: float
    floor_tfidf: float | None

    def as_json(self) -> dict[str, Any]:
        """With fractions to three places."""
        facts: dict[str, Any] = _rounded(asdict(self))
        return facts | {"too_few_to_tell": self.counts.too_few}


@dataclass(frozen=True)
class Judged:
    """One dialogue, what the detectors said of each class, and what a classifier of words would have said."""

    dialogue: MarkedDialogue
    detections: Mapping[str, Detection]


def figures(
    error_class: ErrorClass, judged: Sequence[Judged], words: Sequence[bool] | None = None
) -> list[ClassFigures]:
    """Of each channel of the class, and of all of them where there are several. `words`: a classifier's verdicts, one a dialogue."""
    own = [n for n, one in enumerate(judged) if one.dialogue.channel in error_class.opportunity.channels]
    channels: list[Channel | None] = [*error_class.opportunity.channels]
    found = []
    for channel in [*channels, None] if len(channels) > 1 else channels:
        rows = [n for n in own if channel is None or judged[n].dialogue.channel is channel]
        guessed = None if words is None else [words[n] for n in rows]
        found.append(_figures(error_class, channel, [judged[n] for n in rows], guessed))
    return found


def _figures(
    error_class: ErrorClass, channel: Channel | None, judged: Sequence[Judged], words: Sequence[bool] | None
) -> ClassFigures:
    there = [error_class.id in one.dialogue.classes for one in judged]
    said = [_state(one, error_class.id) is DetectionState.FOUND for one in judged]
    counts = _counts(error_class.id, judged, there, said)
    found, real = counts.right + counts.false, counts.right + counts.missed
    return ClassFigures(
        error_class=error_class.id,
        channel=channel.value if channel else "all",
        state=error_class.state.value,
        counts=counts,
        precision=counts.right / found if found else None,
        recall=counts.right / real if real else None,
        f1=f1(there, said),
        precision_95=wilson(counts.right, found),
        recall_95=wilson(counts.right, real),
        f1_95=None if counts.too_few else f1_interval(there, said),
        false_per_1000=1000 * counts.false / max(1, counts.dialogues),
        floor_constant=f1(there, [True] * len(there)) or 0.0,
        floor_tfidf=None if words is None else f1(there, words),
    )


def _counts(name: str, judged: Sequence[Judged], there: Sequence[bool], said: Sequence[bool]) -> Counts:
    states = [_state(one, name) for one in judged]
    right = [one for one, real, found in zip(judged, there, said, strict=True) if real and found]
    missed = [state for state, real, found in zip(states, there, said, strict=True) if real and not found]
    return Counts(
        dialogues=len(judged),
        opportunities=sum(
            name in one.detections and state is not ABSENT for one, state in zip(judged, states, strict=True)
        ),
        undetermined=states.count(DetectionState.UNDETERMINED),
        right=len(right),
        false=sum(found and not real for real, found in zip(there, said, strict=True)),
        missed=len(missed),
        missed_opportunity=missed.count(ABSENT),
        placed=sum(is_placed(one, name) for one in right),
    )


def is_placed(judged: Judged, name: str) -> bool:
    """Whether one of the detection's quotes stands in a turn that the label names."""
    turns = {quote.turn for quote in judged.dialogue.places(name)}
    return any(quote.turn in turns for quote in judged.detections[name].quotes)


def _state(judged: Judged, name: str) -> DetectionState:
    """A class that nobody looked for is not found."""
    found = judged.detections.get(name)
    return found.state if found else DetectionState.NOT_FOUND


def f1(there: Sequence[bool], said: Sequence[bool]) -> float | None:
    """None where there is nothing to find."""
    right = sum(real and found for real, found in zip(there, said, strict=True))
    return 2 * right / (sum(there) + sum(said)) if any(there) else None


def f1_interval(there: Sequence[bool], said: Sequence[bool]) -> Interval:
    """Percentile bootstrap over dialogues; resamples without the error are left out."""
    real, found = np.array(there), np.array(said)
    rows = np.random.default_rng(SEED).integers(0, len(real), (RESAMPLES, len(real)))
    right = (real[rows] & found[rows]).sum(axis=1)
    all_real = real[rows].sum(axis=1)
    kept = all_real > 0
    scores = 2 * right[kept] / (all_real[kept] + found[rows].sum(axis=1)[kept])
    low, high = np.percentile(scores, [2.5, 97.5])
    return float(low), float(high)


def wilson(right: int, of: int) -> Interval:
    """Wilson's 95 % interval of a share; None of nothing."""
    return shares.wilson(right, of) if of else None


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 3)
    if isinstance(value, dict):
        return {name: _rounded(one) for name, one in value.items()}
    return [_rounded(one) for one in value] if isinstance(value, tuple) else value
