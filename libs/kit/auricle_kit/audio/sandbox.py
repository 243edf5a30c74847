"""The sandbox in which audio of unknown origin is decoded; runs in the child process. Needs `auricle-kit[sound]`.

order (JSON on stdin) ─► limits ─► files opened ─► `seal`: the kernel refuses every further open() ─► decode ─► reply (JSON on stdout)

The child has no environment of its parent's, writes no core file and ends with its parent. Sealed, it can read neither the file that a
playlist names nor `/proc/<parent>/environ`. Nothing here imports numpy: address space is limited, and numpy alone takes 120 MiB of it.
"""

import contextlib
import errno
import io
import json
import os
import resource
import struct
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO

import av
import av.error

from auricle_kit.audio import riff
from auricle_kit.audio.sniffing import AudioFormat
from auricle_kit.child_process import die_with_parent

MAX_TRACKS = 2
MAX_ERRORS = 8
MIN_SOURCE_HZ, MAX_SOURCE_HZ = 8_000, 192_000
# What telephony and browsers put into the formats that we open; FFmpeg has hundreds more, and each is attack surface.
CODECS = frozenset(
    {"aac", "adpcm_ima_wav", "adpcm_ms", "alac", "amrnb", "amrwb", "flac", "g722", "gsm", "gsm_ms", "libopencore_amrnb",
     "libopencore_amrwb", "libopus", "mp2", "mp2float", "mp3", "mp3float", "opus", "pcm_alaw", "pcm_f32le", "pcm_f64le",
     "pcm_mulaw", "pcm_s16be", "pcm_s16le", "pcm_s24be", "pcm_s24le", "pcm_s32be", "pcm_s32le", "pcm_u8", "speex", "vorbis"}
)  # fmt: skip


class Refused(Exception):
    """The recording ends in a clear state: a code of `auricle_contracts.Code` and a sentence."""

    def __init__(self, code: str, why: str) -> None:
        super().__init__(why)
        self.code, self.why = code, why


@dataclass(frozen=True)
class Limits:
    """What one recording may take of the machine. `memory_bytes` is address space: the resident part stays well below."""

    memory_bytes: int
    cpu_seconds: int
    output_bytes: int


@dataclass
class Damage:
    """What could not be decoded. `packet_bytes` are the bytes of all packets: what a file holds beside them is lost."""

    broken_packets: int = 0
    packet_bytes: int = 0
    errors: list[str] = field(default_factory=list)

    def note(self, error: Exception) -> None:
        """Count a packet, or a demuxer's end; the first few are named."""
        self.broken_packets += 1
        if len(self.errors) < MAX_ERRORS:
            self.errors.append(type(error).__name__)


def confine(limits: Limits) -> None:
    """Of this process, from now on: it ends with its parent, leaves no core file, takes no more memory, CPU or disk."""
    die_with_parent(os.getppid())
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_seconds, limits.cpu_seconds + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits.output_bytes, limits.output_bytes))


def seal() -> None:
    """From here on the kernel refuses every open(), whatever a demuxer makes of the bytes."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))


def open_audio(source: BinaryIO, audio_format: str) -> Any:
    """FFmpeg on our file object, its demuxer named, every protocol shut. Raises Refused.

    A WAV whose sound goes on behind the stated size of its data is read to the end of the file.
    """
    options = {"protocol_whitelist": "none"}
    if audio_format == AudioFormat.WAV and (header := riff.read_header(source)) and header.sound_goes_on:
        options["ignore_length"] = "1"
    try:
        return av.open(source, format=audio_format, options=options, metadata_errors="replace")
    except MemoryError:
        raise
    except (av.error.FFmpegError, ValueError) as error:
        raise Refused("audio_broken", f"its header cannot be read: {type(error).__name__}") from error


def audio_stream(container: Any) -> Any:
    """The first audio stream, if it is one that we take. Raises Refused."""
    if not container.streams.audio:
        raise Refused("not_audio", "it holds no audio stream")
    stream = container.streams.audio[0]
    codec = stream.codec_context
    if codec is None or codec.name not in CODECS:
        raise Refused("audio_broken", f"its codec is not one of those supported: {codec.name if codec else 'unknown'}")
    _check_shape(codec.channels, codec.sample_rate or MIN_SOURCE_HZ)
    codec.thread_type = "NONE"
    return stream


def _check_shape(channels: int, rate_hz: int) -> None:
    if channels > MAX_TRACKS:
        raise Refused("too_many_tracks", f"it has {channels} tracks; at most {MAX_TRACKS} are supported")
    if not MIN_SOURCE_HZ <= rate_hz <= MAX_SOURCE_HZ:
        raise Refused("audio_broken", f"a sample rate of {rate_hz} Hz is not that of a recording")


def frames(container: Any, stream: Any, damage: Damage) -> Iterator[Any]:
    """Decoded frames. A packet that cannot be decoded costs itself only: stopping at it lost two thirds of a damaged MP3."""
    for packet in _packets(container, stream, damage):
        try:
            yield from packet.decode()
        except MemoryError:
            raise
        except av.error.FFmpegError as error:
            damage.note(error)


def _packets(container: Any, stream: Any, damage: Damage) -> Iterator[Any]:
    """The stream's packets; a demuxer that fails midway ends them."""
    try:
        for packet in container.demux(stream):
            damage.packet_bytes += packet.size
            yield packet
    except MemoryError:
        raise
    except av.error.FFmpegError as error:
        damage.note(error)


