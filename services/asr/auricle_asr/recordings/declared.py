"""How long a recording says it is, where it really says so, and what speaks for damage.

FFmpeg always has a number, but for half of the formats it is a guess from bit rates, for a plain WAV it is silently cut down to
the bytes that are there, and for a chain of Ogg streams it is the first one's. Only a length written into the file by whoever made it
can reveal that something is missing.
"""

from mmap import ACCESS_READ, mmap
from pathlib import Path

from auricle_kit.audio import riff
from auricle_kit.audio.sniffing import HEAD_BYTES, AudioFormat

from auricle_asr.recordings import ogg

MISMATCH_SHARE = 0.01
MISMATCH_FLOOR_MS = 150  # encoders pad by up to two frames; on a three-second file that is more than 1 %
_OGG_END_OF_STREAM = 0x04
_MP3_LENGTHS = (b"Xing", b"Info", b"VBRI")


def declared_ms(audio_format: AudioFormat, source: Path, ffmpeg_ms: int | None) -> int | None:
    """The length that the file states, or None if its format states none."""
    if audio_format in (AudioFormat.AAC, AudioFormat.AMR):
        return None
    with source.open("rb") as file:
        if audio_format is AudioFormat.WAV:
            header = riff.read_header(file)
            return header.duration_ms if header else None
        if audio_format is AudioFormat.OGG:
            with mmap(file.fileno(), 0, access=ACCESS_READ) as data:
                return ogg.stated_ms(data)
        head = file.read(HEAD_BYTES)
    if audio_format is AudioFormat.MP3 and not any(mark in head for mark in _MP3_LENGTHS):
        return None
    return ffmpeg_ms


def is_short(declared: int | None, decoded: int) -> bool:
    """More than 1 % (ms) is missing, beyond what an encoder's padding explains. More sound than stated is no loss."""
    return declared is not None and declared - decoded > max(MISMATCH_FLOOR_MS, MISMATCH_SHARE * declared)


def ogg_unfinished(tail: bytes) -> bool:
    """Whether the last Ogg page in `tail` lacks the end-of-stream mark: the upload or the recorder stopped early."""
    page = tail.rfind(b"OggS")
    return page < 0 or page + 6 > len(tail) or not tail[page + 5] & _OGG_END_OF_STREAM
