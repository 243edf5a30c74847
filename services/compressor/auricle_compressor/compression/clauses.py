"""A turn cut into clauses and sentences: at punctuation, and at pauses where the speech engine wrote none.

sentence ─► clause ─► token numbers        a colon joins: "рассрочка простая: двенадцать месяцев" is one clause
"""

import re
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from auricle_languages import AnalysedTurn

PAUSE_MS = 700
_CLAUSE = re.compile(r"[.,;!?…—–]")
_FRAGMENT = re.compile(r"[.,;:!?…—–]")
_SENTENCE = re.compile(r"[.!?…]")


@dataclass(frozen=True)
class Clause:
    """Token numbers of a clause in order, the number of its sentence, and whether that sentence ends on a question mark."""

    tokens: tuple[int, ...]
    sentence: int
    asks: bool


def fragments(read: AnalysedTurn, removed: AbstractSet[int]) -> Iterator[list[int]]:
    """Numbers of the tokens that are not removed, between punctuation marks, colons too, and pauses."""
    left = [number for number in range(len(read.tokens)) if number not in removed]
    yield from _cut(read, left, _FRAGMENT, _pauses(read))


def clauses(read: AnalysedTurn, removed: AbstractSet[int]) -> tuple[Clause, ...]:
    """The clauses of what is not removed. A comma behind a removed filler is the filler's: "одна, э, глухая" is cut once."""
    found: list[Clause] = []
    pauses = _pauses(read)
    left = [number for number in range(len(read.tokens)) if number not in removed]
    for sentence, tokens in enumerate(_cut(read, left, _SENTENCE, frozenset())):
        asks = "?" in read.gaps[tokens[-1] + 1]
        found.extend(Clause(tuple(piece), sentence, asks) for piece in _cut(read, tokens, _CLAUSE, pauses))
    return tuple(found)


def _cut(
    read: AnalysedTurn, tokens: Sequence[int], border: re.Pattern[str], pauses: frozenset[int]
) -> Iterator[list[int]]:
    piece: list[int] = []
    for number in tokens:
        if piece and (number in pauses or border.search(between(read, piece[-1], number))):
            yield piece
            piece = []
        piece.append(number)
    if piece:
        yield piece


def between(read: AnalysedTurn, left: int, right: int) -> str:
    """The marks between two tokens; of those around tokens that are gone, the first, and the ends of sentences."""
    first = read.gaps[left + 1]
    if right == left + 1:
        return first
    return first + "".join(mark for mark in "".join(read.gaps[left + 2 : right + 1]) if _SENTENCE.match(mark))


def _pauses(read: AnalysedTurn) -> frozenset[int]:
    """Numbers of the tokens before which the speaker was silent for `PAUSE_MS`. Needs a timed word for each token."""
    words = read.turn.words
    if len(words) != len(read.tokens):
        return frozenset()
    return frozenset(n for n in range(1, len(words)) if words[n].start_ms - words[n - 1].end_ms >= PAUSE_MS)
