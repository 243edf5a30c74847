"""Windows of speech with their truth: text, word times, phoneme of every 20 ms frame."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from auricle_samples.voice.espeak import Espeak, Voice
from auricle_samples.voice.line import TELEPHONE_HZ, Line, Samples, resampled, through_line
from auricle_samples.voice.timed import TimedWord, Utterance, uttered

from auricle_trainer.speech.mel import SAMPLE_HZ

FRAME_S = 0.02


@dataclass(frozen=True, slots=True)
class Segment:
    """One utterance of a window: words with seconds from the window's start."""

    words: tuple[TimedWord, ...]


@dataclass(frozen=True, slots=True)
class Window:
    """16 kHz samples and what is in them. `phonemes`: (seconds, name), a "" where silence begins."""

    samples: Samples
    segments: tuple[Segment, ...]
    phonemes: tuple[tuple[float, str], ...]

    @property
    def text(self) -> str:
        return " ".join(word.text for segment in self.segments for word in segment.words)


def window(
    espeak: Espeak, texts: Iterator[str], voice: Voice, rng: np.random.Generator, longest_s: float, utterances: int
) -> Window:
    """Up to `utterances` sentences, as many as fit in `longest_s`, with pauses, over one telephone line."""
    track = np.zeros(int(longest_s * espeak.rate_hz), np.float32)
    segments: list[Segment] = []
    phonemes: list[tuple[float, str]] = []
    at = _pause(rng, 0.05, 0.5)
    for _ in range(utterances):
        spoken = uttered(espeak, next(texts), voice)
        if at + spoken.length_s > longest_s - 0.05:
            break
        start = int(at * spoken.rate_hz)
        track[start : start + spoken.samples.size] = spoken.samples * rng.uniform(0.6, 1.0)
        segments.append(Segment(tuple(TimedWord(w.text, w.start_s + at, w.end_s + at) for w in spoken.words)))
        phonemes += [(moment + at, name) for moment, name in spoken.phonemes] + [(at + spoken.length_s, "")]
        at += spoken.length_s + _pause(rng, 0.15, _longest_pause(longest_s, rng))
    length = int(min(longest_s, at) / FRAME_S) * int(FRAME_S * espeak.rate_hz)
    return Window(telephoned(track[:length], espeak.rate_hz, rng), tuple(segments), tuple(phonemes))


def utterance_window(spoken: Utterance, rng: np.random.Generator) -> Window:
    """One utterance between two silences."""
    lead, tail = rng.uniform(0.1, 0.6, size=2)
    margin = [np.zeros(int(seconds * spoken.rate_hz), np.float32) for seconds in (lead, tail)]
    samples = np.concatenate([margin[0], spoken.samples, margin[1]])
    words = tuple(TimedWord(w.text, w.start_s + lead, w.end_s + lead) for w in spoken.words)
    return Window(telephoned(samples, spoken.rate_hz, rng), (Segment(words),), ())


def telephoned(samples: Samples, rate_hz: int, rng: np.random.Generator) -> Samples:
    """Mostly a drawn telephone line, sometimes a clean wide band; 16 kHz out."""
    if rng.random() < 0.15:
        wide = resampled(samples, rate_hz, SAMPLE_HZ)
        return (wide + rng.standard_normal(wide.size).astype(np.float32) * 10 ** rng.uniform(-5, -3)).astype(np.float32)
    narrow = through_line(resampled(samples, rate_hz, TELEPHONE_HZ), Line.drawn(rng), rng)
    return resampled(narrow, TELEPHONE_HZ, SAMPLE_HZ)


def _longest_pause(longest_s: float, rng: np.random.Generator) -> float:
    """Short windows have short pauses; in long ones the other speaker sometimes talks for a while."""
    if longest_s <= 10:
        return 0.6
    return 7.0 if rng.random() < 0.15 else 2.0


def _pause(rng: np.random.Generator, shortest_s: float, longest_s: float) -> float:
    """Seconds, a multiple of a frame."""
    return round(float(rng.uniform(shortest_s, longest_s)) / FRAME_S) * FRAME_S
