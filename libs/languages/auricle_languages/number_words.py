"""A number word by word, and digits among the words: "две тысячи пятьсот", "15 тысяч 900", "пол тысячи"."""

from decimal import Decimal

from auricle_languages.decimals import Decimals
from auricle_languages.number import Number
from auricle_languages.spoken import HUNDRED, THOUSAND, Spoken

HALF = Decimal("0.5")


class NumberWords(Decimals):
    """Numbers that begin at a place of the turn."""

    def _words(self, at: int, place: int, spoken: Spoken, *, decimals_only: bool = False) -> Number | None:
        """A number from token `at`, of which all before `place` is in `spoken`."""
        last = place - 1
        take = self._decimals if decimals_only else self._take
        while place < len(self.analyses):
            width = take(place, spoken) or (0 if decimals_only else self._repeated(place, spoken))
            if width:
                last = place + width - 1
            elif decimals_only or not spoken.begun or self.analyses[place].lemma not in self.language.joiners:
                break
            place += width or 1
        if self._lemma(last + 1) not in self.language.currencies:
            spoken.expand()
        return (
            Number(at, last, spoken.value, spoken.scaled, spoken.last_scale, shortened=spoken.shortened)
            if last >= at
            else None
        )

    def _repeated(self, place: int, spoken: Spoken) -> int:
        """One where a word of the number is said twice: "девять тысяч тысяч", "сорок четыре четыре тысячи"."""
        known = spoken.begun and self._lemma(place) in self.language.number_words
        again = known and self.tokens[place].norm == self.tokens[place - 1].norm
        return int(again and (spoken.scaled or (place + 1 < len(self.tokens) and self._scale(place + 1) is not None)))

    def _take(self, place: int, spoken: Spoken) -> int:
        """How many tokens of `place` continue the number; they are added."""
        language, (lemma, width) = self.language, self._word(place)
        if self.tokens[place].kind == "number":
            return self._take_digits(place, spoken)
        behind, part = self._half(place) if spoken.begun else (0, Decimal(0))
        if behind:
            spoken.current += part
            return behind
        value = language.number_values.get(lemma)
        if value is not None and spoken.take(value):
            spoken.scaled |= value >= THOUSAND
            return width
        if not spoken.begun and self._is_half_prefix(place):
            spoken.add(HALF)
            return 1
        scale = self._scale(place)
        begins = spoken.begun or (
            scale is not None and scale >= HUNDRED and self.tokens[place].norm not in language.plural_scales
        )
        if scale is not None and begins and not self._is_next(place, scale, spoken):
            spoken.scale(scale)
            return width
        return self._decimals(place, spoken) if spoken.begun else 0

    def _take_digits(self, place: int, spoken: Spoken) -> int:
        """As in "15 тысяч 900", "1 млн 200 тыс", "2 млн 300": digits below the scale before them."""
        text = self.tokens[place].text
        if (
            not text.isdigit()
            or text[0] == "0"
            or len(text) > 3
            or not (spoken.is_open or self._opens_thousands(place - 1))
        ):
            return 0
        scale = self._scale_after(place) if place + 1 < len(self.tokens) else None
        if scale:
            return int(scale < spoken.last_scale and spoken.is_open and spoken.take(Decimal(text)))
        if self._lemma(place + 1) not in self.language.currencies and len(text) < 3:
            return 0
        return int(spoken.take(Decimal(text)))

    def _opens_thousands(self, at: int) -> bool:
        """As in "1000 900", as speech engines write "тысяча девятьсот"."""
        said = self.tokens[at].text
        return said.isdigit() and len(said) > 3 and said.endswith("000")

    def _is_half_prefix(self, place: int) -> bool:
        """As in "пол тысячи", "пол процента"."""
        scaled = self._scale(place + 1) is not None or self._lemma(place + 1) in self.language.percents
        return scaled and self.tokens[place].norm in self.language.half_prefixes

    def _is_next(self, place: int, scale: Decimal, spoken: Spoken) -> bool:
        """As in "четыре тысячи тысяч пять": another number begins; scales fall inside one."""
        if not spoken.scaled or spoken.last_scale < THOUSAND:
            return False
        return scale >= spoken.last_scale or (spoken.is_open and self.tokens[place].norm in self.language.approximate)
