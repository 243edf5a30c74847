"""Damaged and hostile files: each ends as tracks or as a code, within 200 MB, and never takes the worker with it.

The default run takes 42 of the seeded files, `-m bench` all 500 and prints what became of them.
"""

import asyncio
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest
from auricle_asr.errors import RecordingRefused
from auricle_asr.recordings.decoder_pool import DecoderPool
from auricle_asr.recordings.decoding import DecoderLimits, decode, order_for
from auricle_kit.audio.sniffing import HEAD_BYTES, sniff
from unit.asr.damage import SECONDS, damaged

MAX_RSS_KIB = 200 * 1024
LIMITS = DecoderLimits(max_audio_seconds=600, cpu_seconds=20, wall_seconds=60)
# What nothing in the file can reveal: raw samples have no checksum, and these damages keep the length.
UNDETECTABLE = ("flipped", "overwritten", "spliced", "bad_header", "huge_sizes")


@dataclass(frozen=True)
class Ending:
    """What became of one file. `peak_kib` is the child's, 0 where none was started."""

    name: str
    outcome: str
    flags: tuple[str, ...]
    duration_ms: int
    peak_kib: int


def laid(body: bytes, folder: Path) -> Path:
    """The body as a file in a folder of its own."""
    folder.mkdir()
    (folder / "recording").write_bytes(body)
    return folder / "recording"


async def ending(number: int, folder: Path, decoders: DecoderPool) -> Ending:
    """Decode one file of the corpus, and measure the child."""
    name, body = damaged(number)
    source = laid(body, folder)
    peak_kib = await peak(source, body, folder, decoders)
    try:
        found = await decode(source, folder, LIMITS, decoders)
    except RecordingRefused as error:
        return Ending(name, error.code, (), 0, peak_kib)
    return Ending(name, "decoded", found.flags, found.duration_ms, peak_kib)


async def peak(source: Path, body: bytes, folder: Path, decoders: DecoderPool) -> int:
    """Largest resident size of the decoding child in KiB; 0 for what is refused before one starts or kills it."""
    audio_format = sniff(body[:HEAD_BYTES])
    if audio_format is None:
        return 0
    try:
        order = order_for(source, folder, audio_format, LIMITS)
        return (await decoders.run(order, LIMITS.wall_seconds)).peak_rss_kib
    except RecordingRefused:
        return 0


async def endings(numbers: range, folder: Path) -> list[Ending]:
    """Two at a time, all from the same two parents."""
    slots = asyncio.Semaphore(2)

    async def one(number: int) -> Ending:
        async with slots:
            return await ending(number, folder / str(number), decoders)

    async with DecoderPool() as decoders:
        return await asyncio.gather(*(one(number) for number in numbers))


def unflagged(found: Ending) -> bool:
    """Decoded to another length than the original's, and nothing says so."""
    return found.outcome == "decoded" and not found.flags and abs(found.duration_ms - SECONDS * 1000) > 300


def check(found: list[Ending]) -> None:
    assert max(one.peak_kib for one in found) <= MAX_RSS_KIB
    silently_short = [one for one in found if unflagged(one) and not one.name.endswith(UNDETECTABLE)]
    assert len(silently_short) <= len(found) // 20, silently_short


async def test_a_sample_of_damaged_files(tmp_path: Path) -> None:
    check(await endings(range(0, 500, 12), tmp_path))


@pytest.mark.bench
@pytest.mark.timeout(1800)
async def test_five_hundred_damaged_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = await endings(range(500), tmp_path)
    with capsys.disabled():
        print("\noutcomes:", dict(Counter(one.outcome for one in found)))
        print("flags:", dict(Counter(" + ".join(one.flags) or "none" for one in found if one.outcome == "decoded")))
        print("largest child:", max(one.peak_kib for one in found) // 1024, "MiB")
        print("other length, not flagged:", [(one.name, one.duration_ms) for one in found if unflagged(one)])
    check(found)
