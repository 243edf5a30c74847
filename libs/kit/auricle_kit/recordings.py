"""Recordings as they were sent in: known by their first bytes, decoded by a child that has limits and no secrets of its parent."""

import asyncio
import sys
from pathlib import Path

# First bytes of what people send, and the demuxer that is named for them: the file's own name is never asked.
MAGIC = (
    (0, b"RIFF", "wav"), (0, b"OggS", "ogg"), (0, b"fLaC", "flac"), (0, b"ID3", "mp3"), (4, b"ftyp", "mov"), (0, b"#!AMR", "amr"),
    (0, b"\xff\xf1", "aac"), (0, b"\xff\xf9", "aac"), (0, b"\xff\xfb", "mp3"), (0, b"\xff\xf3", "mp3"), (0, b"\xff\xf2", "mp3"),
)  # fmt: skip
HEAD_BYTES = 16


def container(head: bytes) -> str | None:
    """The format that a file's first HEAD_BYTES name."""
    return next((name for at, magic, name in MAGIC if head[at : at + len(magic)] == magic), None)


def container_of(source: Path) -> str | None:
    """The same of a file."""
    with source.open("rb") as file:
        return container(file.read(HEAD_BYTES))


async def decoded_by(module: str, *arguments: str, seconds: float) -> bool:
    """Whether `python -m module`, with an empty environment, ended well and in time. It does not outlive the call."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-I", "-m", module, *arguments,
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
        env={"LC_ALL": "C.UTF-8"},
    )  # fmt: skip
    try:
        return await asyncio.wait_for(child.wait(), seconds) == 0
    except TimeoutError:
        return False
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
