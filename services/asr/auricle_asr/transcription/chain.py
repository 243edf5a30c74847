"""Hidden chains over the words of a track, several hypotheses at once: who speaks each word, by sound, text and pauses.

A hypothesis is a set of states with chances of going from one to another; a state is a role spoken by one voice. Voices differ in their
means and share their spread; means are fitted to this recording alone (expectation and maximisation), and nothing of a voice is kept.
Shapes: H hypotheses, N words, S states, V voices, D dimensions of a word's vector.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
SOUND_WEIGHT = 0.5  # of the sound's log likelihood: frames of a word are not independent
ROUNDS = 15
PRIOR_SECONDS = 0.5  # of speech that pulls a voice's mean to the recording's
SMALLEST_SPREAD = 0.05
IMPOSSIBLE = -1e4


@dataclass(frozen=True)
class Heard:
    """What is known of the words: (N, D) vectors, (N,) seconds of sound, (N, S) log likelihood of the text, (N-1,) chance of a change."""

    vectors: Array
    seconds: Array
    text: Array
    changes: Array


@dataclass(frozen=True)
class Hypotheses:
    """(H, S) starts, (H, S, S) next states where the speaker changes, (H, S) which states exist, (S,) the voice of each."""

    starts: Array
    following: Array
    exists: NDArray[np.bool_]
    voices: NDArray[np.int64]


@dataclass(frozen=True)
class Fitted:
    """(H,) log likelihoods, (H, N, S) posteriors, (H, V) seconds of each voice, (H, V, D) their means in deviations of a word."""

    likelihoods: Array
    posteriors: Array
    seconds: Array
    means: Array


def fit(heard: Heard, hypotheses: Hypotheses, posteriors: Array) -> Fitted:
    """Each hypothesis from its first posteriors (H, N, S)."""
    whose = np.eye(int(hypotheses.voices.max()) + 1)[hypotheses.voices]
    likelihoods, seconds, means = np.empty(0), np.empty(0), np.empty(0)
    for _ in range(ROUNDS):
        shares = (posteriors @ whose) * heard.seconds[None, :, None]
        sound, seconds, means = _sound(heard, shares)
        states = sound[:, :, hypotheses.voices] + heard.text[None]
        states = np.where(hypotheses.exists[:, None, :], states, IMPOSSIBLE)
        likelihoods, posteriors = forward_backward(states, heard.changes, hypotheses.following, hypotheses.starts)
    return Fitted(likelihoods, posteriors, seconds, means)


def _sound(heard: Heard, shares: Array) -> tuple[Array, Array, Array]:
    """(H, N, V) log likelihood of each word's sound, (H, V) seconds of the voices, (H, V, D) their means."""
    vectors, squares = heard.vectors, np.square(heard.vectors)
    seconds = shares.sum(axis=1)
    sums = np.swapaxes(shares, 1, 2) @ vectors
    means = sums / (seconds[:, :, None] + PRIOR_SECONDS)
    residual = shares.sum(axis=2) @ squares + (np.square(means) * seconds[:, :, None] - 2 * means * sums).sum(axis=1)
    spread = np.maximum(residual / np.maximum(seconds.sum(axis=1), 1e-9)[:, None], SMALLEST_SPREAD)
    precise = means / spread[:, None, :]
    distance = (squares @ (1 / spread).T).T[:, :, None] - 2 * vectors @ np.swapaxes(precise, 1, 2)
    distance = distance + (precise * means).sum(axis=2)[:, None, :] + np.log(spread).sum(axis=1)[:, None, None]
    counts = SOUND_WEIGHT * np.sqrt(np.clip(heard.seconds, 0, 1))
    return -counts[None, :, None] * distance, seconds, means / np.sqrt(spread)[:, None, :]


def forward_backward(states: Array, changes: Array, following: Array, starts: Array) -> tuple[Array, Array]:
    """(H,) log likelihoods and (H, N, S) posteriors, of (H, N, S) log likelihoods. Scaled at each word."""
    highest = states.max(axis=2, keepdims=True)
    chances = np.exp(states - highest)
    total = highest[:, :, 0].sum(axis=1)
    forward, backward = np.empty_like(chances), np.ones_like(chances)
    for number in range(chances.shape[1]):
        before = starts if number == 0 else _moved(forward[:, number - 1], changes[number - 1], following)
        joint = chances[:, number] * before
        scale = joint.sum(axis=1, keepdims=True) + 1e-300
        total += np.log(scale[:, 0])
        forward[:, number] = joint / scale
    back = np.ascontiguousarray(np.swapaxes(following, 1, 2))
    for number in range(chances.shape[1] - 2, -1, -1):
        after = _moved(chances[:, number + 1] * backward[:, number + 1], changes[number], back)
        backward[:, number] = after / (after.sum(axis=1, keepdims=True) + 1e-300)
    both = forward * backward
    return total, both / (both.sum(axis=2, keepdims=True) + 1e-300)


def _moved(state: Array, change: float, following: Array) -> Array:
    moved: Array = (1 - change) * state + change * (state[:, None, :] @ following)[:, 0]
    return moved
