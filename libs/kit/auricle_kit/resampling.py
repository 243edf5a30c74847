"""What the children that open recordings share: their limits, and frames as far as they can be decoded. Needs `auricle-kit[sound]`."""

import resource
from collections.abc import Iterator
from typing import Any

import av


def limit(*, memory_bytes: int, cpu_seconds: int, output_bytes: int) -> None:
    """Of this process, from now on."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (output_bytes, output_bytes))


def opened(source: str, container: str) -> Any:
    """The recording, its demuxer named and every other protocol shut."""
    return av.open(source, format=container, options={"protocol_whitelist": "file"})


def resampled(recording: Any, resampler: Any) -> Iterator[Any]:
    """Frames of the first audio stream. A damaged packet is skipped: the rest can still be heard."""
    for packet in recording.demux(recording.streams.audio[0]):
        try:
            frames = packet.decode()
        except av.error.InvalidDataError:
            continue
        for frame in frames:
            frame.pts = None
            yield from resampler.resample(frame)
    yield from resampler.resample(None)
