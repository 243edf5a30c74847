"""Intervals of shares."""

from math import sqrt

Z = 1.96


def wilson(hits: int, of: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share; of nothing it is everything."""
    if not of:
        return 0.0, 1.0
    share, wide = hits / of, Z * Z / of
    middle = (share + wide / 2) / (1 + wide)
    half = Z * sqrt(share * (1 - share) / of + wide / of / 4) / (1 + wide)
    return max(0.0, middle - half), min(1.0, middle + half)
