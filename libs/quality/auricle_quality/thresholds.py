"""The lowest confidence from which on the share of wrong answers is surely small enough: learnt by testing, never by looking. Pure.

Angelopoulos, Bates, Candès, Jordan, Lei, Learn then Test (2021, arXiv 2110.01052): for each confidence of a grid that does not depend on
the data, the hypothesis that more than `risk` of the kept answers are wrong is tested; Bonferroni over the grid, so that all that
are rejected hold together with the probability 1 - delta. Given how many are kept, the wrong ones are binomial: the test is the
exact one, its bound that of Clopper and Pearson (1934).

lowest rejected ──────────────────────────────────────► held
none, and too few to reject even with nothing wrong ──► too few to calibrate
none else ────────────────────────────────────────────► unreachable: all of it goes to a person
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, exp, lgamma, log

from auricle_contracts.golden import GoldenDialogue, GoldenKind, GoldenState
from auricle_contracts.judges import MeasuredShare
from auricle_contracts.thresholds import Threshold, ThresholdState
from auricle_kit.shares import wilson

from auricle_quality.grading import grade
from auricle_quality.predictions import PredictedState, Prediction

GRID = (0.0, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95, 0.98, 0.99)
RISK, DELTA = 0.10, 0.05
Said = tuple[GoldenKind, str, GoldenState]
_STATES = {
    PredictedState.FOUND: GoldenState.FOUND,
    PredictedState.NOT_FOUND: GoldenState.NOT_FOUND,
    PredictedState.ANSWERED: GoldenState.ANSWERED,
    PredictedState.NOT_APPLICABLE: GoldenState.NOT_APPLICABLE,
}


@dataclass(frozen=True, slots=True)
class Answered:
    """One held-out answer: its confidence, and whether it is wrong (grade 0)."""

    confidence: float
    is_wrong: bool


def answered(dialogues: Sequence[GoldenDialogue], predictions: Iterable[Prediction]) -> dict[Said, list[Answered]]:
    """What was said with a confidence, graded by rule beside its golden label."""
    found: dict[Said, list[Answered]] = {}
    for prediction in predictions:
        labels = {(one.kind, one.subject): one for one in dialogues[prediction.item].labels}
        for one in prediction.outcomes:
            label, state = labels.get((one.kind, one.subject)), _STATES.get(one.state)
            if label is not None and state is not None and one.confidence is not None:
                of = found.setdefault((one.kind, one.subject, state), [])
                of.append(Answered(one.confidence, grade(label, one) == 0))
    return found


def fewest(risk: float = RISK, delta: float = DELTA) -> int:
    """Answers, all right, that just reject the hypothesis at one point of the grid."""
    return ceil(log(delta / len(GRID)) / log(1 - risk))


def fit(
    said: Mapping[Said, Sequence[Answered]],
    versions: Mapping[str, str],
    *,
    risk: float = RISK,
    delta: float = DELTA,
) -> tuple[Threshold, ...]:
    """One for each that was said. `versions`: pins of classes, by id."""
    return tuple(
        _fitted(one, of, versions.get(one[1]) if one[0] is GoldenKind.ERROR_CLASS else None, risk, delta)
        for one, of in sorted(said.items())
    )


def _fitted(said: Said, of: Sequence[Answered], version: str | None, risk: float, delta: float) -> Threshold:
    told = {"kind": said[0], "subject": said[1], "said": said[2], "version": version, "n": len(of)}
    level = delta / len(GRID)
    for at_least in GRID:
        kept = [one for one in of if one.confidence >= at_least]
        wrong = sum(one.is_wrong for one in kept)
        if kept and at_most(wrong, len(kept), risk) <= level:
            held = {"state": ThresholdState.HELD, "at_least": at_least, "kept": len(kept), "wrong": wrong}
            high = round(upper_bound(wrong, len(kept), level), 4)
            return Threshold.model_validate(told | held | {"risk_high": high, "coverage": _share(len(kept), len(of))})
    state = ThresholdState.TOO_FEW if len(of) < fewest(risk, delta) else ThresholdState.UNREACHABLE
    return Threshold.model_validate(told | {"state": state})


def _share(hits: int, of: int) -> MeasuredShare:
    low, high = wilson(hits, of)
    return MeasuredShare(hits=hits, of=of, share=round(hits / of, 3), low=round(low, 3), high=round(high, 3))


def at_most(hits: int, of: int, share: float) -> float:
    """The probability of so many or fewer of `of` at this share (binomial)."""
    if share <= 0 or hits >= of:
        return 1.0
    if share >= 1:
        return 0.0
    whole = lgamma(of + 1)
    logs = (
        whole - lgamma(k + 1) - lgamma(of - k + 1) + k * log(share) + (of - k) * log(1 - share) for k in range(hits + 1)
    )
    return min(1.0, sum(map(exp, logs)))


def upper_bound(hits: int, of: int, level: float) -> float:
    """Clopper and Pearson's one-sided upper bound: the share at which so few are only as probable as `level`."""
    low, high = hits / of, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if at_most(hits, of, middle) > level else (low, middle)
    return high
