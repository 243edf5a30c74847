"""What a recording is, by its first bytes; never by its name or its media type, which the caller wrote.

Only the formats on this list are ever opened, each with its demuxer named, so that FFmpeg probes nothing: probing is how a text
file becomes a playlist that opens other files.
"""

from enum import StrEnum

HEAD_BYTES = 64 * 1024
_ID3_HEADER_BYTES = 10


class AudioFormat(StrEnum):
    """The value is the name of FFmpeg's demuxer."""

    WAV = "wav"
    MP3 = "mp3"
    AAC = "aac"
    OGG = "ogg"
    FLAC = "flac"
    MP4 = "mov"
    AMR = "amr"


def sniff(head: bytes) -> AudioFormat | None:
    """The format whose magic bytes these are, or None. `head` is the file's first 64 KiB (or all of it)."""
    body = head[id3_bytes(head) :]
    if body[:4] in (b"RIFF", b"RIFX", b"RF64") and body[8:12] == b"WAVE":
        return AudioFormat.WAV
    if body[:4] == b"OggS":
        return AudioFormat.OGG
    if body[:4] == b"fLaC":
        return AudioFormat.FLAC
    if body[4:8] == b"ftyp":
        return AudioFormat.MP4
    if body[:6] == b"#!AMR\n" or body[:9] == b"#!AMR-WB\n":
        return AudioFormat.AMR
    return _mpeg(body) or (AudioFormat.MP3 if len(body) < len(head) else None)


def id3_bytes(head: bytes) -> int:
    """Length of the ID3v2 tags in front: 10 bytes of header each, with the rest's length in four 7-bit bytes."""
    at = 0
    while head[at : at + 3] == b"ID3" and len(head) >= at + _ID3_HEADER_BYTES:
        size = 0
        for byte in head[at + 6 : at + _ID3_HEADER_BYTES]:
            size = size << 7 | byte & 0x7F
        at += _ID3_HEADER_BYTES + size
    return at


def _mpeg(body: bytes) -> AudioFormat | None:
    """An MPEG audio sync: 11 set bits (12 and layer 0 for AAC in ADTS), then fields that have forbidden values."""
    if len(body) < 4 or body[0] != 0xFF or body[1] & 0xE0 != 0xE0:
        return None
    version, layer = body[1] >> 3 & 3, body[1] >> 1 & 3
    if layer == 0:
        return AudioFormat.AAC if body[1] & 0xF0 == 0xF0 and body[2] >> 2 & 0xF < 13 else None
    forbidden = version == 1 or body[2] >> 4 in (0, 0xF) or body[2] >> 2 & 3 == 3
    return None if forbidden else AudioFormat.MP3
