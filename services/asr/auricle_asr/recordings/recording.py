"""A decoded recording: its tracks on disk as 16 kHz samples, its facts, its waveform peaks."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RATE_HZ = 16_000
SAMPLES_PER_MS = RATE_HZ // 1000
Samples = NDArray[np.int16]
SILENCE_PEAK = 104  # -50 dBFS of 32768
MAX_BUCKETS = 4_000
MIN_BUCKET_MS = 50


@dataclass(frozen=True)
class DecodedRecording:
    """`tracks` are memory maps of files in the run's folder; `flags` say what is doubtful about them."""

    tracks: tuple[Samples, ...]
    codec: str
    source_rate_hz: int
    declared_ms: int | None
    flags: tuple[str, ...]

    @property
    def duration_ms(self) -> int:
        """Length of what was decoded."""
        return len(self.tracks[0]) // SAMPLES_PER_MS


def bucket_ms(samples: int) -> int:
    """Width of a bucket: 50 ms, or more where that would make more than 4,000 of them."""
    return max(MIN_BUCKET_MS, -(-samples // SAMPLES_PER_MS // MAX_BUCKETS))


def peaks(track: Samples) -> NDArray[np.int32]:
    """The loudest sample of each bucket, 0-32768. Works on memory maps without loading them whole."""
    width = bucket_ms(len(track)) * SAMPLES_PER_MS
    whole = len(track) // width * width
    parts = [track[:whole].reshape(-1, width)] if whole else []
    if whole < len(track):
        parts.append(track[whole:].reshape(1, -1))
    loudest = [np.maximum(part.max(axis=1).astype(np.int32), -part.min(axis=1).astype(np.int32)) for part in parts]
    return np.concatenate(loudest) if loudest else np.zeros(0, np.int32)


def waveform(tracks: Sequence[Samples]) -> dict[str, object]:
    """What the page draws: `{"version": 1, "bucket_ms": …, "tracks": [[0..100, …], …]}`."""
    drawn = [np.rint(peaks(track) * (100 / 32768)).astype(int).tolist() for track in tracks]
    return {"version": 1, "bucket_ms": bucket_ms(len(tracks[0])), "tracks": drawn}


def is_silent(tracks: Sequence[Samples]) -> bool:
    """At most one bucket in a hundred is louder than -50 dBFS, on every track."""
    return all(np.count_nonzero(found > SILENCE_PEAK) <= len(found) // 100 for found in map(peaks, tracks))
