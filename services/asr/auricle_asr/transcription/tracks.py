"""How the two tracks of a recording relate: two sides of a call, one sound twice, or one leaking into the other.

    separate ─ each track is somebody.      A quiet echo of the other side (12 dB or more below) is cut out of its speech.
    same     ─ both tracks hold both sides: identical, or a loud leak. Treated as mono, else every sentence would appear twice.
    one      ─ one track is digital silence: a mono call in a stereo file.

Judged on blocks of one second, echoes on half seconds: the highest normalised cross-correlation within 100 ms, and the difference of level.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from auricle_asr.recordings.recording import RATE_HZ, Samples
from auricle_asr.speech.windows import Clip

BLOCK_SAMPLES = RATE_HZ
ECHO_SAMPLES, ECHO_STEP = RATE_HZ // 2, RATE_HZ // 4
SHORTEST_SAMPLES = RATE_HZ // 2  # of what is left of a stretch of speech when an echo was cut out of it
DECIMATION = 4
LAG_SAMPLES = 400  # at 4 kHz: 100 ms
AUDIBLE_RMS = 60.0  # of 32768: -55 dBFS
ALIKE = 0.6
ECHO_DB = 12.0
SAME_SHARE = 0.6
ECHO_SHARE = 0.6


class Relation(StrEnum):
    """What the tracks are to each other."""

    SEPARATE = "separate"
    SAME = "same"
    ONE = "one"


@dataclass(frozen=True)
class TrackRelation:
    """`kept` are the tracks to listen to; `echoes[n]` are stretches of track n that are only the other side's echo."""

    relation: Relation
    kept: tuple[int, ...]
    echoes: tuple[tuple[Clip, ...], ...] = ((), ())


@dataclass(frozen=True)
class _Block:
    alike: float
    level_db: float  # of the first track over the second
    active: bool


def relate(first: Samples, second: Samples) -> TrackRelation:
    """Compare two tracks of equal length."""
    blocks = list(_blocks(first, second, BLOCK_SAMPLES, BLOCK_SAMPLES))
    active = [block for block in blocks if block.active]
    empty = [number for number, track in enumerate((first, second)) if not _ever_audible(track)]
    if len(empty) == 1 and active:
        return TrackRelation(Relation.ONE, (1 - empty[0],))
    alike = [block for block in active if block.alike >= ALIKE and abs(block.level_db) < ECHO_DB]
    if active and len(alike) >= SAME_SHARE * len(active):
        return TrackRelation(Relation.SAME, (0, 1))
    return TrackRelation(Relation.SEPARATE, (0, 1), _echoes(first, second))


def _echoes(first: Samples, second: Samples) -> tuple[tuple[Clip, ...], tuple[Clip, ...]]:
    """Of each track. Own speech beside an echo is louder, so a half second that holds some of it is none."""
    blocks = list(_blocks(first, second, ECHO_SAMPLES, ECHO_STEP))
    quieter = ([block.level_db <= -ECHO_DB for block in blocks], [block.level_db >= ECHO_DB for block in blocks])
    return _stretches(blocks, quieter[0]), _stretches(blocks, quieter[1])


def without_echoes(clips: Sequence[Clip], echoes: Sequence[Clip]) -> tuple[Clip, ...]:
    """The track's own speech: the other side's echo is cut out, and of a clip that is nothing else no crumb is left."""
    return tuple(part for clip in clips for part in _cut(clip, echoes))


def _cut(clip: Clip, echoes: Sequence[Clip]) -> list[Clip]:
    """What is left of a clip, without crumbs."""
    inside = [echo for echo in echoes if echo.start < clip.end and echo.end > clip.start]
    starts = [clip.start, *(echo.end for echo in inside)]
    ends = [*(echo.start for echo in inside), clip.end]
    parts = [Clip(max(start, clip.start), min(end, clip.end)) for start, end in zip(starts, ends, strict=True)]
    return [part for part in parts if part.length >= (SHORTEST_SAMPLES if inside else 1)]


def _blocks(first: Samples, second: Samples, size: int, step: int) -> Iterator[_Block]:
    for start in range(0, len(first) - DECIMATION, step):
        one, two = (_decimated(track[start : start + size]) for track in (first, second))
        levels = float(np.sqrt(np.mean(one**2))), float(np.sqrt(np.mean(two**2)))
        level_db = 20 * float(np.log10((levels[0] + 1e-6) / (levels[1] + 1e-6)))
        yield _Block(_alikeness(one, two), level_db, max(levels) > AUDIBLE_RMS)


def _decimated(block: Samples) -> NDArray[np.float64]:
    whole = len(block) // DECIMATION * DECIMATION
    averaged = block[:whole].reshape(-1, DECIMATION).mean(axis=1)
    centred: NDArray[np.float64] = averaged - averaged.mean()
    return centred


def _alikeness(one: NDArray[np.float64], two: NDArray[np.float64]) -> float:
    """Highest absolute correlation over lags of up to 100 ms, 0 to 1."""
    energy = float(np.sqrt(np.sum(one**2) * np.sum(two**2)))
    if energy < 1.0:
        return 0.0
    size = 2 * len(one)
    correlation = np.fft.irfft(np.fft.rfft(one, size) * np.conj(np.fft.rfft(two, size)), size)
    near = np.concatenate([correlation[:LAG_SAMPLES], correlation[-LAG_SAMPLES:]])
    return float(np.max(np.abs(near)) / energy)


def _ever_audible(track: Samples) -> bool:
    blocks = range(0, len(track), BLOCK_SAMPLES)
    return any(
        int(np.abs(track[start : start + BLOCK_SAMPLES].astype(np.int32)).max()) > AUDIBLE_RMS for start in blocks
    )


def _stretches(blocks: Sequence[_Block], quieter: Sequence[bool]) -> tuple[Clip, ...]:
    """Runs in which a track is far below the other one and sounds like it most of the time, as clips."""
    found, at = [], 0
    for is_quieter, run in groupby(zip(blocks, quieter, strict=True), key=lambda one: one[1] and one[0].active):
        alike = [block.alike >= ALIKE for block, _ in run]
        if is_quieter and sum(alike) >= ECHO_SHARE * len(alike):
            found.append(Clip(at * ECHO_STEP, (at + len(alike) - 1) * ECHO_STEP + ECHO_SAMPLES))
        at += len(alike)
    return tuple(found)
