"""Sounds to listen to: stretches of the sample calls, and telephone lines on which nobody speaks (silence, hiss, hum, tones, music)."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from auricle_asr.recordings.recording import RATE_HZ, Samples
from auricle_asr.speech.engine import Sound
from unit.asr.audio_files import noise, silence, tone

CALLS = Path(__file__).parents[2] / "data" / "calls"
SECONDS = 12.0


def quiet_clips(count: int) -> Iterator[Samples]:
    """`count` clips, always the same, all kinds in turn."""
    kinds = (_silence, _hiss, _noise, _hum, _dial, _music, _dtmf, _hold, _clicks, _crackle)
    for number in range(count):
        yield kinds[number % len(kinds)](np.random.default_rng(number))


def _silence(rng: np.random.Generator) -> Samples:
    return silence(SECONDS, RATE_HZ)


def _hiss(rng: np.random.Generator) -> Samples:
    return noise(SECONDS, RATE_HZ, float(rng.uniform(0.001, 0.01)), int(rng.integers(1 << 30)))


def _noise(rng: np.random.Generator) -> Samples:
    return noise(SECONDS, RATE_HZ, float(rng.uniform(0.05, 0.2)), int(rng.integers(1 << 30)))


def _hum(rng: np.random.Generator) -> Samples:
    return tone(SECONDS, float(rng.choice([50, 60, 100, 400])), RATE_HZ, 0.05)


def _gated(sound: Samples, on_s: float, off_s: float) -> Samples:
    times = np.arange(len(sound)) / RATE_HZ
    return (sound * (times % (on_s + off_s) < on_s)).astype(np.int16)


def _dial(rng: np.random.Generator) -> Samples:
    return _gated(tone(SECONDS, 425, RATE_HZ, 0.3), 1.0, float(rng.choice([0.35, 1.0, 4.0])))


def _hold(rng: np.random.Generator) -> Samples:
    return _gated(tone(SECONDS, float(rng.uniform(600, 1400)), RATE_HZ, 0.2), 0.2, float(rng.uniform(0.3, 3.0)))


def _dtmf(rng: np.random.Generator) -> Samples:
    low, high = rng.choice([697, 770, 852, 941]), rng.choice([1209, 1336, 1477])
    both = tone(SECONDS, float(low), RATE_HZ, 0.2) + tone(SECONDS, float(high), RATE_HZ, 0.2)
    return _gated(both.astype(np.int16), 0.12, 0.3)


def _music(rng: np.random.Generator) -> Samples:
    """Plucked notes with harmonics over a held chord."""
    times = np.arange(int(SECONDS * RATE_HZ)) / RATE_HZ
    sound = sum(0.1 * np.sin(2 * np.pi * hz * times) for hz in 110 * 2 ** (np.array([0, 4, 7]) / 12))
    for beat in np.arange(0, SECONDS, float(rng.uniform(0.25, 0.6))):
        since = np.clip(times - beat, 0, None)
        hz = 220 * 2 ** (rng.integers(0, 24) / 12)
        struck = sum(np.sin(2 * np.pi * hz * n * since) / n for n in range(1, 6))
        sound = sound + np.where(times > beat, 0.3 * struck * np.exp(-4 * since), 0)
    level: Samples = (sound / np.abs(sound).max() * 0.4 * 32767).astype(np.int16)
    return level


def _clicks(rng: np.random.Generator) -> Samples:
    sound = np.zeros(int(SECONDS * RATE_HZ), np.int16)
    sound[rng.integers(0, len(sound), 30)] = rng.integers(-20000, 20000, 30)
    return sound


def _crackle(rng: np.random.Generator) -> Samples:
    """Bursts of coloured noise: a bad line."""
    coloured = np.convolve(rng.normal(0, 3000, int(SECONDS * RATE_HZ)), np.ones(6) / 6, "same")
    bursts = np.repeat(rng.random(int(SECONDS * 10)) < 0.2, RATE_HZ // 10)
    return (coloured * bursts).astype(np.int16)


def sound_of(name: str, track: int, start_s: float, end_s: float) -> Sound:
    """A stretch of a sample call at 16 kHz."""
    from faster_whisper.audio import decode_audio

    tracks = decode_audio(str(CALLS / name), split_stereo=True)
    piece = np.asarray(tracks[track][int(start_s * 16000) : int(end_s * 16000)], np.float32)
    return np.round(piece * 32768).astype(np.float32) / np.float32(32768)
