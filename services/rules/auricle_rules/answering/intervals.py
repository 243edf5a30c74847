"""Stretches of time: turns as intervals in ms, and what they cover together."""

from collections.abc import Iterable, Sequence

from auricle_languages import ReadTurn

Interval = tuple[int, int]


def span(read: ReadTurn) -> Interval:
    """Start and end of a timed turn; an end before its start is no length."""
    start = read.turn.start_ms or 0
    return start, max(start, read.turn.end_ms or 0)


def union(spans: Iterable[Interval]) -> list[Interval]:
    """Overlapping intervals joined, in order."""
    joined: list[Interval] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def length(spans: Sequence[Interval]) -> int:
    """What they cover, in ms."""
    return sum(end - start for start, end in spans)


def shared(one: Sequence[Interval], other: Sequence[Interval]) -> int:
    """What two unions cover both, in ms: inclusion and exclusion."""
    return length(one) + length(other) - length(union([*one, *other]))
