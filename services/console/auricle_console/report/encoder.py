"""The child that decodes what was sent in: `python -m auricle_console.report.encoder SOURCE TARGET FORMAT`.

It has limits on memory, time and output, opens one file with a named format and no other protocol, and may die without harm.
"""

import sys
from typing import Any

import av
from auricle_kit import resampling

MEMORY_BYTES = 1 << 30
CPU_SECONDS = 100
OUTPUT_BYTES = 64 << 20
SAMPLE_RATE_HZ = 16_000
BITS_PER_SECOND = 16_000
LONGEST_SECONDS = 4 * 3600


def main(source: str, target: str, container: str) -> None:
    """Re-encode. Raises when nothing could be decoded."""
    resampling.limit(memory_bytes=MEMORY_BYTES, cpu_seconds=CPU_SECONDS, output_bytes=OUTPUT_BYTES)
    with resampling.opened(source, container) as recording, av.open(target, "w", format="ogg") as sound:
        written = _transcode(recording, sound)
    if not written:
        raise SystemExit("nothing could be decoded")


def _transcode(recording: Any, sound: Any) -> int:
    """Samples written, at most LONGEST_SECONDS and the rest of a frame."""
    stream = sound.add_stream("libopus", rate=SAMPLE_RATE_HZ, layout="mono")
    stream.bit_rate = BITS_PER_SECOND
    resampler = av.AudioResampler(format="s16", layout="mono", rate=SAMPLE_RATE_HZ)
    written = 0
    for piece in resampling.resampled(recording, resampler):
        written += piece.samples
        sound.mux(stream.encode(piece))
        if written > LONGEST_SECONDS * SAMPLE_RATE_HZ:
            break
    sound.mux(stream.encode(None))
    return written


if __name__ == "__main__":
    main(*sys.argv[1:4])
