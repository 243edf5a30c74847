"""Words of a turn with their places, and quotes of it: the transcript's own text at a span, with the ms that play it."""

import re
import unicodedata
from dataclasses import dataclass

from auricle_contracts import Quote, Span, Turn
from auricle_contracts.alignment import times_of, words_within
from auricle_contracts.folding import fold_word

_INVISIBLE = "".join(re.escape(chr(code)) for code in range(0x10000) if unicodedata.category(chr(code)) == "Cf")
_MARKS = rf"[\u0300-\u036f{_INVISIBLE}]"  # й may come as и and a breve, any vowel with its stress, any word with a soft hyphen
_WORD = re.compile(rf"(?:\w{_MARKS}*)+(?:[-'’](?:\w{_MARKS}*)+)*")


@dataclass(frozen=True)
class Token:
    """A word of a turn, folded for comparison, with its code points in the original text."""

    text: str
    start: int
    end: int


def words_of(text: str) -> list[Token]:
    """Words without case, punctuation, stress marks, and the difference between е and ё."""
    return [Token(fold_word(m.group()), m.start(), m.end()) for m in _WORD.finditer(text)]


def quote_at(turn: Turn, span: Span) -> Quote:
    """The turn's own words at a span, with the ms that play them."""
    start_ms, end_ms = times_of(turn, span)
    return Quote(turn=turn.id, span=span, text=turn.text[span.start : span.end], start_ms=start_ms, end_ms=end_ms)


def heard_confidence(turn: Turn, span: Span) -> float | None:
    """How surely the speech engine heard the words of a span: their mean confidence, None where words have none."""
    touched = words_within(turn, span)
    return sum(word.confidence for word in touched) / len(touched) if touched else None
