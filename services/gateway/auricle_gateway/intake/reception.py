"""The order of an intake's events; each arrow is a place where the process may die without losing or doubling anything.

row `receiving` ─► blob ─► one transaction: row `stored` + run `waiting` ─► XADD ─► 202
      │              │                                                       └─ Redis down or full: still 202, keeper feeds it
      └──────────────┴─ the body is bad or never ends: the row and its prefix are removed again

A short text takes one step in place of the first three: `accept` writes row, body and run in one transaction (decision 0015),
and its run is published behind the answer (`publishing`).
"""

import asyncio
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

from auricle_contracts import ConversationIn, ConversationView
from auricle_kit import failpoints, log, tracing
from auricle_kit.errors import AuricleError
from auricle_records import conversations, paths
from auricle_records.conversations import Received, Stored
from auricle_records.database import new_id
from auricle_records.errors import Gone
from auricle_records.runs import RunRow

from auricle_gateway.intake.renewal import renewing
from auricle_gateway.intake.sources import Source, Turns
from auricle_gateway.parts import Parts

logger = log.get("reception")
PUBLISH_SECONDS = 1.0


@dataclass(frozen=True)
class Posted:
    """An intake request. `grown_from` is the conversation that it continues, `expected_revision` the one it knows.

    `sent` is what the caller wrote beside a recording, byte for byte: what became of it in between does not make a resend another request.
    """

    workspace: str
    conversation: ConversationIn
    source: Source
    sent: bytes
    idempotency_key: str | None = None
    grown_from: str | None = None
    expected_revision: int | None = None
    streamed: bool = False

    def body_hash(self, sha256: str = "") -> str:
        """Over everything that the caller sent; `sha256` is that of a streamed recording."""
        return hash_of(self.sent, self.grown_from, sha256)


def hash_of(sent: bytes, grown_from: str | None = None, sha256: str = "") -> str:
    """What tells a resend from another request under the same Idempotency-Key."""
    digest = hashlib.sha256(sent)
    digest.update(f"\n{grown_from or ''}\n{sha256}".encode("utf-8", "backslashreplace"))
    return digest.hexdigest()


@dataclass(frozen=True)
class Accepted:
    """What became of a request. Not `fresh`: an earlier one with this idempotency key is answered again."""

    view: ConversationView
    fresh: bool


async def accept(parts: Parts, posted: Posted) -> Accepted:
    """Make it durable and set its run on its way; a repeated request finds what the first one made. Raises QuotaExceeded."""
    await parts.storage_quota.check(posted.workspace, posted.idempotency_key)
    if stored := await _accepted_at_once(parts, posted):
        failpoints.passed("after_store")
        for run in stored.runs:
            parts.publisher.publish(run)
        return Accepted(stored.view, fresh=True)
    place = await _open(parts, posted)
    failpoints.passed("after_row")
    if not place.fresh:
        sha256 = await posted.source.sha256()
        if sha256 is not None:
            place.check_body(posted.body_hash(sha256))
        return Accepted(await conversations.get(parts.db, posted.workspace, place.conversation_id), fresh=False)
    stored = await _fill(parts, posted, place)
    failpoints.passed("after_store")
    await publish(parts, stored.runs)
    return Accepted(stored.view, fresh=True)


async def _accepted_at_once(parts: Parts, posted: Posted) -> Stored | None:
    """A new short text whose key and external id nobody has; None for all that goes the longer way."""
    if not isinstance(posted.source, Turns) or posted.grown_from is not None:
        return None
    conversation_id = new_id()
    return await conversations.accept(
        parts.db,
        posted.workspace,
        posted.conversation,
        partial(posted.source.body, parts),
        recipe=await parts.pinned.for_conversation(parts.db, posted.workspace, conversation_id),
        conversation_id=conversation_id,
        idempotency_key=posted.idempotency_key,
        body_hash=posted.body_hash(),
        traceparent=tracing.traceparent(),
    )


async def replayed(parts: Parts, workspace: str, idempotency_key: str | None, body_hash: str) -> Accepted | None:
    """The answer to an earlier request with this key, before anything of this one is compared with what is there now.

    Raises IdempotencyConflict, StillReceiving.
    """
    if idempotency_key is None:
        return None
    earlier = await conversations.earlier(parts.db, workspace, idempotency_key, body_hash)
    if earlier is None:
        return None
    return Accepted(await conversations.get(parts.db, workspace, earlier.conversation_id), fresh=False)


async def _open(parts: Parts, posted: Posted) -> Received:
    body_hash = None if posted.streamed else posted.body_hash()
    if posted.grown_from is None:
        return await conversations.receive(
            parts.db,
            posted.workspace,
            posted.conversation,
            idempotency_key=posted.idempotency_key,
            body_hash=body_hash,
            stale_s=parts.limits.receiving_stale_seconds,
        )
    return await conversations.receive_revision(
        parts.db,
        posted.workspace,
        posted.grown_from,
        expected_revision=posted.expected_revision,
        idempotency_key=posted.idempotency_key,
        body_hash=body_hash,
    )


async def _fill(parts: Parts, posted: Posted, place: Received) -> Stored:
    try:
        async with renewing(parts, posted.workspace, place):
            body = await posted.source.write(parts, posted.workspace, place)
        failpoints.passed("after_blob")
        stored = await conversations.store(
            parts.db,
            posted.workspace,
            place,
            body,
            recipe=await parts.pinned.for_conversation(parts.db, posted.workspace, place.conversation_id),
            body_hash=posted.body_hash(body.sha256) if posted.streamed else None,
            grown=posted.conversation if posted.grown_from else None,
            traceparent=tracing.traceparent(),
        )
    except BaseException as error:  # a client that hangs up cancels us; its row must go as well
        await asyncio.shield(_give_up(parts, posted.workspace, place, error))
        raise
    return stored


async def _give_up(parts: Parts, workspace: str, place: Received, error: BaseException) -> None:
    """Take back the row and its blobs, unless it was stored after all. What cannot be taken back now, keeper cleans later."""
    try:
        abandoned = await conversations.abandon(parts.db, workspace, place.conversation_id, place.revision)
        if abandoned or isinstance(error, Gone):
            await parts.store.delete_prefix(_prefix(workspace, place))
    except AuricleError as second:
        logger.warning("abandon_left_to_keeper", conversation=place.conversation_id, code=second.code)
    if not isinstance(error, AuricleError):
        logger.info("receiving_ended_early", conversation=place.conversation_id, error_type=type(error).__name__)


def _prefix(workspace: str, place: Received) -> str:
    if place.revision > 1:
        return paths.revision_prefix(workspace, place.conversation_id, place.revision)
    return paths.prefix(workspace, place.conversation_id)


async def publish(parts: Parts, runs: Iterable[RunRow]) -> None:
    """Put runs on their streams while there is room; whatever goes wrong here, keeper does it later."""
    for run in runs:
        try:
            async with asyncio.timeout(PUBLISH_SECONDS):
                entry = await parts.streams.publish_under(run.stream, run.message, parts.queue_cap)
                if entry is not None:
                    await parts.run_store.published(run.id, expected=run.entry_id, entry_id=entry)
        except (AuricleError, TimeoutError) as error:
            logger.warning("publish_left_to_keeper", run=run.id, error_type=type(error).__name__)
