"""Alignment of a turn's timed words with its text: words ↔ code points ↔ milliseconds. The one place where they are converted."""

from bisect import bisect_left, bisect_right
from functools import lru_cache

from auricle_contracts.transcripts import Span, Turn, Word

MAX_BETWEEN_CHARS = 64  # that may stand between two timed words; one that is farther away is not in the text


def word_spans(turn: Turn) -> list[tuple[int, int]]:
    """`[start, end)` in the turn's text for each of its words, both rising; a word that the text does not hold takes no room."""
    found: list[tuple[int, int]] = []
    position = 0
    for word in turn.words:
        text = word.text.strip()
        start = turn.text.find(text, position, position + len(text) + MAX_BETWEEN_CHARS) if text else -1
        if start < 0:
            found.append((position, position))
            continue
        position = start + len(text)
        found.append((start, position))
    return found


def words_within(turn: Turn, span: Span) -> tuple[Word, ...]:
    """The timed words that a span touches."""
    starts, ends = _borders(_Identity(turn))
    return turn.words[bisect_right(ends, span.start) : bisect_left(starts, span.end)]


def times_of(turn: Turn, span: Span) -> tuple[int | None, int | None]:
    """Start and end in ms of a span: from its words, from the whole turn where words have no times, None where nothing has."""
    touched = words_within(turn, span)
    if touched:
        return touched[0].start_ms, touched[-1].end_ms
    return turn.start_ms, turn.end_ms


class _Identity:
    """A turn as a cache key: the object itself, since hashing all of its words would cost what the cache saves."""

    __slots__ = ("turn",)

    def __init__(self, turn: Turn) -> None:
        self.turn = turn

    def __hash__(self) -> int:
        return id(self.turn)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Identity) and other.turn is self.turn


@lru_cache(maxsize=8)
def _borders(same: _Identity) -> tuple[list[int], list[int]]:
    """Starts and ends of the words. One turn can give a thousand quotes (every price in it), so its words are aligned once."""
    spans = word_spans(same.turn)
    return [start for start, _ in spans], [end for _, end in spans]
