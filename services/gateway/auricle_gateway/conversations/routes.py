"""One conversation and many: state, list, late data, deletion, and the states as they change."""

from dataclasses import asdict
from typing import Annotated, Literal

from auricle_contracts import Channel, ConversationPatch, ConversationView, Direction
from auricle_contracts.audit import AuditAction
from auricle_contracts.conversations import Reference
from auricle_kit import log, tracing
from auricle_kit.errors import AuricleError
from auricle_records import conversations, paths
from auricle_records.conversations import AnswerCondition, Filters, Order
from auricle_records.golden import items as golden
from fastapi import APIRouter, Query, Request
from fastapi.responses import Response, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from auricle_gateway.access.callers import Deleter, Ingester, Reader
from auricle_gateway.audit.trail import note
from auricle_gateway.conversations.replies import ConversationPage, FacetList, listed
from auricle_gateway.parts import PartsOf
from auricle_gateway.rest import bodies, problem_docs, timestamps

router = APIRouter(tags=["conversations"])
logger = log.get("conversations")
Progress = Literal["receiving", "waiting", "transcribing", "evaluating", "done", "dead"]


class FilterQuery(BaseModel):
    """All given ones must hold. Times compare `started_at`, or the time of arrival where there is none.

    `until` is excluded as a moment; a day (2026-11-29) is a day in UTC, and `until` includes it whole.
    """

    model_config = ConfigDict(extra="forbid")

    channel: Channel | None = None
    source: Reference | None = None
    external_id: Annotated[
        Reference | None,
        Field(description="A part of it, or eight characters of the conversation's own id, whatever the case."),
    ] = None
    direction: Direction | None = None
    line: Annotated[Reference | None, Field(description="A part of it, whatever the case.")] = None
    agent: Annotated[
        Reference | None,
        Field(description="A part of an agent's reference or name (or id, where there is neither), whatever the case."),
    ] = None
    progress: Progress | None = None
    since: timestamps.DayOrMoment | None = None
    until: timestamps.DayOrMoment | None = None
    stale: Annotated[
        bool | None, Field(description="Whether a finding cites what the knowledge base says no more.")
    ] = None
    id: Annotated[
        list[Reference] | None, Field(max_length=200, description="Conversations by id; given again for each.")
    ] = None
    text: Annotated[
        str | None,
        Field(
            min_length=1,
            max_length=200,
            description='What the transcript says, masked: words, `"…"` for a phrase within a turn, `or`, `-` excludes. Forms of a word are'
            " found as well. What is found comes as `matches`.",
        ),
    ] = None
    answer: Annotated[
        list[Annotated[str, Field(max_length=300)]],
        Field(
            max_length=10,
            description="Of the current evaluation, as it counts; given again for each: `politeness<50` (also <=, >, >=, =, !=),"
            " `stage=closing`, `greeting=false`, `politeness:undetermined` for a state, `politeness~0.6` for a confidence below"
            " that nobody looked at.",
        ),
    ] = []
    unsure_below: Annotated[
        float | None,
        Field(ge=0, le=1, description="Some answer of the model has a confidence below, and nobody looked at it."),
    ] = None
    score_from: Annotated[float | None, Field(ge=0, le=100, description="The mean of its judged scores, at least.")] = (
        None
    )
    score_below: Annotated[float | None, Field(ge=0, le=100, description="The mean of its judged scores.")] = None
    error_class: Annotated[
        list[Reference], Field(max_length=10, description="A finding of this class counts; given again for each.")
    ] = []
    flag: Annotated[
        list[Reference],
        Field(max_length=10, description="Of the recording, the transcript or the evaluation; given again for each."),
    ] = []
    recipe: Annotated[
        Reference | None, Field(description="The beginning of the recipe's hash that it was judged by.")
    ] = None
    team: Annotated[Reference | None, Field(description="An agent's person is in it: its id or name.")] = None

    def filters(self) -> Filters:
        """As records take them. Raises InvalidRequest."""
        other = {"id", "since", "until", "answer", "error_class", "flag"}
        given = self.model_dump(include=set(FilterQuery.model_fields) - other)
        return Filters(
            **given,
            answers=tuple(map(AnswerCondition.read, self.answer)),
            error_classes=tuple(self.error_class),
            flags=tuple(self.flag),
            ids=tuple(self.id) if self.id is not None else None,
            since=timestamps.day_or_moment(self.since),
            until=timestamps.day_or_moment(self.until),
        )


