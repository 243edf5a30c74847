"""A text with placeholders and the way back: every place in the one has its place in the other, in code points."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from auricle_contracts import Span


@dataclass(frozen=True, slots=True)
class Piece:
    """`[start, end)` of the original stands as `[shown_start, shown_end)` in the masked text."""

    start: int
    end: int
    shown_start: int
    shown_end: int
    placeholder: str


@dataclass(frozen=True, slots=True)
class MaskedText:
    """`text` with its placeholders; `pieces` in order."""

    text: str
    pieces: tuple[Piece, ...] = ()

    @classmethod
    def of(cls, original: str, replacements: Sequence[tuple[int, int, str]]) -> "MaskedText":
        """`replacements` as (start, end, placeholder), in order and apart."""
        parts: list[str] = []
        pieces: list[Piece] = []
        read = written = 0
        for start, end, placeholder in replacements:
            parts += (original[read:start], placeholder)
            written += start - read
            pieces.append(Piece(start, end, written, written + len(placeholder), placeholder))
            read, written = end, written + len(placeholder)
        parts.append(original[read:])
        return cls("".join(parts), tuple(pieces))

    def original(self, span: Span) -> Span:
        """Where a span of the masked text lies in the original; a placeholder is taken whole."""
        start, end = self._place(span.start, shown=True, end=False), self._place(span.end, shown=True, end=True)
        return Span(start=start, end=max(start, end))

    def shown(self, span: Span) -> Span:
        """Where a span of the original lies in the masked text; a hidden piece is taken whole."""
        start, end = self._place(span.start, shown=False, end=False), self._place(span.end, shown=False, end=True)
        return Span(start=start, end=max(start, end))

    def _place(self, place: int, *, shown: bool, end: bool) -> int:
        """The same place on the other side; inside a piece its border, and a border belongs to the side from which it is asked."""
        starts = [piece.shown_start if shown else piece.start for piece in self.pieces]
        number = bisect_right(starts, place - 1 if end else place) - 1
        if number < 0:
            return place
        piece = self.pieces[number]
        mine, other = (
            ((piece.shown_start, piece.shown_end), (piece.start, piece.end))
            if shown
            else ((piece.start, piece.end), (piece.shown_start, piece.shown_end))
        )
        if mine[0] <= place < mine[1] or (end and place == mine[1]):
            return other[1] if end else other[0]
        return place - mine[1] + other[1]
