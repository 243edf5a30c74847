"""Dates of birth: a date with a word for birth beside it, in the question before it, or right behind a hidden name. Any other date stays.

date   day and month, mostly with a year, in digits or words, in any order: "17.09.1993", "пятое марта пятьдесят восьмого", "July 9th 1971"
year   alone only beside a word for it: "1986 года рождения"
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from auricle_contracts.masking import PersonalKind

from auricle_masking.hits import Hit, LineSpan
from auricle_masking.packs import Pack
from auricle_masking.phrase_set import PhraseSet
from auricle_masking.tokenization import Line

REACH = 4  # tokens between a word for birth and the date
QUESTION_REACH = 12  # tokens of the other side's question in which one is looked for
DIGITS = range(3, 9)  # of a date in digits: "1.2" to "17.09.1993"
WHOLE = range(6, 9)  # of one written in one piece: "17091993"
OLDEST, YOUNGEST, YOUNGEST_NAMED = 1900, 2030, 2015  # years; a later date behind a name is an appointment
YEAR, MOST_DAYS = 1000, 31
_INSIDE = re.compile(r"[\s.,/\-–—]*")
_PART = re.compile(r"[.,/\-–—]")
_BESIDE = re.compile(r"[\s,;(]{1,3}")
Found = tuple[int, int]


@dataclass(frozen=True)
class BirthWords:
    """Cues of one language, made ready."""

    before: PhraseSet
    feasts: PhraseSet
    years: PhraseSet
    links: frozenset[str]
    articles: frozenset[str]
    decades: frozenset[str]

    @classmethod
    def of(cls, pack: Pack) -> "BirthWords":
        """From the pack's lists."""
        words = pack.birth
        phrases = (PhraseSet(words.before), PhraseSet(words.feasts), PhraseSet(words.years))
        return cls(*phrases, *map(frozenset, (words.links, words.articles, words.decades)))


def find(lines: Sequence[Line], words: Sequence[BirthWords]) -> Iterator[Hit]:
    """Each date with a word for birth in its own turn or in the question that it answers."""
    for line, known in zip(lines, words, strict=True):
        asked = _asked(lines, line)
        told, aged = _has(asked, known.before) or _has(asked, known.feasts), _has(asked, known.years)
        for number, (first, last) in enumerate(_runs(line, known)):
            dated = _is_date(line, first, last)
            answers = not number and ((told and dated) or aged)
            if answers or _is_beside(line, first, last, known, dated=dated):
                yield _hit(line, first, last, known)


def behind_names(lines: Sequence[Line], words: Sequence[BirthWords], names: Iterable[Hit]) -> Iterator[Hit]:
    """Dates of a life that a hidden name stands right before: "Фролова Дарья, 17.09.1993"."""
    ends = {(place.line, place.end) for hit in names for place in hit.places}
    for line in {number: lines[number] for number, _ in sorted(ends)}.values():
        for first, last in _runs(line, words[line.number]):
            start = line.tokens[first].start
            beside = any(
                (line.number, end) in ends and _BESIDE.fullmatch(line.text, end, start)
                for end in range(start - 3, start)
            )
            if (
                beside
                and _is_date(line, first, last)
                and _has_year(line, first, last, words[line.number], YOUNGEST_NAMED)
            ):
                yield _hit(line, first, last, words[line.number])


def _asked(lines: Sequence[Line], line: Line) -> Line | None:
    """The turn of the other side right before."""
    before = lines[line.number - 1] if line.number else None
    return before if before and before.participant != line.participant else None


def _has(line: Line | None, phrases: PhraseSet) -> bool:
    if line is None:
        return False
    return any(phrases.at(line, place) for place in range(max(0, len(line.tokens) - QUESTION_REACH), len(line.tokens)))


def _is_beside(line: Line, first: int, last: int, words: BirthWords, *, dated: bool) -> bool:
    """Whether a word for birth stands near before it, with nothing between that says what else it is, or right behind."""
    if (words.years.at(line, last + 1) or words.years.before(line, first)) and (
        dated or _has_year(line, first, last, words)
    ):
        return True
    for place in range(first, max(0, first - REACH) - 1, -1) if dated else ():
        if words.before.before(line, place) or (
            words.feasts.before(line, place) and _has_year(line, first, last, words)
        ):
            return True
        if place and (line.tokens[place - 1].facts.cue or line.gap(place).strip() in (".", "!", "?")):
            return False
    return False


def _hit(line: Line, first: int, last: int, words: BirthWords) -> Hit:
    first -= first > 0 and line.forms[first - 1] in words.articles
    tokens = line.tokens[first : last + 1]
    value = " ".join(token.facts.norm for token in tokens)
    return Hit(PersonalKind.BIRTH_DATE, value, (LineSpan(line.number, tokens[0].start, tokens[-1].end),))


def _runs(line: Line, words: BirthWords) -> Iterator[Found]:
    """First and last tokens of numbers, ordinals and months with nothing but links between."""
    first = 0
    while first < len(line.tokens):
        last = _end(line, first, words) if _is_part(line, first) else None
        if last is not None:
            yield first, last
        first = first + 1 if last is None else last + 1


def _is_part(line: Line, place: int) -> bool:
    token = line.tokens[place]
    return token.is_digits or token.facts.dated or token.facts.is_number


def _end(line: Line, first: int, words: BirthWords) -> int:
    last, place = first, first + 1
    while place < len(line.tokens) and _INSIDE.fullmatch(line.gap(place)):
        if _is_part(line, place):
            last = place
        elif line.forms[place] not in words.links:
            break
        place += 1
    return last


def _is_date(line: Line, first: int, last: int) -> bool:
    """A month with a number; three numbers, two with a sign between, or eight digits; three words for numbers."""
    tokens = line.tokens[first : last + 1]
    if any(token.facts.month for token in tokens):
        return len(tokens) > 1
    digits = sum(len(token.text) for token in tokens if token.is_digits)
    if len(tokens) == 1:
        return digits in WHOLE
    if not digits:
        return len(tokens) > 2 or all(token.facts.dated for token in tokens)
    return digits in DIGITS and (len(tokens) == 3 or _PART.search(line.gap(last)) is not None)


def _has_year(line: Line, first: int, last: int, words: BirthWords, youngest: int = YOUNGEST) -> bool:
    """Whether a year of a life is in it: four digits, a third number, or a number that no month has a day for."""
    tokens = line.tokens[first : last + 1]
    written = [int(token.text) for token in tokens if token.is_digits]
    if any(year >= YEAR for year in written):
        return any(OLDEST < year < youngest for year in written)
    said = [token.facts for token in tokens]
    spoken = any(one.scale or (one.value or 0) > MOST_DAYS or one.lemma in words.decades for one in said)
    return spoken or len(written) > 2 or any(number > MOST_DAYS for number in written)
