"""Numbers in digits and in words: "1 290,50", "15к", "две с половиной тысячи", "двенадцать девятьсот", "тысяч пять".

number = mantissa [half] [decimals] [scale [number below the scale]] | scale-form number     mantissa = digits | word…
range  = number dash number | since number till number | number number-with-scale ("три четыре тысячи")
Words, scales and halves come from the language pack; fillers between two words of a number are skipped, and a word that a
speech engine cut in two is one.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from auricle_languages.morphology import Analysis
from auricle_languages.number import ONE, Number
from auricle_languages.number_words import NumberWords
from auricle_languages.spoken import THOUSAND, Spoken
from auricle_languages.words import Token

if TYPE_CHECKING:
    from auricle_languages.language import Language

MOST_CORRECTING = 3  # words
LONGEST_DIGITS = 24  # more is a loop of the speech engine or an attack
MOST_RATIO = 10  # of the two ends of a range
MOST_NUMBERS = 500  # in one turn; nobody says more
_DASHES = frozenset("-–—/")


def numbers(
    tokens: Sequence[Token], analyses: Sequence[Analysis], language: "Language", text: str
) -> tuple[Number, ...]:
    """The numbers of the turn `text`, digits or words, in order; at most `MOST_NUMBERS`."""
    reader = _Reader(tokens, analyses, language, text)
    found: list[Number] = []
    at = 0
    while at < len(tokens) and len(found) < MOST_NUMBERS:
        read = reader.at(at)
        found.extend(read)
        at = read[-1].last + 1 if read else at + 1
    return tuple(_ranged(found, reader)) if len(found) > 1 else tuple(found)


def _ranged(found: Sequence[Number], reader: "_Reader") -> list[Number]:
    """Low ends get the scale of their high ends: "от трёх до пяти тысяч"."""
    ranged = list(found)
    for place in range(len(found) - 2, -1, -1):
        low, high = found[place], ranged[place + 1]
        if low.low or not (reader.is_range(low, high) or reader.is_corrected(low, high)):
            continue
        near = low.value * high.scale < MOST_RATIO * high.value
        scale = high.scale if not low.scaled and near else ONE
        ranged[place] = replace(low, value=low.value * scale, scaled=low.scaled or scale > 1, low=True)
    return ranged


class _Reader(NumberWords):
    """Numbers in digits or words, two of which may be one said as a range."""

    def at(self, place: int) -> list[Number]:
        """The number that begins at this token; two for "две-три тысячи"."""
        token = self.tokens[place]
        if token.kind == "number":
            return [self._digits(place)] if len(token.text) <= LONGEST_DIGITS else []
        if token.norm in self.language.approximate and (inverted := self._inverted(place)):
            return inverted
        if self._word(place)[0] in self.language.number_starts or token.norm in self.language.half_prefixes:
            number = self._words(place, place, Spoken())
            return [number] if number else []
        return self._compound(place) if "-" in token.norm else []

    def is_range(self, low: Number, high: Number) -> bool:
        """Whether people would say that it goes from `low` to `high`."""
        mantissa = high.value / high.scale
        if low.value >= (high.value if low.scaled else mantissa):
            return False
        if high.first == low.last + 1:
            between = self.text[self.tokens[low.last].end : self.tokens[high.first].start].strip()
            return between in _DASHES or (not between and not low.scaled and low.value > 0 and high.scale >= THOUSAND)
        till = high.first == low.last + 2 and self._lemma(low.last + 1) in self.language.till
        return till and self._lemma(low.first - 1) in self.language.since

    def is_corrected(self, low: Number, high: Number) -> bool:
        """As in "пять, нет, шесть тысяч рублей", "две или три тысячи"."""
        between = range(low.last + 1, high.first)
        if low.first and self.tokens[low.first - 1].kind == "sign":
            return False
        return 0 < len(between) <= MOST_CORRECTING and all(
            self._lemma(at) in self.language.corrections for at in between
        )

    def _digits(self, at: int) -> Number:
        spoken, last = Spoken(), at
        spoken.add(self._digits_value(at))
        width, part = self._half(last + 1)
        if width:
            spoken.current += part
            last += width
        while last + 1 < len(self.tokens) and (scale := self._scale_after(last)):
            spoken.scale(scale)
            last += 1
        decimals_only = not spoken.scaled and not self._opens_thousands(at)
        return self._words(at, last + 1, spoken, decimals_only=decimals_only) or Number(at, last, spoken.value)

    def _inverted(self, at: int) -> list[Number]:
        """As in "тысяч пять", "тысяч пять-шесть": the scale before its number."""
        scale = self.language.number_scales.get(self.analyses[at].lemma)
        if scale is None or at + 1 >= len(self.tokens) or self.tokens[at + 1].norm in self.language.approximate:
            return []
        rest = self.at(at + 1)
        if not rest or any(one.scaled or not 0 < one.value < THOUSAND for one in rest):
            return []
        following = self.at(rest[0].last + 1) if len(rest) == 1 and rest[0].last + 1 < len(self.tokens) else []
        if (
            len(following) == 1
            and not following[0].scaled
            and rest[0].value < following[0].value <= MOST_RATIO * rest[0].value
        ):
            rest = [replace(rest[0], low=True), following[0]]
        whole = [replace(one, value=one.value * scale, scaled=True, scale=scale, shortened=False) for one in rest]
        return [replace(whole[0], first=at), *whole[1:]]

    def _compound(self, at: int) -> list[Number]:
        """As in "две-три тысячи" is one word for the tokenizer."""
        lemmas = [self.language.lemma(part) for part in self.tokens[at].norm.split("-") if part.isalpha()]
        if len(lemmas) != 2:
            return []
        spoken = Spoken()
        low, scale, high = (
            self.language.number_values.get(lemmas[0]),
            self.language.number_scales.get(lemmas[0]),
            (self.language.number_values.get(lemmas[1])),
        )
        if high is None or (low is None and scale is None):
            return []
        spoken.add(high)
        if scale is not None:
            spoken.scale(scale)
        elif low is not None and low >= 20 and low % 10 == 0 and high < 10:
            spoken.add(low)
            low = None
        number = self._words(at, at + 1, spoken)
        if number is None or (low is not None and low >= high):
            return []
        first = (low or ONE) * number.scale
        return [number] if low is None and scale is None else [replace(number, value=first, low=True), number]
