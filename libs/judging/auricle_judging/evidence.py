"""A quote is evidence only when code finds it again in the transcript: turn, span, and the milliseconds that play it.

    the model's words ─► the turns of the digest line that it named     exactly, then in order with gaps, then nearly,
                      │                                                 then its longest sentence: a line may hold several turns
                      └► every other turn that it was shown             exactly, and only when long enough to be no accident
What is stored is the transcript's text at that span, never the model's spelling of it.
"""

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from auricle_contracts import Quote, Span, Transcript, Turn, Word
from rapidfuzz import fuzz

from auricle_judging.rendering import PromptLine

_COUNT = re.compile(r"\(×\d+\)")  # how often a sentence was said: the compressor's, not the speaker's
_SENTENCE = re.compile(r"[.!?…]+\s")
_MARKS = r"[\u0300-\u036f]"  # й may come as и and a breve, and any vowel with its stress
_WORD = re.compile(rf"(?:\w{_MARKS}*)+(?:[-'’](?:\w{_MARKS}*)+)*")
_STRESS = re.compile(_MARKS)
MIN_RATIO = 88.0
MIN_ELSEWHERE_CHARS = 12
MIN_FUZZY_CHARS = 8
MAX_GAP_WORDS = 4
MIN_SENTENCE_SHARE = 0.5  # of the quote's words, that its longest sentence must hold to stand for it
MAX_QUOTE_WORDS = 60
MAX_BETWEEN_WORDS = 64


@dataclass(frozen=True)
class Token:
    """A word of a turn, folded for comparison, with its code points in the original text."""

    text: str
    start: int
    end: int


def words_of(text: str) -> list[Token]:
    """Words without case, punctuation, stress marks, and the difference between е and ё."""
    return [Token(fold_word(m.group()), m.start(), m.end()) for m in _WORD.finditer(text)]


def fold_word(word: str) -> str:
    """How two spellings of one word are compared."""
    composed = _STRESS.sub("", unicodedata.normalize("NFC", word))
    return composed.casefold().replace("ё", "е").replace("’", "'")


def find_quote(text: str, label: str, lines: Mapping[str, PromptLine], transcript: Transcript) -> Quote | None:
    """The quote in the turns that the label stands for, else exactly in another shown turn; None when it is nowhere."""
    text = _COUNT.sub(" ", text)
    wanted = [token.text for token in words_of(text)][:MAX_QUOTE_WORDS]
    if not wanted:
        return None
    turns = {turn.id: turn for turn in transcript.turns}
    named = [turns[t] for t in lines[label].turns if t in turns] if label in lines else []
    return (
        _in_named(text, wanted, named)
        or _longest_sentence(text, wanted, named)
        or _elsewhere(wanted, _others(named, lines, turns))
    )


def _in_named(text: str, wanted: Sequence[str], named: Sequence[Turn]) -> Quote | None:
    tokens = {turn.id: words_of(turn.text) for turn in named}
    for turn in named:
        if (span := _exact(wanted, tokens[turn.id])) is not None:
            return quote_at(turn, span)
    for turn in named:
        if (span := _with_gaps(wanted, tokens[turn.id])) is not None:
            return quote_at(turn, span)
    for turn in named:
        if (span := _nearly(text, turn.text)) is not None:
            return quote_at(turn, span)
    return None


def _longest_sentence(text: str, wanted: Sequence[str], named: Sequence[Turn]) -> Quote | None:
    """Of a quote that runs over the border of two turns, the larger part."""
    if len(named) < 2:
        return None
    longest = max(_SENTENCE.split(text), key=len)
    words = [token.text for token in words_of(longest)]
    if not len(wanted) > len(words) >= max(2, MIN_SENTENCE_SHARE * len(wanted)):
        return None
    return _in_named(longest, words, named)


def _others(named: Sequence[Turn], lines: Mapping[str, PromptLine], turns: Mapping[int, Turn]) -> Iterable[Turn]:
    tried = {turn.id for turn in named}
    shown = {turn for line in lines.values() for turn in line.turns}
    return (turns[number] for number in sorted(shown - tried) if number in turns)


def _elsewhere(wanted: Sequence[str], others: Iterable[Turn]) -> Quote | None:
    if len(" ".join(wanted)) < MIN_ELSEWHERE_CHARS:
        return None
    for turn in others:
        if (span := _exact(wanted, words_of(turn.text))) is not None:
            return quote_at(turn, span)
    return None


