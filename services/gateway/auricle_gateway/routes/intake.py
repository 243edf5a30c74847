"""The way in: POST /v1/conversations in its four forms, and the revisions of a grown chat or thread."""

from contextlib import AsyncExitStack
from typing import Annotated, Any

from auricle_contracts import Channel, ConversationIn, ConversationView, Direction, Language, Priority
from auricle_contracts.conversations import Reference
from auricle_records import conversations
from fastapi import APIRouter, Header, Query, Request, Response
from pydantic import BaseModel, ConfigDict, JsonValue, StringConstraints, ValidationError

from auricle_gateway import bodies, examples, problem_docs, values
from auricle_gateway.callers import Ingester
from auricle_gateway.errors import InvalidRequest
from auricle_gateway.parts import Parts, PartsOf
from auricle_gateway.reception import Posted, accept
from auricle_gateway.replies import RevisionIn
from auricle_gateway.sources import Streamed, Turns, source_of

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
    started_at: values.Moment | None = None
    priority: Priority | None = None


@router.post(
    "/conversations",
    status_code=202,
    summary="Hand in a conversation",
    response_model=ConversationView,
    responses=problem_docs.of(400, 404, 409, 410, 413, 415, 424),
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
    """A recording as an `audio/*` body or a multipart part, or JSON with `turns`, `recording_url` or `upload_id`.

    202 means that the body and its run are durable; the work comes later.
    """
    described = query.model_dump(mode="json", exclude_none=True)
    async with AsyncExitStack() as cleanup:
        posted = await _posted(request, parts, cleanup, caller.workspace, described, idempotency_key)
        return await _accepted(parts, posted, response)


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
        conversation = values.storable(await bodies.read_json(request, ConversationIn, parts.limits.json_bytes))
        return Posted(workspace, conversation, source_of(conversation), idempotency_key)
    if kind == bodies.MULTIPART:
        form = await bodies.multipart(request, parts.limits.recording_bytes, cleanup)
        conversation, streamed = form.conversation, Streamed(form.chunks(), form.media_type)
    else:
        bodies.audio_type(kind)
        conversation = bodies.raw_conversation(request, described)
        streamed = Streamed(bodies.limited(request, parts.limits.recording_bytes).stream(), kind)
    return Posted(workspace, values.storable(conversation), streamed, idempotency_key, streamed=True)


async def _accepted(parts: Parts, posted: Posted, response: Response) -> ConversationView:
    accepted = await accept(parts, posted)
    response.headers["Location"] = f"/v1/conversations/{accepted.view.id}"
    if not accepted.fresh:
        response.headers["Idempotent-Replayed"] = "true"
    return accepted.view


@router.post(
    "/conversations/{conversation_id}/revisions",
    status_code=202,
    summary="Hand in a grown chat or thread",
    response_model=ConversationView,
    responses=problem_docs.of(404, 409, 410, 413, 415),
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
    grown = await bodies.read_json(request, RevisionIn, parts.limits.json_bytes)
    before = await conversations.get(parts.db, caller.workspace, conversation_id)
    if before.recording is not None:
        raise InvalidRequest("a recording does not grow", action="Post the new recording as a conversation of its own.")
    conversation = values.storable(_grown(before, grown))
    posted = Posted(
        caller.workspace,
        conversation,
        Turns(conversation),
        idempotency_key,
        grown_from=conversation_id,
        expected_revision=grown.expected_revision,
    )
    return await _accepted(parts, posted, response)


def _grown(before: ConversationView, grown: RevisionIn) -> ConversationIn:
    people = grown.participants if grown.participants is not None else before.participants
    try:
        return ConversationIn(
            channel=before.channel,
            source=before.source,
            direction=before.direction,
            language=before.language,
            participants=people,
            metadata=grown.metadata,
            turns=grown.turns,
        )
    except ValidationError as error:
        raise bodies.faults(error) from None
