"""Money and percentages as people say them and as ASR writes them: "1 290 р.", "$15", "две с половиной тысячи", "15 т.р.".

amount   = number currency [number cents] | number cents | currency number | number percent | number with a price cue nearby
         | number of the same size beside an amount
A bare number is nobody's price: it needs a currency, or a scale of a thousand and more without a noun after it, or a cue
such as "стоит" or "за" with no unit ("дней", "штук") behind it, and nothing before it that has a number for a name ("дом").
`per` tells a price from a payment that comes again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from auricle_languages.amount import PART, PERCENT, Amount
from auricle_languages.bare_prices import CUE_REACH, BarePrices
from auricle_languages.morphology import Analysis
from auricle_languages.number import Number
from auricle_languages.spoken import HUNDRED
from auricle_languages.words import Token

if TYPE_CHECKING:
    from auricle_languages.language import Language

PERIOD_REACH = 2
CODE_LETTERS = 3  # "USD 60"
LARGEST = 10**12  # what is longer is an account number, a loop of the speech engine, or an attack


def amounts(
    tokens: Sequence[Token], analyses: Sequence[Analysis], language: "Language", found: Sequence[Number]
) -> tuple[Amount, ...]:
    """Money and percentages among the numbers of one turn, in order; a number is counted once, a range as its two ends."""
    read = _Reader(tokens, analyses, language, BarePrices(tokens, analyses, language)).whole(found)
    return tuple(amount for amount in read if amount.value <= LARGEST)


@dataclass(slots=True)
class _Reader:
    """`taken`: up to this token everything belongs to an amount."""

    tokens: Sequence[Token]
    analyses: Sequence[Analysis]
    language: "Language"
    bare: BarePrices
    taken: int = field(default=-1)

    def whole(self, found: Sequence[Number]) -> list[Amount]:
        read: list[Amount] = []
        bare: list[Number] = []
        for place, number in enumerate(found):
            low = found[place - 1] if place and found[place - 1].low else None
            amount = None if number.low else self._amount(number, (low or number).first)
            if amount is None:
                bare.append(number)
                continue
            self.taken = amount.last
            amount = replace(amount, per=self._per(amount))
            if read and self._is_rest(read[-1], amount, number):
                read[-1] = replace(read[-1], last=amount.last, value=read[-1].value + amount.value, per=amount.per)
                continue
            if low:
                read.append(Amount(low.first, low.last, low.value, amount.unit, amount.per))
            read.append(amount)
        beside = self.bare.beside(bare, read) if read else []
        return sorted([*read, *beside], key=lambda amount: amount.first) if beside else read

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

    def _amount(self, number: Number, first: int) -> Amount | None:
        after = number.last + 1
        after += self._lemma(after) in self.language.pauses
        return self._by_unit(number, number.last) or self._by_unit(number, after) or self._before(number, first)

    def _by_unit(self, number: Number, at: int) -> Amount | None:
        """The unit at this token: its own last word ("полпроцента", "15 тр"), or the one after."""
        lemma, language = self._lemma(at), self.language
        if lemma in language.percents:
            return Amount(number.first, at, number.value, PERCENT)
        if (kind := language.currency_kinds.get(lemma)) and self._lemma(at + 1) in language.currencies:
            return Amount(number.first, at + 1, number.value, kind)
        if self._is_weight(at):
            return None
        if (currency := language.currencies.get(lemma)) is not None:
            return Amount(number.first, at, number.value, currency)
        if currency := language.cents.get(lemma):
            return Amount(number.first, at, number.value / HUNDRED, currency)
        return None

    def _is_weight(self, at: int) -> bool:
        """As in "two pounds of cheese", "128 pounds is my weight"."""
        if self._lemma(at) not in self.language.weights:
            return False
        near = range(max(0, at - CUE_REACH - 1), at + CUE_REACH + 1)
        return self._lemma(at + 1) in self.language.of_things or any(
            self._lemma(place) in self.language.weighing for place in near
        )

    def _before(self, number: Number, first: int) -> Amount | None:
        """As in "$15", "USD 60", "рублей пятьсот", "рублей за триста"; else bare money that a cue or its size betrays.

        `first`: the first token of the range that the number ends.
        """
        before = first - 1
        if before > self.taken and self._is_sign(before):
            return Amount(before, number.last, number.value, self.language.currencies[self._lemma(before)])
        if self.bare.measures(number):
            return None
        if before >= 0 and self.analyses[before].leans:
            before -= 1
        if before > self.taken and (unit := self._unit_form(before)):
            return Amount(before if first == number.first else number.first, number.last, number.value, unit)
        return Amount(number.first, number.last, number.value, "") if self.bare.is_price(number, first) else None

    def _is_sign(self, at: int) -> bool:
        token = self.tokens[at]
        coded = len(token.text) == CODE_LETTERS and token.text.isupper() and token.norm in self.language.approximate
        return (token.kind == "sign" or coded) and self._lemma(at) in self.language.currencies

    def _unit_form(self, at: int) -> str:
        """The unit that stands before its number: "рублей пятьсот", "процентов двадцать"."""
        if self.tokens[at].norm not in self.language.approximate:
            return ""
        lemma = self._lemma(at)
        return PERCENT if lemma in self.language.percents else self.language.currencies.get(lemma, "")

    def _per(self, amount: Amount) -> str:
        if period := self.bare.period_after(amount.last):
            return period
        before = {self._lemma(place) for place in range(max(0, amount.first - PERIOD_REACH), amount.first)}
        for word, period in self.language.period_words if before else ():
            if word in before:
                return period
        return PART if self._is_part(amount) else ""

    def _is_part(self, amount: Amount) -> bool:
        """As in "четыре платежа по две тысячи"."""
        if not amount.first or not self.analyses[amount.first - 1].leans:
            return False
        window = range(max(0, amount.first - 1 - CUE_REACH), amount.first - 1)
        return any(self._lemma(place) in self.language.parts for place in window)
