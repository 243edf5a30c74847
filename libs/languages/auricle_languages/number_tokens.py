"""The tokens of a turn as parts of numbers: scales, halves, and plain words below a thousand."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from auricle_languages.morphology import Analysis
from auricle_languages.number import Number
from auricle_languages.spoken import THOUSAND, Spoken
from auricle_languages.words import Token

if TYPE_CHECKING:
    from auricle_languages.language import Language

_ENDS = frozenset(("", *".,;:!?)"))


@dataclass(frozen=True)
class NumberTokens:
    """One turn; places are numbers of tokens, and a place outside is no word."""

    tokens: Sequence[Token]
    analyses: Sequence[Analysis]
    language: "Language"
    text: str

    def _lemma(self, place: int) -> str:
        return self.analyses[place].lemma if 0 <= place < len(self.analyses) else ""

    def _word(self, place: int) -> tuple[str, int]:
        """The lemma of the word here, and how many tokens it takes: two where it was cut."""
        if place + 1 < len(self.tokens):
            token, following = self.tokens[place], self.tokens[place + 1]
            whole = self.language.cut_numbers.get((token.norm, following.norm))
            if whole and following.start - token.end == 1:
                return whole, 2
        return self._lemma(place), 1

    def _scale_after(self, last: int) -> Decimal | None:
        token, before = self.tokens[last + 1], self.tokens[last]
        single = self.language.glued_scales.get(token.norm)
        glued = token.start == before.end or self._lemma(last + 2) in self.language.currencies
        if single and (glued or self._ends_clause(last + 1)):
            return single
        return self._scale(last + 1)

    def _ends_clause(self, place: int) -> bool:
        """Where no preposition stands: "цена 15 к."."""
        return self.text[self.tokens[place].end :][:1] in _ENDS

    def _scale(self, place: int) -> Decimal | None:
        lemma, width = self._word(place)
        if lemma in self.language.money_scales and self._lemma(place + width) in self.language.currencies:
            return self.language.money_scales[lemma]
        return self.language.number_scales.get(lemma)

    def _shares(self, place: int) -> bool:
        return self._lemma(place) in self.language.percents

    def _value_at(self, place: int) -> Decimal | None:
        return self.language.number_values.get(self._lemma(place))

    def _plain_words(self, place: int) -> Number | None:
        """A spoken number below a thousand, without scale or decimals."""
        spoken, last = Spoken(), place - 1
        while place < len(self.analyses):
            lemma, width = self._word(place)
            value = self.language.number_values.get(lemma)
            if value is None or value != value.to_integral() or spoken.previous == 0 or not spoken.take(value):
                break
            last, place = place + width - 1, place + width
        return Number(place, last, spoken.value) if spoken.begun and spoken.value < THOUSAND else None

    def _half(self, place: int) -> tuple[int, Decimal]:
        """How many tokens are "с половиной" or "с четвертью" here, and what it adds; nothing and 0 where none are."""
        for phrase, part in self.language.halves.items():
            if (
                place + len(phrase) <= len(self.analyses)
                and self._lemma(place) == phrase[0]
                and all(self._lemma(place + number) == lemma for number, lemma in enumerate(phrase))
            ):
                return len(phrase), part
        return 0, Decimal(0)
