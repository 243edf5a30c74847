"""Figures of the flow beside its control: both at the same recall, and per class whether a step of the flow is worth its calls."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from auricle_kit import shares
from bench.checklist_figures import Interval, wilson

RESAMPLES, SEED = 1000, 7
ENOUGH = 20
"""Proposals of which none was changed, from which on a step that changes nothing is said to change nothing."""


@dataclass(frozen=True)
class Verdict:
    """One class in one dialogue (by number): whether it is there, and how sure an arm is that it is (None: not found, or open)."""

    dialogue: int
    error_class: str
    real: bool
    confidence: float | None
    open: bool = False

    def found(self, threshold: float) -> bool:
        """Whether it is reported from this confidence on."""
        return self.confidence is not None and self.confidence >= threshold

    @property
    def is_right(self) -> bool:
        """Whether the arm as it is tells what is so: what is left open does not."""
        return not self.open and self.found(0.0) == self.real


@dataclass(frozen=True)
class Point:
    """An arm at one threshold of confidence. Shares with their 95 % interval (Wilson), false alarms per 1,000 dialogues (bootstrap)."""

    threshold: float
    real: int
    right: int
    false: int
    dialogues: int
    false_per_1000_95: tuple[float, float]

    @property
    def recall(self) -> float | None:
        """Of what is there."""
        return self.right / self.real if self.real else None

    @property
    def precision(self) -> float | None:
        """Of what is reported."""
        return self.right / (self.right + self.false) if self.right + self.false else None

    @property
    def false_per_1000(self) -> float:
        """False alarms of all classes together."""
        return 1000 * self.false / max(1, self.dialogues)

    @property
    def recall_95(self) -> Interval:
        """Wilson's."""
        return wilson(self.right, self.real)

    @property
    def precision_95(self) -> Interval:
        """Wilson's."""
        return wilson(self.right, self.right + self.false)

    def as_json(self) -> dict[str, Any]:
        """Counts and shares."""
        return {
            "threshold": self.threshold, "dialogues": self.dialogues, "real": self.real, "right": self.right, "false": self.false,
            "recall": self.recall, "recall_95": self.recall_95, "precision": self.precision, "precision_95": self.precision_95,
            "false_per_1000": self.false_per_1000, "false_per_1000_95": self.false_per_1000_95,
        }  # fmt: skip


def point(verdicts: Sequence[Verdict], dialogues: int, threshold: float = 0.0) -> Point:
    """What the arm comes to from this confidence on."""
    right = sum(one.real and one.found(threshold) for one in verdicts)
    alarms = false_alarms(verdicts, dialogues, threshold)
    low, high = _interval(alarms)
    return Point(
        threshold, sum(one.real for one in verdicts), right, int(alarms.sum()), dialogues, (1000 * low, 1000 * high)
    )


def at_equal_recall(arms: Sequence[Sequence[Verdict]], dialogues: int) -> list[Point]:
    """Each arm at its highest threshold that still reaches what all of them reach."""
    common = min(sum(one.real and one.found(0.0) for one in arm) for arm in arms)
    return [point(arm, dialogues, _threshold(arm, common)) for arm in arms]


def _threshold(verdicts: Sequence[Verdict], right: int) -> float:
    sure = sorted((one.confidence for one in verdicts if one.real and one.confidence is not None), reverse=True)
    return sure[right - 1] if right else max((one.confidence or 0.0 for one in verdicts), default=0.0) + 1e-9


def difference(
    one: Sequence[Verdict], other: Sequence[Verdict], points: tuple[Point, Point]
) -> tuple[float, float, float]:
    """How many false alarms per 1,000 dialogues the first has more than the second, with the bootstrap's interval over dialogues."""
    first = false_alarms(one, points[0].dialogues, points[0].threshold)
    second = false_alarms(other, points[1].dialogues, points[1].threshold)
    low, high = _interval(first - second)
    return 1000 * float((first - second).mean()), 1000 * low, 1000 * high


def false_alarms(verdicts: Sequence[Verdict], dialogues: int, threshold: float) -> "np.ndarray[Any, np.dtype[np.int_]]":
    """By dialogue."""
    counts = np.zeros(dialogues, dtype=int)
    for one in verdicts:
        counts[one.dialogue] += not one.real and one.found(threshold)
    return counts


def _interval(counts: "np.ndarray[Any, np.dtype[np.int_]]") -> tuple[float, float]:
    if not len(counts):
        return 0.0, 0.0
    rows = np.random.default_rng(SEED).integers(0, len(counts), (RESAMPLES, len(counts)))
    low, high = np.percentile(counts[rows].mean(axis=1), [2.5, 97.5])
    return float(low), float(high)


PAYS, IDLE, HARMS, TOO_FEW = "pays", "changes_nothing", "harms", "too_few_to_tell"


@dataclass(frozen=True)
class Worth:
    """A class with a step and without it: in how many dialogues only one of the two is right, of `proposed` in which either reports it."""

    error_class: str
    better: int
    worse: int
    proposed: int

    @property
    def verdict(self) -> str:
        """By the interval of the share of changes that are for the better; a step that changes none of enough proposals is idle."""
        if not self.better + self.worse:
            return IDLE if self.proposed >= ENOUGH else TOO_FEW
        low, high = shares.wilson(self.better, self.better + self.worse)
        if low > 0.5:
            return PAYS
        return HARMS if high < 0.5 else TOO_FEW

    @property
    def is_off(self) -> bool:
        """Whether the step does not pay for the class."""
        return self.verdict in (IDLE, HARMS)


def worth(error_class: str, without: Sequence[Verdict], within: Sequence[Verdict]) -> Worth:
    """The same dialogues in the same order, both arms as they are."""
    pairs = [(one, other) for one, other in zip(without, within, strict=True) if one.error_class == error_class]
    return Worth(
        error_class,
        better=sum(after.is_right and not before.is_right for before, after in pairs),
        worse=sum(before.is_right and not after.is_right for before, after in pairs),
        proposed=sum(before.found(0.0) or after.found(0.0) for before, after in pairs),
    )
