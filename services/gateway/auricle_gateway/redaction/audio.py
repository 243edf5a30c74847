"""Redacted recordings: a tone over everything personal, made once by a child process and kept as a blob under its spans' hash; and whole
ones as WAV, where players do not find places in what was received.

request ── blob is there ──► served by ranges from the store; HEAD and ranges decode nothing
       └── it is not ──► one task a blob and process, at most `at_once` at work: copy → sandbox → put → older redactions removed
                          └─ longer than WAIT_SECONDS: 409 with Retry-After, and the task goes on
"""

import asyncio
import hashlib
import tempfile
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from auricle_contracts import Span
from auricle_kit import log
from auricle_kit.audio import child
from auricle_kit.errors import AuricleError
from auricle_masking import Mask, hidden_ms
from auricle_records import paths
from auricle_records.blobs import BlobStore
from auricle_records.errors import BlobMissing

from auricle_gateway.errors import NotReady

logger = log.get("gateway.redaction")
BLEEP = "auricle_gateway.redaction.bleep"
VERSION = "2"
"""Of what the bleep makes; a new one makes every redaction anew."""
PAD_MS = 120  # speech engines place words loosely
WAIT_SECONDS = 10.0
"""Below the time that a page waits for the gateway."""
FRESH_SECONDS = 30.0
MOST_KNOWN = 1000
CHILD_SECONDS = 320.0
CPU_SECONDS = 300
OUTPUT_BYTES = 1 << 30
CHUNK_BYTES = 1 << 20


@dataclass(frozen=True)
class Redaction:
    """What is hidden of a recording: spans in ms, and the hash of them and of the recording's own bytes. `is_whole`: nothing is to be."""

    spans: tuple[Span, ...]
    digest: str
    is_whole: bool = False

    @classmethod
    def of(cls, hidden: Mask, sha256: str) -> "Redaction":
        """Of the recording with this hash."""
        spans = hidden_ms(hidden, PAD_MS)
        told = f"{VERSION} {sha256} {[(span.start, span.end) for span in spans]}"
        return cls(spans, hashlib.sha256(told.encode()).hexdigest())

    @classmethod
    def nothing(cls, sha256: str) -> "Redaction":
        """All of the recording with this hash, for who may hear it."""
        return cls((), hashlib.sha256(f"{VERSION} {sha256} whole".encode()).hexdigest(), is_whole=True)

    def key(self, workspace: str, conversation_id: str) -> str:
        """Where it lies."""
        place = paths.seekable if self.is_whole else paths.redacted
        return place(workspace, conversation_id, self.digest)


class RedactedAudio:
    """Makes redacted recordings and knows for a moment what is hidden: a player asks for twenty ranges of one call."""

    def __init__(self, store: BlobStore, *, at_once: int, memory_bytes: int) -> None:
        self._store = store
        self._slots = asyncio.Semaphore(at_once)
        self._limits = {"memory_bytes": memory_bytes, "cpu_seconds": CPU_SECONDS, "output_bytes": OUTPUT_BYTES}
        self._making: dict[str, asyncio.Task[None]] = {}
        self._known: dict[tuple[str, ...], tuple[Redaction, float]] = {}

    def known(self, *key: str) -> Redaction | None:
        """What was remembered under these words within FRESH_SECONDS."""
        redaction, until = self._known.get(key, (None, 0.0))
        return redaction if time.monotonic() < until else None

    def remember(self, redaction: Redaction, *key: str) -> None:
        """For FRESH_SECONDS."""
        if len(self._known) >= MOST_KNOWN:
            self._known.clear()
        self._known[key] = (redaction, time.monotonic() + FRESH_SECONDS)

    async def size(self, workspace: str, conversation_id: str, redaction: Redaction) -> int:
        """Bytes of the WAV, which is made first where it is not there. Raises NotReady while it takes long, Undecodable."""
        key = redaction.key(workspace, conversation_id)
        try:
            return await self._store.size(key)
        except BlobMissing:
            pass
        task = self._making.get(key) or self._start(workspace, conversation_id, redaction, key)
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                await asyncio.shield(task)
        except TimeoutError:
            raise NotReady(
                "the recording is being redacted", action="Ask again in a moment.", headers={"Retry-After": "5"}
            ) from None
        return await self._store.size(key)

    def _start(self, workspace: str, conversation_id: str, redaction: Redaction, key: str) -> asyncio.Task[None]:
        task = asyncio.create_task(self._make(workspace, conversation_id, redaction, key))
        self._making[key] = task
        task.add_done_callback(lambda done: self._ended(key, conversation_id, done))
        return task

    def _ended(self, key: str, conversation_id: str, done: asyncio.Task[None]) -> None:
        del self._making[key]
        if not done.cancelled() and (error := done.exception()) is not None:
            code = error.code if isinstance(error, AuricleError) else type(error).__name__
            logger.warning("redaction_failed", conversation=conversation_id, code=code)

    async def _make(self, workspace: str, conversation_id: str, redaction: Redaction, key: str) -> None:
        async with self._slots:
            with tempfile.TemporaryDirectory(prefix="auricle-redaction-") as folder:
                source = await self._store.local_path(paths.recording(workspace, conversation_id), Path(folder))
                target = Path(folder) / "redacted.wav"
                order = {
                    "source": str(source),
                    "format": await asyncio.to_thread(child.format_of, source),
                    "target": str(target),
                    "spans_ms": [(span.start, span.end) for span in redaction.spans],
                    "limits": self._limits,
                }
                await child.run(BLEEP, order, seconds=CHILD_SECONDS)
                await self._store.put(key, _chunks(target))
        if not redaction.is_whole:
            await self._remove_older(workspace, conversation_id, key)
        logger.info("recording_redacted", conversation=conversation_id, spans=len(redaction.spans))

    async def _remove_older(self, workspace: str, conversation_id: str, key: str) -> None:
        """What hid something else, or less: nobody is sent it again."""
        older = [one async for one in self._store.list(paths.redacted_prefix(workspace, conversation_id)) if one != key]
        for one in older:
            await self._store.delete(one)

    async def close(self) -> None:
        """Stop what is being made; it is made again when somebody asks."""
        tasks = tuple(self._making.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _chunks(path: Path) -> AsyncIterator[bytes]:
    with path.open("rb") as file:
        while chunk := await asyncio.to_thread(file.read, CHUNK_BYTES):
            yield chunk
