"""How long a recording says it is, where it really says so, and what speaks for damage.

FFmpeg always has a number, but for half of the formats it is a guess from bit rates, and for a plain WAV it is silently cut down to
the bytes that are there. Only a length written into the file by whoever made it can reveal that something is missing.
"""

import struct

from auricle_asr.recordings.sniffing import AudioFormat

UNKNOWN_SIZES = (0, 0x7FFFFFFF, 0xFFFFFFFF)  # what recorders write that cannot seek back to the header
MISMATCH_SHARE = 0.01
MISMATCH_FLOOR_MS = 150  # encoders pad by up to two frames; on a three-second file that is more than 1 %
_OGG_END_OF_STREAM = 0x04


def declared_ms(audio_format: AudioFormat, head: bytes, ffmpeg_ms: int | None) -> int | None:
    """The length that the file states, or None if its format states none."""
    if audio_format is AudioFormat.WAV:
        return riff_ms(head)
    if audio_format is AudioFormat.MP3:
        return ffmpeg_ms if any(mark in head for mark in (b"Xing", b"Info", b"VBRI")) else None
    return None if audio_format in (AudioFormat.AAC, AudioFormat.AMR) else ffmpeg_ms


def riff_ms(head: bytes) -> int | None:
    """Size of the `data` chunk over the bytes per second of `fmt `; None where either is missing or a placeholder."""
    order = ">" if head[:4] == b"RIFX" else "<"
    at, bytes_per_second = 12, 0
    while at + 8 <= len(head):
        name, size = struct.unpack_from(f"{order}4sI", head, at)
        if name == b"fmt " and at + 20 <= len(head):
            bytes_per_second = struct.unpack_from(f"{order}I", head, at + 16)[0]
        if name == b"data":
            known = bytes_per_second and size not in UNKNOWN_SIZES and head[:4] != b"RF64"
            return int(size * 1000 / bytes_per_second) if known else None
        at += 8 + size + size % 2
    return None


def mismatched(declared: int | None, decoded: int) -> bool:
    """More than 1 % apart (ms), beyond what an encoder's padding explains."""
    if declared is None:
        return False
    return abs(declared - decoded) > max(MISMATCH_FLOOR_MS, MISMATCH_SHARE * max(declared, decoded))


def ogg_unfinished(tail: bytes) -> bool:
    """Whether the last Ogg page in `tail` lacks the end-of-stream mark: the upload or the recorder stopped early."""
    page = tail.rfind(b"OggS")
    return page < 0 or page + 6 > len(tail) or not tail[page + 5] & _OGG_END_OF_STREAM
