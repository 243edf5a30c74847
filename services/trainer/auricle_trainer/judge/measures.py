"""Figures with their intervals: macro-F1 of the stage, mean absolute error and rank correlation of the scores."""

import random
from collections.abc import Callable, Sequence
from typing import Any

from scipy.stats import spearmanr

RESAMPLES = 1000
Pair = tuple[Any, Any]  # truth, prediction
Figure = dict[str, Any]


def interval(pairs: Sequence[Pair], measure: Callable[[Sequence[Pair]], float]) -> Figure:
    """The measure with its 95 % bootstrap interval over the pairs, several of one dialogue too; None without any pair."""
    if not pairs:
        return {"value": None, "low": None, "high": None, "n": 0}
    dice = random.Random(0)
    drawn = sorted(measure(dice.choices(pairs, k=len(pairs))) for _ in range(RESAMPLES))
    low, high = drawn[int(0.025 * RESAMPLES)], drawn[int(0.975 * RESAMPLES) - 1]
    return {"value": round(measure(pairs), 4), "low": round(low, 4), "high": round(high, 4), "n": len(pairs)}


def macro_f1(pairs: Sequence[Pair]) -> float:
    """The mean F1 over the classes that the truth has."""
    scores = [_f1(pairs, label) for label in sorted({truth for truth, _ in pairs})]
    return sum(scores) / len(scores)


def mae(pairs: Sequence[Pair]) -> float:
    """Mean absolute error in points."""
    return sum(abs(truth - said) for truth, said in pairs) / len(pairs)


def share(pairs: Sequence[Pair]) -> float:
    """How many pairs are equal, 0..1."""
    return sum(truth == said for truth, said in pairs) / len(pairs)


def rank_correlation(pairs: Sequence[Pair]) -> float | None:
    """Spearman's rho; None where one side does not vary."""
    truths, said = zip(*pairs, strict=True)
    if len(set(truths)) < 2 or len(set(said)) < 2:
        return None
    return round(float(spearmanr(truths, said).statistic), 4)


def _f1(pairs: Sequence[Pair], label: str) -> float:
    hit = sum(truth == said == label for truth, said in pairs)
    truths, said = sum(truth == label for truth, _ in pairs), sum(guess == label for _, guess in pairs)
    return 2 * hit / (truths + said)
