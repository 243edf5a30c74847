"""Token filter: removes disfluencies inside a turn; what stays is verbatim and in order.

fillers          "ну", "как бы", "э"; words such as "значит" only where punctuation sets them apart
false starts     "я бы хот- хотел", "я хотел я хотел"; never numbers, which are dictated digit by digit
empty fragments  not at light: between punctuation marks, nothing but sounds and function words
"""

import itertools
import re
from collections.abc import Mapping, Sequence

from auricle_contracts import Level, Role
from auricle_languages import AnalysedTurn, covered

from auricle_compressor.compression.clauses import between, fragments
from auricle_compressor.compression.protection import PROTECTED_LISTS, Protection

LONGEST_RESTART = 5
_PUNCTUATION = re.compile(r"[.,;:!?…—–]")
_STRENGTH = "?!…."


def removed(read: AnalysedTurn, level: Level, protect: Protection, *, answers: bool) -> set[int]:
    """Numbers of the tokens that go."""
    if level is Level.RAW:
        return set()
    gone = set() if "fillers" in protect else _fillers(read)
    if "repeats" not in protect:
        gone |= _restarts(read, gone)
    if level is not Level.LIGHT:
        gone |= _empty_fragments(read, gone, protect, answers=answers)
    return gone


def _fillers(read: AnalysedTurn) -> set[int]:
    safe = covered(hit for hit in read.of(*PROTECTED_LISTS) if hit.is_unbroken)
    hits = list(read.of("fillers"))
    hits += [hit for hit in read.of("parentheticals") if _set_apart(read, hit.first, hit.last)]
    spans = [range(hit.first, hit.last + 1) for hit in hits]
    return {number for span in spans if not safe & set(span) for number in span}


def _set_apart(read: AnalysedTurn, first: int, last: int) -> bool:
    """Punctuation or the turn's edge on both sides, and not both edges; or inside of "до, значит, свидания" a comma behind."""
    end = last == len(read.tokens) - 1
    if first == 0 and end:
        return False
    before = first == 0 or read.analyses[first - 1].leans or bool(_PUNCTUATION.search(read.gaps[first]))
    return before and (end or bool(_PUNCTUATION.search(read.gaps[last + 1])))


def _restarts(read: AnalysedTurn, removed: set[int]) -> set[int]:
    """Cut-off words, and runs of up to five words said again at once: the last time stays."""
    kept = [number for number in range(len(read.tokens)) if number not in removed]
    again = {left for left, right in itertools.pairwise(kept) if _cut_off(read, left, right)}
    kept = [number for number in kept if number not in again]
    at = 0
    while at < len(kept):
        width = next((width for width in range(LONGEST_RESTART, 0, -1) if _said_again(read, kept, at, width)), 0)
        if width:
            again.update(kept[at : at + width])
            del kept[at : at + width]
        else:
            at += 1
    return again


def _cut_off(read: AnalysedTurn, left: int, right: int) -> bool:
    stem = read.tokens[left].norm
    return len(stem) > 1 and stem.endswith("-") and read.tokens[right].norm.startswith(stem[:-1])


def _said_again(read: AnalysedTurn, kept: Sequence[int], at: int, width: int) -> bool:
    if at + 2 * width > len(kept) or read.tokens[kept[at]].norm != read.tokens[kept[at + width]].norm:
        return False
    one, two = kept[at : at + width], kept[at + width : at + 2 * width]
    if any(read.tokens[a].norm != read.tokens[b].norm for a, b in zip(one, two, strict=True)):
        return False
    return not any(_dictated(read, number) for number in one)


def _dictated(read: AnalysedTurn, number: int) -> bool:
    """Digits, number words and single letters are dictated: "пять пять" is fifty-five, not a stammer."""
    token, analysis = read.tokens[number], read.analyses[number]
    spoken = analysis.lemma in read.language.number_words
    return token.kind != "word" or spoken or (len(token.norm) == 1 and analysis.content)


def _says_something(read: AnalysedTurn, number: int) -> bool:
    """Content, or a number: "один" is a pronoun to the dictionary and a fact to the customer."""
    analysis = read.analyses[number]
    return analysis.content or analysis.lemma in read.language.number_words


def _empty_fragments(read: AnalysedTurn, removed: set[int], protect: Protection, *, answers: bool) -> set[int]:
    labels = [label for label in ("backchannels", "holds") if label not in protect]
    sounds = read.covered_by(*labels)
    # A customer's "хорошо" inside a turn may be the sale; an agent's is politeness unless it answers.
    agreeing = answers or read.turn.role is not Role.AGENT
    safe = read.covered_by(*PROTECTED_LISTS, *(("affirmations",) if agreeing else ()))
    empty: set[int] = set()
    for fragment in fragments(read, removed):
        if "?" in read.gaps[fragment[-1] + 1]:
            continue
        if all(number not in safe and (number in sounds or not _says_something(read, number)) for number in fragment):
            empty.update(fragment)
    return empty


def joined(read: AnalysedTurn, gone: set[int], counts: Mapping[int, int]) -> str:
    """The kept tokens with their own gaps; where something was removed, the strongest mark of the removed gaps.

    `counts`: how often a token's sentence was said, written behind the sentence's last kept token as "(×3)".
    """
    kept = [number for number in range(len(read.tokens)) if number not in gone]
    if not kept:
        return ""
    pieces = [read.gaps[0] if kept[0] == 0 else ""]
    for left, right in zip(kept, [*kept[1:], len(read.tokens)], strict=True):
        pieces.append(read.written[left])
        marks = between(read, left, right)
        ends = left in counts and (counts.get(right) != counts[left] or any(mark in marks for mark in ".!?…"))
        pieces.append(f" (×{counts[left]})" if ends else "")
        pieces.append(marks if right == left + 1 else _strongest(marks))
    return "".join(pieces).strip(" ,;:—–")


def _strongest(gap: str) -> str:
    for mark in _STRENGTH:
        if mark in gap:
            return f"{mark} "
    return ", " if "," in gap else " "
