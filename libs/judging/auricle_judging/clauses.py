"""Clauses: labelled parts of a digest line, which a model points to in place of retyping words. Pure and deterministic; they tile the line.

digest line ─► sentences ─► parts of at most 18 words ─► none of fewer than 3 ─► T7, T7b, T7c …
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from auricle_contracts import DigestLine, Role
from auricle_contracts.folding import fold_word

from auricle_judging.polarity import Polarity, polarity_of
from auricle_judging.quoting import words_of

MOST_WORDS, FEWEST_WORDS, MOST_CLAUSES = 18, 3, 26
LETTERS = "abcdefghijklmnopqrstuvwxyz"
_CHUNK = re.compile(r"\S+")
_SENTENCE_END = re.compile(r"[.!?…]+[»”\"')\]]*\Z")
_SOFT_END = re.compile(r"(?:[,;:]|[—–-])[»”\"')\]]*\Z")
_WORDS = re.compile(r"\w")
_INITIAL = re.compile(r"[^\W\d_]\.\Z")
_NUMBERED = re.compile(r"\d\.\Z")
_CONJUNCTIONS = frozenset("но а что чтобы потому если и but and because if so".split())
_ABBREVIATIONS = frozenset(
    "г гг ул д кв корп стр пр просп обл р т тт п пп им др руб коп тыс млн млрд см мм кг мин сек ч тел доб т.е т.к т.д т.п и.о "
    "mr mrs ms dr st no nr vs e.g i.e inc ltd approx ext".split()
)  # fmt: skip


@dataclass(frozen=True)
class Clause:
    """A part of a digest line: `text[start:end]` of the folded line, whose turns it may stand for. `label` is `T7`, `T7b`, `T7c` …"""

    label: str
    start: int
    end: int
    turns: tuple[int, ...]
    line_text: str

    @property
    def text(self) -> str:
        """The words as the model reads them."""
        return self.line_text[self.start : self.end].strip()


def clauses_of(line: DigestLine, text: str, first: int = 0) -> tuple[Clause, ...]:
    """The clauses of a line whose folded text is given; `first`: how many its turn has given already, in an earlier piece."""
    places = cuts(text)
    stem = f"T{line.turns[0]}"
    return tuple(
        Clause(f"{stem}{suffix(first + number)}", start, end, line.turns, text)
        for number, (start, end) in enumerate(pairwise(places))
    )


def suffix(number: int) -> str:
    """Nothing for the first clause of a line, then `b` … `z`, `ba`, `bb` …"""
    if number == 0:
        return ""
    rest, last = divmod(number, len(LETTERS))
    return (suffix(rest) if rest else "") + LETTERS[last]


def cuts(text: str) -> list[int]:
    """Where clauses begin, and the end of the text: neighbours tile it. Cuts stand before words only."""
    chunks = [(found.start(), found.group()) for found in _CHUNK.finditer(text)]
    if not chunks:
        return [0, len(text)]
    words = [bool(_WORDS.search(chunk)) for _, chunk in chunks]
    parts = [piece for part in _sentences(chunks) for piece in _shortened(part, chunks, words)]
    joined = _joined(parts, words)[:MOST_CLAUSES]
    return [0, *(chunks[part.start][0] for part in joined[1:]), len(text)]


Chunk = tuple[int, str]


def _sentences(chunks: Sequence[Chunk]) -> list[range]:
    ends = [n + 1 for n in range(len(chunks) - 1) if _ends_sentence(chunks[n][1], chunks[n + 1][1])]
    return [range(start, end) for start, end in pairwise((0, *ends, len(chunks)))]


def _ends_sentence(chunk: str, after: str) -> bool:
    """Not behind "ул.", "А. С." or the first number of "1. 5"."""
    if not _SENTENCE_END.search(chunk):
        return False
    if _NUMBERED.search(chunk) and (after[0].isdigit() or after[0].islower()):
        return False
    bare = chunk.lstrip("«„\"'([")
    return not _INITIAL.match(bare) and not (bare.endswith(".") and fold_word(bare.rstrip(".")) in _ABBREVIATIONS)


def _shortened(part: range, chunks: Sequence[Chunk], words: Sequence[bool]) -> list[range]:
    """The part, or its halves where it is too long: at the soft border nearest to the middle, else pieces of 18 words."""
    if sum(words[n] for n in part) <= MOST_WORDS:
        return [part]
    counted = _counted(part, words)
    soft = [n for n in part[1:] if _is_soft(chunks[n - 1][1], chunks[n][1]) and _leaves_enough(counted, part, n)]
    if not soft:
        return _hard_pieces(part, counted, chunks)
    middle = counted[part.stop] / 2
    cut = min(soft, key=lambda n: abs(counted[n] - middle))
    return [*_shortened(range(part.start, cut), chunks, words), *_shortened(range(cut, part.stop), chunks, words)]


def _counted(part: range, words: Sequence[bool]) -> dict[int, int]:
    """How many words of the part stand before each of its chunks, and before its end."""
    counted, before = {}, 0
    for n in part:
        counted[n] = before
        before += words[n]
    return {**counted, part.stop: before}


def _leaves_enough(counted: Mapping[int, int], part: range, cut: int) -> bool:
    return counted[cut] >= FEWEST_WORDS and counted[part.stop] - counted[cut] >= FEWEST_WORDS


def _is_soft(before: str, after: str) -> bool:
    if _holds_together(before, after):
        return False
    return bool(_SOFT_END.search(before)) or _word(after) in _CONJUNCTIONS


def _hard_pieces(part: range, counted: Mapping[int, int], chunks: Sequence[Chunk]) -> list[range]:
    """Pieces of a part without a soft border, the last one of what is left."""
    pieces, start = [], part.start
    while counted[part.stop] - counted[start] > MOST_WORDS:
        cut = _hard_cut(start, counted, chunks)
        pieces.append(range(start, cut))
        start = cut
    return [*pieces, range(start, part.stop)]


def _hard_cut(start: int, counted: Mapping[int, int], chunks: Sequence[Chunk]) -> int:
    """Behind 18 words, or a little earlier where a negation or a number would lose what belongs to it."""
    latest = start + 1
    while counted[latest + 1] - counted[start] <= MOST_WORDS:
        latest += 1
    for cut in range(latest, start, -1):
        if counted[cut] - counted[start] >= FEWEST_WORDS and not _holds_together(chunks[cut - 1][1], chunks[cut][1]):
            return cut
    return latest


def _holds_together(before: str, after: str) -> bool:
    """Whether a negation or modal stands right before the border without a mark, or a number on both of its sides."""
    if _SENTENCE_END.search(before) or _SOFT_END.search(before):
        return False
    polarity = polarity_of(_word(before))
    if polarity is Polarity.NUMBER:
        return polarity_of(_word(after)) is Polarity.NUMBER
    return polarity is not None


def _word(chunk: str) -> str:
    found = words_of(chunk)
    return found[0].text if found else ""


def _joined(parts: Sequence[range], words: Sequence[bool]) -> list[range]:
    """Without parts of fewer than three words: each goes to its shorter neighbour, to the one before it where they are equal."""
    joined = list(parts)
    sizes = [sum(words[n] for n in part) for part in joined]
    while (
        len(joined) > 1
        and (short := next((n for n, size in enumerate(sizes) if size < FEWEST_WORDS), None)) is not None
    ):
        neighbours = [n for n in (short - 1, short + 1) if 0 <= n < len(joined)]
        first, last = sorted((short, min(neighbours, key=lambda n: sizes[n])))
        joined[first : last + 1] = [range(joined[first].start, joined[last].stop)]
        sizes[first : last + 1] = [sizes[first] + sizes[last]]
    return joined


def is_citable(line: DigestLine) -> bool:
    """Whether a line holds words of its turns: one in brackets of role `unknown` was written by a model."""
    text = line.text.strip()
    return not (line.role is Role.UNKNOWN and text.startswith("[") and text.endswith("]"))
