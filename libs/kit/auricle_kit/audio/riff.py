"""The header of a WAV (RIFF, RIFX, RF64): its sizes and rates are hints, believed only where they can be true.

A recorder that cannot seek back leaves a placeholder (0, 0x7FFFF000, 0x80000000, 0xFFFFFFFF less a header), one that crashed leaves the
size of its last flush, and the bytes per second are anybody's guess. Rate × block tells the length of PCM, samples per block that of
ADPCM and GSM.
"""

import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

FORMS = {b"RIFF": "<", b"RIFX": ">", b"RF64": "<"}
PLACEHOLDER_FROM = 0x7F00_0000
"""Nobody sends a recording of 2 GiB: a `data` chunk that claims one was written before its size was known."""
MAX_CHUNKS = 256
EXTENSIBLE, LINEAR_CODECS, BLOCK_CODECS = 0xFFFE, (1, 3, 6, 7), (2, 0x11, 0x31)
BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class RiffHeader:
    """`data_bytes` is None for a placeholder. `sound_goes_on`: what lies behind the stated end of the data are no chunks but sound."""

    codec: int
    channels: int
    rate_hz: int
    bits: int
    samples_per_block: int
    block_bytes: int
    fact_samples: int
    data_bytes: int | None
    sound_goes_on: bool

    @property
    def duration_ms(self) -> int | None:
        """The stated length; None where the header states none that can be believed."""
        samples = None if self.data_bytes is None or self.sound_goes_on else self._samples(self.data_bytes)
        return samples * 1000 // self.rate_hz if samples is not None and self.rate_hz else None

    def _samples(self, data_bytes: int) -> int | None:
        if self.codec in LINEAR_CODECS:
            block = self.channels * self.bits // 8 or self.block_bytes
            return data_bytes // block if block else None
        if 0 < self.fact_samples < PLACEHOLDER_FROM:
            return self.fact_samples
        if self.codec in BLOCK_CODECS and self.block_bytes and self.samples_per_block:
            return data_bytes // self.block_bytes * self.samples_per_block
        return None


def read_header(file: BinaryIO) -> RiffHeader | None:
    """The header of a WAV, None where it has no `fmt ` or no `data` chunk. Leaves the file at its start."""
    try:
        return _read(file)
    finally:
        file.seek(0)


def _read(file: BinaryIO) -> RiffHeader | None:
    end = file.seek(0, os.SEEK_END)
    file.seek(0)
    order = FORMS.get(file.read(12)[:4])
    if order is None:
        return None
    layout = fact = wide_size = b""
    for name, at, size in _chunks(file, 12, end, order):
        file.seek(at)
        if name == b"fmt ":
            layout = file.read(min(size, 40))
        elif name == b"fact":
            fact = file.read(4)
        elif name == b"ds64":
            wide_size = file.read(16)[8:]
        elif name == b"data":
            data_bytes = struct.unpack("<Q", wide_size)[0] if len(wide_size) == 8 else size
            return _header(file, order, layout, fact, at, data_bytes, end) if len(layout) >= 16 else None
    return None


def _chunks(file: BinaryIO, at: int, end: int, order: str) -> Iterator[tuple[bytes, int, int]]:
    """Name, start and stated size of each chunk."""
    for _ in range(MAX_CHUNKS):
        file.seek(at)
        head = file.read(8)
        if at + 8 > end or len(head) < 8:
            return
        name, size = struct.unpack(f"{order}4sI", head)
        yield name, at + 8, size
        at += 8 + size + size % 2


def _header(
    file: BinaryIO, order: str, layout: bytes, fact: bytes, data_at: int, data_bytes: int, end: int
) -> RiffHeader:
    codec, channels, rate_hz, _, block_bytes, bits = struct.unpack_from(f"{order}HHIIHH", layout)
    if codec == EXTENSIBLE and len(layout) >= 26:
        codec = struct.unpack_from(f"{order}H", layout, 24)[0]
    is_placeholder = data_bytes == 0 or data_bytes >= PLACEHOLDER_FROM
    return RiffHeader(
        codec, channels, rate_hz, bits,
        samples_per_block=struct.unpack_from(f"{order}H", layout, 18)[0] if len(layout) >= 20 else 0,
        block_bytes=block_bytes,
        fact_samples=struct.unpack(f"{order}I", fact)[0] if len(fact) == 4 else 0,
        data_bytes=None if is_placeholder else data_bytes,
        sound_goes_on=not is_placeholder and _is_sound(file, data_at + data_bytes + data_bytes % 2, end, order),
    )  # fmt: skip


def _is_sound(file: BinaryIO, at: int, end: int, order: str) -> bool:
    """Whether the bytes behind the data are neither chunks (tags, cues) nor padding."""
    if end - at < 8:
        return False
    last = at
    for name, start, size in _chunks(file, at, end, order):
        if not all(32 <= letter < 127 for letter in name):
            break
        last = start + size
    return last < end - 1 and _holds_anything(file, last, end)


def _holds_anything(file: BinaryIO, at: int, end: int) -> bool:
    file.seek(at)
    return any(any(file.read(min(BLOCK, end - start))) for start in range(at, end, BLOCK))
