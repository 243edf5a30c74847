"""Money and percentages as people say them and as ASR writes them: "1 290 р.", "$15", "две с половиной тысячи", "15 т.р.".

amount   = number currency [number cents] | number cents | currency number | number percent | number with a price cue nearby
A bare number is nobody's price: it needs a currency, or a scale of a thousand and more without a noun after it, or a cue
such as "стоит" or "за" with no unit ("дней", "штук") behind it. `per` tells a price from a payment that comes again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from auricle_languages.morphology import Analysis
from auricle_languages.numerals import Number
from auricle_languages.spoken import HUNDRED, THOUSAND
from auricle_languages.words import Token

if TYPE_CHECKING:
    from auricle_languages.language import Language

PERCENT = "percent"
PART = "part"
CUE_REACH = 3  # tokens between a price cue and its number
PERIOD_REACH = 2
LEAST_CUED_PRICE = 10
LARGEST = 10**12  # what is longer is an account number, a loop of the speech engine, or an attack


@dataclass(frozen=True, slots=True)
class Amount:
    """A number with its unit: a currency code, `percent`, or "" for money of an unsaid currency; tokens `first` to `last` inclusive.

    `per` is a period of the pack ("month"), "part" for one of several payments, or "".
    """

    first: int
    last: int
    value: Decimal
    unit: str
    per: str = ""


def amounts(
    tokens: Sequence[Token], analyses: Sequence[Analysis], language: "Language", found: Sequence[Number]
) -> tuple[Amount, ...]:
    """Money and percentages among the numbers of one turn, in order; a number is counted once, a range as its two ends."""
    read = _Reader(tokens, analyses, language).whole(found)
    return tuple(amount for amount in read if amount.value <= LARGEST)


@dataclass(slots=True)
class _Reader:
    """`taken`: up to this token everything belongs to an amount."""

    tokens: Sequence[Token]
    analyses: Sequence[Analysis]
    language: "Language"
    taken: int = field(default=-1)

    def whole(self, found: Sequence[Number]) -> list[Amount]:
        read: list[Amount] = []
        for place, number in enumerate(found):
            amount = None if number.low else self._amount(number)
            if amount is None:
                continue
            self.taken = amount.last
            amount = replace(amount, per=self._per(amount))
            if read and self._is_rest(read[-1], amount, number):
                read[-1] = replace(read[-1], last=amount.last, value=read[-1].value + amount.value, per=amount.per)
                continue
            if place and (low := found[place - 1]).low:
                read.append(Amount(low.first, low.last, low.value, amount.unit, amount.per))
            read.append(amount)
        return read

    def _is_rest(self, before: Amount, cents: Amount, number: Number) -> bool:
        """Whether these are the fifty kopecks of "десять рублей пятьдесят копеек"."""
        near = number.first - before.last == 1 or (
            number.first - before.last == 2 and self._lemma(number.first - 1) in self.language.joiners
        )
        return (
            near
            and before.unit == cents.unit
            and number.value < HUNDRED
            and self._lemma(cents.last) in self.language.cents
        )

    def _lemma(self, place: int) -> str:
        return self.analyses[place].lemma if 0 <= place < len(self.analyses) else ""

    def _amount(self, number: Number) -> Amount | None:
        return self._by_unit(number, number.last) or self._by_unit(number, number.last + 1) or self._before(number)

    def _by_unit(self, number: Number, at: int) -> Amount | None:
        """The unit at this token: its own last word ("полпроцента", "15 тр"), or the one after."""
        lemma, language = self._lemma(at), self.language
        if lemma in language.percents:
            return Amount(number.first, at, number.value, PERCENT)
        if (currency := language.currencies.get(lemma)) is not None:
            return Amount(number.first, at, number.value, currency)
        if currency := language.cents.get(lemma):
            return Amount(number.first, at, number.value / HUNDRED, currency)
        return None

    def _before(self, number: Number) -> Amount | None:
        """As in "$15", "рублей пятьсот", "рублей за триста"; else bare money that a cue or its size betrays."""
        before = number.first - 1
        if before > self.taken and self._is_sign(before):
            return Amount(before, number.last, number.value, self.language.currencies[self._lemma(before)])
        if self._measures_something(number):
            return None
        if before >= 0 and self.analyses[before].leans:
            before -= 1
        if before > self.taken and self._is_currency_form(before):
            return Amount(before, number.last, number.value, self.language.currencies[self._lemma(before)])
        if number.value < LEAST_CUED_PRICE:
            return None
        priced = (number.scaled and number.value >= THOUSAND) or self._is_cued(number)
        return Amount(number.first, number.last, number.value, "") if priced else None

    def _is_sign(self, at: int) -> bool:
        return self.tokens[at].kind == "sign" and self._lemma(at) in self.language.currencies

    def _is_currency_form(self, at: int) -> bool:
        return self.tokens[at].norm in self.language.approximate and self._lemma(at) in self.language.currencies

    def _measures_something(self, number: Number) -> bool:
        """Whether the next word says what is counted: "двадцать тысяч человек", "две тысячи двадцать пятый"."""
        if number.last + 1 >= len(self.analyses):
            return False
        after = self.analyses[number.last + 1]
        return after.lemma in self.language.units or (after.content and not after.verb)

    def _is_cued(self, number: Number) -> bool:
        window = [self._lemma(place) for place in range(max(0, number.first - CUE_REACH), number.first)]
        return any(len(cue) == 1 and cue[0] in window for cue in self.language.lists["price_cues"])

    def _per(self, amount: Amount) -> str:
        for phrase, period in self.language.periods.items():
            after = range(amount.last + 1, amount.last + 1 + len(phrase))
            if all(self._lemma(place) == lemma for place, lemma in zip(after, phrase, strict=True)):
                return period
            before = range(max(0, amount.first - PERIOD_REACH), amount.first)
            if len(phrase) == 1 and any(self._lemma(place) == phrase[0] for place in before):
                return period
        return PART if self._is_part(amount) else ""

    def _is_part(self, amount: Amount) -> bool:
        """As in "четыре платежа по две тысячи"."""
        if not amount.first or not self.analyses[amount.first - 1].leans:
            return False
        window = range(max(0, amount.first - 1 - CUE_REACH), amount.first - 1)
        return any(self._lemma(place) in self.language.parts for place in window)
