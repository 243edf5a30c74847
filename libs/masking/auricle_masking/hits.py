"""What a finder reports, and how the reports of several finders are put together."""

from bisect import bisect_left, insort
from collections.abc import Iterable
from dataclasses import dataclass

from auricle_contracts.masking import PersonalKind


@dataclass(frozen=True, slots=True)
class LineSpan:
    """Code points `[start, end)` of the line with this number."""

    line: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing found. `value` is equal for two ways of saying the same; a number dictated over several turns has several places."""

    kind: PersonalKind
    value: str
    places: tuple[LineSpan, ...]


class Taken:
    """Which code points are spoken for already: the first finder wins."""

    def __init__(self) -> None:
        self._spans: dict[int, list[tuple[int, int]]] = {}

    def add(self, hits: Iterable[Hit]) -> list[Hit]:
        """Those that overlap nothing taken before; they are taken now."""
        kept = []
        for hit in hits:
            if not any(self.overlaps(place.line, place.start, place.end) for place in hit.places):
                kept.append(hit)
                for place in hit.places:
                    insort(self._spans.setdefault(place.line, []), (place.start, place.end))
        return kept

    def overlaps(self, line: int, start: int, end: int) -> bool:
        """Whether any of these code points is taken."""
        spans = self._spans.get(line, [])
        before = bisect_left(spans, (end,))
        return before > 0 and spans[before - 1][1] > start