class PageQuery(FilterQuery):
    """Filters, the order, what comes along, and where to go on."""

    sort: Annotated[
        Order, Field(description="`newest` or `oldest` by when it happened; `added`: what came in last comes first.")
    ] = Order.NEWEST
    include: Annotated[
        Literal["summary"] | None, Field(description="`summary`: each item has its answers as they count.")
    ] = None
    cursor: Annotated[str | None, Field(max_length=512, description="`next_cursor` of the page before.")] = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


@router.get("/conversations", summary="List conversations", responses=problem_docs.of())
async def list_conversations(parts: PartsOf, caller: Reader, query: Annotated[PageQuery, Query()]) -> ConversationPage:
    """Page by page. A cursor belongs to its order."""
    page = await conversations.page(
        parts.db,
        caller.workspace,
        query.filters(),
        order=query.sort,
        cursor=query.cursor,
        limit=query.limit,
        with_summaries=query.include == "summary",
    )
    chosen = await parts.privacy.hides_people(caller)
    shown = (parts.privacy.view(parts.workers.explain(view), chosen) for view in page.items)
    items = (listed(view, page.summaries.get(view.id), page.matches.get(view.id)) for view in shown)
    return ConversationPage(items=tuple(items), next_cursor=page.cursor)


@router.get("/facets", summary="What the filters `agent` and `line` may take", responses=problem_docs.of())
async def list_facets(parts: PartsOf, caller: Reader) -> FacetList:
    """Agents and lines of the 5,000 newest conversations, the most frequent first, at most 100 of each."""
    return FacetList.model_validate(asdict(await conversations.facets(parts.db, caller.workspace)))


@router.get("/conversations/{conversation_id}", summary="Its state and its runs", responses=problem_docs.of(404, 410))
async def get_conversation(conversation_id: str, parts: PartsOf, caller: Reader) -> ConversationView:
    """`progress` says where it is; a dead run's `last_error` says why."""
    view = parts.workers.explain(await conversations.get(parts.db, caller.workspace, conversation_id))
    return parts.privacy.view(view, await parts.privacy.hides_people(caller))


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
    change = timestamps.patchable(await bodies.read_json(request, ConversationPatch, bodies.SMALL_BYTES))
    view = await conversations.patch(parts.db, caller.workspace, conversation_id, change)
    return parts.privacy.view(view, await parts.privacy.hides_people(caller))


@router.delete(
    "/conversations/{conversation_id}", status_code=204, summary="Delete it for good", responses=problem_docs.of(404)
)
async def delete_conversation(conversation_id: str, parts: PartsOf, caller: Deleter) -> Response:
    """Recording, texts, results and golden copies go; a tombstone stays, on which results that are still being made fail."""
    await golden.forget(parts.db, caller.workspace, conversation_id)
    await conversations.delete(parts.db, caller.workspace, conversation_id, traceparent=tracing.traceparent())
    await note(parts.db, caller, AuditAction.CONVERSATION_DELETED, conversation_id=conversation_id)
    try:
        await parts.store.delete_prefix(paths.prefix(caller.workspace, conversation_id))
    except AuricleError as error:
        logger.warning("prefix_left_to_keeper", conversation=conversation_id, code=error.code)
    return Response(status_code=204)


@router.get(
    "/conversations/{conversation_id}/events",
    summary="Its states as they change",
    response_class=StreamingResponse,
    responses=problem_docs.of(404, 410, 503)
    | {
        200: {
            "description": "Server-sent events `state`, each with a ConversationView.",
            "content": {"text/event-stream": {}},
        }
    },
)
async def conversation_events(conversation_id: str, parts: PartsOf, caller: Reader) -> StreamingResponse:
    """The state now, then each change; the stream ends when the conversation is done, dead or deleted, when the key is revoked, or after
    ten minutes.
    """
    first = await conversations.get(parts.db, caller.workspace, conversation_id)
    parts.progress_feed.check_room()
    chosen = await parts.privacy.hides_people(caller)
    stream = parts.progress_feed.events(caller, first, lambda view: parts.privacy.view(view, chosen))
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(stream, media_type="text/event-stream", headers=headers)
