"""The processes that let FFmpeg touch a stranger's bytes. A program, run by `nursery`; nothing imports it.

    orders on stdin ─► a fork for each ─► its end on stdout           the parent: PyAV is loaded once, and it sees no recording
                        └► limits (memory, CPU, file size, no core) ─► open input and outputs ─► no further file may be opened
                           ─► decode ─► facts as JSON ─► exit         the fork: of one recording

A fork writes each track as 16 kHz signed 16-bit little-endian samples into its own file, and what it found into another. Nothing here
imports numpy or more of Auricle than the order: the parent starts in a tenth of a second and lives in about 40 MB.
"""

import contextlib
import ctypes
import io
import json
import os
import resource
import signal
import struct
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO

import av
import av.error

from auricle_asr.recordings.order import FACTS, Facts, Order

RATE_HZ = 16_000
MAX_TRACKS = 2
MIN_SOURCE_HZ, MAX_SOURCE_HZ = 8_000, 192_000
PR_SET_PDEATHSIG = 1
# What telephony and browsers put into the formats that we open; FFmpeg has hundreds more, and each is attack surface.
CODECS = frozenset(
    {"aac", "adpcm_ima_wav", "adpcm_ms", "alac", "amrnb", "amrwb", "flac", "g722", "gsm", "gsm_ms", "libopencore_amrnb",
     "libopencore_amrwb", "libopus", "mp2", "mp2float", "mp3", "mp3float", "opus", "pcm_alaw", "pcm_f32le", "pcm_f64le",
     "pcm_mulaw", "pcm_s16be", "pcm_s16le", "pcm_s24be", "pcm_s24le", "pcm_s32be", "pcm_s32le", "pcm_u8", "speex", "vorbis"}
)  # fmt: skip


class Refused(Exception):
    """The recording ends in a clear state: a code and a sentence."""

    def __init__(self, code: str, why: str) -> None:
        super().__init__(why)
        self.code, self.why = code, why


def die_with_parent() -> None:
    """So that nobody decodes for a worker that is gone."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def limit(order: Order) -> None:
    """No more memory, CPU or disk than ordered."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (order.memory_bytes, order.memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (order.cpu_seconds, order.cpu_seconds + 1))
    track_bytes = int(order.max_seconds + 60) * RATE_HZ * 2
    resource.setrlimit(resource.RLIMIT_FSIZE, (track_bytes, track_bytes))


def open_source(source: BinaryIO, name: str) -> Any:
    """FFmpeg on our file object, its demuxer named, every protocol shut."""
    try:
        return av.open(source, format=name, options={"protocol_whitelist": "none"}, metadata_errors="replace")
    except MemoryError:
        raise
    except (av.error.FFmpegError, ValueError) as error:
        raise Refused("audio_broken", f"its header cannot be read: {type(error).__name__}") from error


def the_stream(container: Any) -> Any:
    """The first audio stream, if it is one that we take."""
    if not container.streams.audio:
        raise Refused("not_audio", "it holds no audio stream")
    stream = container.streams.audio[0]
    codec = stream.codec_context
    if codec is None or codec.name not in CODECS:
        raise Refused("audio_broken", f"its codec is not one of those supported: {codec.name if codec else 'unknown'}")
    if codec.channels > MAX_TRACKS:
        raise Refused("too_many_tracks", f"it has {codec.channels} tracks; at most {MAX_TRACKS} are supported")
    if codec.sample_rate and not MIN_SOURCE_HZ <= codec.sample_rate <= MAX_SOURCE_HZ:
        raise Refused("audio_broken", f"a sample rate of {codec.sample_rate} Hz is not that of a recording")
    codec.thread_type = "NONE"
    return stream


def packets(container: Any, stream: Any, facts: Facts) -> Iterator[Any]:
    """The stream's packets; a demuxer that fails midway ends them and is noted."""
    try:
        for packet in container.demux(stream):
            facts.lost_bytes -= packet.size
            yield packet
    except MemoryError:
        raise
    except av.error.FFmpegError as error:
        facts.broken_packets += 1
        facts.errors.append(type(error).__name__)


def frames(container: Any, stream: Any, facts: Facts) -> Iterator[Any]:
    """Decoded frames. A packet that cannot be decoded costs itself only: stopping at it lost two thirds of a damaged MP3."""
    for packet in packets(container, stream, facts):
        try:
            yield from packet.decode()
        except MemoryError:
            raise
        except av.error.FFmpegError as error:
            facts.broken_packets += 1
            if len(facts.errors) < 8:
                facts.errors.append(type(error).__name__)


