"""What a blob store promises."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Stored:
    """What was written: the size in bytes and the SHA-256 in hex, both counted on the way."""

    key: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class PresignedPost:
    """A form that lets a client upload one object without passing through us; `fields` go before the file."""

    url: str
    fields: Mapping[str, str]


class BlobStore(Protocol):
    """Keys are slash-separated words. Unknown keys raise BlobMissing, a store that does not answer StoreUnavailable."""

    async def put(self, key: str, chunks: AsyncIterator[bytes]) -> Stored:
        """Write a stream. When it raises or is cancelled half-way, the key is as it was before."""
        ...

    async def put_bytes(self, key: str, body: bytes) -> Stored:
        """Write a small blob."""
        ...

    async def get_bytes(self, key: str) -> bytes:
        """The whole blob."""
        ...

    def read(self, key: str, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """The bytes from `start` up to, not including, `end` (None: to the last)."""
        ...

    async def size(self, key: str) -> int:
        """Bytes of the blob."""
        ...

    async def local_path(self, key: str, into: Path) -> Path:
        """A file with the blob's bytes, to read only: the store's own, or a copy made in the folder `into`."""
        ...

    async def move(self, source: str, target: str) -> None:
        """Give a blob another key."""
        ...

    async def delete(self, key: str) -> None:
        """Remove a blob; a missing one is fine."""
        ...

    async def delete_prefix(self, prefix: str) -> int:
        """Remove every blob whose key begins with `prefix` (which ends in a slash); how many there were."""
        ...

    def list(self, prefix: str) -> AsyncIterator[str]:
        """The keys that begin with `prefix`, in order."""
        ...

    async def presign_post(self, key: str, *, max_bytes: int, expires_s: int) -> PresignedPost | None:
        """A form for a direct upload of 1 to `max_bytes` bytes; None where the store has none (folder: the gateway signs its own)."""
        ...

    async def check(self) -> None:
        """Raise StoreUnavailable unless the store answers."""
        ...

    async def close(self) -> None:
        """Let go of threads and connections."""
        ...
