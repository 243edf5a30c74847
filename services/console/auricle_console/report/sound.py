"""A recording as a small data address: decoded and made again by a child with limits, since what was sent in is not trusted."""

import tempfile
from base64 import b64encode
from dataclasses import dataclass
from pathlib import Path

import httpx
from auricle_contracts import Code
from auricle_kit import log
from auricle_kit.audio import child

from auricle_console.gateway import Gateway

logger = log.get("console.sound")
ENCODER = "auricle_console.report.encoder"
ENCODER_SECONDS = 120.0
LIMITS = {"memory_bytes": 192 << 20, "cpu_seconds": 100, "output_bytes": 64 << 20}


@dataclass(frozen=True)
class Sound:
    """`address` is the data address, "" without audio; `missing` a word for why there is none: too_large, unknown_format, broken."""

    address: str = ""
    missing: str = ""


async def embed(gateway: Gateway, conversation: str, max_bytes: int, *, masked: bool = False) -> Sound:
    """The recording as Opus in Ogg, mono, 16 kbit/s: about 2 KB a second; `masked` with tones. Never raises for a bad recording."""
    with tempfile.TemporaryDirectory(prefix="auricle-report-") as folder:
        source, target = Path(folder) / "recording", Path(folder) / "sound.ogg"
        missing = await _fetch(gateway, conversation, source, max_bytes, masked=masked)
        if missing:
            return Sound(missing=missing)
        try:
            order = {"source": str(source), "format": child.format_of(source), "target": str(target), "limits": LIMITS}
            await child.run(ENCODER, order, seconds=ENCODER_SECONDS)
        except child.Undecodable as error:
            return Sound(missing="unknown_format" if error.code is Code.NOT_AUDIO else "broken")
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
