"""What the sound of one turn gives: level, pitch and speed. Pitch is swift-f0's, a network of 135 kB.

A telephone line has no fundamental below 300 Hz. On 30 calls with raised pitch, WORLD's DIO (pyworld) saw nothing of it, WORLD's
Harvest did at ten times the time, swift-f0 did at DIO's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from auricle_contracts import Turn, Word
from numpy.typing import NDArray
from swift_f0 import SwiftF0

from auricle_asr.recordings.recording import RATE_HZ, SAMPLES_PER_MS, Samples

MIN_SPOKEN_MS = 600
LOWEST_HZ, HIGHEST_HZ, MIN_PITCH_CONFIDENCE = 60.0, 500.0, 0.8
MIN_VOICED_FRAMES = 15
FULL_SCALE = 32_768.0
VOWELS = frozenset("аеёиоуыэюяaeiouy")
SEMITONES = 12.0


@dataclass(frozen=True)
class Sound:
    """One turn, absolute: `loudness_db` below full scale, `pitch` and `pitch_range` in semitones over 1 Hz, syllables a second."""

    turn: int
    speaker: str
    loudness_db: float
    pitch: float
    pitch_range: float
    syllables_per_second: float
    pause_share: float


def measure(turn: Turn, track: Samples) -> Sound | None:
    """None for a turn without word times, or with too little voice to say anything about it."""
    spoken_ms = sum(word.end_ms - word.start_ms for word in turn.words)
    if turn.start_ms is None or turn.end_ms is None or spoken_ms < MIN_SPOKEN_MS:
        return None
    heard = np.concatenate([_cut(track, word) for word in turn.words])
    if heard.size < MIN_SPOKEN_MS * SAMPLES_PER_MS:
        return None
    pitch = _pitch(heard)
    if pitch.size < MIN_VOICED_FRAMES:
        return None
    low, middle, high = np.percentile(pitch, (10, 50, 90))
    return Sound(
        turn=turn.id,
        speaker=turn.participant,
        loudness_db=_level_db(heard),
        pitch=float(middle),
        pitch_range=float(high - low),
        syllables_per_second=syllables(turn.words) / (spoken_ms / 1000),
        pause_share=max(0.0, 1 - spoken_ms / max(1, turn.end_ms - turn.start_ms)),
    )


def syllables(words: Sequence[Word]) -> int:
    """A vowel each, at least one a word: near enough for Russian and English speed."""
    return sum(max(1, sum(letter in VOWELS for letter in word.text.lower())) for word in words)


def _cut(track: Samples, word: Word) -> NDArray[np.float32]:
    piece = track[word.start_ms * SAMPLES_PER_MS : word.end_ms * SAMPLES_PER_MS]
    return np.asarray(piece, np.float32) / FULL_SCALE


def _level_db(heard: NDArray[np.float32]) -> float:
    return float(10 * np.log10(np.mean(heard**2) + 1e-10))


def _pitch(heard: NDArray[np.float32]) -> NDArray[np.float64]:
    """Semitones over 1 Hz of the frames that surely have a pitch."""
    found = _tracker().detect(heard, RATE_HZ, fmin=LOWEST_HZ, fmax=HIGHEST_HZ)
    sure = (found.confidence > MIN_PITCH_CONFIDENCE) & (found.pitch_hz > 0)
    return np.asarray(SEMITONES * np.log2(found.pitch_hz[sure]), np.float64)


@cache
def _tracker() -> SwiftF0:
    return SwiftF0(threads=1, spin=False)
