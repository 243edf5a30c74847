"""What a telephone line does to speech: band limits, noise, gain, clipping, companding at 8 kHz."""

from __future__ import annotations

from dataclasses import dataclass
from math import gcd

import numpy as np
from numpy.typing import NDArray
from scipy import signal

Samples = NDArray[np.float32]
TELEPHONE_HZ = 8000


@dataclass(frozen=True, slots=True)
class Line:
    """One channel's defects. `snr_db` is speech to noise; `noise` is white, pink or hum; `law` is "", "a" or "mu"."""

    low_hz: float = 300.0
    high_hz: float = 3400.0
    snr_db: float = 35.0
    noise: str = "white"
    gain_db: float = 0.0
    clip: float = 1.0
    law: str = "a"

    @staticmethod
    def drawn(rng: np.random.Generator) -> Line:
        """A line as contact centres meet them: mostly clean, some poor."""
        return Line(
            low_hz=float(rng.uniform(60, 350)),
            high_hz=float(rng.uniform(3100, 3800)),
            snr_db=float(rng.uniform(12, 45)),
            noise=str(rng.choice(["white", "pink", "hum"], p=[0.4, 0.5, 0.1])),
            gain_db=float(rng.uniform(-18, 3)),
            clip=float(rng.choice([1.0, 0.8, 0.5], p=[0.85, 0.1, 0.05])),
            law=str(rng.choice(["", "a", "mu"], p=[0.2, 0.5, 0.3])),
        )


def resampled(samples: Samples, from_hz: int, to_hz: int) -> Samples:
    """Polyphase resampling."""
    shared = gcd(from_hz, to_hz)
    if from_hz == to_hz:
        return samples
    return np.asarray(signal.resample_poly(samples, to_hz // shared, from_hz // shared), np.float32)


def through_line(samples: Samples, line: Line, rng: np.random.Generator) -> Samples:
    """8 kHz samples in, 8 kHz samples out, peak at most 1."""
    sos = signal.butter(3, [line.low_hz, line.high_hz], "bandpass", fs=TELEPHONE_HZ, output="sos")
    heard = signal.sosfilt(sos, samples).astype(np.float32)
    heard = heard / max(float(np.abs(heard).max(initial=0.0)), 1e-4) * 0.9
    level = float(np.sqrt(np.mean(heard**2))) if heard.any() else 0.1
    heard = heard + _noise(line.noise, heard.size, rng) * level * 10 ** (-line.snr_db / 20)
    limit = 0.9 * line.clip
    heard = np.clip(heard, -limit, limit) * 10 ** (line.gain_db / 20)
    return companded(np.clip(heard, -1, 1).astype(np.float32), line.law)


def companded(samples: Samples, law: str) -> Samples:
    """Samples after eight-bit A-law or µ-law and back; unchanged when `law` is empty."""
    if not law:
        return samples
    if law == "mu":
        squeezed = np.sign(samples) * np.log1p(255 * np.abs(samples)) / np.log(256)
        squeezed = np.round(squeezed * 127) / 127
        return np.asarray(np.sign(squeezed) * np.expm1(np.abs(squeezed) * np.log(256)) / 255, np.float32)
    a = 87.6
    scale = 1 + np.log(a)
    size = np.abs(samples)
    squeezed = np.where(size < 1 / a, a * size, 1 + np.log(np.maximum(a * size, 1))) / scale
    squeezed = np.round(squeezed * 127) / 127
    back = np.where(squeezed < 1 / scale, squeezed * scale / a, np.exp(squeezed * scale - 1) / a)
    return np.asarray(np.sign(samples) * back, np.float32)


def _noise(kind: str, size: int, rng: np.random.Generator) -> Samples:
    """Noise of unit power."""
    white = rng.standard_normal(size).astype(np.float32)
    if kind == "pink":
        white = signal.lfilter([0.05], [1, -0.95], white).astype(np.float32)
    elif kind == "hum":
        phase = 2 * np.pi * 50 / TELEPHONE_HZ * np.arange(size, dtype=np.float32)
        white = (0.3 * white + np.sin(phase) + 0.5 * np.sin(3 * phase)).astype(np.float32)
    return white / max(float(np.sqrt(np.mean(white**2))) if size else 1.0, 1e-6)
