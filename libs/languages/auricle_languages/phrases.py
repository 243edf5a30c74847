"""All phrases of all lists in one automaton over lemmas, so that a thousand phrases cost what one does."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from operator import attrgetter
from typing import NamedTuple

import ahocorasick_rs

_BORDER = "\n"
_BORDERS = re.compile(_BORDER)


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
        self._phrases = [(needle.strip(_BORDER), tuple(labels)) for needle, labels in entries.items()]
        self._automaton = ahocorasick_rs.AhoCorasick(list(entries)) if entries else None

    def find(self, lemmas: Sequence[str]) -> list[Hit]:
        """Every occurrence, overlapping ones too, in order of place."""
        return self.find_all([lemmas])[0]

    def find_all(self, texts: Sequence[Sequence[str]]) -> list[list[Hit]]:
        """The hits of each text, in one pass over all of them: a call for each short turn would cost more than the search."""
        hits: list[list[Hit]] = [[] for _ in texts]
        if self._automaton is None:
            return hits
        joined = [_joined(lemmas) for lemmas in texts]
        whole = "".join(joined)
        found = self._automaton.find_matches_as_indexes(whole, overlapping=True)
        if not found:
            return hits
        offsets = list(accumulate(map(len, joined), initial=0))
        borders = [match.start() for match in _BORDERS.finditer(whole)]
        for number, start, end in found:
            text = bisect_right(offsets, start) - 1
            opening = bisect_left(borders, offsets[text])  # the border before the first token of this text
            first, last = bisect_left(borders, start) - opening, bisect_left(borders, end - 1) - opening - 1
            phrase, labels = self._phrases[number]
            hits[text].extend([Hit(label, phrase, first, last) for label in labels])
        for place in {bisect_right(offsets, start) - 1 for _, start, _ in found}:
            hits[place].sort(key=by_place)
        return hits


def _joined(lemmas: Sequence[str]) -> str:
    """Lemmas with a border on every side: a needle cannot match inside a word."""
    return _BORDER + _BORDER.join(lemmas) + _BORDER
