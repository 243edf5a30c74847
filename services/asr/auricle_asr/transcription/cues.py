"""Phrases that speak for the agent, the customer, a machine or a bot: data, found in a text or word by word."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
from auricle_contracts import Word
from numpy.typing import NDArray

from auricle_asr.speech.phrases import normalised
from auricle_asr.transcription.side_words import SideWords

PHRASE_WEIGHT = 0.5  # beside learnt words, which know most of the phrases too
CAP = 4.0  # log odds that one utterance may contribute: no phrase decides alone
NO_WORDS = SideWords({})
Tables = Mapping[str, Mapping[str, Sequence[str]]]


@dataclass(frozen=True)
class Cue:
    """A phrase, and its log odds for a side (negative: for the other). A trailing * matches any ending of the last word."""

    phrase: str
    weight: float


@dataclass(frozen=True)
class Found:
    """A cue in a normalised text: its characters and its weight."""

    start: int
    end: int
    weight: float


class Phrases:
    """Cues as one regular expression over normalised text; longer phrases win over those inside them."""

    def __init__(self, cues: Iterable[Cue]) -> None:
        given = list(cues)
        self._weights = {normalised(cue.phrase): cue.weight for cue in given if not cue.phrase.endswith("*")}
        self._stems = {normalised(cue.phrase): cue.weight for cue in given if cue.phrase.endswith("*")}
        whole = [(phrase, rf"{re.escape(phrase)}\b") for phrase in self._weights]
        stems = [(phrase, rf"{re.escape(phrase)}\w*") for phrase in self._stems]
        ordered = sorted(whole + stems, key=lambda one: -len(one[0]))
        self._pattern = re.compile(r"\b(?:" + "|".join(pattern for _, pattern in ordered) + ")") if ordered else None

    def found(self, text: str) -> list[Found]:
        """In a normalised text."""
        matches = self._pattern.finditer(text) if self._pattern else ()
        return [Found(match.start(), match.end(), self._weight(match.group())) for match in matches]

    def evidence(self, text: str) -> float:
        """Log odds, within ±4."""
        return float(np.clip(sum(one.weight for one in self.found(normalised(text))), -CAP, CAP))

    def by_word(self, words: Sequence[Word]) -> NDArray[np.float64]:
        """The evidence of one utterance, on the words that carry it; together within ±4."""
        parts = [(number, part) for number, word in enumerate(words) for part in normalised(word.text).split()]
        starts = [0, *accumulate(len(part) + 1 for _, part in parts)]
        found = self.found(" ".join(part for _, part in parts))
        carried = np.zeros(len(words))
        for one in found:
            first, last = np.searchsorted(starts, (one.start, one.end - 1), side="right") - 1
            for place in range(first, last + 1):
                carried[parts[place][0]] += one.weight / (last - first + 1)
        whole = abs(sum(one.weight for one in found))
        return carried * (CAP / whole) if whole > CAP else carried

    def _weight(self, match: str) -> float:
        if match in self._weights:
            return self._weights[match]
        return next(
            weight for stem, weight in sorted(self._stems.items(), key=lambda s: -len(s[0])) if match.startswith(stem)
        )


class Sides:
    """Who says what: phrases known beforehand, and words learnt from dialogues. Log odds for the agent, within ±4 for an utterance."""

    def __init__(self, phrases: Phrases, words: SideWords) -> None:
        self._phrases, self._words = phrases, words

    def evidence(self, text: str) -> float:
        """Of a text."""
        return float(np.clip(PHRASE_WEIGHT * self._phrases.evidence(text) + self._words.evidence(text), -CAP, CAP))

    def by_word(self, words: Sequence[Word]) -> NDArray[np.float64]:
        """Of one utterance, on the words that carry it."""
        carried = PHRASE_WEIGHT * self._phrases.by_word(words) + self._words.by_word(words)
        whole = abs(float(carried.sum()))
        return carried * (CAP / whole) if whole > CAP else carried


class CueBook:
    """`sides` are log odds of agent against customer, `machines` of a recording or a bot against people.

    `bots` and `voicemails` are the machines' that tell these kinds of them.
    """

    def __init__(self, sides: Sides, machines: Phrases, bots: Phrases, voicemails: Phrases) -> None:
        self.sides, self.machines, self.bots, self.voicemails = sides, machines, bots, voicemails

    @classmethod
    def of(cls, tables: Tables, words: SideWords = NO_WORDS) -> "CueBook":
        """From the data files: side → weight → phrases, and the words of sides. What tells a kind of machine tells a machine too."""
        sides = [*_cues(tables, "agent", 1.0), *_cues(tables, "customer", -1.0)]
        machines, bots, voicemails = (list(_cues(tables, kind, 1.0)) for kind in ("machine", "bot", "voicemail"))
        return cls(
            Sides(Phrases(sides), words), Phrases([*machines, *bots, *voicemails]), Phrases(bots), Phrases(voicemails)
        )

    def evidence(self, text: str) -> float:
        """Log odds for the agent, within ±4."""
        return self.sides.evidence(text)


def _cues(tables: Tables, side: str, sign: float) -> Iterable[Cue]:
    return (Cue(phrase, sign * float(weight)) for weight, phrases in tables.get(side, {}).items() for phrase in phrases)