def _exact(wanted: Sequence[str], tokens: Sequence[Token]) -> Span | None:
    """The wanted words one after another."""
    size = len(wanted)
    for first in range(len(tokens) - size + 1):
        if all(tokens[first + i].text == wanted[i] for i in range(size)):
            return Span(start=tokens[first].start, end=tokens[first + size - 1].end)
    return None


def _with_gaps(wanted: Sequence[str], tokens: Sequence[Token]) -> Span | None:
    """The wanted words in order, where compression removed at most a few words between two of them."""
    if len(wanted) < 2:
        return None
    for first, token in enumerate(tokens):
        if token.text == wanted[0] and (last := _follow(wanted, tokens, first)) is not None:
            return Span(start=token.start, end=tokens[last].end)
    return None


def _follow(wanted: Sequence[str], tokens: Sequence[Token], first: int) -> int | None:
    position = first
    for word in wanted[1:]:
        reach = range(position + 1, min(position + 2 + MAX_GAP_WORDS, len(tokens)))
        found = next((i for i in reach if tokens[i].text == word), None)
        if found is None:
            return None
        position = found
    return position


def _nearly(text: str, turn_text: str) -> Span | None:
    """The best aligned stretch, when it is as long as the quote and all but a few letters agree."""
    quote, where = _folded(text).strip(), _folded(turn_text)
    if len(quote) < MIN_FUZZY_CHARS or len(where) < len(quote) * 0.8:
        return None
    found = fuzz.partial_ratio_alignment(quote, where, score_cutoff=MIN_RATIO)
    if found is None or found.dest_end - found.dest_start < len(quote) * 0.8 or len(quote) > len(where) * 1.25:
        return None
    return _to_words(Span(start=found.dest_start, end=found.dest_end), turn_text)


def _folded(text: str) -> str:
    """Same number of code points, so that spans keep their meaning."""
    return "".join(c.lower() if len(c.lower()) == 1 else c for c in text).replace("ё", "е")


def _to_words(span: Span, text: str) -> Span | None:
    """The span widened or narrowed to whole words: those of which it holds at least half."""
    held = [t for t in words_of(text) if min(t.end, span.end) - max(t.start, span.start) >= (t.end - t.start) / 2]
    return Span(start=held[0].start, end=held[-1].end) if held else None


def quote_at(turn: Turn, span: Span) -> Quote:
    """The turn's own words at a span, with the ms that play them."""
    start_ms, end_ms = times_of(turn, span)
    return Quote(turn=turn.id, span=span, text=turn.text[span.start : span.end], start_ms=start_ms, end_ms=end_ms)


def heard_confidence(turn: Turn, span: Span) -> float | None:
    """How surely the speech engine heard the words of a span: their mean confidence, None where words have none."""
    touched = _touched(turn, span)
    return sum(word.confidence for word in touched) / len(touched) if touched else None


def times_of(turn: Turn, span: Span) -> tuple[int | None, int | None]:
    """From the words that the span touches; from the whole turn where words have no times; None where nothing has."""
    touched = _touched(turn, span)
    if touched:
        return touched[0].start_ms, touched[-1].end_ms
    return turn.start_ms, turn.end_ms


def _touched(turn: Turn, span: Span) -> tuple[Word, ...]:
    starts, ends = _places(_Same(turn))
    return turn.words[bisect_right(ends, span.start) : bisect_left(starts, span.end)]


class _Same:
    """A turn as a cache key: the object itself, since hashing all of its words would cost what the cache saves."""

    __slots__ = ("turn",)

    def __init__(self, turn: Turn) -> None:
        self.turn = turn

    def __hash__(self) -> int:
        return id(self.turn)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.turn is self.turn


@lru_cache(maxsize=8)
def _places(same: _Same) -> tuple[list[int], list[int]]:
    """Where each timed word starts and ends in the turn's text, both rising; a word that is not there takes no room.

    One turn can give a thousand quotes (every price in it), so its words are laid out once.
    """
    starts: list[int] = []
    ends: list[int] = []
    position = 0
    for word in same.turn.words:
        text = word.text.strip()
        found = same.turn.text.find(text, position, position + len(text) + MAX_BETWEEN_WORDS) if text else -1
        starts.append(found if found >= 0 else position)
        position = found + len(text) if found >= 0 else position
        ends.append(position)
    return starts, ends
