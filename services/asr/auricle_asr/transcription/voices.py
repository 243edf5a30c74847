"""What a word sounds like, and where speakers may change: the numbers by which voices on one track are told apart.

A word becomes one vector: mean cepstrum and pitch of its frames, turned and scaled so that words of one voice spread alike in all
directions. That spread is the only thing learnt before (from drawn calls, `tests/bench/mono_roles.py`): it says how words differ,
nothing of anybody's voice. Nothing of a voice is kept.
"""

import json
from collections.abc import Sequence
from functools import cache
from importlib import resources
from itertools import pairwise

import numpy as np
from auricle_contracts import Word
from numpy.typing import NDArray

from auricle_asr.recordings.recording import RATE_HZ, SAMPLES_PER_MS, Samples
from auricle_asr.transcription.utterances import SENTENCE_ENDS

Array = NDArray[np.float64]
FRAME, HOP = 512, 160
BANDS, CEPSTRA = 24, 12
PITCH_LAGS = (RATE_HZ // 350, RATE_HZ // 70)
VOICED = 0.45
SHRINKAGE = 0.02
# P(another voice than that of the word before) by the pause between them, ms.
CHANGE_BY_PAUSE = ((80, 0.02), (200, 0.1), (450, 0.3))
CHANGE_AFTER_LONG = 0.65
AFTER_QUESTION = 0.7  # at least: whoever was asked answers
INSIDE_SENTENCE = (
    0.3  # of that, where the engine writes sentences and this one has not ended: people pause before they go on
)
PUNCTUATED = 0.03  # share of words that end a sentence, from which an engine is taken to write them


def changes_between(words: Sequence[Word]) -> list[float]:
    """P(another voice than that of the word before it) of each word but the first."""
    ended = [word.text.endswith(SENTENCE_ENDS) for word in words]
    is_written = sum(ended) >= PUNCTUATED * len(words)
    return [
        max(
            _change_after(following.start_ms - word.end_ms) * (1.0 if end or not is_written else INSIDE_SENTENCE),
            AFTER_QUESTION if word.text.endswith("?") else 0.0,
        )
        for (word, following), end in zip(pairwise(words), ended, strict=False)
    ]


def _change_after(pause_ms: int) -> float:
    return next((chance for longest, chance in CHANGE_BY_PAUSE if pause_ms < longest), CHANGE_AFTER_LONG)


def vectors_of(track: Samples, words: Sequence[Word]) -> tuple[Array, Array]:
    """(words, 13) vectors, in which words of one voice spread alike in all directions, and the seconds of sound of each word."""
    vectors, seconds = unwhitened(track, words)
    return vectors @ whitening(), seconds


def unwhitened(track: Samples, words: Sequence[Word]) -> tuple[Array, Array]:
    """(words, 13) mean cepstra and log pitch around those of the track, and seconds; a word without sound is all zero."""
    found = [_vector(track[word.start_ms * SAMPLES_PER_MS : word.end_ms * SAMPLES_PER_MS]) for word in words]
    seconds = np.array([heard for _, heard in found])
    vectors = np.stack([vector for vector, _ in found]) if found else np.zeros((0, CEPSTRA + 1))
    pitched = np.isfinite(vectors[:, -1])
    vectors[~pitched, -1] = np.median(vectors[pitched, -1]) if pitched.any() else 0.0
    heard = seconds > 0
    centred = vectors - vectors[heard].mean(axis=0) if heard.any() else vectors
    centred[~heard] = 0.0
    return centred, seconds


@cache
def whitening() -> Array:
    """(13, 13): what makes the spread of one voice's words the same in all directions (within-class covariance normalisation)."""
    spread = np.array(
        json.loads(resources.files("auricle_asr").joinpath("data", "voice_spread.json").read_text())["spread"]
    )
    factor: Array = np.linalg.cholesky(np.linalg.inv(spread + SHRINKAGE * np.diag(np.diag(spread))))
    return factor


def _vector(samples: Samples) -> tuple[Array, float]:
    if len(samples) < FRAME:
        return np.append(np.zeros(CEPSTRA), np.nan), 0.0
    frames = np.lib.stride_tricks.sliding_window_view(samples, FRAME)[::HOP].astype(np.float64)
    power = np.square(np.abs(np.fft.rfft(frames * np.hanning(FRAME), axis=1)))
    loud = power.sum(axis=1) >= 0.05 * power.sum(axis=1).max() + 1e-9
    bands = np.log(power[loud] @ _FILTERS + 1.0)
    cepstra = (bands @ _COSINES).mean(axis=0) if loud.any() else np.zeros(CEPSTRA)
    return np.append(cepstra, _pitch(frames[loud])), len(samples) / RATE_HZ


def _pitch(frames: Array) -> float:
    """Log of the median pitch of the voiced frames, by autocorrelation; NaN where none is voiced."""
    if not len(frames):
        return float("nan")
    centred = frames - frames.mean(axis=1, keepdims=True)
    spectrum = np.fft.rfft(centred, 2 * FRAME, axis=1)
    correlation = np.fft.irfft(np.square(np.abs(spectrum)), axis=1)
    low, high = PITCH_LAGS
    inside = correlation[:, low:high] / np.maximum(correlation[:, :1], 1e-9)
    voiced = inside.max(axis=1) > VOICED
    lags = inside.argmax(axis=1)[voiced] + low
    return float(np.log(RATE_HZ / np.median(lags))) if voiced.any() else float("nan")


def _mel(hz: Array) -> Array:
    scaled: Array = 2595 * np.log10(1 + hz / 700)
    return scaled


def _filters() -> Array:
    """(FRAME/2+1, BANDS) triangles, even on the mel scale between 200 and 3,600 Hz: what a telephone line passes."""
    places = _mel(np.fft.rfftfreq(FRAME, 1 / RATE_HZ).astype(np.float64))
    lowest, highest = _mel(np.array([200.0, 3600.0]))
    edges = np.linspace(float(lowest), float(highest), BANDS + 2)
    rising = (places[:, None] - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - places[:, None]) / (edges[2:] - edges[1:-1])
    filters: Array = np.maximum(0.0, np.minimum(rising, falling))
    return filters


_FILTERS = _filters()
_COSINES: Array = np.cos(np.pi * np.outer(np.arange(BANDS) + 0.5, np.arange(1, CEPSTRA + 1)) / BANDS)
