"""The child process that writes a tone over personal data: `python -m auricle_gateway.redaction.bleep`, an order on stdin.

It runs in the sandbox of `auricle_kit.audio`. All tracks get the tone, since one microphone hears the other side. The result is WAV of
16 bits with the recording's own tracks, at its own rate or 16 kHz where that is less: four hours of two tracks are 0.9 GB at most.
"""

import math
import wave
from array import array
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO

from auricle_kit.audio import sandbox

MAX_RATE_HZ = 16_000
TONE_HZ = 1000
TONE_LEVEL = 3000  # of 32767: heard, and not loud
SAMPLE_BYTES = 2
Spans = Sequence[tuple[int, int]]


@cache
def _second(rate_hz: int, tracks: int) -> bytes:
    """One second of the tone, interleaved; its waves begin anew each second, so it joins itself without a click."""
    wave_ = array("h", (int(TONE_LEVEL * math.sin(2 * math.pi * TONE_HZ * n / rate_hz)) for n in range(rate_hz)))
    return array("h", (sample for sample in wave_ for _ in range(tracks))).tobytes()


def tone(first: int, count: int, rate_hz: int, tracks: int) -> bytes:
    """Interleaved samples `first` to `first + count` of a sine that began with the recording."""
    block = SAMPLE_BYTES * tracks
    start = first % rate_hz * block
    return (_second(rate_hz, tracks) * (2 + count // rate_hz))[start : start + count * block]


class Bleeper:
    """Replaces what lies within spans (ms, in order and apart) by the tone; is handed a recording's samples from first to last."""

    def __init__(self, spans_ms: Spans, rate_hz: int, tracks: int) -> None:
        self._spans = [(start * rate_hz // 1000, -(-end * rate_hz // 1000)) for start, end in spans_ms]
        self._rate_hz, self._tracks = rate_hz, tracks
        self._at = 0

    def bleep(self, samples: bytes) -> bytes:
        """The next interleaved samples, as they may be heard."""
        block = SAMPLE_BYTES * self._tracks
        out, first = bytearray(samples), self._at
        self._at += len(out) // block
        while self._spans and self._spans[0][1] <= first:
            self._spans.pop(0)
        for begin, finish in self._spans:
            if begin >= self._at:
                break
            start, end = max(begin, first), min(finish, self._at)
            covered = slice((start - first) * block, (end - first) * block)
            out[covered] = tone(start, end - start, self._rate_hz, self._tracks)
        return bytes(out)


def samples_of(source: BinaryIO, audio_format: str) -> Iterator[Any]:
    """Signed 16-bit frames with the tracks of the first, at its rate or MAX_RATE_HZ. Raises Refused."""
    resampler: sandbox.Resampler | None = None
    for frame in sandbox.decoded(source, audio_format):
        if resampler is None:
            layout = "mono" if frame.layout.nb_channels == 1 else "stereo"
            resampler = sandbox.Resampler(layout, min(MAX_RATE_HZ, frame.sample_rate))
        yield from resampler.resample(frame)
    if resampler is not None:
        yield from resampler.rest()


def write(source: BinaryIO, audio_format: str, target: BinaryIO, spans_ms: Spans) -> int:
    """Samples written. Raises Refused when nothing could be decoded."""
    count, frames = 0, samples_of(source, audio_format)
    first = next(frames)
    tracks = first.layout.nb_channels
    bleeper = Bleeper(spans_ms, first.sample_rate, tracks)
    with wave.open(target, "wb") as sound:
        sound.setparams((tracks, SAMPLE_BYTES, first.sample_rate, 0, "NONE", "not compressed"))
        for frame in chain([first], frames):
            samples = bytes(frame.planes[0])[: frame.samples * SAMPLE_BYTES * tracks]
            sound.writeframesraw(bleeper.bleep(samples))
            count += frame.samples
    return count


def work(order: dict[str, Any]) -> dict[str, Any]:
    """Decode, bleep, write: `source`, `format`, `target`, `spans_ms` and the limits."""
    sandbox.confine(sandbox.Limits(**order["limits"]))
    sandbox.warm_up()
    with Path(order["source"]).open("rb") as source, Path(order["target"]).open("wb") as target:
        sandbox.seal()
        return {"samples": write(source, order["format"], target, order["spans_ms"])}


if __name__ == "__main__":
    sandbox.main(work)
