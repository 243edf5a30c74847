"""Numbers of orders, contracts and tickets, written or dictated: "заказ № 48213", "номер договора сорок два десять".

reference = noun of the pack's `references` … number [number…]     at most `REACH` tokens after the noun, and no unit behind
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from auricle_languages.morphology import Analysis
from auricle_languages.number import Number
from auricle_languages.words import Token

if TYPE_CHECKING:
    from auricle_languages.language import Language

REACH = 4
FEWEST_DIGITS, MOST_DIGITS = 4, 20


@dataclass(frozen=True, slots=True)
class Reference:
    """The digits said in tokens `first` to `last` inclusive."""

    first: int
    last: int
    digits: str


def references(
    tokens: Sequence[Token], analyses: Sequence[Analysis], language: "Language", found: Sequence[Number]
) -> tuple[Reference, ...]:
    """Reference numbers among the numbers of one turn, in order."""
    named = []
    for run in _runs(analyses, language, found):
        digits = "".join(_digits(number, tokens) for number in run)
        window = range(max(0, run[0].first - REACH), run[0].first)
        cued = any(analyses[place].lemma in language.references for place in window)
        if cued and FEWEST_DIGITS <= len(digits) <= MOST_DIGITS and not _counts(run[-1].last + 1, analyses, language):
            named.append(Reference(run[0].first, run[-1].last, digits))
    return tuple(named)


def _runs(analyses: Sequence[Analysis], language: "Language", found: Sequence[Number]) -> Iterator[list[Number]]:
    """Numbers with nothing but fillers between."""
    run: list[Number] = []
    for number in found:
        between = range(run[-1].last + 1, number.first) if run else range(0)
        if run and all(analyses[place].lemma in language.joiners for place in between):
            run.append(number)
        else:
            if run:
                yield run
            run = [number]
    if run:
        yield run


def _digits(number: Number, tokens: Sequence[Token]) -> str:
    token = tokens[number.first]
    if token.kind == "number" and number.first == number.last:
        return "".join(filter(str.isdigit, token.text))
    return str(int(number.value))


def _counts(after: int, analyses: Sequence[Analysis], language: "Language") -> bool:
    """Whether the word behind says that something is counted or paid."""
    if after >= len(analyses):
        return False
    lemma = analyses[after].lemma
    return lemma in language.units or lemma in language.currencies or lemma in language.percents or analyses[after].noun
