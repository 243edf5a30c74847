"""The words of a pack that say how content a speaker is, ready to be looked up: by exact form first, then by lemma."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from auricle_languages.pack import Phrases, SentimentWords
from auricle_languages.words import tokenize

Words = tuple[str, ...]
Lemmatised = Callable[[Sequence[str]], tuple[Words, ...]]


@dataclass(frozen=True)
class Lexicon:
    """Weights of phrases, and the words that change them (by lemma). `reach` is the longest phrase that begins with a word."""

    forms: Mapping[Words, int]
    lemmas: Mapping[Words, int]
    reach: Mapping[str, int]
    negators: frozenset[str]
    intensifiers: frozenset[str]
    softeners: frozenset[str]
    light: frozenset[str]
    contrasts: frozenset[str]
    conditions: frozenset[str]

    @classmethod
    def of(cls, words: SentimentWords, lemmatised: Lemmatised) -> "Lexicon":
        """Raises `ValueError` for a phrase that has two weights."""

        def lemmas(texts: Phrases) -> frozenset[str]:
            return frozenset(phrase[0] for phrase in lemmatised(texts))

        forms, by_lemma = _weighed(words.forms, _forms), _weighed(words.weights, lemmatised)
        reach: dict[str, int] = {}
        for phrase in (*forms, *by_lemma):
            reach[phrase[0]] = max(len(phrase), reach.get(phrase[0], 0))
        return cls(
            forms, by_lemma, reach, lemmas(words.negators), lemmas(words.intensifiers), lemmas(words.softeners),
            lemmas(words.light), lemmas(words.contrasts), lemmas(words.conditions),
        )  # fmt: skip

    def may_begin(self, *words: Sequence[str]) -> bool:
        """Whether one of the words begins a phrase; in most turns none does."""
        return not all(self.reach.keys().isdisjoint(some) for some in words)

    def longest(self, forms: Words, lemmas: Words) -> tuple[int, int] | None:
        """Weight and length of the longest phrase that the words begin with; both tuples are the same words."""
        reach = max(self.reach.get(forms[0], 0), self.reach.get(lemmas[0], 0))
        for length in range(min(reach, len(forms)), 0, -1):
            weight = self.forms.get(forms[:length], self.lemmas.get(lemmas[:length]))
            if weight is not None:
                return weight, length
        return None


def _forms(texts: Sequence[str]) -> tuple[Words, ...]:
    return tuple(tuple(token.norm for token in tokenize(text)) for text in texts)


def _weighed(groups: Mapping[int, Phrases], words_of: Lemmatised) -> dict[Words, int]:
    weights: dict[Words, int] = {}
    for weight, texts in groups.items():
        for phrase in words_of(texts):
            if weights.setdefault(phrase, weight) != weight:
                raise ValueError(f"sentiment: {' '.join(phrase)} has two weights")
    return weights
