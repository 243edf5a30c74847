"""Days as people name them: "двадцать пятого мая", "25.05", "послезавтра", "через две недели", "July 4, 2026".

A day is written as it was said, never reckoned from a calendar: `MM-DD` or `YYYY-MM-DD`; `DD` where the month is not said; `+1`
days from the day of the talk; `mon` … `sun`. A day that no month has is nobody's date.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from auricle_languages.calendar_words import Calendar
from auricle_languages.morphology import Analysis
from auricle_languages.number import Number
from auricle_languages.words import Token

if TYPE_CHECKING:
    from auricle_languages.language import Language

LEAP_YEAR = 2000
FARTHEST_DAYS = 366
MAX_BETWEEN = 2  # tokens between "через" and its noun
_SEPARATED = re.compile(
    r"(?<![\d.,/-])(?:(?P<year>(?:19|20)\d\d)-(?P<month>\d\d)-(?P<day>\d\d)"
    r"|(?P<d>\d{1,2})(?P<s>[./ ])(?P<m>\d{1,2})(?:(?P=s)(?P<y>(?:19|20)\d\d|(?<![ ]\d\d.)\d\d))?)(?![\d/-]|[.,]\d)"
)


@dataclass(frozen=True, slots=True)
class Moment:
    """A day named in tokens `first` to `last` inclusive."""

    first: int
    last: int
    value: str


def dates(
    tokens: Sequence[Token], analyses: Sequence[Analysis], language: "Language", text: str, found: Sequence[Number]
) -> tuple[Moment, ...]:
    """Days of the turn `text` with these numbers, in order."""
    digits = any(token.kind == "number" for token in tokens)
    lemmas = [analysis.lemma for analysis in analyses]
    if not digits and language.calendar.triggers.isdisjoint(lemmas):
        return ()
    written = list(_written(tokens, analyses, text, language)) if digits else []
    taken = {number for moment in written for number in range(moment.first, moment.last + 1)}
    spoken = _Spoken(tokens, analyses, lemmas, language.calendar, found).all(taken)
    return tuple(sorted([*written, *spoken], key=lambda moment: moment.first))


def _written(
    tokens: Sequence[Token], analyses: Sequence[Analysis], text: str, language: "Language"
) -> Iterator[Moment]:
    """Digits with points, strokes or dashes; without a year only after a preposition and before no money."""
    starts = [token.start for token in tokens]
    for match in _SEPARATED.finditer(text):
        first, last = bisect_right(starts, match.start()) - 1, bisect_left(starts, match.end()) - 1
        year, month, day = match["year"] or match["y"], match["month"] or match["m"], match["day"] or match["d"]
        sure = year is not None or (match["s"] == "." and _leans(analyses, first - 1))
        if not sure or _is_money(analyses, last + 1, language):
            continue
        if value := written_day(int(day), int(month), _century(year)):
            yield Moment(first, last, value)


def _century(year: str | None) -> int | None:
    return None if year is None else int(year) + (LEAP_YEAR if len(year) == 2 else 0)


def _leans(analyses: Sequence[Analysis], at: int) -> bool:
    return at >= 0 and analyses[at].leans


def _is_money(analyses: Sequence[Analysis], at: int, language: "Language") -> bool:
    return at < len(analyses) and analyses[at].lemma in language.currencies


def written_day(day: int, month: int | None, year: int | None = None) -> str:
    """The day as ISO 8601 without what was not said; "" for one that does not exist."""
    try:
        found = date(year or LEAP_YEAR, month or 1, day)
    except ValueError:
        return ""
    if month is None:
        return f"{found:%d}"
    return f"{found:%Y-%m-%d}" if year else f"{found:%m-%d}"


class _Spoken:
    """Days in words, or digits among words."""

    def __init__(
        self, tokens: Sequence[Token], analyses: Sequence[Analysis], lemmas: Sequence[str], calendar: Calendar,
        found: Sequence[Number],
    ) -> None:  # fmt: skip
        self._tokens, self._lemmas = tokens, lemmas
        self._analyses, self._calendar = analyses, calendar
        self._numbers = {number.first: number for number in found}

    def all(self, taken: set[int]) -> Iterator[Moment]:
        """Every day outside `taken`, left to right."""
        end = 0
        for at, lemma in enumerate(self._lemmas):
            if at < end or at in taken or not (at in self._numbers or lemma in self._calendar.triggers):
                continue
            if moment := self._at(at):
                yield moment
                end = moment.last + 1

    def _at(self, at: int) -> Moment | None:
        lemma, calendar = self._lemmas[at], self._calendar
        if lemma in calendar.relative:
            return Moment(at, at, f"{calendar.relative[lemma]:+d}")
        if lemma in calendar.weekdays:
            return Moment(at, at, calendar.weekdays[lemma])
        if lemma in calendar.ahead:
            return self._ahead(at)
        if lemma in calendar.months:
            return self._month_first(at)
        return self._ago(at) or self._day_first(at)

    def _lemma(self, at: int) -> str:
        return self._lemmas[at] if at < len(self._lemmas) else ""

    def _span(self, at: int) -> tuple[int, int] | None:
        """Days and last token of "две недели" or "неделю"."""
        number = self._numbers.get(at)
        noun = number.last + 1 if number else at
        days = self._calendar.spans.get(self._lemma(noun))
        if days is None:
            return None
        count = int(days * number.value) if number and number.value <= FARTHEST_DAYS else days
        return (count, noun) if number is None or number.value <= FARTHEST_DAYS else None

    def _ahead(self, at: int) -> Moment | None:
        span = self._span(at + 1)
        return Moment(at, span[1], f"+{span[0]}") if span else None

    def _ago(self, at: int) -> Moment | None:
        span = self._span(at)
        if span and self._lemma(span[1] + 1) in self._calendar.ago:
            return Moment(at, span[1] + 1, f"-{span[0]}")
        return None

    def _month_first(self, at: int) -> Moment | None:
        """As in "July 4, 2026"."""
        day = self._day(at + 1)
        if day is None:
            return None
        year, last = self._year(day[1])
        value = written_day(day[0], self._calendar.months[self._lemmas[at]], year)
        return Moment(at, last, value) if value else None

    def _day_first(self, at: int) -> Moment | None:
        day = self._day(at)
        if day is None:
            return None
        number, last = day
        if self._lemma(last + 1) in self._calendar.links:
            last += 1
        month = self._calendar.months.get(self._lemma(last + 1)) or self._spoken_month(at, last + 1)
        if month:
            year, end = self._year(last + 1 + (self._lemma(last + 1) not in self._calendar.months))
            value = written_day(number, month, year)
            return Moment(at, end, value) if value else None
        if self._lemma(last + 1) in self._calendar.day_words:
            return Moment(at, last + 1, written_day(number, None))
        return Moment(at, day[1], written_day(number, None)) if self._begins_range(at, day[1]) else None

    def _begins_range(self, at: int, last: int) -> bool:
        """As in "с первого по пятое июня"."""
        ordinal = self._lemmas[last] in self._calendar.ordinals
        leans = last + 1 < len(self._analyses) and self._analyses[last + 1].leans
        ranged = ordinal and leans and at > 0 and self._analyses[at - 1].leans
        following = self._day(last + 2) if ranged and last + 2 < len(self._tokens) else None
        return following is not None and self._lemma(following[1] + 1) in self._calendar.months

    def _spoken_month(self, at: int, place: int) -> int | None:
        """As in "десятого ноль пятого"."""
        zero = self._numbers.get(place)
        month = self._calendar.ordinals.get(self._lemma(place + 1))
        spoken = self._tokens[at].kind == "word" and zero is not None and zero.value == 0 and zero.last == place
        return month if spoken and month is not None and month <= 12 else None

    def _day(self, at: int) -> tuple[int, int] | None:
        """Day of the month and its last token."""
        if at >= len(self._tokens):
            return None
        if self._tokens[at].kind == "number":
            return self._digit_day(at)
        if ordinal := self._calendar.ordinals.get(self._lemmas[at]):
            return ordinal, at
        tens = self._numbers.get(at)
        if tens is None or tens.value not in (20, 30):
            return None
        last = next((n for n in range(tens.last + 1, tens.last + 1 + MAX_BETWEEN) if self._is_unit(n)), None)
        return (int(tens.value) + self._calendar.ordinals[self._lemmas[last]], last) if last is not None else None

    def _is_unit(self, at: int) -> bool:
        return 0 < self._calendar.ordinals.get(self._lemma(at), 0) < 10

    def _digit_day(self, at: int) -> tuple[int, int] | None:
        text = self._tokens[at].text
        if not text.isdigit() or len(text) > 2:
            return None
        day = int(text)
        following = self._tokens[at + 1] if at + 1 < len(self._tokens) else None
        if following and following.kind == "number" and len(following.text) == 1 and day in (20, 30):
            return day + int(following.text), at + 1
        return day, at + 1 if self._lemma(at + 1) in self._calendar.suffixes else at

    def _year(self, last: int) -> tuple[int | None, int]:
        """The year after token `last`, and where the date ends."""
        at = last + 1
        if at < len(self._tokens) and self._tokens[at].kind == "number":
            text = self._tokens[at].text
            is_year = text.isdigit() and len(text) == 4 and text[:2] in ("19", "20")
            return (int(text), at) if is_year else (None, last)
        number = self._numbers.get(at)
        value, end = (int(number.value), number.last) if number else (0, last)
        if unit := self._calendar.ordinals.get(self._lemma(end + 1)):
            value, end = value + unit, end + 1
        if value < 100 and value:
            value += LEAP_YEAR
        return (value, end) if 1900 < value < 2100 and end > last else (None, last)
