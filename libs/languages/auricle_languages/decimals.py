"""Decimals in digits and in words: "0,125 %", "запятая пять", "целых семь десятых", "и шесть процентов"."""

from decimal import Decimal

from auricle_languages.digit_groups import digits_value, is_one_group
from auricle_languages.number_tokens import NumberTokens
from auricle_languages.spoken import Spoken


class Decimals(NumberTokens):
    """What stands behind the whole part of a number."""

    def _digits_value(self, at: int) -> Decimal:
        """The token's value; one group of three behind a comma or a point is decimals before per cents, behind a comma before "рубля"."""
        text = self.tokens[at].text
        value = digits_value(text)
        parted = "," in text and at + 1 < len(self.tokens) and self.tokens[at + 1].norm in self.language.fractional
        shares = parted or self._lemma(at + 1) in self.language.percents
        return (
            Decimal(text.replace(",", ".")) if shares and value == value.to_integral() and is_one_group(text) else value
        )

    def _decimals(self, place: int, spoken: Spoken) -> int:
        """As in "запятая пять", "целых семь десятых", "и шесть процентов"; how many tokens they take."""
        lemma, language = self._lemma(place), self.language
        if lemma in language.fractions:
            return self._take_fraction(place, spoken)
        if (
            spoken.previous == 0
            and not spoken.total
            and (tenths := self._plain_words(place))
            and self._shares(tenths.last + 1)
        ):
            spoken.current += tenths.value * Decimal(10) ** -len(str(int(tenths.value)))
            return tenths.last - place + 1
        whole = lemma in language.wholes
        if not whole and lemma not in language.points and lemma not in language.links:
            return 0
        start = place + 1 + (whole and self._lemma(place + 1) in language.links)
        zeros = int(self._value_at(start) == 0)
        digits = self._plain_words(start + zeros)
        if digits is None:
            return 0
        fraction = language.fractions.get(self._lemma(digits.last + 1))
        if fraction is None and lemma in language.links and not (digits.value < 10 and self._shares(digits.last + 1)):
            return 0
        exponent = -len(str(int(digits.value))) - zeros
        spoken.current += digits.value * (fraction if fraction is not None else Decimal(10) ** exponent)
        return digits.last - place + 1 + (fraction is not None)

    def _take_fraction(self, place: int, spoken: Spoken) -> int:
        """As in "три десятых процента"; "третьего десятого" is a day."""
        if spoken.scaled or not (self._shares(place + 1) or self._scale(place + 1)):
            return 0
        spoken.current *= self.language.fractions[self._lemma(place)]
        return 1
