"""The way in: POST /v1/conversations in its five forms, and the revisions of a grown chat or thread."""

import asyncio
import json
from contextlib import AsyncExitStack
from typing import Annotated, Any

from auricle_contracts import (
    LANGUAGES,
    Channel,
    ConversationIn,
    ConversationView,
    Direction,
    Language,
    Moment,
    Priority,
)
from auricle_contracts.conversations import Reference
from auricle_records import conversations
from fastapi import APIRouter, Header, Query, Request, Response
from pydantic import BaseModel, ConfigDict, JsonValue, StringConstraints, ValidationError

from auricle_gateway.access.callers import Ingester
from auricle_gateway.errors import InvalidRequest
from auricle_gateway.intake import examples, mail
from auricle_gateway.intake.reception import Accepted, Posted, accept, hash_of, replayed
from auricle_gateway.intake.replies import RevisionIn
from auricle_gateway.intake.sources import Streamed, Turns, source_of
from auricle_gateway.parts import Parts, PartsOf
from auricle_gateway.rest import bodies, problem_docs, timestamps

router = APIRouter(tags=["conversations"])
IdempotencyKey = Annotated[
    Annotated[str, StringConstraints(min_length=1, max_length=255, pattern=r"^[\x21-\x7e]+$")] | None,
    Header(description="The same key with the same body finds the same conversation; with another body it is 409."),
]


class RawQuery(BaseModel):
    """The description of a raw recording in the query; participants and metadata go into the header Auricle-Metadata."""

    model_config = ConfigDict(extra="forbid")

    channel: Channel | None = None
    source: Reference | None = None
    external_id: Reference | None = None
    direction: Direction | None = None
    line: Reference | None = None
    language: Language | None = None
    started_at: Moment | None = None
    priority: Priority | None = None


@router.post(
    "/conversations",
    status_code=202,
    summary="Hand in a conversation",
    response_model=ConversationView,
    responses=problem_docs.of(400, 404, 409, 410, 413, 415, 424, 507),
    openapi_extra=examples.INTAKE,
)
async def post_conversation(
    request: Request,
    response: Response,
    parts: PartsOf,
    caller: Ingester,
    query: Annotated[RawQuery, Query()],
    idempotency_key: IdempotencyKey = None,
) -> Any:
    """A recording as an `audio/*` body or a multipart part, an e-mail as `message/rfc822` (`.eml`), or JSON with `turns`,
    `recording_url` or `upload_id`.

    202 means that the body and its run are durable; the work comes later.
    """
    described = query.model_dump(mode="json", exclude_none=True)
    async with AsyncExitStack() as cleanup:
        posted = await _posted(request, parts, cleanup, caller.workspace, described, idempotency_key)
        return _answer(await accept(parts, posted), response)


async def _posted(
    request: Request,
    parts: Parts,
    cleanup: AsyncExitStack,
    workspace: str,
    described: dict[str, JsonValue],
    idempotency_key: str | None,
) -> Posted:
    kind = bodies.media_type(request)
    if described and kind in (bodies.JSON, bodies.MULTIPART):
        raise InvalidRequest("query parameters describe a raw recording; here the description is in the body")
    if kind == bodies.JSON:
        await cleanup.enter_async_context(parts.body_slots.taken(request))
        sent = await bodies.read_bytes(request, parts.limits.json_bytes)
        conversation = timestamps.storable(bodies.parse(ConversationIn, sent))
        return Posted(workspace, conversation, source_of(conversation), sent, idempotency_key)
    if kind == mail.MEDIA_TYPE:
        await cleanup.enter_async_context(parts.body_slots.taken(request))
        return await _mailed(request, parts, workspace, described, idempotency_key)
    if kind == bodies.MULTIPART:
        form = await bodies.multipart(request, parts.limits.recording_bytes, cleanup)
        conversation, streamed = form.conversation, Streamed(form.chunks(), form.media_type)
        sent = form.media_type.encode() + b"\n" + form.described
    else:
        bodies.audio_type(kind)
        conversation = bodies.raw_conversation(request, described)
        streamed = Streamed(bodies.limited(request, parts.limits.recording_bytes).stream(), kind)
        header = request.headers.get(bodies.METADATA_HEADER, "")
        sent = f"{kind}\n{request.url.query}\n{header}".encode("utf-8", "backslashreplace")
    return Posted(workspace, timestamps.storable(conversation), streamed, sent, idempotency_key, streamed=True)


async def _mailed(
    request: Request, parts: Parts, workspace: str, described: dict[str, JsonValue], idempotency_key: str | None
) -> Posted:
    raw = await bodies.read_bytes(request, parts.limits.json_bytes)
    said = bodies.raw_description(request, described)
    fields = await asyncio.to_thread(mail.described, raw, said)
    text = json.dumps(fields, ensure_ascii=False).encode("utf-8", "replace")  # half surrogates of undecodable bytes
    conversation = timestamps.storable(bodies.parse(ConversationIn, text))
    sent = json.dumps(said, sort_keys=True).encode() + b"\n" + raw
    return Posted(workspace, conversation, Turns(conversation), sent, idempotency_key)


def _answer(accepted: Accepted, response: Response) -> ConversationView:
    response.headers["Location"] = f"/v1/conversations/{accepted.view.id}"
    if not accepted.fresh:
        response.headers["Idempotent-Replayed"] = "true"
    return accepted.view


@router.post(
    "/conversations/{conversation_id}/revisions",
    status_code=202,
    summary="Hand in a grown chat or thread",
    response_model=ConversationView,
    responses=problem_docs.of(404, 409, 410, 413, 415, 507),
    openapi_extra=problem_docs.json_body(RevisionIn, examples.GROWN),
)
async def post_revision(
    conversation_id: str,
    request: Request,
    response: Response,
    parts: PartsOf,
    caller: Ingester,
    idempotency_key: IdempotencyKey = None,
) -> Any:
    """All turns as they are now; they are judged anew, and the earlier evaluation stays until then."""
    bodies.check_json(request)
    async with parts.body_slots.taken(request):
        sent = await bodies.read_bytes(request, parts.limits.json_bytes)
        return _answer(await _grow(parts, caller.workspace, conversation_id, sent, idempotency_key), response)


async def _grow(parts: Parts, workspace: str, conversation_id: str, sent: bytes, key: str | None) -> Accepted:
    grown = bodies.parse(RevisionIn, sent)
    if earlier := await replayed(parts, workspace, key, hash_of(sent, conversation_id)):
        return earlier
    before = await conversations.get(parts.db, workspace, conversation_id)
    if before.recording is not None:
        raise InvalidRequest("a recording does not grow", action="Post the new recording as a conversation of its own.")
    conversation = timestamps.storable(_grown(before, grown))
    expected = grown.expected_revision
    source = Turns(conversation)
    posted = Posted(workspace, conversation, source, sent, key, grown_from=conversation_id, expected_revision=expected)
    return await accept(parts, posted)


def _grown(before: ConversationView, grown: RevisionIn) -> ConversationIn:
    """The conversation with its new turns; it began when it began, so that the times of earlier turns stay."""
    people = grown.participants if grown.participants is not None else before.participants
    try:
        return ConversationIn(
            channel=before.channel,
            source=before.source,
            direction=before.direction,
            language=before.language if before.language in LANGUAGES else None,
            started_at=before.started_at,
            participants=people,
            metadata=grown.metadata,
            turns=grown.turns,
        )
    except ValidationError as error:
        raise bodies.faults(error) from None
