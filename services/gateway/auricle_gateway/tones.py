"""The child that puts a tone over what must not be heard.

python -m auricle_gateway.tones SOURCE TARGET FORMAT "start-end,start-end"        (ms)

It has limits on memory, time and output, opens one file with a named format and no other protocol, and may die without harm. All tracks
get the tone, since one microphone hears the other side. The result is WAV, 16 bits, at the recording's own rate and tracks.
"""

import sys
import wave
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import av
import numpy as np
from auricle_kit import resampling
from numpy.typing import NDArray

MEMORY_BYTES = 2 << 30
CPU_SECONDS = 300
OUTPUT_BYTES = 2 << 30
TONE_HZ = 1000
TONE_LEVEL = 3000  # of 32767: heard, and not loud
MOST_TRACKS = 8

Samples = NDArray[np.int16]


def toned(samples: Samples, first: int, rate: int, spans_ms: Sequence[tuple[int, int]]) -> Samples:
    """Samples (count, tracks), of which the first is sample `first` of the recording; those within a span become a tone."""
    out = samples.copy()
    for start_ms, end_ms in spans_ms:
        start = max(0, start_ms * rate // 1000 - first)
        end = min(len(out), -(-end_ms * rate // 1000) - first)
        if start < end:
            phase = 2 * np.pi * TONE_HZ * (np.arange(start, end) + first) / rate
            out[start:end] = (TONE_LEVEL * np.sin(phase)).astype(np.int16)[:, None]
    return out


def spans_of(text: str) -> list[tuple[int, int]]:
    """From "0-400,900-1200"."""
    pairs = [part.split("-") for part in text.split(",") if part]
    return [(int(start), int(end)) for start, end in pairs]


def main(source: str, target: str, name: str, spans: str) -> None:
    """Decode, tone, write. Raises when nothing could be decoded."""
    resampling.limit(memory_bytes=MEMORY_BYTES, cpu_seconds=CPU_SECONDS, output_bytes=OUTPUT_BYTES)
    with resampling.opened(source, name) as recording:
        if not _written(recording, Path(target), spans_of(spans)):
            raise SystemExit("nothing could be decoded")


def _written(recording: Any, target: Path, spans_ms: Sequence[tuple[int, int]]) -> int:
    """Samples written."""
    stream = recording.streams.audio[0]
    tracks, rate = min(MOST_TRACKS, stream.codec_context.channels), stream.codec_context.sample_rate
    resampler = av.AudioResampler(format="s16", layout=stream.codec_context.layout, rate=rate)
    count = 0
    with wave.open(str(target), "wb") as sound:
        sound.setnchannels(tracks)
        sound.setsampwidth(2)
        sound.setframerate(rate)
        for piece in resampling.resampled(recording, resampler):
            samples = piece.to_ndarray().reshape(-1, stream.codec_context.channels)[:, :tracks]
            sound.writeframes(toned(samples, count, rate, spans_ms).tobytes())
            count += len(samples)
    return count


if __name__ == "__main__":
    main(*sys.argv[1:5])
