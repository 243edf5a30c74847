"""Means and how well so few values tell them. Pure."""

from collections.abc import Sequence
from math import sqrt
from statistics import fmean, stdev

# Student's t, two-sided 95 %, by degrees of freedom from 1; beyond, the normal's.
_T = (
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131,
    2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
)  # fmt: skip
_NORMAL = 1.96


def mean_interval(values: Sequence[float]) -> tuple[float, float] | None:
    """The mean's 95 % interval by Student's t; None below two values."""
    if len(values) < 2:
        return None
    middle = fmean(values)
    half = stdev(values) / sqrt(len(values)) * (_T[len(values) - 2] if len(values) - 2 < len(_T) else _NORMAL)
    return middle - half, middle + half
