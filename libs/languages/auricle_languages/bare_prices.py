"""Numbers that are money though no currency says so: by a cue, by their size, by how often they are paid, by a price beside them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from auricle_languages.amount import PERCENT, Amount
from auricle_languages.morphology import Analysis
from auricle_languages.number import Number
from auricle_languages.spoken import THOUSAND
from auricle_languages.words import Token

if TYPE_CHECKING:
    from auricle_languages.language import Language

CUE_REACH = 3  # tokens between a price cue and its number
LEAST_CUED_PRICE = 10
LEAST_BARE_PRICE, MOST_BARE_PRICE = 100, 99_999  # of a number that no cue and no currency says to be one
MOST_RATIO = 10  # of a bare number and a price beside it
PHONE_OPENINGS = ((7900, 7999), (8900, 8999), (8800, 8800), (8495, 8499), (8812, 8812))
YEARS = (1990, 2035)  # behind a preposition, where nothing says that they are paid
MOST_BARE = 50  # numbers without a unit in one turn; more is a list


@dataclass(frozen=True, slots=True)
class BarePrices:
    """Bare prices of one turn."""

    tokens: Sequence[Token]
    analyses: Sequence[Analysis]
    language: "Language"

    def is_price(self, number: Number, first: int) -> bool:
        """Whether a number without a unit is money, by its size, by a word before it, or by how often it is paid."""
        alone = self._stands_alone(first, number.last)
        if number.value < LEAST_CUED_PRICE or self._is_numbered(first) or not alone:
            return False
        if self._is_large(number) or (self._is_cued(first) and not self._is_year(number)):
            return True
        if not LEAST_BARE_PRICE <= number.value <= MOST_BARE_PRICE or self._is_side(number):
            return False
        if self._is_added(number):
            return True
        paid = self._is_paid(first) or bool(self.period_after(number.last))
        return self._is_shortened(number) or (paid and not self._is_year(number))

    def measures(self, number: Number) -> bool:
        """Whether the next word says what is counted: "двадцать тысяч человек", "две тысячи двадцать пятый", "21 клиент"."""
        after = self.analyses[number.last + 1] if number.last + 1 < len(self.analyses) else None
        if after is None or after.lemma in self.language.additions:
            return False
        if after.lemma in self.language.units or after.lemma in self.language.number_words:
            return after.lemma in self.language.units
        one = number.value % 10 == 1 and after.noun
        return (after.counted or one) and not after.verb and after.lemma not in self.language.sums

    def beside(self, bare: Sequence[Number], priced: Sequence[Amount]) -> list[Amount]:
        """Numbers beside a price of their size: "1200 вместо 1500 рублей", "базовый 990 рублей, полный 2490"."""
        money = [amount for amount in priced if amount.unit != PERCENT]
        if not money or len(bare) > MOST_BARE:
            return []
        found = []
        for number in bare:
            near = min(money, key=lambda amount: abs(amount.first - number.first))
            repeated = (
                number.value == near.value and number.last + 1 == near.first
            )  # "1 500 (одна тысяча пятьсот) рублей"
            if not number.low and not repeated and self._is_like(number, near) and not self._is_taken(number, priced):
                found.append(Amount(number.first, number.last, number.value, near.unit, near.per))
        return found

    def period_after(self, last: int) -> str:
        for phrase, period in self.language.periods.get(self._lemma(last + 1), ()):
            after = range(last + 1, last + 1 + len(phrase))
            if all(self._lemma(place) == lemma for place, lemma in zip(after, phrase, strict=True)):
                return period
        return ""

    def _is_large(self, number: Number) -> bool:
        """As in "полторы тысячи", "пол тысячи", "полмиллиона"."""
        return (number.scaled and number.value >= THOUSAND) or (
            number.scale >= THOUSAND and number.value >= LEAST_BARE_PRICE
        )

    def _is_shortened(self, number: Number) -> bool:
        """As in "тридцать семь пятьсот", which is no beginning of a phone."""
        return number.shortened and not any(low <= number.value <= high for low, high in PHONE_OPENINGS)

    def _is_side(self, number: Number) -> bool:
        """As in "сто двадцать на сто тридцать"."""
        after = number.last + 1
        leans = after < len(self.analyses) and self.analyses[after].leans
        known = self._lemma(after) in self.language.till or self._lemma(after) in self.language.price_links
        return leans and self._is_number(after + 1) and not known

    def _is_paid(self, first: int) -> bool:
        """As in "вернули 1400", "двенадцать платежей по 3500"; "с 9 по 18" are hours."""
        before = range(max(0, first - CUE_REACH), first)
        lemmas = [self._lemma(place) for place in before]
        each = bool(lemmas) and lemmas[-1] in self.language.each and self.language.since.isdisjoint(lemmas)
        return each or not self.language.payments.isdisjoint(lemmas)

    def _is_added(self, number: Number) -> bool:
        """As in "пятьсот плюс двести"; "плюс семь девятьсот" begins a phone."""
        round_sum = number.value % LEAST_CUED_PRICE == 0
        before = self._lemma(number.first - 1) in self.language.additions and self._is_number(number.first - 2)
        after = self._lemma(number.last + 1) in self.language.additions and self._is_number(number.last + 2)
        return round_sum and (before or after)

    def _is_year(self, number: Number) -> bool:
        token = self.tokens[number.first]
        near = YEARS[0] <= number.value <= YEARS[1] and number.first == number.last
        return near and token.kind == "number" and number.first > 0 and self.analyses[number.first - 1].leans

    def _is_numbered(self, first: int) -> bool:
        """Whether the number is a name: of a model, a house, a contract; "сумма заказа 4500" is a sum."""
        before = first - 1
        if before < 0:
            return False
        foreign = self.tokens[before].kind == "word" and not self.language.letters(self.tokens[before].text)
        summed = self._lemma(before - 1) in self.language.totals
        named = self._lemma(before) in self.language.numbered and not summed
        return foreign or named or self.tokens[before].kind == "sign"

    def _is_cued(self, first: int) -> bool:
        if any(map(self._is_cue, range(max(0, first - CUE_REACH), first))):
            return True
        phrases = self.language.price_phrases  # right before it: "с вас 780"
        return any(phrase == tuple(map(self._lemma, range(first - len(phrase), first))) for phrase in phrases)

    def _is_cue(self, place: int) -> bool:
        return self._lemma(place) in self.language.price_cues

    def _is_like(self, number: Number, near: Amount) -> bool:
        alike = number.value <= MOST_RATIO * near.value and near.value <= MOST_RATIO * number.value
        least = LEAST_CUED_PRICE if self._is_linked(number, near) else LEAST_BARE_PRICE
        plain = not self.measures(number) and not self._is_numbered(number.first)
        return alike and plain and number.value >= least and self._stands_apart(number.first, number.last)

    def _is_linked(self, number: Number, near: Amount) -> bool:
        first, last = sorted(((number.first, number.last), (near.first, near.last)))
        between = range(first[1] + 1, last[0])
        return all(self._lemma(place) in self.language.price_links for place in between)

    def _is_taken(self, number: Number, priced: Sequence[Amount]) -> bool:
        return any(amount.first <= number.first <= amount.last for amount in priced)

    def _stands_alone(self, first: int, last: int) -> bool:
        """Whether no other number is beside these tokens: pieces of a dictated number are no prices."""
        before, after = first - 1, last + 1
        while self._lemma(before) in self.language.joiners:
            before -= 1
        while self._lemma(after) in self.language.joiners:
            after += 1
        return not (self._is_number(before) or self._is_number(after)) and self._stands_apart(first, last)

    def _stands_apart(self, first: int, last: int) -> bool:
        """Whether no digits are glued to these tokens: "21.11.2026" and "555-35-35" are no prices, and nor is "8 800 555"."""
        before = first > 0 and self.tokens[first - 1].kind == "number"
        after = last + 1 < len(self.tokens) and self.tokens[last + 1].kind == "number"
        return not (before and self.tokens[first].start - self.tokens[first - 1].end <= 1) and not (
            after and self.tokens[last + 1].start - self.tokens[last].end <= 1
        )

    def _is_number(self, place: int) -> bool:
        known = 0 <= place < len(self.tokens)
        return known and (self.tokens[place].kind == "number" or self._lemma(place) in self.language.number_words)

    def _lemma(self, place: int) -> str:
        return self.analyses[place].lemma if 0 <= place < len(self.analyses) else ""
