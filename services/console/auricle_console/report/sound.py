"""A recording as a small data address: decoded and made again by a child with limits, since what was sent in is not trusted."""

import asyncio
import sys
import tempfile
from base64 import b64encode
from dataclasses import dataclass
from pathlib import Path

import httpx
from auricle_kit import log

from auricle_console.gateway import Gateway

logger = log.get("console.sound")
ENCODER_SECONDS = 120.0


@dataclass(frozen=True)
class Sound:
    """`address` is the data address, "" without audio; `missing` a word for why there is none: too_large, unknown_format, broken."""

    address: str = ""
    missing: str = ""


# First bytes of what people send, and the demuxer that is named for them: the file's own name is never asked.
MAGIC = (
    (0, b"RIFF", "wav"), (0, b"OggS", "ogg"), (0, b"fLaC", "flac"), (0, b"ID3", "mp3"), (4, b"ftyp", "mov"), (0, b"#!AMR", "amr"),
    (0, b"\xff\xf1", "aac"), (0, b"\xff\xf9", "aac"), (0, b"\xff\xfb", "mp3"), (0, b"\xff\xf3", "mp3"), (0, b"\xff\xf2", "mp3"),
)  # fmt: skip


def container(head: bytes) -> str | None:
    """The format that a file's first bytes name."""
    return next((name for at, magic, name in MAGIC if head[at : at + len(magic)] == magic), None)


async def embed(gateway: Gateway, conversation: str, max_bytes: int, *, masked: bool = False) -> Sound:
    """The recording as Opus in Ogg, mono, 16 kbit/s: about 2 KB a second; `masked` with tones. Never raises for a bad recording."""
    with tempfile.TemporaryDirectory(prefix="auricle-report-") as folder:
        source, target = Path(folder) / "recording", Path(folder) / "sound.ogg"
        missing = await _fetch(gateway, conversation, source, max_bytes, masked=masked)
        if missing:
            return Sound(missing=missing)
        name = container(source.read_bytes()[:16])
        if name is None:
            return Sound(missing="unknown_format")
        if not await _encode(source, target, name):
            return Sound(missing="broken")
        return Sound("data:audio/ogg;base64," + b64encode(target.read_bytes()).decode())


async def _fetch(gateway: Gateway, conversation: str, source: Path, max_bytes: int, *, masked: bool) -> str:
    size = 0
    try:
        async with gateway.recording(conversation, {}, masked=masked) as reply:
            if not reply.is_success:
                return "broken"
            with source.open("wb") as file:
                async for chunk in reply.aiter_bytes():
                    size += len(chunk)
                    if size > max_bytes:
                        return "too_large"
                    file.write(chunk)
    except httpx.HTTPError as error:
        logger.warning("recording_not_fetched", conversation=conversation, error_type=type(error).__name__)
        return "broken"
    return ""


async def _encode(source: Path, target: Path, name: str) -> bool:
    command = (sys.executable, "-m", "auricle_console.report.encoder", str(source), str(target), name)
    child = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        await asyncio.wait_for(child.wait(), ENCODER_SECONDS)
    except TimeoutError:
        child.kill()
        await child.wait()
    return child.returncode == 0
