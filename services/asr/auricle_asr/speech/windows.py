"""Packing speech into the engine's windows, and finding a window's words again on their track.

Whisper's price is the number of 30 s windows, whatever is in them. On a track of its own a person is silent more than half of the
time, so the stretches of speech of one track are put end to end into as few windows as they fit in. A window never mixes tracks:
each has its own language and loudness.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from auricle_contracts import Word

from auricle_asr.recordings.recording import RATE_HZ, SAMPLES_PER_MS, Samples
from auricle_asr.speech.engine import RecognisedWord, Sound

FULL_SCALE = 32768.0


@dataclass(frozen=True)
class Clip:
    """A stretch of one track, in samples, half open."""

    start: int
    end: int

    @property
    def length(self) -> int:
        """In samples."""
        return self.end - self.start


@dataclass(frozen=True)
class Window:
    """Clips of one track that are decoded together, in the order of time."""

    track: int
    clips: tuple[Clip, ...]

    @property
    def length(self) -> int:
        """In samples."""
        return sum(clip.length for clip in self.clips)


def split(clips: Iterable[Clip], longest: int) -> list[Clip]:
    """The same stretches with none longer than `longest`: equal parts, so that no crumb is left at the end."""
    parts = []
    for clip in clips:
        count = max(1, -(-clip.length // longest))
        edges = [clip.start + clip.length * number // count for number in range(count + 1)]
        parts += [Clip(start, end) for start, end in pairwise(edges)]
    return parts


def pack(track: int, clips: Sequence[Clip], longest: int) -> list[Window]:
    """First fit: each clip goes into the earliest window with room for it. `longest` is the window's size in samples."""
    open_windows: list[list[Clip]] = []
    room: list[int] = []
    for clip in split(clips, longest):
        fitting = next((number for number, left in enumerate(room) if left >= clip.length), None)
        if fitting is None:
            fitting = len(room)
            open_windows.append([])
            room.append(longest)
        open_windows[fitting].append(clip)
        room[fitting] -= clip.length
    return [Window(track, tuple(found)) for found in open_windows]


def packing(windows: Sequence[Window], longest: int) -> float:
    """How near to the fewest possible windows this is: 1.0 is the limit, ceil(speech / window) over all tracks together."""
    speech = sum(window.length for window in windows)
    return -(-speech // longest) / len(windows) if windows else 1.0


def sound_of(window: Window, track: Samples) -> Sound:
    """The window's samples, end to end."""
    pieces = [track[clip.start : clip.end] for clip in window.clips]
    return np.concatenate(pieces).astype(np.float32) / np.float32(FULL_SCALE)


def words_on_track(window: Window, words: Iterable[RecognisedWord]) -> list[Word]:
    """The words with their ms in the recording. A word belongs to the clip that holds its middle and stays inside it."""
    return [_word_on_track(window, word) for word in words]


def _word_on_track(window: Window, word: RecognisedWord) -> Word:
    middle = int((word.start_s + word.end_s) / 2 * RATE_HZ)
    clip, before = _clip_at(window, middle)
    shift = clip.start - before
    start = min(max(int(word.start_s * RATE_HZ) + shift, clip.start), clip.end)
    end = min(max(int(word.end_s * RATE_HZ) + shift, start), clip.end)
    confidence = min(1.0, max(0.0, word.probability))
    return Word(
        text=word.text, start_ms=start // SAMPLES_PER_MS, end_ms=end // SAMPLES_PER_MS, confidence=round(confidence, 4)
    )


def _clip_at(window: Window, position: int) -> tuple[Clip, int]:
    """The clip that holds this sample of the window, and how many samples of the window are before it."""
    before = 0
    for clip in window.clips[:-1]:
        if position < before + clip.length:
            return clip, before
        before += clip.length
    return window.clips[-1], before
