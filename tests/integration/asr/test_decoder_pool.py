"""The decoders' parents: used again, replaced when they had to be stopped, and none the worse for what became of a child."""

import asyncio
import os
import signal
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from auricle_asr.errors import AudioBroken, DecoderLimit
from auricle_asr.recordings.decoder_pool import DecoderPool
from auricle_asr.recordings.order import Order
from unit.asr.audio_files import encoded, silence, tone, wav


def order_of(folder: Path, body: bytes, kind: str = "wav") -> Order:
    folder.mkdir()
    (folder / "recording").write_bytes(body)
    return Order(str(folder / "recording"), kind, str(folder), max_seconds=4000, memory_bytes=256 << 20, cpu_seconds=20)


def parents() -> list[int]:
    return [one.pid for one in psutil.Process().children() if "auricle_asr.recordings.decoder" in one.cmdline()]


async def test_one_parent_decodes_one_recording_after_the_other(tmp_path: Path) -> None:
    async with DecoderPool() as decoders:
        first = await decoders.run(order_of(tmp_path / "1", wav([tone(1)])), 60)
        served = parents()
        second = await decoders.run(order_of(tmp_path / "2", wav([tone(2), tone(2)])), 60)
        assert (parents(), len(served)) == (served, 1)
    assert (first.tracks, first.samples, second.tracks, second.samples) == (1, 16000, 2, 32000)
    assert not parents()


async def test_two_at_once_have_two_parents(tmp_path: Path) -> None:
    orders = [order_of(tmp_path / name, wav([tone(1)])) for name in "ab"]
    async with DecoderPool() as decoders:
        found = await asyncio.gather(*(decoders.run(order, 60) for order in orders))
        assert len(parents()) == 2
    assert [facts.samples for facts in found] == [16000, 16000]


async def test_a_child_that_ends_badly_leaves_its_parent_alone(tmp_path: Path) -> None:
    good, hungry = order_of(tmp_path / "1", wav([tone(1)])), order_of(tmp_path / "2", wav([tone(1)]))
    lasting = order_of(tmp_path / "3", encoded("flac", [silence(3600)]), "flac")
    async with DecoderPool() as decoders:
        await decoders.run(good, 60)
        served = parents()
        with pytest.raises(AudioBroken):
            await decoders.run(replace(hungry, source="/nowhere"), 60)
        with pytest.raises(DecoderLimit, match="CPU"):
            await decoders.run(replace(lasting, cpu_seconds=0), 60)
        assert (await decoders.run(good, 60)).samples == 16000
        assert parents() == served


async def test_who_is_stopped_by_the_clock_takes_the_parent_along(tmp_path: Path) -> None:
    lasting = order_of(tmp_path / "1", encoded("flac", [silence(3600)]), "flac")
    good = order_of(tmp_path / "2", wav([tone(1)]))
    async with DecoderPool() as decoders:
        await decoders.run(good, 60)
        with pytest.raises(DecoderLimit, match="longer than"):
            await decoders.run(lasting, 0.02)
        assert not parents()
        assert (await decoders.run(good, 60)).samples == 16000


async def test_a_parent_that_died_at_rest_is_replaced(tmp_path: Path) -> None:
    good = order_of(tmp_path / "1", wav([tone(1)]))
    async with DecoderPool() as decoders:
        await decoders.run(good, 60)
        (rests,) = parents()
        os.kill(rests, signal.SIGKILL)
        await asyncio.sleep(0.2)
        assert (await decoders.run(good, 60)).samples == 16000


async def test_a_child_reads_and_writes_nothing_of_its_parents_pipes(tmp_path: Path) -> None:
    """While it decodes, its standard streams are the null device."""
    lasting = order_of(tmp_path / "1", encoded("flac", [silence(3600)]), "flac")
    async with DecoderPool() as decoders:
        work = asyncio.create_task(decoders.run(lasting, 60))
        child = await _child()
        streams = _streams(child)
        await work
    assert streams == ["/dev/null"] * 3


def _streams(child: int) -> list[str]:
    return [str(Path(f"/proc/{child}/fd/{number}").readlink()) for number in (0, 1, 2)]


async def _child() -> int:
    """One that opened everything that it may."""
    for _ in range(2000):
        children = [one for parent in parents() for one in psutil.Process(parent).children()]
        for child in children:
            if child.rlimit(psutil.RLIMIT_NOFILE) == (0, 0):
                return child.pid
        await asyncio.sleep(0.001)
    raise AssertionError("no child was seen at work")
