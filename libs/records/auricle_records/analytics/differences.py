"""Two breakdowns compared: each difference with a 95 % interval, by the square root of the sum of the parts' squares (MOVER). Pure.

For shares that is Newcombe's interval (1998, method 10) over Wilson's; for means it is a little wider than Welch's.
"""

from dataclasses import dataclass
from math import sqrt

from auricle_records.analytics.breakdown import Breakdown, Mean, Share


@dataclass(frozen=True, slots=True)
class Difference:
    """The second less the first, None where one of them is unknown; `low` and `high` are its interval, None where that is."""

    value: float | None
    low: float | None
    high: float | None

    @property
    def is_told(self) -> bool:
        """Whether the interval is on one side of nothing."""
        return self.low is not None and self.high is not None and (self.low > 0 or self.high < 0)


@dataclass(frozen=True, slots=True)
class MeanCompared:
    """`criterion` is None for the score of the whole."""

    criterion: str | None
    title: str
    first: Mean
    second: Mean
    difference: Difference


@dataclass(frozen=True, slots=True)
class ClassCompared:
    """How often an error class was found in each."""

    error_class: str
    first: Share
    second: Share
    difference: Difference


def of_means(first: Mean, second: Mean) -> Difference:
    """Of two independent means."""
    if first.mean is None or second.mean is None:
        return Difference(None, None, None)
    value = second.mean - first.mean
    if first.plus_minus is None or second.plus_minus is None:
        return Difference(value, None, None)
    half = sqrt(first.plus_minus**2 + second.plus_minus**2)
    return Difference(value, value - half, value + half)


def of_shares(first: Share, second: Share) -> Difference:
    """Of two independent shares."""
    if first.share is None or second.share is None:
        return Difference(None, None, None)
    value, (low_1, high_1), (low_2, high_2) = second.share - first.share, first.interval, second.interval
    below = sqrt((second.share - low_2) ** 2 + (high_1 - first.share) ** 2)
    above = sqrt((high_2 - second.share) ** 2 + (first.share - low_1) ** 2)
    return Difference(value, value - below, value + above)


def compared(first: Breakdown, second: Breakdown) -> tuple[tuple[MeanCompared, ...], tuple[ClassCompared, ...]]:
    """The whole, then each criterion and each class that either has."""
    nothing = Mean(None, 0, None)
    of_first, of_second = ({one.criterion: one.mean for one in each.criteria} for each in (first, second))
    titles = {one.criterion: one.title for one in (*second.criteria, *first.criteria)}
    means = [MeanCompared(None, "", first.score, second.score, of_means(first.score, second.score))]
    for name, title in titles.items():
        one, other = of_first.get(name, nothing), of_second.get(name, nothing)
        means.append(MeanCompared(name, title, one, other, of_means(one, other)))
    shares_1, shares_2 = ({one.error_class: one.share for one in each.classes} for each in (first, second))
    classes = []
    for name in dict.fromkeys((*shares_1, *shares_2)):
        before, after = shares_1.get(name, Share(0, 0)), shares_2.get(name, Share(0, 0))
        classes.append(ClassCompared(name, before, after, of_shares(before, after)))
    return tuple(means), tuple(classes)
