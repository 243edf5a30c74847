"""Krippendorff's alpha with a bootstrap interval. Pure.

Krippendorff, Computing Krippendorff's Alpha-Reliability (2011): alpha = 1 - observed / expected disagreement, over values of units
that at least two judged. A unit with m values counts its pairs with the weight 1 / (m - 1); expected are pairs of all n values. The
difference is 0 or 1 for names, the squared distance for numbers. Both sums need no pairs: of numbers
2 (m * sum of squares - square of the sum), of names m^2 - sum of squared counts.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from random import Random
from typing import Any

from auricle_contracts.calibration import Agreement

RESAMPLES = 1000
SEED = 20261130
Unit = Sequence[Any]
Spread = Callable[[Sequence[Any]], float]


def spread_of_numbers(values: Sequence[float]) -> float:
    """The sum of squared distances over all ordered pairs."""
    return max(0.0, 2 * (len(values) * sum(value * value for value in values) - sum(values) ** 2))


def spread_of_names(values: Sequence[Any]) -> float:
    """How many ordered pairs differ."""
    return len(values) ** 2 - sum(count * count for count in Counter(values).values())


def alpha(units: Sequence[Unit], spread: Spread) -> float | None:
    """Over units with two values or more; None where no value differs from any other."""
    judged = [unit for unit in units if len(unit) > 1]
    everything = [value for unit in judged for value in unit]
    expected = spread(everything)
    if not expected:
        return None
    n = len(everything)
    observed = sum(spread(unit) / (len(unit) - 1) for unit in judged)
    return 1 - (n - 1) * observed / expected


def agreement(units: Sequence[Unit], spread: Spread, *, resamples: int = RESAMPLES) -> Agreement:
    """With the percentile interval over resampled units; the same units give the same interval.

    Without an interval below three units, or where a tenth of the resamples has no alpha.
    """
    judged = [unit for unit in units if len(unit) > 1]
    found = alpha(judged, spread)
    if found is None or len(judged) < 3:
        return Agreement(alpha=found, low=None, high=None, n=len(judged))
    lot = Random(SEED)  # noqa: S311 - a resample is no secret
    drawn = [alpha(lot.choices(judged, k=len(judged)), spread) for _ in range(resamples)]
    known = sorted(one for one in drawn if one is not None)
    if len(known) < 0.9 * resamples:
        return Agreement(alpha=found, low=None, high=None, n=len(judged))
    low, high = (known[min(len(known) - 1, int(share * len(known)))] for share in (0.025, 0.975))
    return Agreement(alpha=found, low=low, high=high, n=len(judged))
