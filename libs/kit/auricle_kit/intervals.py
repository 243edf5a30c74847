"""Intervals as (start, end), half open, and what they cover together. Pure."""

from collections.abc import Iterable, Sequence

Interval = tuple[int, int]


def union(intervals: Iterable[Interval]) -> list[Interval]:
    """Those that overlap or touch joined, in order."""
    joined: list[Interval] = []
    for start, end in sorted(intervals):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def length(intervals: Sequence[Interval]) -> int:
    """What they cover, where they are apart."""
    return sum(end - start for start, end in intervals)


def shared(one: Sequence[Interval], other: Sequence[Interval]) -> int:
    """What two unions cover both: inclusion and exclusion."""
    return length(one) + length(other) - length(union([*one, *other]))
