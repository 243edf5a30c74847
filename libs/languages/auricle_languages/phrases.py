"""All phrases of all lists in one automaton over lemmas, so that a thousand phrases cost what one does."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from operator import attrgetter
from typing import NamedTuple

import ahocorasick_rs

_BORDER = "\n"


class Hit(NamedTuple):
    """A phrase of the list `label`, from token `first` to token `last` inclusive."""

    label: str
    phrase: str
    first: int
    last: int

    @property
    def is_unbroken(self) -> bool:
        """Whether the phrase's words stand side by side, no filler between them."""
        return self.last - self.first == self.phrase.count(_BORDER)


by_place = attrgetter("first", "last", "label")
"""The order of hits in a text."""


class PhraseBook:
    """Finds whole-word phrases. Lists and phrases come lemmatised: a phrase is a sequence of lemmas."""

    def __init__(self, lists: Mapping[str, Iterable[Sequence[str]]]) -> None:
        entries: dict[str, list[str]] = {}
        for label, phrases in lists.items():
            for lemmas in phrases:
                labels = entries.setdefault(_joined(lemmas), [])
                if label not in labels:
                    labels.append(label)
        entries.pop(_joined(()), None)
        self._phrases = [
            (needle.strip(_BORDER), needle.count(_BORDER) - 1, tuple(labels)) for needle, labels in entries.items()
        ]
        self._automaton = ahocorasick_rs.AhoCorasick(list(entries)) if entries else None

    def find(self, lemmas: Sequence[str]) -> list[Hit]:
        """Every occurrence, overlapping ones too, in order of place."""
        return self.find_all([lemmas])[0]

    def find_all(self, texts: Sequence[Sequence[str]]) -> list[list[Hit]]:
        """The hits of each text, in one pass over all of them: a call for each short turn would cost more than the search."""
        hits: list[list[Hit]] = [[] for _ in texts]
        if self._automaton is None:
            return hits
        joined = list(map(_BORDER.join, texts))
        whole = _joined([(_BORDER + _BORDER).join(joined)])
        found = self._automaton.find_matches_as_indexes(whole, overlapping=True)
        if not found:
            return hits
        offsets = list(accumulate((len(one) + 2 for one in joined), initial=0))
        # `first` tokens of the text at `place` begin before `at`: counted on from hit to hit, so that time stays linear.
        place, at, first = -1, 0, 0
        for number, start, _ in found:
            if start >= offsets[place + 1]:
                place = bisect_right(offsets, start) - 1
                at, first = offsets[place], 0
            first += whole.count(_BORDER, at, start) if at <= start else -whole.count(_BORDER, start, at)
            at = start
            phrase, words, labels = self._phrases[number]
            hits[place].extend([Hit(label, phrase, first, first + words - 1) for label in labels])
        for one in hits:
            if len(one) > 1:
                one.sort(key=by_place)
        return hits


def _joined(lemmas: Sequence[str]) -> str:
    """Lemmas with a border on every side: a needle cannot match inside a word."""
    return _BORDER + _BORDER.join(lemmas) + _BORDER
