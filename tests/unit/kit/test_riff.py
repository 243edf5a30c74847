"""What a WAV states of itself, and what of it is believed."""

import io
import struct

import pytest
from auricle_kit.audio.riff import RiffHeader, read_header
from hypothesis import given
from hypothesis import strategies as st

RATE_HZ = 8000
PLACEHOLDERS = (0, 0x7FFFF000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0xFFFFFFDB, 0x7FFFFFDB)


def chunk(name: bytes, body: bytes, size: int | None = None, order: str = "<") -> bytes:
    return name + struct.pack(f"{order}I", len(body) if size is None else size) + body + bytes(len(body) % 2)


def layout(codec: int, bits: int, *, block: int, bytes_per_second: int, extra: bytes = b"", order: str = "<") -> bytes:
    return chunk(
        b"fmt ", struct.pack(f"{order}HHIIHH", codec, 1, RATE_HZ, bytes_per_second, block, bits) + extra, None, order
    )


PCM = layout(1, 16, block=2, bytes_per_second=16000)
SOUND = struct.pack("<4000h", *([1000, -1000] * 2000))


def header(*chunks: bytes, form: bytes = b"RIFF") -> RiffHeader:
    found = read_header(io.BytesIO(form + bytes(4) + b"WAVE" + b"".join(chunks)))
    assert found
    return found


@pytest.mark.parametrize("size", PLACEHOLDERS)
def test_a_placeholder_is_not_a_length(size: int) -> None:
    found = header(PCM, chunk(b"data", SOUND, size))
    assert (found.duration_ms, found.sound_goes_on) == (None, False)


@pytest.mark.parametrize("bytes_per_second", [0, 1, 8000, 32000, 0xFFFFFFFF])
def test_the_length_of_pcm_is_rate_by_block_whatever_the_bytes_per_second(bytes_per_second: int) -> None:
    assert header(layout(1, 16, block=2, bytes_per_second=bytes_per_second), chunk(b"data", SOUND)).duration_ms == 500


def test_adpcm_goes_by_its_fact_or_its_blocks() -> None:
    blocks = layout(0x11, 4, block=256, bytes_per_second=99, extra=struct.pack("<HH", 2, 505))
    assert header(blocks, chunk(b"fact", struct.pack("<I", 4000)), chunk(b"data", bytes(2048))).duration_ms == 500
    assert header(blocks, chunk(b"fact", bytes(4)), chunk(b"data", bytes(2048))).duration_ms == 505
    unknown = layout(0x9999, 4, block=256, bytes_per_second=8000)
    assert header(unknown, chunk(b"data", bytes(2048))).duration_ms is None


def test_a_file_that_was_cut_keeps_its_stated_length() -> None:
    assert header(PCM, chunk(b"data", SOUND, 160_000)).duration_ms == 10_000


def test_sound_behind_the_stated_end_goes_on() -> None:
    found = header(PCM, chunk(b"data", SOUND, 1000))
    assert found.sound_goes_on
    assert found.duration_ms is None


@pytest.mark.parametrize(
    "rest",
    [b"", b"\0", bytes(4096), chunk(b"LIST", b"INFOISFT made by hand"), chunk(b"id3 ", b"x" * 33) + bytes(64), chunk(b"cue ", bytes(28))],
    ids=["nothing", "pad", "zeros", "LIST", "id3 and zeros", "cue"],
)  # fmt: skip
def test_tags_and_padding_are_not_sound(rest: bytes) -> None:
    found = header(PCM, chunk(b"data", SOUND) + rest)
    assert (found.duration_ms, found.sound_goes_on) == (500, False)


def test_rf64_and_rifx_state_their_length() -> None:
    wide = chunk(b"ds64", struct.pack("<QQQI", 0, len(SOUND), 4000, 0))
    assert header(wide, PCM, chunk(b"data", SOUND, 0xFFFFFFFF), form=b"RF64").duration_ms == 500
    big = layout(1, 16, block=2, bytes_per_second=16000, order=">")
    assert header(big, chunk(b"data", SOUND, order=">"), form=b"RIFX").duration_ms == 500


def test_a_long_chunk_in_front_is_stepped_over() -> None:
    assert header(PCM, chunk(b"bext", bytes(200_001)), chunk(b"data", SOUND)).duration_ms == 500


@given(st.binary(max_size=120))
def test_no_header_breaks_it(rest: bytes) -> None:
    file = io.BytesIO(b"RIFF\0\0\0\0WAVE" + rest)
    read_header(file)
    assert file.tell() == 0
