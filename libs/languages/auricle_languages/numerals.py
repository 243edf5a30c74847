"""Numbers in digits and in words: "1 290,50", "15к", "две с половиной тысячи", "двенадцать девятьсот", "тысяч пять".

number = digits [half] [scale…] [hundreds] | word… [half] [scale…] | scale-form number
range  = number dash number | since number till number | number number-with-scale ("три четыре тысячи")
Words, scales and halves come from the language pack; fillers between two words of a number are skipped.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from auricle_languages.morphology import Analysis
from auricle_languages.spoken import HUNDRED, THOUSAND, Spoken
from auricle_languages.words import Token

if TYPE_CHECKING:
    from auricle_languages.language import Language

ONE = Decimal(1)
HALF = Decimal("0.5")
LONGEST_DIGITS = 24  # more is a loop of the speech engine or an attack
MOST_NUMBERS = 500  # in one turn; nobody says more
_DASHES = frozenset("-–—")


@dataclass(frozen=True, slots=True)
class Number:
    """A number said in tokens `first` to `last` inclusive. `scale` is the last one said; `low`: the next number ends this range."""

    first: int
    last: int
    value: Decimal
    scaled: bool = False
    scale: Decimal = ONE
    low: bool = False


def numbers(
    tokens: Sequence[Token], analyses: Sequence[Analysis], language: "Language", text: str
) -> tuple[Number, ...]:
    """The numbers of the turn `text`, digits or words, in order; at most `MOST_NUMBERS`."""
    reader = _Reader(tokens, analyses, language)
    found: list[Number] = []
    at = 0
    while at < len(tokens) and len(found) < MOST_NUMBERS:
        read = reader.at(at)
        found.extend(read)
        at = read[-1].last + 1 if read else at + 1
    return tuple(_ranged(found, reader, text)) if len(found) > 1 else tuple(found)


def _ranged(found: Sequence[Number], reader: "_Reader", text: str) -> list[Number]:
    """Low ends get the scale of their high ends: "от трёх до пяти тысяч"."""
    ranged = list(found)
    for place in range(len(found) - 2, -1, -1):
        low, high = found[place], ranged[place + 1]
        if low.low or not reader.is_range(low, high, text):
            continue
        scale = high.scale if not low.scaled and low.value * high.scale < high.value else ONE
        ranged[place] = replace(low, value=low.value * scale, scaled=low.scaled or scale > 1, low=True)
    return ranged


@dataclass(frozen=True, slots=True)
class _Reader:
    tokens: Sequence[Token]
    analyses: Sequence[Analysis]
    language: "Language"

    def at(self, place: int) -> list[Number]:
        """The number that begins at this token; two for "две-три тысячи"."""
        token = self.tokens[place]
        if token.kind == "number":
            return [self._digits(place)] if len(token.text) <= LONGEST_DIGITS else []
        if token.norm in self.language.approximate and (inverted := self._inverted(place)):
            return [inverted]
        if self.analyses[place].lemma in self.language.number_words:
            number = self._words(place, place, Spoken())
            return [number] if number else []
        return self._compound(place) if "-" in token.norm else []

    def is_range(self, low: Number, high: Number, text: str) -> bool:
        """Whether people would say that it goes from `low` to `high`."""
        mantissa = high.value / high.scale
        if low.value >= (high.value if low.scaled else mantissa):
            return False
        if high.first == low.last + 1:
            between = text[self.tokens[low.last].end : self.tokens[high.first].start].strip()
            return between in _DASHES or (not between and not low.scaled and low.value > 0 and high.scale >= THOUSAND)
        till = high.first == low.last + 2 and self._lemma(low.last + 1) in self.language.till
        return till and self._lemma(low.first - 1) in self.language.since

    def _lemma(self, place: int) -> str:
        return self.analyses[place].lemma if 0 <= place < len(self.analyses) else ""

    def _digits(self, at: int) -> Number:
        value, last, scale = _digits_value(self.tokens[at].text), at, ONE
        if width := self._half(last + 1):
            value, last = value + HALF, last + width
        while last + 1 < len(self.tokens) and (said := self._scale_after(last)):
            value, last, scale = value * said, last + 1, said
        if self._takes_hundreds(at, last, scale):
            value, last = value + int(self.tokens[last + 1].text), last + 1
        return Number(at, last, value, scale > 1, scale)

    def _takes_hundreds(self, at: int, last: int, scale: Decimal) -> bool:
        """As in "15 тысяч 900", and "1000 900" as speech engines write "тысяча девятьсот"."""
        if last + 1 >= len(self.tokens):
            return False
        said, following = self.tokens[at].text, self.tokens[last + 1].text
        thousands = scale == THOUSAND or (at == last and said.isdigit() and len(said) > 3 and said.endswith("000"))
        hundreds = following.isdigit() and len(following) == 3 and following[0] != "0"
        return thousands and hundreds and (last + 2 >= len(self.tokens) or not self._scale_after(last + 1))

    def _scale_after(self, last: int) -> Decimal | None:
        token, before = self.tokens[last + 1], self.tokens[last]
        single = self.language.glued_scales.get(token.norm)
        if single and (token.start == before.end or self._lemma(last + 2) in self.language.currencies):
            return single
        return self.language.number_scales.get(self.analyses[last + 1].lemma)

    def _inverted(self, at: int) -> Number | None:
        """As in "тысяч пять": the scale before its number."""
        scale = self.language.number_scales.get(self.analyses[at].lemma)
        if scale is None or at + 1 >= len(self.tokens) or self.tokens[at + 1].norm in self.language.approximate:
            return None
        rest = self.at(at + 1)
        if len(rest) != 1 or rest[0].scaled or not 0 < rest[0].value < THOUSAND:
            return None
        return Number(at, rest[0].last, rest[0].value * scale, scaled=True, scale=scale)

    def _compound(self, at: int) -> list[Number]:
        """As in "две-три тысячи" is one word for the tokenizer."""
        parts = self.tokens[at].norm.split("-")
        values = [self.language.number_values.get(self.language.lemma(part)) for part in parts if part.isalpha()]
        if len(parts) != 2 or len(values) != 2 or values[0] is None or values[1] is None or values[0] >= values[1]:
            return []
        spoken = Spoken()
        spoken.add(values[1])
        high = self._words(at, at + 1, spoken)
        if high is None:
            return []
        return [replace(high, value=values[0] * high.scale, low=True), high]

    def _words(self, at: int, place: int, spoken: Spoken) -> Number | None:
        """A spoken number from token `at`, of which all before `place` is in `spoken`."""
        last = place - 1
        while place < len(self.analyses):
            width = self._take(place, spoken)
            if width:
                last = place + width - 1
            elif not spoken.begun or self.analyses[place].lemma not in self.language.joiners:
                break
            place += width or 1
        return Number(at, last, spoken.value, spoken.scaled, spoken.last_scale) if last >= at else None

    def _take(self, place: int, spoken: Spoken) -> int:
        """How many tokens of `place` continue the number; they are added."""
        lemma, language = self.analyses[place].lemma, self.language
        if spoken.begun and (width := self._half(place)):
            spoken.add_half()
            return width
        if (value := language.number_values.get(lemma)) is not None:
            return int(spoken.take(value))
        scale = language.number_scales.get(lemma)
        if scale is not None and (spoken.begun or scale >= HUNDRED) and not self._is_next_inverted(place, spoken):
            spoken.scale(scale)
            return 1
        if spoken.begun and lemma in language.points and place + 1 < len(self.analyses):
            return 2 * int(spoken.take_tenths(language.number_values.get(self.analyses[place + 1].lemma)))
        return 0

    def _is_next_inverted(self, place: int, spoken: Spoken) -> bool:
        """As in "четыре тысячи тысяч пять" are two numbers."""
        return spoken.scaled and self.tokens[place].norm in self.language.approximate

    def _half(self, place: int) -> int:
        for phrase in self.language.halves:
            if (
                place + len(phrase) <= len(self.analyses)
                and self._lemma(place) == phrase[0]
                and all(self._lemma(place + number) == lemma for number, lemma in enumerate(phrase))
            ):
                return len(phrase)
        return 0


def _digits_value(text: str) -> Decimal:
    """As in "1 290,50", "1.290", "12,500": the last group is decimals only when it has one or two digits."""
    groups = text.replace(",", ".").replace("\u00a0", " ").replace("\u202f", " ").replace(" ", ".").split(".")
    whole, decimals = (groups[:-1], groups[-1]) if len(groups) > 1 and len(groups[-1]) < 3 else (groups, "")
    return Decimal("".join(whole) + (f".{decimals}" if decimals else ""))
