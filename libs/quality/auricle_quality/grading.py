"""Grades by rule: 2 right, 1 doubtful, 0 wrong, of an outcome beside a golden label. How a comment is said is not graded: it needs a judge.

error found     ── found in a turn of the label ──► 2      score    ── within 10 points ──► 2
                ├─ found elsewhere ───────────────► 1               ├─ within 25 ────────► 1
                ├─ nobody could tell ─────────────► 1               ├─ nobody could tell ► 1
                └─ not found, not looked for ─────► 0               └─ else ─────────────► 0
error not there ── not found, not looked for ─────► 2      any other answer ── the same ─────────► 2
                ├─ nobody could tell ─────────────► 1                       ├─ nobody could tell ► 1
                └─ found ─────────────────────────► 0                       └─ else ─────────────► 0
"""

from auricle_contracts import CriterionKind
from auricle_contracts.evaluations import AnswerValue, Grade
from auricle_contracts.golden import GoldenKind, GoldenLabel, GoldenState

from auricle_quality.predictions import PredictedOutcome, PredictedState

NEAR_POINTS, FAR_POINTS = 10.0, 25.0


def grade(label: GoldenLabel, said: PredictedOutcome | None) -> Grade:
    """`said` None: nobody looked for it, or nobody was asked."""
    if said is not None and said.state is PredictedState.UNDETERMINED:
        return 1
    if label.kind is GoldenKind.ERROR_CLASS:
        return _of_class(label, said)
    if said is None or said.state.value != label.state.value:
        return 0
    return _of_value(label.value, said.value, said.scale)


def _of_class(label: GoldenLabel, said: PredictedOutcome | None) -> Grade:
    found = said is not None and said.state is PredictedState.FOUND
    if label.state is GoldenState.NOT_FOUND:
        return 0 if found else 2
    if said is None or not found:
        return 0
    wanted = {place.turn for place in label.places}
    return 2 if not wanted or wanted & set(said.turns) else 1


def _of_value(wanted: AnswerValue, said: AnswerValue, scale: CriterionKind | None) -> Grade:
    is_score = scale is CriterionKind.SCORE and isinstance(wanted, int | float) and isinstance(said, int | float)
    if not is_score:
        return 2 if wanted == said else 0
    assert isinstance(wanted, int | float)
    assert isinstance(said, int | float)
    apart = abs(wanted - said)
    return 2 if apart <= NEAR_POINTS else 1 if apart <= FAR_POINTS else 0
