"""How the two tracks of a recording relate: two sides of a call, one sound twice, or one leaking into the other.

    separate ─ each track is somebody.      A quiet echo of the other side (12 dB or more below) is masked.
    same     ─ both tracks hold both sides: identical, or a loud leak. Treated as mono, else every sentence would appear twice.
    one      ─ one track is digital silence: a mono call in a stereo file.

Judged on blocks of one second: the highest normalised cross-correlation within 100 ms, and the difference of level.
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
DECIMATION = 4
LAG_SAMPLES = 400  # at 4 kHz: 100 ms
AUDIBLE_RMS = 60.0  # of 32768: -55 dBFS
ALIKE = 0.6
ECHO_DB = 12.0
SAME_SHARE = 0.6
MASKED_SHARE = 0.6


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
    blocks = list(_blocks(first, second))
    active = [block for block in blocks if block.active]
    empty = [number for number, track in enumerate((first, second)) if not _ever_audible(track)]
    if len(empty) == 1 and active:
        return TrackRelation(Relation.ONE, (1 - empty[0],))
    alike = [block for block in active if block.alike >= ALIKE and abs(block.level_db) < ECHO_DB]
    if active and len(alike) >= SAME_SHARE * len(active):
        return TrackRelation(Relation.SAME, (0, 1))
    echoes = (
        _stretches([block.active and block.alike >= ALIKE and block.level_db <= -ECHO_DB for block in blocks]),
        _stretches([block.active and block.alike >= ALIKE and block.level_db >= ECHO_DB for block in blocks]),
    )
    return TrackRelation(Relation.SEPARATE, (0, 1), echoes)


def without_echoes(clips: Sequence[Clip], echoes: Sequence[Clip]) -> tuple[Clip, ...]:
    """The clips of a track that are not mostly the other side's echo."""
    return tuple(clip for clip in clips if _overlap(clip, echoes) < MASKED_SHARE * clip.length)


def _overlap(clip: Clip, echoes: Sequence[Clip]) -> int:
    return sum(max(0, min(clip.end, echo.end) - max(clip.start, echo.start)) for echo in echoes)


def _blocks(first: Samples, second: Samples) -> Iterator[_Block]:
    for start in range(0, len(first) - DECIMATION, BLOCK_SAMPLES):
        one, two = (_decimated(track[start : start + BLOCK_SAMPLES]) for track in (first, second))
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


def _stretches(echo: list[bool]) -> tuple[Clip, ...]:
    found, at = [], 0
    for flag, run in groupby(echo):
        length = len(list(run))
        if flag:
            found.append(Clip(at * BLOCK_SAMPLES, (at + length) * BLOCK_SAMPLES))
        at += length
    return tuple(found)