class Tracks:
    """Resamples frames to 16 kHz and appends each channel to its file; a change of layout in mid-stream gets a new resampler."""

    def __init__(self, files: Sequence[BinaryIO], max_seconds: float) -> None:
        self.files = files
        self.max_samples = int(max_seconds * RATE_HZ)
        self.samples = 0
        self.channels = 0
        self._shape: tuple[object, ...] = ()
        self._resampler: Any = None

    def add(self, frame: Any) -> None:
        """Write one decoded frame."""
        shape = (frame.format.name, frame.layout.name, frame.sample_rate)
        if shape != self._shape:
            self._reshape(frame)
            self._shape = shape
        frame.pts = None
        for resampled in self._resampler.resample(frame):
            self._write(resampled)

    def end(self) -> None:
        """Write what the resampler still holds."""
        if self._resampler is not None:
            for resampled in self._resampler.resample(None):
                self._write(resampled)
            self._resampler = None

    def _reshape(self, frame: Any) -> None:
        self.end()
        channels = frame.layout.nb_channels
        if channels > MAX_TRACKS:
            raise Refused("too_many_tracks", f"it has {channels} tracks; at most {MAX_TRACKS} are supported")
        if not MIN_SOURCE_HZ <= frame.sample_rate <= MAX_SOURCE_HZ:
            raise Refused("audio_broken", f"a sample rate of {frame.sample_rate} Hz is not that of a recording")
        self.channels = self.channels or channels
        layout = "stereo" if self.channels == MAX_TRACKS else "mono"
        self._resampler = av.AudioResampler("s16p", layout, RATE_HZ)

    def _write(self, frame: Any) -> None:
        size = frame.samples * 2
        for file, plane in zip(self.files, frame.planes, strict=False):
            file.write(memoryview(plane)[:size])
        self.samples += frame.samples
        if self.samples > self.max_samples:
            raise Refused("audio_too_long", f"it is longer than {self.max_samples // RATE_HZ} s")


def decode(order: Order, source: BinaryIO, files: Sequence[BinaryIO], facts: Facts) -> None:
    """Fill the files and the facts; raises Refused."""
    with open_source(source, order.format) as container:
        stream = the_stream(container)
        facts.codec = stream.codec_context.name
        facts.declared_ms = round(container.duration / 1000) if (container.duration or 0) > 0 else None
        facts.size_bytes = facts.lost_bytes = container.size
        tracks = Tracks(files, order.max_seconds)
        try:
            for frame in frames(container, stream, facts):
                facts.sample_rate_hz = facts.sample_rate_hz or frame.sample_rate
                tracks.add(frame)
            tracks.end()
        finally:
            facts.tracks, facts.samples = tracks.channels, tracks.samples
    if not facts.samples and facts.broken_packets:
        raise Refused("audio_broken", "nothing in it decodes")
    if not facts.samples:
        raise Refused("audio_empty", "it holds no samples")


def warm_up() -> None:
    """Decode silence from memory: PyAV imports parts of itself at first use, and soon no file can be opened."""
    silence = bytes(1600)
    head = struct.pack(
        "<4sI8sIHHIIHH4sI", b"RIFF", 1636, b"WAVEfmt ", 16, 1, 1, 8000, 16000, 2, 16, b"data", len(silence)
    )
    decode(Order("", "wav", "", 1.0, 0, 0), io.BytesIO(head + silence), [io.BytesIO()], Facts())


def peak_kib(status: str) -> int:
    """VmHWM of a /proc status page. Not ru_maxrss: that keeps the parent's size over fork and exec."""
    return next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")), 0)


def obey(order: Order) -> None:
    """Decode under the limits; the facts lie beside the tracks."""
    limit(order)
    facts = Facts()
    with contextlib.ExitStack() as open_files:
        source = open_files.enter_context(Path(order.source).open("rb"))
        files = [open_files.enter_context((Path(order.into) / f"{n}.s16").open("wb")) for n in range(MAX_TRACKS)]
        found = open_files.enter_context((Path(order.into) / FACTS).open("w"))
        status = open_files.enter_context(Path("/proc/self/status").open())
        # From here on the kernel refuses every open(), whatever a demuxer makes of the bytes.
        resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
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
    die_with_parent()
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
    die_with_parent()
    warm_up()
    for line in sys.stdin:
        child = os.fork()
        if not child:
            be_child(Order(**json.loads(line)))
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    main()
