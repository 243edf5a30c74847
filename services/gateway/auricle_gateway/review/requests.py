"""Conversations that a quality manager sends to review, many at once."""

from auricle_contracts.audit import AuditAction
from auricle_records.callers import Actor, Caller
from auricle_records.errors import NotFound, ReviewClosed
from auricle_records.review import disagreeing, items, requests
from auricle_records.review.requests import Requested
from fastapi import APIRouter, Request

from auricle_gateway.access.callers import QualityManager
from auricle_gateway.audit.trail import note
from auricle_gateway.parts import Parts, PartsOf
from auricle_gateway.people.reviewers import reviewer
from auricle_gateway.rest import bodies, problem_docs
from auricle_gateway.review.replies import JuryDisagreements, RequestedItem, ReviewRequest, ReviewRequested

router = APIRouter(tags=["review"])
EXAMPLE = {"conversation_ids": ["0193…"], "note": "Жалоба клиента"}
JURY = {"items": [{"conversation_id": "0193…", "subjects": ["rudeness"]}]}


@router.post(
    "/review-items",
    summary="Send conversations to review",
    responses=problem_docs.of(413, 415),
    openapi_extra=problem_docs.json_body(ReviewRequest, EXAMPLE),
)
async def post_items(request: Request, parts: PartsOf, caller: QualityManager) -> ReviewRequested:
    """Up to 100; with `person_id` they are that reviewer's. What was reviewed or skipped waits again, with the reason `requested`; what
    waits already stays as it is, and what has no evaluation cannot wait. Each one is told, and each is a line of the audit log.
    """
    wanted = await bodies.read_json(request, ReviewRequest, bodies.SMALL_BYTES)
    person = await reviewer(parts, caller.workspace, wanted.person_id) if wanted.person_id else None
    found = await requests.request(parts.db, caller.workspace, wanted.conversation_ids, why=wanted.note or None)
    told = []
    for conversation, one in found.items():
        is_assigned = await _assigned(parts, caller, conversation, one, person)
        told.append(await _told(parts, caller, conversation, one, is_assigned=is_assigned))
    return ReviewRequested(items=tuple(told))


@router.post(
    "/jury-disagreements",
    summary="Send to review what judges disagree on",
    responses=problem_docs.of(413, 415),
    openapi_extra=problem_docs.json_body(JuryDisagreements, JURY),
)
async def post_disagreements(request: Request, parts: PartsOf, caller: QualityManager) -> ReviewRequested:
    """Up to 100 conversations, with the reason `disagreeing`; what waits already says so too. Each one is told, and each that was added or
    opened again is a line of the audit log.
    """
    wanted = await bodies.read_json(request, JuryDisagreements, bodies.SMALL_BYTES)
    subjects = {one.conversation_id: one.subjects for one in wanted.items}
    found = await disagreeing.tell(parts.db, caller.workspace, subjects)
    told = [await _told(parts, caller, conversation, one, is_assigned=False) for conversation, one in found.items()]
    return ReviewRequested(items=tuple(told))


async def _told(parts: Parts, caller: Caller, conversation: str, one: Requested, *, is_assigned: bool) -> RequestedItem:
    """What became of it, written down where it did."""
    if one.outcome in ("added", "reopened"):
        details = {"outcome": one.outcome}
        await note(
            parts.db, caller, AuditAction.REVIEW_REQUESTED, conversation_id=conversation, subject=one.item_id, details=details
        )  # fmt: skip
    return RequestedItem(
        conversation_id=conversation, item_id=one.item_id, outcome=one.outcome, is_assigned=is_assigned
    )


async def _assigned(parts: Parts, caller: Caller, conversation: str, one: Requested, person: Actor | None) -> bool:
    """Whether the person has it now; not where somebody closed it meanwhile."""
    if person is None or one.item_id is None:
        return False
    try:
        await items.assign(parts.db, caller.workspace, one.item_id, person, by=caller.id)
    except (NotFound, ReviewClosed):
        return False
    await note(
        parts.db, caller, AuditAction.REVIEW_ASSIGNED, conversation_id=conversation, subject=one.item_id, details={"to": person.id}
    )  # fmt: skip
    return True
