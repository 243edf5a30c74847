"""Events of hooks on their way to conversations: by any gateway, one at a time, tried again until they are there or given up.

due ─► conversation: accepted as at the door; one that the source knows is patched, or grows by its turns
   ├─► message: with all others of its chat, once the vendor closed it or was quiet for a while
   ├─► patch: when its conversation is there
   └─ failed: again after RETRY_AFTER_S, then dead with its reason
"""

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from auricle_contracts import Channel, Code, ConversationIn, ConversationPatch
from auricle_kit import log, metrics, tracing
from auricle_kit.errors import AuricleError, NotFound
from auricle_kit.sealing import Unreadable
from auricle_records import conversations, hook_events, hooks
from auricle_records.errors import ExternalIdConflict
from auricle_records.hook_events import HookEvent

from auricle_gateway.errors import BodyMissing
from auricle_gateway.hooks.speakers import with_turns
from auricle_gateway.intake.reception import Posted, accept
from auricle_gateway.intake.sources import Remote, Source, source_of
from auricle_gateway.parts import Parts
from auricle_gateway.rest import bodies, timestamps

logger = log.get("gateway.hooks")
IDLE_SECONDS = 2.0
AT_ONCE = 4
HOLD_SECONDS = 900.0
"""Longer than a fetch may take; what a gateway that died had claimed is due again then."""
RETRY_AFTER_S = (5.0, 20.0, 60.0, 300.0, 900.0, 3600.0, 10_800.0, 21_600.0, 43_200.0)
WORKED = metrics.counter("auricle_hook_events", "Events of hooks that were worked on.", ("kind", "outcome"))


@asynccontextmanager
async def running(parts: Parts) -> AsyncIterator[None]:
    """Due events are worked on beside the requests until the end; what is under way then is cut off, and due again."""
    task = asyncio.create_task(_work_on(parts))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


async def _work_on(parts: Parts) -> None:
    while True:
        parts.hooks.due.clear()
        try:
            found = await hook_events.due(parts.db, limit=AT_ONCE, hold_s=HOLD_SECONDS)
            await asyncio.gather(*(work(parts, event) for event in found))
        except AuricleError as error:
            found = []
            logger.warning("hook_events_not_read", code=error.code)
        if not found:
            await _first(parts.hooks.due, IDLE_SECONDS)


async def _first(woken: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await woken.wait()
    except TimeoutError:
        return


async def work(parts: Parts, event: HookEvent) -> None:
    """One try. Raises StoreUnavailable only: then nothing is known, and the event is due again after its hold."""
    try:
        with tracing.span("gateway hook", event.traceparent, event=event.id):
            await _worked(parts, event)
        WORKED.labels(event.kind, "ok").inc()
    except (AuricleError, Unreadable) as error:
        await _failed(parts, event, error)
    except Exception as error:
        logger.exception("hook_event_crashed", event_id=event.id)
        await _failed(parts, event, error)


async def _failed(parts: Parts, event: HookEvent, error: Exception) -> None:
    """A fault of the event itself is its end; anything else is tried again."""
    is_final = isinstance(error, AuricleError) and not error.retryable and error.status < 500
    waits = isinstance(error, NotFound) or not is_final
    retry_s = RETRY_AFTER_S[event.attempts - 1] if waits and event.attempts <= len(RETRY_AFTER_S) else None
    told = f"{Code.INTERNAL}: {type(error).__name__}"
    if isinstance(error, AuricleError):
        told = f"{error.code}: {error.detail}"
    await hook_events.failed(parts.db, event, told, retry_s=retry_s)
    WORKED.labels(event.kind, "retried" if retry_s is not None else "dead").inc()
    logger.warning("hook_event_failed", event_id=event.id, attempts=event.attempts, again_s=retry_s)


async def _worked(parts: Parts, event: HookEvent) -> None:
    if event.kind == "patch":
        await _patch(parts, event)
    elif event.kind == "message":
        await _assemble(parts, event)
    else:
        await _accept(parts, event)


async def _patch(parts: Parts, event: HookEvent) -> None:
    conversation_id = await conversations.find(parts.db, event.workspace, event.source, event.external_id)
    if conversation_id is None:
        raise NotFound("no conversation of this source has this external_id yet")
    await _change(parts, event.workspace, conversation_id, event.payload["patch"])
    await hook_events.done(parts.db, event.workspace, [event.id], conversation_id, keep=False)


async def _change(parts: Parts, workspace: str, conversation_id: str, fields: dict[str, Any]) -> None:
    change = timestamps.patchable(bodies.parse(ConversationPatch, _json(fields)))
    await conversations.patch(parts.db, workspace, conversation_id, change)


async def _accept(parts: Parts, event: HookEvent) -> None:
    described = event.payload["conversation"]
    conversation_id = await _taken(parts, event, described, [event], f"hook-{event.id}")
    await hook_events.done(parts.db, event.workspace, [event.id], conversation_id, keep=False)


async def _assemble(parts: Parts, event: HookEvent) -> None:
    """The chat as it is now, once nothing more is expected; else the event waits for the rest."""
    said = await hook_events.messages(parts.db, event)
    wait_s = _quiet_for(said)
    if wait_s > 0:
        await hook_events.wait(parts.db, event, wait_s)
        return
    turns = [turn for one in said for turn in one.payload["said"]]
    if not turns:
        raise BodyMissing("the chat was closed before any message of it came")
    described: dict[str, Any] = {}
    for one in said:
        told = one.payload["conversation"]
        described |= told | {"metadata": described.get("metadata", {}) | told["metadata"]}
    ids = hashlib.sha256("\n".join(one.id for one in said).encode()).hexdigest()
    conversation_id = await _taken(parts, event, with_turns(described, turns), said, f"hook-{ids}")
    await hook_events.done(parts.db, event.workspace, [one.id for one in said], conversation_id, keep=True)


def _quiet_for(said: Sequence[HookEvent]) -> float:
    """Seconds until the chat counts as quiet: 0 when what came last closes it."""
    pending = [one for one in said if one.state == "pending"]
    if not pending or pending[-1].payload["closes"]:
        return 0.0
    last = pending[-1]
    return float(last.payload["quiet_s"]) - (datetime.now(UTC) - last.created_at).total_seconds()


async def _taken(
    parts: Parts, event: HookEvent, described: dict[str, Any], events: Sequence[HookEvent], key: str
) -> str:
    """The conversation that it is now: a new one, or the one that the source knows by this id, with what is new."""
    conversation = timestamps.storable(bodies.parse(ConversationIn, _json(described)))
    sent = _json([one.payload for one in events])
    source = await _source(parts, event, conversation)
    posted = Posted(event.workspace, conversation, source, sent, key)
    try:
        return (await accept(parts, posted)).view.id
    except ExternalIdConflict as error:
        known = error.conversation_id
    if conversation.turns is not None and conversation.channel is not Channel.CALL:
        grown = replace(posted, grown_from=known, idempotency_key=f"{key}-grown")
        return (await accept(parts, grown)).view.id
    late = {name: described[name] for name in ConversationPatch.model_fields if described.get(name)}
    await _change(parts, event.workspace, known, late)
    return known


async def _source(parts: Parts, event: HookEvent, conversation: ConversationIn) -> Source:
    source = source_of(conversation)
    user = event.payload.get("fetch_user")
    if not isinstance(source, Remote) or user is None:
        return source
    hook = await hooks.get(parts.db, event.workspace, event.hook_id)
    return replace(source, auth=(user, hooks.secret_words(hook, parts.privacy.keyring)))


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True).encode("utf-8", "replace")
