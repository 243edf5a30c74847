"""Number words that a speech engine wrote as two: "шестна дцать", "пять сот", "six teen"."""

from collections.abc import Iterable, Iterator
from itertools import chain

from auricle_contracts.folding import fold_word

from auricle_languages.morphology import Morphology

SHORTEST_WORD = 4
LONG_ENOUGH = 4  # letters of the first half that only one letter may follow
MULTIPLES = frozenset({"сот", "ста", "сти"})  # words of their own that end "пятьсот", "триста", "двести"


def cut_words(words: Iterable[str], morphology: Morphology) -> dict[tuple[str, str], str]:
    """Both halves of each word's forms, wherever they are cut, and the form; two words of the dictionary side by side are no cut."""
    forms = chain.from_iterable(morphology.forms(fold_word(word)) for word in words)
    return {cut: form for form in forms for cut in _cuts(form) if _is_cut(*cut, morphology)}


def _cuts(form: str) -> Iterator[tuple[str, str]]:
    if form.isalpha() and len(form) >= SHORTEST_WORD:
        longest = len(form) - 1 if len(form) > LONG_ENOUGH else len(form) - 2
        yield from ((form[:place], form[place:]) for place in range(1, longest + 1))


def _is_cut(first: str, rest: str, morphology: Morphology) -> bool:
    return rest in MULTIPLES or not (morphology.is_everyday(first) and morphology.is_everyday(rest))