class Resampler:
    """Frames of any shape become signed 16-bit frames of one rate and layout, also where the shape changes in mid-stream."""

    def __init__(self, layout: str, rate_hz: int, *, sample_format: str = "s16") -> None:
        self._layout, self._rate_hz, self._sample_format = layout, rate_hz, sample_format
        self._shape: tuple[object, ...] = ()
        self._resampler: Any = None

    def resample(self, frame: Any) -> Iterator[Any]:
        """What the frame makes ready. Raises Refused for a shape that no recording has."""
        shape = (frame.format.name, frame.layout.name, frame.sample_rate)
        if shape != self._shape:
            _check_shape(frame.layout.nb_channels, frame.sample_rate)
            yield from self.rest()
            self._resampler = av.AudioResampler(self._sample_format, self._layout, self._rate_hz)
            self._shape = shape
        frame.pts = None
        yield from self._resampler.resample(frame)

    def rest(self) -> Iterator[Any]:
        """What is still held."""
        if self._resampler is not None:
            yield from self._resampler.resample(None)
        self._resampler, self._shape = None, ()


def decoded(source: BinaryIO, audio_format: str) -> Iterator[Any]:
    """The recording's frames, of whatever shape. Raises Refused, also when there is none."""
    with open_audio(source, audio_format) as container:
        count = 0
        for frame in frames(container, audio_stream(container), Damage()):
            count += 1
            yield frame
    if not count:
        raise Refused("audio_broken", "nothing in it decodes")


def warm_up() -> None:
    """Decode silence from memory: PyAV imports parts of itself at first use, and soon no file can be opened."""
    silence = bytes(1600)
    head = struct.pack(
        "<4sI8sIHHIIHH4sI", b"RIFF", 1636, b"WAVEfmt ", 16, 1, 1, 8000, 16000, 2, 16, b"data", len(silence)
    )
    resampler = Resampler("mono", MIN_SOURCE_HZ)
    for frame in decoded(io.BytesIO(head + silence), "wav"):
        list(resampler.resample(frame))
    list(resampler.rest())


def main(work: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """A child's whole life: one order, one reply. A reply with `refused` says why nothing came of the recording."""
    reply: dict[str, Any]
    try:
        reply = work(json.loads(sys.stdin.buffer.read()))
    except Refused as refused:
        reply = {"refused": refused.code, "why": refused.why}
    except MemoryError:
        reply = {"refused": "decoder_limit", "why": "decoding it takes more memory than allowed"}
    except OSError as error:
        is_full = error.errno == errno.EFBIG
        reply = {
            "refused": "audio_too_long" if is_full else "audio_broken",
            "why": f"decoding it failed: {error.errno}",
        }
    except Exception as error:  # noqa: BLE001 - whatever a hostile file does to a library is that file's fault
        reply = {"refused": "audio_broken", "why": f"the decoder failed: {type(error).__name__}"}
    with contextlib.suppress(BrokenPipeError):
        sys.stdout.write(json.dumps(reply))
