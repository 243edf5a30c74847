"""Two voices on one track, told apart by sound: which words of a mono recording belong together, without saying whose they are.

Each word becomes one vector (mean cepstrum and pitch of its frames). A chain with two hidden voices is fitted to this call alone by
Baum-Welch: voices differ in their means, share their spread, and change at pauses, seldom inside a written sentence. Nothing is trained
and nothing of a voice is kept. Where the two means do not stand apart, the answer is None and only the words are left to tell.
"""

from collections.abc import Sequence
from dataclasses import dataclass
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
PITCH_WEIGHT = 2.0
MIN_WORDS = 12
ROUNDS = 20
# P(another voice than that of the word before) by the pause between them, ms.
CHANGE_BY_PAUSE = ((80, 0.02), (200, 0.1), (450, 0.3))
CHANGE_AFTER_LONG = 0.5
INSIDE_SENTENCE = (
    0.3  # of that, where the engine writes sentences and this one has not ended: people pause before they go on
)
PUNCTUATED = 0.03  # share of words that end a sentence, from which an engine is taken to write them
APART = 1.6  # distance of the means in standard deviations of a word; see docs/evidence for what it was set by
MIN_SHARE = 0.08


@dataclass(frozen=True)
class Voices:
    """`first[n]` is the probability that word n is the first voice's; `apart` the distance of the two voices."""

    first: Array
    apart: float


def tell_apart(track: Samples, words: Sequence[Word]) -> Voices | None:
    """The voices of these words, or None where they cannot be told apart."""
    if len(words) < MIN_WORDS:
        return None
    vectors, weights = vectors_of(track, words)
    if np.count_nonzero(weights) < MIN_WORDS:
        return None
    changes = np.array(changes_between(words))
    found = max((_fit(vectors, weights, changes, start) for start in _starts(vectors, weights)), key=lambda fit: fit[0])
    _, first, apart = found
    share = float(np.average(first, weights=weights))
    return Voices(first, apart) if apart >= APART and MIN_SHARE <= share <= 1 - MIN_SHARE else None


def changes_between(words: Sequence[Word]) -> list[float]:
    """P(another voice than that of the word before it) of each word but the first."""
    ended = [word.text.endswith(SENTENCE_ENDS) for word in words]
    is_written = sum(ended) >= PUNCTUATED * len(words)
    return [
        _change_after(following.start_ms - word.end_ms) * (1.0 if end or not is_written else INSIDE_SENTENCE)
        for (word, following), end in zip(pairwise(words), ended, strict=False)
    ]


def _change_after(pause_ms: int) -> float:
    return next((chance for longest, chance in CHANGE_BY_PAUSE if pause_ms < longest), CHANGE_AFTER_LONG)


def vectors_of(track: Samples, words: Sequence[Word]) -> tuple[Array, Array]:
    """(words, 13) vectors, each dimension with mean 0 and deviation 1, and how much each word counts (seconds of sound)."""
    found = [_vector(track[word.start_ms * SAMPLES_PER_MS : word.end_ms * SAMPLES_PER_MS]) for word in words]
    weights = np.array([seconds for _, seconds in found])
    vectors = np.stack([vector for vector, _ in found])
    pitched = np.isfinite(vectors[:, -1])
    vectors[~pitched, -1] = np.median(vectors[pitched, -1]) if pitched.any() else 0.0
    heard = weights > 0
    centred = vectors - np.average(vectors[heard], axis=0) if heard.any() else vectors
    spread = centred[heard].std(axis=0) if heard.any() else np.ones(vectors.shape[1])
    scaled = centred / np.maximum(spread, 1e-9)
    scaled[~heard] = 0.0
    return scaled, weights


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


def _starts(vectors: Array, weights: Array) -> list[Array]:
    """First guesses: high against low pitch, and the two ends of the widest direction."""
    direction = np.linalg.svd(vectors * np.sqrt(weights)[:, None], full_matrices=False)[2][0]
    guesses = (vectors[:, -1], vectors @ direction)
    return [np.where(guess > np.median(guess), 0.9, 0.1) for guess in guesses]


def _fit(vectors: Array, weights: Array, changes: Array, first: Array) -> tuple[float, Array, float]:
    """Log likelihood, P(first voice) of each word, and how far apart the voices stand."""
    importance = np.ones(vectors.shape[1])
    importance[-1] = PITCH_WEIGHT
    counts = np.sqrt(np.clip(weights, 0, 1.0))
    total, means, spread = -np.inf, np.zeros((2, vectors.shape[1])), np.ones(vectors.shape[1])
    for _ in range(ROUNDS):
        shares = np.stack([first, 1 - first], axis=1) * weights[:, None]
        means = (shares.T @ vectors) / np.maximum(shares.sum(axis=0), 1e-9)[:, None]
        residual = sum(shares[:, [voice]] * np.square(vectors - means[voice]) for voice in (0, 1))
        spread = np.maximum(np.sum(residual, axis=0) / max(float(shares.sum()), 1e-9), 0.05)
        distance = [(importance * np.square(vectors - means[voice]) / spread).sum(axis=1) for voice in (0, 1)]
        likely = np.stack([-0.25 * counts * one for one in distance], axis=1)
        total, first = _posterior(likely, changes)
    apart = float(np.sqrt((importance * np.square(means[0] - means[1]) / spread).sum()))
    return total, first, apart


def _posterior(likely: Array, changes: Array) -> tuple[float, Array]:
    """Forward-backward in probabilities, scaled at each word. Returns the log likelihood and P(first voice)."""
    chances = np.exp(likely - likely.max(axis=1, keepdims=True))
    count, total = len(chances), float(likely.max(axis=1).sum())
    forward, backward = np.empty((count, 2)), np.ones((count, 2))
    before = np.array([0.5, 0.5])
    for number in range(count):
        if number:
            before = _changed(forward[number - 1], changes[number - 1])
        forward[number] = chances[number] * before
        scale = float(forward[number].sum())
        total += float(np.log(scale))
        forward[number] /= scale
    for number in range(count - 2, -1, -1):
        backward[number] = _changed(chances[number + 1] * backward[number + 1], changes[number])
        backward[number] /= backward[number].sum()
    both = forward * backward
    first: Array = both[:, 0] / both.sum(axis=1)
    return total, first


def _changed(state: Array, change: float) -> Array:
    moved: Array = state * (1 - change) + state[::-1] * change
    return moved


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
