"""Quotes of clauses: where in the transcript the words of a label stand, and back.

    labels of an answer ─► clauses ─► the line's words aligned with those of its turns ─► turn, span, verbatim words, ms

A quote is verbatim by construction, and no negation can be lost on the way.
"""

from collections.abc import Iterable, Mapping, Sequence
from difflib import SequenceMatcher
from functools import lru_cache

from auricle_contracts import Quote, Span, Transcript, Turn
from rapidfuzz.distance import LCSseq

from auricle_judging.clauses import Clause
from auricle_judging.quoting import Token, quote_at, words_of


def spans_of(clause: Clause, transcript: Transcript) -> tuple[tuple[Turn, Span], ...]:
    """The clause in the turns that were shown, in order; none where its words are not theirs."""
    turns = tuple(turn for number in clause.turns for turn in transcript.turns if turn.id == number)
    found: dict[int, tuple[Turn, list[int]]] = {}
    for token, place in zip(words_of(clause.line_text), _aligned(clause.line_text, turns), strict=True):
        if clause.start <= token.start < clause.end and place is not None:
            turn, number = turns[place[0]], place[1]
            found.setdefault(turn.id, (turn, []))[1].append(number)
    if not found:
        return _wordless(clause, turns)
    return tuple((turn, _with_marks(turn, min(numbers), max(numbers))) for turn, numbers in found.values())


def _wordless(clause: Clause, turns: Sequence[Turn]) -> tuple[tuple[Turn, Span], ...]:
    """A line without any word, such as an emoji, is its first turn whole."""
    if not turns or words_of(clause.line_text) or words_of(turns[0].text) or not turns[0].text.strip():
        return ()
    text = turns[0].text
    start = len(text) - len(text.lstrip())
    return ((turns[0], Span(start=start, end=len(text.rstrip()))),)


def _with_marks(turn: Turn, first: int, last: int) -> Span:
    """The words with the signs that are written on them: `№5`, `10%`, `«да»`."""
    tokens = _tokens(turn.text)
    start, end = tokens[first].start, tokens[last].end
    left = tokens[first - 1].end if first else 0
    right = tokens[last + 1].start if last + 1 < len(tokens) else len(turn.text)
    while start > left and not turn.text[start - 1].isspace():
        start -= 1
    while end < right and not turn.text[end].isspace():
        end += 1
    return Span(start=start, end=end)


@lru_cache(maxsize=256)
def _tokens(text: str) -> tuple[Token, ...]:
    return tuple(words_of(text))


def _aligned(text: str, turns: Sequence[Turn]) -> list[tuple[int, int] | None]:
    """For each word of the line the place of its turn among `turns` and the number of the word there."""
    return list(_alignment(text, tuple(turn.text for turn in turns)))


@lru_cache(maxsize=256)
def _alignment(text: str, turns: tuple[str, ...]) -> tuple[tuple[int, int] | None, ...]:
    """A line is what compression left of its turns, in order: contiguous stretches first, and where those lose a word, the most words."""
    line = [token.text for token in _tokens(text)]
    places = [(number, at) for number, one in enumerate(turns) for at in range(len(_tokens(one)))]
    said = [_tokens(turns[number])[at].text for number, at in places]
    blocks = SequenceMatcher(None, line, said, autojunk=False).get_matching_blocks()
    pairs = {block.a + n: block.b + n for block in blocks for n in range(block.size)}
    if len(pairs) < len(line):
        most = LCSseq.opcodes(line, said)
        other = {
            op.src_start + n: op.dest_start + n
            for op in most
            if op.tag == "equal"
            for n in range(op.src_end - op.src_start)
        }
        pairs = other if len(other) > len(pairs) else pairs
    return tuple(places[pairs[n]] if n in pairs else None for n in range(len(line)))


def quotes_at(labels: Iterable[str], clauses: Mapping[str, Clause], transcript: Transcript) -> tuple[Quote, ...]:
    """What the labels point to, in the transcript's own words; neighbouring clauses of one turn are one quote."""
    chosen = [clauses[label] for label in dict.fromkeys(labels) if label in clauses]
    spans: list[tuple[Clause, Turn, Span]] = []
    for clause in sorted(chosen, key=lambda one: (one.turns, one.start)):
        for turn, span in spans_of(clause, transcript):
            if spans and _continues(spans[-1], clause, turn, span):
                begun = spans.pop()[2]
                whole = Span(start=min(begun.start, span.start), end=max(begun.end, span.end))
                spans.append((clause, turn, whole))
            else:
                spans.append((clause, turn, span))
    return tuple(quote_at(turn, span) for _, turn, span in spans)


def _continues(last: tuple[Clause, Turn, Span], clause: Clause, turn: Turn, span: Span) -> bool:
    before, its_turn, its_span = last
    return (
        its_turn is turn
        and before.line_text == clause.line_text
        and before.end == clause.start
        and its_span.start <= span.start
    )


def labels_at(
    clauses: Mapping[str, Clause], transcript: Transcript, turn: int, span: Span, most: int = 2
) -> tuple[str, ...]:
    """The labels of the clauses that hold a place of the transcript: at most so many, those that hold most of it, in order."""
    held = {
        label: min(one.end, span.end) - max(one.start, span.start)
        for label, clause in clauses.items()
        for where, one in spans_of(clause, transcript)
        if where.id == turn and min(one.end, span.end) > max(one.start, span.start)
    }
    best = sorted(held, key=lambda label: -held[label])[:most]
    return tuple(label for label in held if label in best)
