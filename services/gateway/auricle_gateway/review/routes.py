"""The review queue: the list, the next item, and what a reviewer does with one."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated, Literal

from auricle_contracts import Moment, Scope
from auricle_contracts.audit import AuditAction
from auricle_contracts.conversations import Reference
from auricle_contracts.review import ReviewReason, ReviewState, SkipReason
from auricle_kit.errors import InvalidRequest
from auricle_records.callers import Caller
from auricle_records.review import blind, items, queries
from auricle_records.review.models import ReviewItem
from auricle_records.review.queries import ReviewFilters
from auricle_records.review.subjects import SubjectState
from fastapi import APIRouter, Query, Request
from pydantic import Field

from auricle_gateway.access.callers import Reviewer
from auricle_gateway.audit.trail import note
from auricle_gateway.conversations.routes import FilterQuery
from auricle_gateway.errors import Forbidden
from auricle_gateway.parts import PartsOf
from auricle_gateway.people.reviewers import reviewer
from auricle_gateway.rest import bodies, problem_docs, timestamps
from auricle_gateway.review import views
from auricle_gateway.review.replies import (
    ReviewAssignee,
    ReviewerProgress,
    ReviewItemPage,
    ReviewItemView,
    ReviewNext,
    ReviewProgress,
    ReviewSkip,
)

router = APIRouter(tags=["review"])
SKIP = {"reason": "cannot_hear"}


class NextQuery(FilterQuery):
    """Filters of conversations, the reason, and what is said of a criterion or error class."""

    reason: ReviewReason | None = None
    subject: Annotated[
        Reference | None, Field(description="A criterion or error class that a reason names, or with `subject_state`:")
    ] = None
    subject_state: Annotated[
        SubjectState | None, Field(description="what the evaluation says of it, as it counts. Needs `subject`.")
    ] = None

    def narrowed(self) -> ReviewFilters:
        """As records take them."""
        return ReviewFilters(
            reason=self.reason,
            subject=self.subject,
            subject_state=self.subject_state,
            conversations=self.filters(),
        )


class ItemQuery(NextQuery):
    """All given ones must hold. Without a state: what waits, open or assigned."""

    state: ReviewState | None = None
    assignee: Annotated[
        Reference | Literal["me", "none"] | None, Field(description="A person's id, `me`, or `none` for nobody's.")
    ] = None
    cursor: Annotated[str | None, Field(max_length=512, description="`next_cursor` of the page before.")] = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50

    def of(self, caller: Caller) -> ReviewFilters:
        """As records take them; `me` is the caller."""
        assignee = caller.id if self.assignee == "me" else self.assignee
        return replace(self.narrowed(), state=self.state, assignee=assignee)


@router.get("/review-items", summary="What waits for a person", responses=problem_docs.of())
async def list_items(parts: PartsOf, caller: Reviewer, query: Annotated[ItemQuery, Query()]) -> ReviewItemPage:
    """By risk, the highest first; with `state` done, skipped or stale: the newest first. A cursor belongs to its list."""
    page = await queries.page(parts.db, caller.workspace, query.of(caller), cursor=query.cursor, limit=query.limit)
    shown = await views.shown(parts, caller, page.items)
    return ReviewItemPage(items=shown, next_cursor=page.cursor, total=page.total)


@router.post("/review-items/next", summary="Take the next item", responses=problem_docs.of())
async def take_next(parts: PartsOf, caller: Reviewer, query: Annotated[NextQuery, Query()]) -> ReviewNext:
    """What the caller has already, else the open item of the highest risk; nobody else gets it then. `item` is null where nothing waits.

    Left lying for twelve hours, it is anybody's again.
    """
    claim = await items.claim_next(parts.db, caller.workspace, caller.actor, query.narrowed())
    if claim is None:
        return ReviewNext(item=None)
    if claim.is_new:
        await _note(parts, caller, AuditAction.REVIEW_ASSIGNED, claim.item, to=caller.id)
    return ReviewNext(item=await views.one(parts, caller, claim.item))


@router.get("/review-items/{item_id}", summary="One item", responses=problem_docs.of(404))
async def get_item(item_id: str, parts: PartsOf, caller: Reviewer) -> ReviewItemView:
    """Closed ones too."""
    return await views.one(parts, caller, await queries.get(parts.db, caller.workspace, item_id))


@router.put(
    "/review-items/{item_id}/assignee",
    summary="Assign an item",
    responses=problem_docs.of(404, 409, 413, 415),
    openapi_extra=problem_docs.json_body(ReviewAssignee, {"person_id": "0193f0a1-6b1c-7c1e-9a51-0d5c0e1f2a3b"}),
)
async def put_assignee(item_id: str, request: Request, parts: PartsOf, caller: Reviewer) -> ReviewItemView:
    """To oneself, unless somebody else has it; with the scope `audit`, which a quality manager has, to anybody who reviews, also a skipped
    one. 409 `assigned_elsewhere`, `review_closed`.
    """
    wanted = await bodies.read_json(request, ReviewAssignee, bodies.SMALL_BYTES)
    item = await queries.get(parts.db, caller.workspace, item_id)
    if wanted.person_id == caller.id:
        assignee = caller.actor
    else:
        assignee = await reviewer(parts, caller.workspace, wanted.person_id)
    is_manager = Scope.AUDIT in caller.scopes
    if not is_manager and (assignee.id != caller.id or item.assignee not in (None, caller.id)):
        raise Forbidden(Scope.AUDIT)
    changed = await items.assign(parts.db, caller.workspace, item_id, assignee, by=caller.id)
    await _note(parts, caller, AuditAction.REVIEW_ASSIGNED, changed, to=assignee.id)
    return await views.one(parts, caller, changed)


@router.delete("/review-items/{item_id}/assignee", summary="Give an item back", responses=problem_docs.of(404, 409))
async def delete_assignee(item_id: str, parts: PartsOf, caller: Reviewer) -> ReviewItemView:
    """One's own; with the scope `audit` anybody's. It is open again, for whoever asks for the next."""
    item = await queries.get(parts.db, caller.workspace, item_id)
    if item.assignee not in (None, caller.id) and Scope.AUDIT not in caller.scopes:
        raise Forbidden(Scope.AUDIT)
    changed = await items.release(parts.db, caller.workspace, item_id)
    await _note(parts, caller, AuditAction.REVIEW_RELEASED, changed)
    return await views.one(parts, caller, changed)


@router.post("/review-items/{item_id}/done", summary="It was reviewed", responses=problem_docs.of(404, 409))
async def post_done(item_id: str, parts: PartsOf, caller: Reviewer) -> ReviewItemView:
    """Sent twice, it is done once. 409 `assigned_elsewhere` where somebody else has it, `review_closed` where it is closed."""
    closed = await items.done(parts.db, caller.workspace, item_id, caller.actor)
    was_blind = await blind.is_blind(parts.db, caller.workspace, closed.conversation_id, caller.id)
    await _note(parts, caller, AuditAction.REVIEW_DONE, closed, **({"blind": "true"} if was_blind else {}))
    return await views.one(parts, caller, closed)


@router.post(
    "/review-items/{item_id}/skip",
    summary="It was not reviewed, and why",
    responses=problem_docs.of(404, 409, 413, 415),
    openapi_extra=problem_docs.json_body(ReviewSkip, SKIP),
)
async def post_skip(item_id: str, request: Request, parts: PartsOf, caller: Reviewer) -> ReviewItemView:
    """It leaves the queue until a quality manager assigns it. 409 as for done."""
    wanted = await bodies.read_json(request, ReviewSkip, bodies.SMALL_BYTES)
    if wanted.reason is SkipReason.OTHER and not wanted.note:
        raise InvalidRequest("the reason `other` needs a `note`", action="Say in `note` why it is skipped.")
    closed = await items.skip(parts.db, caller.workspace, item_id, caller.actor, wanted.reason, wanted.note or None)
    await _note(parts, caller, AuditAction.REVIEW_SKIPPED, closed, reason=wanted.reason)
    return await views.one(parts, caller, closed)


@router.get("/review-progress", summary="How much waits and how much was done", responses=problem_docs.of())
async def get_progress(
    parts: PartsOf,
    caller: Reviewer,
    since: Annotated[
        Moment | None, Query(description="Counts what was closed from then on; today in UTC by default.")
    ] = None,
) -> ReviewProgress:
    """Of the whole workspace, of the caller, and of each reviewer."""
    start = timestamps.in_utc(since) or datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    counted = await queries.count(parts.db, caller.workspace, reviewer=caller.id, since=start)
    people = await queries.reviewers(parts.db, caller.workspace, since=start)
    return ReviewProgress(
        since=start,
        **{name: getattr(counted, name) for name in counted.__dataclass_fields__},
        reviewers=tuple(ReviewerProgress.model_validate(one, from_attributes=True) for one in people),
    )


async def _note(parts: PartsOf, caller: Caller, action: AuditAction, item: ReviewItem, **details: str) -> None:
    await note(parts.db, caller, action, conversation_id=item.conversation_id, subject=item.id, details=details)
