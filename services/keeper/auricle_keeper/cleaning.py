"""What must go: what was given up, prefixes of deleted conversations, blobs that no row names, what a workspace no longer keeps."""

from auricle_kit import log
from auricle_records import conversations, gate_traces, hook_events, outbox, paths, runs, tombstones, uploads
from auricle_records.blobs import BlobStore
from auricle_records.conversations import Received
from auricle_records.database import Database

EXPIRE_S = 5 * 86_400.0
"""Longer than all retries of one delivery; a paused receiver's events are given up then."""
logger = log.get("keeper.cleaning")


class Receiving:
    """Rows whose body never came, and upload places whose time is over."""

    def __init__(self, db: Database, blobs: BlobStore, *, stale_s: float) -> None:
        self._db = db
        self._blobs = blobs
        self._stale_s = stale_s

    async def round(self) -> int:
        """How many were cleaned. Raises StoreUnavailable."""
        cleaned = 0
        for workspace in await self._db.workspaces():
            cleaned += await self._given_up(workspace) + await self._uploads(workspace)
        return cleaned

    async def _given_up(self, workspace: str) -> int:
        """Rows first, all of them: their keys are free again whether or not the blob store answers, and from then on a slow writer's
        `store` fails, and it removes its own blob.
        """
        stale = await conversations.stale_receiving(self._db, workspace, older_than_s=self._stale_s)
        given_up = [one for one in stale if await self._abandoned(workspace, one)]
        for one in given_up:
            await self._blobs.delete_prefix(_prefix(workspace, one))
            logger.info("given_up_cleaned", conversation_id=one.conversation_id, revision=one.revision)
        return len(given_up)

    async def _abandoned(self, workspace: str, one: Received) -> bool:
        return await conversations.abandon(
            self._db, workspace, one.conversation_id, one.revision, older_than_s=self._stale_s
        )

    async def _uploads(self, workspace: str) -> int:
        over = await uploads.expired(self._db, workspace)
        for upload in over:
            await self._blobs.delete(upload.blob_key)
            await uploads.remove(self._db, workspace, upload.id)
        return len(over)


def _prefix(workspace: str, one: Received) -> str:
    if one.revision == 1:
        return paths.prefix(workspace, one.conversation_id)
    return paths.revision_prefix(workspace, one.conversation_id, one.revision)


class Tombstones:
    """Prefixes of deleted conversations, emptied until they were found empty a few times in a row."""

    def __init__(self, db: Database, blobs: BlobStore, *, pause_s: float) -> None:
        self._db = db
        self._blobs = blobs
        self._pause_s = pause_s

    async def round(self) -> int:
        """How many prefixes were looked at. Raises StoreUnavailable."""
        unquiet = await tombstones.unquiet(self._db, pause_s=self._pause_s)
        for one in unquiet:
            removed = await self._blobs.delete_prefix(paths.prefix(one.workspace, one.conversation_id))
            await tombstones.swept(self._db, one, removed=removed)
        return len(unquiet)


class Orphans:
    """Blobs of workers that died between their blob and their commit: no row names them, and nobody works there any more."""

    def __init__(self, db: Database, blobs: BlobStore, *, after_s: float) -> None:
        self._db = db
        self._blobs = blobs
        self._after_s = after_s

    async def round(self) -> int:
        """How many blobs were removed. Raises StoreUnavailable."""
        removed = 0
        for one in await runs.untidy(self._db, older_than_s=self._after_s):
            async with runs.tidying(self._db, one) as named:
                if named is not None:
                    removed += await self._remove(paths.prefix(one.workspace, one.conversation_id), named)
        return removed

    async def _remove(self, prefix: str, named: frozenset[str]) -> int:
        orphans = [key async for key in self._blobs.list(prefix) if key not in named]
        for key in orphans:
            await self._blobs.delete(key)
            logger.info("orphan_removed", key=key)
        return len(orphans)


class Retention:
    """Conversations that are older than their workspace keeps them; deleted as a caller would, tombstone and all."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def round(self) -> int:
        """How many were deleted. Raises StoreUnavailable."""
        deleted = 0
        for workspace in await self._db.workspaces():
            for conversation_id in await conversations.expired(self._db, workspace):
                await conversations.delete(self._db, workspace, conversation_id)
                logger.info("retention_deleted", conversation_id=conversation_id)
                deleted += 1
        return deleted


class SentEvents:
    """Events that were delivered, or given up, and that nobody asks for any more; what waited too long is given up first."""

    def __init__(self, db: Database, *, sent_s: float, dead_s: float) -> None:
        self._db = db
        self._sent_s = sent_s
        self._dead_s = dead_s

    async def round(self) -> int:
        """How many were removed. Raises StoreUnavailable."""
        removed = 0
        for workspace in await self._db.workspaces():
            given_up = await outbox.expire(self._db, workspace, older_s=EXPIRE_S)
            if given_up:
                logger.warning("events_expired", workspace=workspace, count=given_up)
            removed += await outbox.prune(self._db, workspace, sent_s=self._sent_s, dead_s=self._dead_s)
        return removed


class DeadHookEvents:
    """What came through a hook and was given up: its payload is content, and nobody sent it again in time."""

    def __init__(self, db: Database, *, dead_s: float) -> None:
        self._db = db
        self._dead_s = dead_s

    async def round(self) -> int:
        """How many were removed. Raises StoreUnavailable."""
        removed = 0
        for workspace in await self._db.workspaces():
            gone = await hook_events.prune(self._db, workspace, dead_s=self._dead_s)
            if gone:
                logger.warning("hook_events_removed", workspace=workspace, count=gone)
            removed += gone
        return removed


class GateTraces:
    """What gates asked of golden items: to see why a version was refused, not to keep for good."""

    def __init__(self, db: Database, *, kept_s: float) -> None:
        self._db = db
        self._kept_s = kept_s

    async def round(self) -> int:
        """How many were removed. Raises StoreUnavailable."""
        workspaces = await self._db.workspaces()
        return sum([await gate_traces.prune(self._db, one, older_s=self._kept_s) for one in workspaces])
