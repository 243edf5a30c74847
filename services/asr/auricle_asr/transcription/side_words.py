"""Words that one side says more than the other: log odds of words, their beginnings and pairs of them, learnt from written dialogues.

The table is data (`data/side_words.json`) that `tests/bench/side_words.py` learns and measures. A word that it does not have says
nothing: a text of unknown words leaves the side open.
"""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from auricle_contracts import Word
from numpy.typing import NDArray

from auricle_asr.speech.phrases import normalised

BEGINNING = 5  # letters that stand for a longer word with any ending
QUESTION = "?"


def ngrams(parts: Sequence[str]) -> Iterator[tuple[int, int, str]]:
    """(first, last, n-gram) of normalised words: each word, the beginning of a long one, and each pair of neighbours."""
    short = [part if len(part) <= BEGINNING else f"{part[:BEGINNING]}*" for part in parts]
    for number, part in enumerate(parts):
        yield number, number, part
        if short[number] != part:
            yield number, number, short[number]
        if number:
            yield number - 1, number, f"{short[number - 1]} {short[number]}"


class SideWords:
    """N-gram → log odds for the agent (negative: for the customer)."""

    def __init__(self, odds: Mapping[str, float]) -> None:
        self._odds = odds

    def evidence(self, text: str) -> float:
        """Log odds of a text for the agent."""
        found = sum(self._odds.get(ngram, 0.0) for *_, ngram in ngrams(normalised(text).split()))
        return found + text.count(QUESTION) * self._odds.get(QUESTION, 0.0)

    def by_word(self, words: Sequence[Word]) -> NDArray[np.float64]:
        """The evidence of one utterance, on the words that carry it."""
        parts = [(number, part) for number, word in enumerate(words) for part in normalised(word.text).split()]
        carried = np.array([word.text.count(QUESTION) * self._odds.get(QUESTION, 0.0) for word in words])
        for first, last, ngram in ngrams([part for _, part in parts]):
            share = self._odds.get(ngram, 0.0) / (last - first + 1)
            for place in range(first, last + 1):
                carried[parts[place][0]] += share
        return carried
