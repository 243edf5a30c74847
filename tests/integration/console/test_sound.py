"""Recordings for the report: every shipped container, and what only looks like one."""

import math
import struct
import wave
from pathlib import Path

import av
import pytest
from auricle_console.report.sound import ENCODER, LIMITS
from auricle_kit.audio import child

CALLS = Path("tests/data/calls")


async def encode(source: Path, target: Path, container: str) -> bool:
    order = {"source": str(source), "format": container, "target": str(target), "limits": LIMITS}
    try:
        return bool((await child.run(ENCODER, order, seconds=60))["samples"])
    except child.Undecodable:
        return False


def tone(path: Path, seconds: int) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(b"".join(struct.pack("<hh", int(9000 * math.sin(n / 5)), 0) for n in range(8000 * seconds)))
    return path


async def test_a_recording_becomes_small_and_keeps_its_length(tmp_path: Path) -> None:
    target = tmp_path / "sound.ogg"
    assert await encode(tone(tmp_path / "tone", 10), target, "wav")
    with av.open(str(target)) as sound:
        assert sound.duration == pytest.approx(10_000_000, rel=0.01)
    assert target.stat().st_size < 40_000


@pytest.mark.parametrize(
    "source", [next(CALLS.glob(f"*.{one}")) for one in ("mp3", "ogg", "flac", "m4a")], ids=lambda one: one.suffix
)
async def test_every_shipped_container_is_read(tmp_path: Path, source: Path) -> None:
    container = source.suffix[1:]
    assert await encode(source, tmp_path / "sound.ogg", {"m4a": "mov"}.get(container, container))


async def test_a_playlist_does_not_open_another_file(tmp_path: Path) -> None:
    secret = tone(tmp_path / "secret.wav", 1)
    playlist = tmp_path / "recording.m3u8"
    playlist.write_text(f"#EXTM3U\n#EXTINF:1,\n{secret}\n#EXT-X-ENDLIST\n")
    assert not await encode(playlist, tmp_path / "sound.ogg", "wav")


@pytest.mark.parametrize("body", [b"", b"RIFF", b"RIFF\xff\xff\xff\xffWAVEfmt " + b"\xff" * 40, bytes(range(256)) * 40])
async def test_what_is_no_recording_ends_the_child_only(tmp_path: Path, body: bytes) -> None:
    source = tmp_path / "recording"
    source.write_bytes(body)
    assert not await encode(source, tmp_path / "sound.ogg", "wav")
