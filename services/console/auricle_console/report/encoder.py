"""The child process that makes a recording small for a report: `python -m auricle_console.report.encoder`, an order on stdin.

It runs in the sandbox of `auricle_kit.audio`. The result is Opus in Ogg, mono, 16 kbit/s: about 2 KB a second.
"""

from pathlib import Path
from typing import Any, BinaryIO

import av
from auricle_kit.audio import sandbox

SAMPLE_RATE_HZ = 16_000
BITS_PER_SECOND = 16_000
LONGEST_SECONDS = 4 * 3600


def write(source: BinaryIO, audio_format: str, target: BinaryIO) -> int:
    """Samples written, at most LONGEST_SECONDS and the rest of a frame. Raises Refused when nothing could be decoded."""
    written = 0
    with av.open(target, "w", format="ogg") as sound:
        stream = sound.add_stream("libopus", rate=SAMPLE_RATE_HZ, layout="mono")
        stream.bit_rate = BITS_PER_SECOND
        resampler = sandbox.Resampler("mono", SAMPLE_RATE_HZ)
        for frame in sandbox.decoded(source, audio_format):
            for piece in resampler.resample(frame):
                written += piece.samples
                sound.mux(stream.encode(piece))
            if written > LONGEST_SECONDS * SAMPLE_RATE_HZ:
                break
        for piece in resampler.rest():
            sound.mux(stream.encode(piece))
        sound.mux(stream.encode(None))
    return written


def work(order: dict[str, Any]) -> dict[str, Any]:
    """Decode and encode: `source`, `format`, `target` and the limits."""
    sandbox.confine(sandbox.Limits(**order["limits"]))
    sandbox.warm_up()
    with Path(order["source"]).open("rb") as source, Path(order["target"]).open("wb") as target:
        sandbox.seal()
        return {"samples": write(source, order["format"], target)}


if __name__ == "__main__":
    sandbox.main(work)
