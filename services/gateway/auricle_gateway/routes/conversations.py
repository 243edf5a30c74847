"""One conversation and many: state, list, late data, deletion, and the states as they change."""

from collections.abc import AsyncIterator
from typing import Annotated, Literal

from auricle_contracts import Channel, ConversationPatch, ConversationView, Direction
from auricle_contracts.conversations import Reference
from auricle_kit import log, tracing
from auricle_kit.errors import AuricleError
from auricle_records import conversations, paths
from auricle_records.conversations import Filters
from fastapi import APIRouter, Query, Request
from fastapi.responses import Response, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from auricle_gateway import bodies, problem_docs, values
from auricle_gateway.callers import Deleter, Ingester, Reader
from auricle_gateway.parts import PartsOf
from auricle_gateway.replies import ConversationPage
from auricle_gateway.watching import changes

router = APIRouter(tags=["conversations"])
logger = log.get("conversations")
Progress = Literal["receiving", "waiting", "transcribing", "evaluating", "done", "dead"]


class FilterQuery(BaseModel):
    """All given ones must hold. Times compare `started_at`, or the time of arrival where there is none; `until` is excluded."""

    model_config = ConfigDict(extra="forbid")

    channel: Channel | None = None
    source: Reference | None = None
    external_id: Reference | None = None
    direction: Direction | None = None
    line: Reference | None = None
    agent: Annotated[
        Reference | None, Field(description="A participant's reference, or name or id where there is none.")
    ] = None
    progress: Progress | None = None
    since: values.Moment | None = None
    until: values.Moment | None = None

    def filters(self) -> Filters:
        """As records take them."""
        given = self.model_dump(include=set(FilterQuery.model_fields))
        return Filters(**given | {"since": values.in_utc(self.since), "until": values.in_utc(self.until)})


class PageQuery(FilterQuery):
    """Filters, and where to go on."""

    cursor: Annotated[str | None, Field(max_length=512, description="`next_cursor` of the page before.")] = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


@router.get("/conversations", summary="List conversations", responses=problem_docs.of())
async def list_conversations(parts: PartsOf, caller: Reader, query: Annotated[PageQuery, Query()]) -> ConversationPage:
    """Newest first, page by page."""
    page = await conversations.page(parts.db, caller.workspace, query.filters(), cursor=query.cursor, limit=query.limit)
    return ConversationPage(items=tuple(map(parts.workers.explain, page.items)), next_cursor=page.cursor)


@router.get("/conversations/{conversation_id}", summary="Its state and its runs", responses=problem_docs.of(404, 410))
async def get_conversation(conversation_id: str, parts: PartsOf, caller: Reader) -> ConversationView:
    """`progress` says where it is; a dead run's `last_error` says why."""
    return parts.workers.explain(await conversations.get(parts.db, caller.workspace, conversation_id))


@router.patch(
    "/conversations/{conversation_id}",
    summary="Add late data from a CRM",
    responses=problem_docs.of(404, 410, 413, 415),
    openapi_extra=problem_docs.json_body(ConversationPatch, {"line": "vip", "metadata": {"deal": "won"}}),
)
async def patch_conversation(
    conversation_id: str, request: Request, parts: PartsOf, caller: Ingester
) -> ConversationView:
    """Given fields replace; metadata keys are merged, a null removes its key."""
    change = values.patchable(await bodies.read_json(request, ConversationPatch, bodies.SMALL_BYTES))
    return await conversations.patch(parts.db, caller.workspace, conversation_id, change)


@router.delete(
    "/conversations/{conversation_id}", status_code=204, summary="Delete it for good", responses=problem_docs.of(404)
)
async def delete_conversation(conversation_id: str, parts: PartsOf, caller: Deleter) -> Response:
    """Recording, texts and results go; a tombstone stays, on which results that are still being made fail."""
    await conversations.delete(parts.db, caller.workspace, conversation_id, traceparent=tracing.traceparent())
    try:
        await parts.store.delete_prefix(paths.prefix(caller.workspace, conversation_id))
    except AuricleError as error:
        logger.warning("prefix_left_to_keeper", conversation=conversation_id, code=error.code)
    return Response(status_code=204)


@router.get(
    "/conversations/{conversation_id}/events",
    summary="Its states as they change",
    response_class=StreamingResponse,
    responses=problem_docs.of(404, 410)
    | {
        200: {
            "description": "Server-sent events `state`, each with a ConversationView.",
            "content": {"text/event-stream": {}},
        }
    },
)
async def conversation_events(conversation_id: str, parts: PartsOf, caller: Reader) -> StreamingResponse:
    """The state now, then each change; the stream ends when the conversation is done, dead or deleted, or after ten minutes."""
    first = await conversations.get(parts.db, caller.workspace, conversation_id)
    stream: AsyncIterator[str] = changes(parts.db, caller.workspace, first)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(stream, media_type="text/event-stream", headers=headers)
