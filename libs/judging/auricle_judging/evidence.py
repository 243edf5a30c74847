"""A quote is evidence only when code finds it again in the transcript: turn, span, and the milliseconds that play it.

    the model's words ─► the turns of the digest line that it named     exactly, then in order with gaps, then nearly,
                      │                                                 then its longest sentence: a line may hold several turns
                      └► every other turn that it was shown             exactly, and only when long enough to be no accident
What is stored is the transcript's text at that span, never the model's spelling of it. No negation, number or modal is skipped,
changed, or cut off at an edge: «вернём деньги» is not found in «не вернём деньги» (see `polarity`).
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from auricle_contracts import Quote, Span, Transcript, Turn
from rapidfuzz import fuzz

from auricle_judging.polarity import Polarity, polar, polarity_of, same_polarity
from auricle_judging.quoting import Token, quote_at, words_of
from auricle_judging.rendering import PromptLine

_COUNT = re.compile(r"\(×\d+\)")  # how often a sentence was said: the compressor's, not the speaker's
_SENTENCE = re.compile(r"[.!?…]+\s")
_CLAUSE_END = re.compile(r"[.,;:!?…—–\n]")
MIN_RATIO = 88.0
MIN_ELSEWHERE_CHARS = 12
MIN_FUZZY_CHARS = 8
MAX_GAP_WORDS = 4
MIN_SENTENCE_SHARE = 0.5  # of the quote's words, that its longest sentence must hold to stand for it
MAX_QUOTE_WORDS = 60


def find_quote(text: str, label: str, lines: Mapping[str, PromptLine], transcript: Transcript) -> Quote | None:
    """The quote in the turns that the label stands for, else exactly in another shown turn; None when it is nowhere."""
    text = _COUNT.sub(" ", text)
    wanted = [token.text for token in words_of(text)][:MAX_QUOTE_WORDS]
    turns = {turn.id: turn for turn in transcript.turns}
    named = [turns[t] for t in lines[label].turns if t in turns] if label in lines else []
    if not wanted:
        return _symbols(text, named)
    return (
        _in_named(text, wanted, named)
        or _longest_sentence(text, wanted, named)
        or _elsewhere(wanted, _others(named, lines, turns))
    )


def _symbols(text: str, named: Sequence[Turn]) -> Quote | None:
    """A quote without any word, such as an emoji, in a turn that has none either. Joiners and spaces do not count: prompts drop them."""
    wanted = [char for char, _ in _visible(text) if unicodedata.category(char).startswith("S")]
    for turn in named:
        shown = _visible(turn.text)
        if wanted and wanted == [char for char, _ in shown] and not words_of(turn.text):
            return quote_at(turn, Span(start=shown[0][1], end=shown[-1][1] + 1))
    return None


def _visible(text: str) -> list[tuple[str, int]]:
    """Characters with their places, without spaces, joiners, variation selectors and what a skin tone adds nothing to."""
    return [(char, at) for at, char in enumerate(text) if unicodedata.category(char) not in ("Cf", "Cc", "Zs", "Mn")]


def _in_named(text: str, wanted: Sequence[str], named: Sequence[Turn]) -> Quote | None:
    tokens = {turn.id: words_of(turn.text) for turn in named}
    for turn in named:
        if (span := _exact(wanted, tokens[turn.id], turn.text)) is not None:
            return quote_at(turn, span)
    for turn in named:
        if (span := _with_gaps(wanted, tokens[turn.id], turn.text)) is not None:
            return quote_at(turn, span)
    for turn in named:
        if (span := _nearly(text, wanted, turn.text)) is not None:
            return quote_at(turn, span)
    return None


def _longest_sentence(text: str, wanted: Sequence[str], named: Sequence[Turn]) -> Quote | None:
    """Of a quote that runs over the border of two turns, the larger part."""
    if len(named) < 2:
        return None
    longest = max(_SENTENCE.split(text), key=len)
    words = [token.text for token in words_of(longest)]
    if not len(wanted) > len(words) >= max(2, MIN_SENTENCE_SHARE * len(wanted)) or polar(words) != polar(wanted):
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
        if (span := _exact(wanted, words_of(turn.text), turn.text)) is not None:
            return quote_at(turn, span)
    return None


def _exact(wanted: Sequence[str], tokens: Sequence[Token], text: str) -> Span | None:
    """The wanted words one after another."""
    size = len(wanted)
    for first in range(len(tokens) - size + 1):
        if all(tokens[first + i].text == wanted[i] for i in range(size)) and _is_free(
            tokens, first, first + size - 1, text
        ):
            return Span(start=tokens[first].start, end=tokens[first + size - 1].end)
    return None


def _with_gaps(wanted: Sequence[str], tokens: Sequence[Token], text: str) -> Span | None:
    """The wanted words in order, where compression removed at most a few words between two of them, and no polar one."""
    if len(wanted) < 2:
        return None
    for first, token in enumerate(tokens):
        if token.text != wanted[0] or (last := _follow(wanted, tokens, first)) is None:
            continue
        if _is_free(tokens, first, last, text):
            return Span(start=token.start, end=tokens[last].end)
    return None


def _follow(wanted: Sequence[str], tokens: Sequence[Token], first: int) -> int | None:
    position = first
    for word in wanted[1:]:
        reach = range(position + 1, min(position + 2 + MAX_GAP_WORDS, len(tokens)))
        found = next((i for i in reach if tokens[i].text == word), None)
        if found is None or polar([token.text for token in tokens[position + 1 : found]]):
            return None
        position = found
    return position


def _is_free(tokens: Sequence[Token], first: int, last: int, text: str, *, nearly: bool = False) -> bool:
    """Whether no negation or modal of the same clause stands right beside the run, and no number is cut in two.

    Of a run that is only `nearly` the quote, no number may stand beside it either: it might be what the quote has less.
    """
    beside = []
    if first > 0 and not _CLAUSE_END.search(text[tokens[first - 1].end : tokens[first].start]):
        beside.append((tokens[first - 1], tokens[first]))
    if last + 1 < len(tokens) and not _CLAUSE_END.search(text[tokens[last].end : tokens[last + 1].start]):
        beside.append((tokens[last + 1], tokens[last]))
    return not any(_bound(outer.text, edge.text, nearly=nearly) for outer, edge in beside)


def _bound(outer: str, edge: str, *, nearly: bool) -> bool:
    polarity = polarity_of(outer)
    if polarity is Polarity.NUMBER:
        return nearly or polarity_of(edge) is Polarity.NUMBER
    return polarity is not None


def _nearly(text: str, wanted: Sequence[str], turn_text: str) -> Span | None:
    """The best aligned stretch, when it is as long as the quote and all but a few letters of its plain words agree."""
    quote, where = _folded(text).strip(), _folded(turn_text)
    if len(quote) < MIN_FUZZY_CHARS or len(where) < len(quote) * 0.8:
        return None
    found = fuzz.partial_ratio_alignment(quote, where, score_cutoff=MIN_RATIO)
    if found is None or found.dest_end - found.dest_start < len(quote) * 0.8 or len(quote) > len(where) * 1.25:
        return None
    return _agreeing(wanted, Span(start=found.dest_start, end=found.dest_end), turn_text)


def _agreeing(wanted: Sequence[str], span: Span, text: str) -> Span | None:
    """The span in whole words, those of which it holds at least half, where they are as polar as the quote."""
    tokens = words_of(text)
    held = [n for n, t in enumerate(tokens) if min(t.end, span.end) - max(t.start, span.start) >= (t.end - t.start) / 2]
    if not held or not same_polarity(wanted, [tokens[n].text for n in held]):
        return None
    if not _is_free(tokens, held[0], held[-1], text, nearly=True):
        return None
    return Span(start=tokens[held[0]].start, end=tokens[held[-1]].end)


def _folded(text: str) -> str:
    """Same number of code points, so that spans keep their meaning."""
    return "".join(c.lower() if len(c.lower()) == 1 else c for c in text).replace("ё", "е")
