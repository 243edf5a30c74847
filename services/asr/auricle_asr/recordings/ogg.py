"""The stated length of an Ogg file: the sum of its links, since a recorder that appends makes a chain of streams.

FFmpeg reads the last position of the first link only. A page without a position (-1, as messengers write at the end) states nothing.
"""

import struct
from dataclasses import dataclass
from mmap import mmap

PAGE_HEAD = struct.Struct(
    "<4sBBqI"
)  # magic, version, flags, position, stream; then sequence, checksum, number of segments
SEGMENTS_AT = 26
FIRST_OF_STREAM = 0x02
OPUS_HZ = 48_000


@dataclass
class Link:
    """One logical stream. `first` and `last` are positions in samples at `rate_hz`; `skip` samples are not to be heard."""

    rate_hz: int
    skip: int
    first: int | None = None
    last: int = 0

    @property
    def duration_ms(self) -> int:
        """A recording that was cut out of a live stream does not start at 0: its first page is then left out."""
        late = self.first is not None and self.first > 2 * self.rate_hz
        start = self.first or 0 if late else self.skip
        return max(0, self.last - start) * 1000 // self.rate_hz


def stated_ms(data: bytes | mmap) -> int | None:
    """The audio links of a file together; None where none states a length."""
    return sum(link.duration_ms for link in _links(data)) or None


def _links(data: bytes | mmap) -> list[Link]:
    links: list[Link] = []
    by_stream: dict[int, Link | None] = {}
    at = data.find(b"OggS")
    while 0 <= at <= len(data) - SEGMENTS_AT - 1:
        _, _, flags, position, stream = PAGE_HEAD.unpack_from(data, at)
        body = at + SEGMENTS_AT + 1 + data[at + SEGMENTS_AT]
        if flags & FIRST_OF_STREAM:
            link = by_stream[stream] = _audio_link(data[body : body + 64])
            links += [link] if link else []
        elif (link := by_stream.get(stream)) and position > 0:
            link.first = position if link.first is None else link.first
            link.last = max(link.last, position)
        at = data.find(b"OggS", body + sum(data[at + SEGMENTS_AT + 1 : body]))
    return links


def _audio_link(packet: bytes) -> Link | None:
    """By the stream's identification header; None for video and what else a file may hold."""
    rate_hz, skip = 0, 0
    if packet.startswith(b"OpusHead") and len(packet) >= 12:
        rate_hz, skip = OPUS_HZ, struct.unpack_from("<H", packet, 10)[0]
    elif packet.startswith(b"\x01vorbis") and len(packet) >= 16:
        rate_hz = struct.unpack_from("<I", packet, 12)[0]
    elif packet.startswith(b"Speex   ") and len(packet) >= 40:
        rate_hz = struct.unpack_from("<I", packet, 36)[0]
    elif packet.startswith(b"\x7fFLAC") and len(packet) >= 30:
        rate_hz = int.from_bytes(packet[27:30]) >> 4
    return Link(rate_hz, skip) if rate_hz else None
