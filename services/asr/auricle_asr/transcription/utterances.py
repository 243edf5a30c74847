"""Words cut into utterances: what one side says before it pauses, or before the other side gets a word in."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from auricle_contracts import Word

PAUSE_MS = 800
INTERJECTION_PAUSE_MS = 250
MONO_PAUSE_MS = 450
MONO_SENTENCE_PAUSE_MS = 200
SENTENCE_ENDS = (".", "!", "?", "…")


@dataclass(frozen=True)
class Utterance:
    """Words said in one go on one track."""

    track: int
    words: tuple[Word, ...]

    @property
    def start_ms(self) -> int:
        """Of the first word."""
        return self.words[0].start_ms

    @property
    def end_ms(self) -> int:
        """Of the last word."""
        return max(word.end_ms for word in self.words)

    @property
    def text(self) -> str:
        """The words in a row."""
        return " ".join(word.text for word in self.words)

    @property
    def confidence(self) -> float:
        """Mean word confidence."""
        return sum(word.confidence for word in self.words) / len(self.words)


def of_two_tracks(tracks: Sequence[Sequence[Word]], changes: Sequence[frozenset[int]] = ()) -> list[Utterance]:
    """Both sides' utterances in the order of time. A short pause ends one if the other side starts to speak in it.

    `changes[n]` are the words of track n with which another speaker begins.
    """
    starts = [sorted(word.start_ms for word in words) for words in tracks]
    found: list[Utterance] = []
    for number, words in enumerate(tracks):
        others = sorted(start for other, theirs in enumerate(starts) if other != number for start in theirs)
        changed = changes[number] if changes else frozenset()
        found += _cut(number, words, _two_track_breaks(words, others) | changed)
    return sorted(found, key=lambda utterance: (utterance.start_ms, utterance.track))


def of_one_track(words: Sequence[Word], voices: Sequence[object] | None = None) -> list[Utterance]:
    """By pauses; a shorter one is enough after the end of a sentence, where speakers change, and none where the voice does."""
    breaks = set()
    for number, (word, following) in enumerate(pairwise(words), start=1):
        pause = following.start_ms - word.end_ms
        another = voices is not None and voices[number] != voices[number - 1]
        sentence = pause >= MONO_SENTENCE_PAUSE_MS and word.text.endswith(SENTENCE_ENDS)
        if another or sentence or pause >= MONO_PAUSE_MS:
            breaks.add(number)
    return _cut(0, words, breaks)


def _two_track_breaks(words: Sequence[Word], others: Sequence[int]) -> set[int]:
    breaks = set()
    for number, (word, following) in enumerate(pairwise(words), start=1):
        pause = following.start_ms - word.end_ms
        if pause >= PAUSE_MS or (pause >= INTERJECTION_PAUSE_MS and _interjected(word, following, others)):
            breaks.add(number)
    return breaks


def _interjected(word: Word, following: Word, others: Sequence[int]) -> bool:
    """Whether the other side starts to speak between the two words. `others` is in the order of time."""
    first = bisect_left(others, word.end_ms - INTERJECTION_PAUSE_MS)
    return first < len(others) and others[first] < following.start_ms


def _cut(track: int, words: Sequence[Word], breaks: Iterable[int]) -> list[Utterance]:
    edges = [0, *sorted(breaks), len(words)]
    return [Utterance(track, tuple(words[start:end])) for start, end in pairwise(edges) if end > start]
