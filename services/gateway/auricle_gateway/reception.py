"""The door's one order of events; each arrow is a place where the process may die without losing or doubling anything.

row `receiving` ─► blob ─► one transaction: row `stored` + run `waiting` ─► XADD ─► 202
      │              │                                                       └─ Redis down or full: still 202, keeper feeds it
      └──────────────┴─ the body is bad or never ends: the row and its prefix are removed again
"""

import asyncio
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from auricle_contracts import ConversationIn, ConversationView
from auricle_kit import failpoints, log, tracing
from auricle_kit.errors import AuricleError
from auricle_records import conversations, paths
from auricle_records.conversations import Received, Stored
from auricle_records.errors import Gone
from auricle_records.runs import RunRow

from auricle_gateway.parts import Parts
from auricle_gateway.sources import Source

logger = log.get("reception")
PUBLISH_SECONDS = 1.0


@dataclass(frozen=True)
class Posted:
    """A request as the door sees it. `grown_from` is the conversation that it continues, `expected_revision` the one it knows."""

    workspace: str
    conversation: ConversationIn
    source: Source
    idempotency_key: str | None = None
    grown_from: str | None = None
    expected_revision: int | None = None
    streamed: bool = False

    def body_hash(self, sha256: str = "") -> str:
        """Over everything that the caller sent."""
        said = self.conversation.model_dump_json() + "\n" + (self.grown_from or "") + "\n" + sha256
        return hashlib.sha256(said.encode("utf-8", "backslashreplace")).hexdigest()


@dataclass(frozen=True)
class Accepted:
    """What became of a request. Not `fresh`: an earlier one with this idempotency key is answered again."""

    view: ConversationView
    fresh: bool


async def accept(parts: Parts, posted: Posted) -> Accepted:
    """Make it durable and set its run on its way; a repeated request finds what the first one made."""
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


async def _open(parts: Parts, posted: Posted) -> Received:
    body_hash = None if posted.streamed else posted.body_hash()
    if posted.grown_from is None:
        return await conversations.receive(
            parts.db, posted.workspace, posted.conversation, idempotency_key=posted.idempotency_key, body_hash=body_hash
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
        body = await posted.source.write(parts, posted.workspace, place)
        failpoints.passed("after_blob")
        stored = await conversations.store(
            parts.db,
            posted.workspace,
            place,
            body,
            recipe=await parts.pinned.for_workspace(parts.db, posted.workspace),
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
                    await parts.desk.published(run.id, expected=run.entry_id, entry_id=entry)
        except (AuricleError, TimeoutError) as error:
            logger.warning("publish_left_to_keeper", run=run.id, error_type=type(error).__name__)
