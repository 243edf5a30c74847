"""Whisper's log-mel picture of sound, as faster-whisper computes it (a test compares the two)."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy import fft

SAMPLE_HZ, FFT, HOP, BANDS = 16_000, 400, 160, 80
FRAMES_30_S = 3000
_RANGE = 8.0  # Whisper keeps eight decades below the loudest cell


def log_mel(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """16 kHz samples → (frames, 80), frames = samples // 160, log10 clipped to eight decades below the maximum."""
    padded = np.pad(samples, FFT // 2, mode="reflect")
    frames = np.lib.stride_tricks.sliding_window_view(padded, FFT)[::HOP][: samples.size // HOP]
    window = np.hanning(FFT + 1)[:-1].astype(np.float32)
    power = np.abs(fft.rfft(frames * window, axis=-1)) ** 2
    cells = np.log10(np.maximum(power.astype(np.float32) @ _filters(), 1e-10))
    return np.maximum(cells, cells.max() - _RANGE).astype(np.float32)


def normalised(cells: NDArray[np.float32]) -> NDArray[np.float32]:
    """The scale that the network sees."""
    return (cells + 4.0) / 4.0


def packed(cells: NDArray[np.float32]) -> tuple[NDArray[np.uint8], float]:
    """Eight bits a cell and the maximum: a twentieth of the space of samples in 32 bits."""
    top = float(cells.max())
    return np.round((cells - (top - _RANGE)) * (255 / _RANGE)).astype(np.uint8), top


def unpacked(cells: NDArray[np.uint8], top: float) -> NDArray[np.float32]:
    """The opposite of `packed`, on the network's scale."""
    return normalised(cells.astype(np.float32) * (_RANGE / 255) + (top - _RANGE))


@cache
def _filters() -> NDArray[np.float32]:
    """Slaney's mel triangles, (201, 80)."""
    mels = np.linspace(0, _mel(SAMPLE_HZ / 2), BANDS + 2)
    hertz = np.where(mels < 15, mels * 200 / 3, 1000 * np.exp(np.log(6.4) / 27 * (mels - 15)))
    bins = np.linspace(0, SAMPLE_HZ / 2, FFT // 2 + 1)
    rising = (bins[:, None] - hertz[:-2]) / (hertz[1:-1] - hertz[:-2])
    falling = (hertz[2:] - bins[:, None]) / (hertz[2:] - hertz[1:-1])
    triangles = np.maximum(0, np.minimum(rising, falling)) * (2 / (hertz[2:] - hertz[:-2]))
    return np.asarray(triangles, np.float32)


def _mel(hertz: float) -> float:
    return float(15 + 27 / np.log(6.4) * np.log(hertz / 1000))
