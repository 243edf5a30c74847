"""An utterance with its truth: espeak's events joined to the words of the text."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from auricle_samples.voice.espeak import Espeak, Speech, Voice
from auricle_samples.voice.line import Samples


@dataclass(frozen=True, slots=True)
class TimedWord:
    """A word and the seconds where it starts and ends."""

    text: str
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Utterance:
    """Samples without the silence around them, the words, and (seconds, name) of each phoneme."""

    samples: Samples
    rate_hz: int
    words: tuple[TimedWord, ...]
    phonemes: tuple[tuple[float, str], ...]

    @property
    def length_s(self) -> float:
        return self.samples.size / self.rate_hz


_SILENCE = 0.004


def uttered(espeak: Espeak, text: str, voice: Voice) -> Utterance:
    """Speak words (separated by single spaces) and time them. Raises ValueError when nothing was said."""
    speech = espeak.say(text, voice)
    loud = (abs(speech.samples) > _SILENCE).nonzero()[0]
    if not loud.size:
        raise ValueError(f"nothing was said for {len(text)} characters")
    first, last = int(loud[0]), int(loud[-1]) + 1
    rate = speech.rate_hz
    spoken = tuple(((at - first) / rate, name) for at, name in speech.phonemes if at < last)
    return Utterance(speech.samples[first:last], rate, _words(text, speech, first, last), spoken)


def _words(text: str, speech: Speech, first: int, last: int) -> tuple[TimedWord, ...]:
    """Each word from its own event to the next word's; words that espeak joined share the time by length."""
    offsets, at = [], 0
    for word in text.split(" "):
        offsets.append(at)
        at += len(word) + 1
    begun = {offset: min(max(sample, first), last) for sample, offset in reversed(speech.words)}
    begun.setdefault(0, first)
    known = sorted(offset for offset in offsets if offset in begun)
    marks = [(o, (begun[o] - first) / speech.rate_hz) for o in known] + [(at, (last - first) / speech.rate_hz)]

    def moment(offset: int) -> float:
        for (left, start), (right, end) in itertools.pairwise(marks):
            if left <= offset < right:
                return start + (end - start) * (offset - left) / (right - left)
        return marks[-1][1]

    starts = [moment(offset) for offset in offsets]
    ends = [*starts[1:], marks[-1][1]]
    return tuple(
        TimedWord(word, round(start, 3), round(end, 3))
        for word, start, end in zip(text.split(" "), starts, ends, strict=True)
    )
