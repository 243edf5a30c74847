"""A recording with a tone over everything personal, made when somebody asks for it: decoded by a child with limits, sent as WAV."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

from auricle_contracts import Span
from auricle_kit import recordings
from auricle_kit.errors import InvalidRequest
from auricle_masking import Mask, hidden_ms
from auricle_records.blobs import BlobStore

PAD_MS = 120  # speech engines place words loosely
CHILD_SECONDS = 320.0


@dataclass(frozen=True)
class MaskedSound:
    """A WAV file in a folder of its own, which the caller removes."""

    folder: "tempfile.TemporaryDirectory[str]"
    path: Path


async def make(store: BlobStore, key: str, size: int, hidden: Mask) -> MaskedSound:
    """The recording at `key` with tones. Raises InvalidRequest when it cannot be decoded."""
    folder = tempfile.TemporaryDirectory(prefix="auricle-masked-")
    try:
        source, target = Path(folder.name) / "recording", Path(folder.name) / "masked.wav"
        with source.open("wb") as file:
            async for chunk in store.read(key, 0, size):
                file.write(chunk)
        name = recordings.container_of(source)
        if name is None or not await _toned(source, target, name, hidden_ms(hidden, PAD_MS)):
            raise InvalidRequest("this recording cannot be decoded, so nothing in it can be hidden")
        source.unlink()
    except BaseException:
        folder.cleanup()
        raise
    return MaskedSound(folder, target)


async def _toned(source: Path, target: Path, name: str, spans: tuple[Span, ...]) -> bool:
    told = ",".join(f"{span.start}-{span.end}" for span in spans)
    return await recordings.decoded_by(
        "auricle_gateway.tones", str(source), str(target), name, told, seconds=CHILD_SECONDS
    )
