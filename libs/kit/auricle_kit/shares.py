"""Shares and how well so few of them tell it. Pure."""

from math import sqrt

Z = 1.959963984540054
"""Two-sided 95 %."""


def wilson(hits: int, of: int) -> tuple[float, float]:
    """The 95 % score interval of a share (Wilson 1927); of nothing it is everything."""
    if not of:
        return 0.0, 1.0
    share, square = hits / of, Z * Z / of
    middle, half = share + square / 2, Z * sqrt(share * (1 - share) / of + square / (4 * of))
    return max(0.0, (middle - half) / (1 + square)), min(1.0, (middle + half) / (1 + square))
