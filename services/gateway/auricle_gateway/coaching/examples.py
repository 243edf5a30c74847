"""The library of good examples: who reviews marks words of a conversation, everybody of the workspace reads them, masked."""

from typing import Annotated

from auricle_contracts import Quote
from auricle_contracts.audit import AuditAction
from auricle_contracts.coaching import GoodExample, GoodExampleIn
from auricle_contracts.conversations import Reference
from auricle_kit.errors import InvalidRequest
from auricle_records import conversations, masking
from auricle_records.callers import Caller
from auricle_records.coaching import examples
from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from auricle_gateway.access.callers import Reader, Reviewer
from auricle_gateway.audit.trail import note
from auricle_gateway.coaching.replies import GoodExamplePage
from auricle_gateway.findings.places import quotes_of
from auricle_gateway.parts import Parts, PartsOf
from auricle_gateway.rest import bodies, problem_docs
from auricle_gateway.results.stored import stored_evaluation, transcript_of

router = APIRouter(tags=["coaching"])
EXAMPLE = {"conversation_id": "0193f0a1-…", "criterion": "objection_handling", "note": "Сначала выгода, потом цена."}


@router.post(
    "/good-examples",
    status_code=201,
    summary="Mark words as a good example",
    responses=problem_docs.of(404, 409, 410, 413, 415),
    openapi_extra=problem_docs.json_body(GoodExampleIn, EXAMPLE),
)
async def post_example(request: Request, parts: PartsOf, caller: Reviewer) -> GoodExample:
    """Masked as it is kept, whatever the workspace shows: colleagues of the agent read it too."""
    wanted = await bodies.read_json(request, GoodExampleIn, bodies.SMALL_BYTES)
    await conversations.get(parts.db, caller.workspace, wanted.conversation_id)
    words, remark = await _masked(parts, caller, wanted)
    kept = await examples.add(
        parts.db, caller.workspace, wanted.conversation_id, wanted.criterion, words, remark, by=caller.actor
    )
    await note(parts.db, caller, AuditAction.EXAMPLE_ADDED, conversation_id=wanted.conversation_id, subject=kept.id)
    return kept


@router.get("/good-examples", summary="Good examples", responses=problem_docs.of())
async def list_examples(
    parts: PartsOf,
    caller: Reader,
    criterion: Annotated[Reference | None, Query()] = None,
    cursor: Annotated[str | None, Query(max_length=512, description="`next_cursor` of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> GoodExamplePage:
    """Newest first, for everybody of the workspace; from which conversation is not told."""
    page = await examples.page(parts.db, caller.workspace, criterion=criterion, cursor=cursor, limit=limit)
    return GoodExamplePage(items=page.items, next_cursor=page.cursor)


@router.delete(
    "/good-examples/{example_id}", status_code=204, summary="Remove an example", responses=problem_docs.of(404)
)
async def delete_example(example_id: str, parts: PartsOf, caller: Reviewer) -> Response:
    """For good."""
    await examples.remove(parts.db, caller.workspace, example_id)
    await note(parts.db, caller, AuditAction.EXAMPLE_REMOVED, subject=example_id)
    return Response(status_code=204)


async def _masked(parts: Parts, caller: Caller, wanted: GoodExampleIn) -> tuple[str, str]:
    """Words and note without personal data. Raises NotReady, InvalidRequest for an answer without a quote."""
    stored = await stored_evaluation(parts, caller.workspace, wanted.conversation_id)
    transcript = await transcript_of(parts, caller.workspace, stored.evaluation)
    chosen = await masking.settings(parts.db, caller.workspace)
    hidden = await parts.privacy.mask(caller.workspace, transcript, chosen)
    answers = [one for one in stored.evaluation.answers if one.criterion == wanted.criterion]
    if not answers:
        raise InvalidRequest("the current evaluation has no answer to this criterion")
    quoted: tuple[Quote, ...] = tuple(quote for one in answers for quote in one.quotes)
    if wanted.place is not None:
        quoted = quotes_of([wanted.place], transcript, hidden if chosen.views else None)
    if not quoted:
        raise InvalidRequest("the answer has no quote", action="Name the words by `place`.")
    return hidden.shown(quoted[0]).text, hidden.words(wanted.note)
