"""Blobs in a folder: for a laptop, and for any file system that several machines share.

A blob is written to `.incoming`, synced, and renamed: it is whole or it is not there. What a crash leaves in `.incoming` is removed
after a day. All file work happens in threads.
"""

import asyncio
import hashlib
import os
import re
import secrets
import shutil
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from auricle_records.blobs.chunks import batches
from auricle_records.blobs.store import PresignedPost, Stored
from auricle_records.errors import BlobMissing, RangeNotSatisfiable, StoreUnavailable

_INCOMING = ".incoming"
_KEY = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*", re.ASCII)
_BATCH = 1 << 18
_DAY_S = 86_400
_RENAME_TRIES = 100


class FolderStore:
    """A BlobStore in a folder, which is made if it is missing."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._incoming = root / _INCOMING
        self._incoming.mkdir(parents=True, exist_ok=True)
        _remove_old(self._incoming)

    async def put(self, key: str, chunks: AsyncIterator[bytes]) -> Stored:
        """Written, hashed and synced in threads, a batch at a time."""
        target = self._path(key)
        incoming = await asyncio.to_thread(_Incoming, self._incoming)
        try:
            async for batch in batches(chunks, _BATCH):
                await asyncio.to_thread(incoming.write, batch)
            return await asyncio.to_thread(incoming.finish, key, target, self._root)
        finally:
            await asyncio.shield(asyncio.to_thread(incoming.discard))

    async def put_bytes(self, key: str, body: bytes) -> Stored:
        """One trip to a thread."""
        return await asyncio.to_thread(self._put_bytes, key, body)

    def _put_bytes(self, key: str, body: bytes) -> Stored:
        target = self._path(key)
        incoming = _Incoming(self._incoming)
        try:
            incoming.write(body)
            return incoming.finish(key, target, self._root)
        finally:
            incoming.discard()

    async def get_bytes(self, key: str) -> bytes:
        """The whole blob."""
        path = self._path(key)
        try:
            return await asyncio.to_thread(path.read_bytes)
        except (FileNotFoundError, IsADirectoryError) as error:
            raise BlobMissing(f"no blob {key}") from error

    async def read(self, key: str, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """In batches of a mebibyte."""
        file = await asyncio.to_thread(self._open, key)
        try:
            size = os.fstat(file.fileno()).st_size
            if start < 0 or (start >= size and start > 0):
                raise RangeNotSatisfiable(f"the blob has {size} bytes")
            left = (size if end is None else min(end, size)) - start
            file.seek(start)
            while left > 0 and (chunk := await asyncio.to_thread(file.read, min(_BATCH, left))):
                left -= len(chunk)
                yield chunk
        finally:
            file.close()

    def _open(self, key: str) -> BinaryIO:
        try:
            return self._path(key).open("rb")
        except (FileNotFoundError, IsADirectoryError) as error:
            raise BlobMissing(f"no blob {key}") from error

    async def size(self, key: str) -> int:
        """Bytes of the blob."""
        return (await asyncio.to_thread((await self.local_path(key, self._root)).stat)).st_size

    async def local_path(self, key: str, into: Path) -> Path:  # noqa: ARG002 (S3 copies there)
        """The store's own file: read it, do not touch it."""
        path = self._path(key)
        if not await asyncio.to_thread(path.is_file):
            raise BlobMissing(f"no blob {key}")
        return path

    async def move(self, source: str, target: str) -> None:
        """A rename."""
        try:
            await asyncio.to_thread(_rename, self._path(source), self._path(target), self._root)
        except FileNotFoundError as error:
            raise BlobMissing(f"no blob {source}") from error

    async def delete(self, key: str) -> None:
        """Remove a blob; a missing one is fine."""
        await asyncio.to_thread(self._path(key).unlink, missing_ok=True)

    async def delete_prefix(self, prefix: str) -> int:
        """Remove the folder of this name; what is being written right now may stay for the next time."""
        if not prefix.endswith("/"):
            raise ValueError(f"a prefix ends in a slash: {prefix!r}")
        return await asyncio.to_thread(_empty, self._path(prefix[:-1]))

    async def list(self, prefix: str) -> AsyncIterator[str]:
        """The keys that begin with `prefix`, in order."""
        for key in await asyncio.to_thread(_listed, self._root, prefix):
            yield key

    async def presign_post(self, key: str, *, max_bytes: int, expires_s: int) -> PresignedPost | None:  # noqa: ARG002 (as on S3)
        """None: a folder has no door of its own."""
        return None

    async def check(self) -> None:
        """Raise StoreUnavailable unless the folder can be written."""
        if not await asyncio.to_thread(os.access, self._incoming, os.W_OK):
            raise StoreUnavailable("the blob folder cannot be written")

    async def close(self) -> None:
        """Nothing to let go of."""

    def _path(self, key: str) -> Path:
        """Keys come from our own `paths`; one that could leave the folder is a bug or an attack, never a blob."""
        if not _KEY.fullmatch(key):
            raise BlobMissing(f"not a key: {key!r}")
        return self._root / key


class _Incoming:
    """A file on its way in."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / secrets.token_hex(12)
        self._file = self._path.open("xb")
        self._hash = hashlib.sha256()
        self._size = 0

    def write(self, batch: bytes) -> None:
        self._file.write(batch)
        self._hash.update(batch)
        self._size += len(batch)

    def finish(self, key: str, target: Path, root: Path) -> Stored:
        """Sync, then give it its name."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        _rename(self._path, target, root)
        return Stored(key, self._size, self._hash.hexdigest())

    def discard(self) -> None:
        """Remove it unless it has its name."""
        self._file.close()
        self._path.unlink(missing_ok=True)


def _rename(source: Path, target: Path, root: Path) -> None:
    """Also when the target's folder is deleted at the same time; synced up to the root, since its folders may be new."""
    for attempt in range(_RENAME_TRIES):
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            source.rename(target)
            break
        except (FileNotFoundError, FileExistsError):  # a folder on the way was deleted between two steps
            if attempt == _RENAME_TRIES - 1 or not source.exists():
                raise
    for folder in (target.parent, *target.parent.parents):
        with suppress(FileNotFoundError):  # deleted again meanwhile: nothing to keep
            _sync_folder(folder)
        if folder == root:
            return


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _walk(folder: Path, below: str = "") -> Iterator[str]:
    with suppress(FileNotFoundError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                if entry.name != _INCOMING:
                    yield from _walk(Path(entry.path), f"{below}{entry.name}/")
            else:
                yield below + entry.name


def _listed(root: Path, prefix: str) -> list[str]:
    """Only the folder that the prefix names is walked, however many others there are."""
    below = prefix.rpartition("/")[0]
    if below and not _KEY.fullmatch(below):
        return []
    return sorted(key for key in _walk(root / below, f"{below}/" if below else "") if key.startswith(prefix))


def _empty(folder: Path) -> int:
    count = sum(1 for _ in _walk(folder))
    shutil.rmtree(folder, ignore_errors=True)
    return count


def _remove_old(folder: Path) -> None:
    for path in folder.iterdir():
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < time.time() - _DAY_S:
                path.unlink()
