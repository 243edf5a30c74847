"""Gates: what a candidate says of golden items is graded, and held against limits and against what is live. No I/O."""

from auricle_quality.gate import Case, GateRun, JudgedComments, Limits, SideFigures, SubjectFigures, Verdict, gate
from auricle_quality.grading import grade
from auricle_quality.predictions import PredictedOutcome, PredictedState, Prediction, prediction_of

__all__ = [
    "Case",
    "GateRun",
    "JudgedComments",
    "Limits",
    "PredictedOutcome",
    "PredictedState",
    "Prediction",
    "SideFigures",
    "SubjectFigures",
    "Verdict",
    "gate",
    "grade",
    "prediction_of",
]
