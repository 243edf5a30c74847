"""Decoding of recordings of unknown origin in forked children, each in the sandbox of `auricle_kit.audio`. Run by `decoder_pool`.

    orders on stdin ─► a fork for each ─► its end on stdout           the parent: PyAV is loaded once, and it sees no recording
                        └► limits (memory, CPU, file size, no core) ─► open input and outputs ─► no further file may be opened
                           ─► decode ─► facts as JSON ─► exit         the fork: of one recording

A fork writes each track as 16 kHz signed 16-bit little-endian samples into its own file, and what it found into another. Nothing here
imports numpy: the parent starts in a tenth of a second and lives in about 40 MB.
"""

import contextlib
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO

from auricle_kit.audio import sandbox
from auricle_kit.audio.sandbox import MAX_TRACKS, Refused
from auricle_kit.child_process import die_with_parent

from auricle_asr.recordings.order import FACTS, Facts, Order

RATE_HZ = 16_000
SPARE_SECONDS = 60


class Tracks:
    """Each channel at 16 kHz in its own file. The first frame says how many there are."""

    def __init__(self, files: Sequence[BinaryIO], max_seconds: float) -> None:
        self.files = files
        self.max_samples = int(max_seconds * RATE_HZ)
        self.samples = 0
        self.channels = 0
        self._resampler: sandbox.Resampler | None = None

    def add(self, frame: Any) -> None:
        """Write one decoded frame. Raises Refused for too many tracks, too high a rate, or more sound than allowed."""
        if self._resampler is None:
            self.channels = frame.layout.nb_channels
            layout = "stereo" if self.channels == MAX_TRACKS else "mono"
            self._resampler = sandbox.Resampler(layout, RATE_HZ, sample_format="s16p")
        for resampled in self._resampler.resample(frame):
            self._write(resampled)

    def end(self) -> None:
        """Write what the resampler still holds."""
        if self._resampler is not None:
            for resampled in self._resampler.rest():
                self._write(resampled)

    def _write(self, frame: Any) -> None:
        size = frame.samples * 2
        for file, plane in zip(self.files, frame.planes, strict=False):
            file.write(memoryview(plane)[:size])
        self.samples += frame.samples
        if self.samples > self.max_samples:
            raise Refused("audio_too_long", f"it is longer than {self.max_samples // RATE_HZ} s")


def decode(order: Order, source: BinaryIO, files: Sequence[BinaryIO], facts: Facts) -> None:
    """Fill the files and the facts; raises Refused."""
    damage = sandbox.Damage(errors=facts.errors)
    with sandbox.open_audio(source, order.format) as container:
        stream = sandbox.audio_stream(container)
        facts.codec = stream.codec_context.name
        facts.declared_ms = round(container.duration / 1000) if (container.duration or 0) > 0 else None
        facts.size_bytes = container.size
        tracks = Tracks(files, order.max_seconds)
        try:
            for frame in sandbox.frames(container, stream, damage):
                facts.sample_rate_hz = facts.sample_rate_hz or frame.sample_rate
                tracks.add(frame)
            tracks.end()
        finally:
            facts.tracks, facts.samples = tracks.channels, tracks.samples
            facts.broken_packets, facts.lost_bytes = damage.broken_packets, facts.size_bytes - damage.packet_bytes
    if not facts.samples and facts.broken_packets:
        raise Refused("audio_broken", "nothing in it decodes")
    if not facts.samples:
        raise Refused("audio_empty", "it holds no samples")


def limits_of(order: Order) -> sandbox.Limits:
    """A track's file holds the longest recording and a little more."""
    output_bytes = int(order.max_seconds + SPARE_SECONDS) * RATE_HZ * 2
    return sandbox.Limits(order.memory_bytes, order.cpu_seconds, output_bytes)


def peak_kib(status: str) -> int:
    """VmHWM of a /proc status page. Not ru_maxrss: that keeps the parent's size over fork and exec."""
    return next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")), 0)


def obey(order: Order) -> None:
    """Decode under the limits; the facts lie beside the tracks."""
    sandbox.confine(limits_of(order))
    facts = Facts()
    with contextlib.ExitStack() as open_files:
        source = open_files.enter_context(Path(order.source).open("rb"))
        files = [open_files.enter_context((Path(order.into) / f"{n}.s16").open("wb")) for n in range(MAX_TRACKS)]
        found = open_files.enter_context((Path(order.into) / FACTS).open("w"))
        status = open_files.enter_context(Path("/proc/self/status").open())
        sandbox.seal()
        try:
            decode(order, source, files, facts)
        except Refused as refused:
            facts.refused, facts.why = refused.code, refused.why
        except MemoryError:
            facts.refused, facts.why = "decoder_limit", "decoding it takes more memory than allowed"
        except Exception as error:  # noqa: BLE001 - whatever a hostile file does to a library is that file's fault
            facts.refused, facts.why = "audio_broken", f"the decoder failed: {type(error).__name__}"
        facts.peak_rss_kib = peak_kib(status.read())
        found.write(json.dumps(asdict(facts)))


def be_child(order: Order) -> None:
    """The fork's whole life. It cannot reach the orders and answers of its parent; the exit code is 1 for what `obey` lets through."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in (sys.stdin.fileno(), sys.stdout.fileno()):
        os.dup2(nothing, number)
    try:
        obey(order)
    except BaseException:  # noqa: BLE001 - nothing of the parent's may run in its fork
        os._exit(1)
    os._exit(0)


def main() -> None:
    """`python -m auricle_asr.recordings.decoder`: an order a line on stdin, for each the fork's exit code on stdout."""
    die_with_parent(os.getppid())
    sandbox.warm_up()
    for line in sys.stdin:
        child = os.fork()
        if not child:
            be_child(Order(**json.loads(line)))
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    main()
