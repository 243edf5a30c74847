"""Appeals: an agent opens or withdraws one, whoever reviews owns and decides it, everybody sees what they may."""

from collections.abc import Sequence
from typing import Annotated

from auricle_contracts import Moment, Quote
from auricle_contracts.appeals import Appeal, AppealDecisionIn, AppealIn, AppealOwnerIn
from auricle_contracts.audit import AuditAction
from auricle_contracts.conversations import Reference
from auricle_contracts.vocabulary import AppealState, AppealVerdict
from auricle_kit import tracing
from auricle_kit.errors import InvalidRequest, NotFound
from auricle_records import artefacts, conversations
from auricle_records.appeals import decisions, opening, queries
from auricle_records.appeals.models import AppealFilters, Decision, NewAppeal
from auricle_records.artefacts import Version
from auricle_records.callers import Caller
from auricle_records.labels import Author
from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from auricle_gateway.access.callers import Appellant, Reader, Reviewer
from auricle_gateway.appeals.replies import AppealPage, AppealStatisticsList, AppealStatisticsView
from auricle_gateway.audit.trail import note
from auricle_gateway.errors import PersonRequired
from auricle_gateway.findings.places import quotes_of
from auricle_gateway.golden import proposals
from auricle_gateway.labels.fitting import fitting_of
from auricle_gateway.parts import Parts, PartsOf
from auricle_gateway.people.reviewers import reviewer
from auricle_gateway.rest import bodies, problem_docs, timestamps
from auricle_gateway.results.stored import stored_evaluation, transcript_of

router = APIRouter(tags=["appeals"])
APPEAL_EXAMPLE = {"finding_id": "0193….0", "text": "Клиент сам попросил говорить коротко."}
DECISION_EXAMPLE = {"verdict": "accepted", "reason": "Слышно в начале звонка."}
OWNER_EXAMPLE = {"person_id": "0193f0a1-6b1c-7c1e-9a51-0d5c0e1f2a3b"}


class AppealQuery(BaseModel):
    """All given ones must hold."""

    model_config = ConfigDict(extra="forbid")

    state: AppealState | None = None
    conversation_id: Reference | None = None
    owner: Annotated[Reference | None, Field(description="A person's id, or `me`.")] = None
    opened_by: Annotated[Reference | None, Field(description="A person's id, or `me`.")] = None
    subject: Annotated[Reference | None, Field(description="A criterion or an error class.")] = None
    overdue: Annotated[bool, Field(description="Open, and its time is over.")] = False
    for_artefact: Annotated[
        Reference | None,
        Field(description="A version's id: accepted ones about what it decides, which no promotion answers yet."),
    ] = None
    cursor: Annotated[str | None, Field(max_length=512, description="`next_cursor` of the page before.")] = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50

    def of(self, caller: Caller, version: Version | None) -> AppealFilters:
        """As records take them: who sees own conversations only sees own appeals only."""
        owner = caller.id if self.owner == "me" else self.owner
        opened_by = caller.id if caller.is_limited or self.opened_by == "me" else self.opened_by
        return AppealFilters(self.state, self.conversation_id, opened_by, owner, self.subject, self.overdue, version)


@router.post(
    "/conversations/{conversation_id}/appeals",
    status_code=201,
    summary="Contest an answer or a finding",
    responses=problem_docs.of(404, 409, 410, 413, 415),
    openapi_extra=problem_docs.json_body(AppealIn, APPEAL_EXAMPLE),
)
async def post_appeal(conversation_id: str, request: Request, parts: PartsOf, caller: Appellant) -> Appeal:
    """By an agent of the conversation who is signed in, once for each answer or finding, within the days of /v1/appeal-settings.

    409 `appeal_exists`, `appeal_window_closed`; 403 for a conversation that is not one's own.
    """
    wanted = await bodies.read_json(request, AppealIn, bodies.SMALL_BYTES)
    await conversations.get(parts.db, caller.workspace, conversation_id)
    if caller.kind != "person":
        raise PersonRequired
    quote = await _quoted(parts, caller, conversation_id, wanted)
    asked = NewAppeal(wanted.criterion, wanted.finding_id, wanted.text, quote)
    opened = await opening.open_appeal(
        parts.db, caller.workspace, conversation_id, asked, by=_author(caller), traceparent=tracing.traceparent()
    )
    await _note(parts, caller, AuditAction.APPEAL_OPENED, opened)
    return (await _shown(parts, caller, [opened]))[0]


@router.get("/appeals", summary="What is contested", responses=problem_docs.of(404))
async def list_appeals(parts: PartsOf, caller: Reader, query: Annotated[AppealQuery, Query()]) -> AppealPage:
    """Newest first. An agent sees own ones."""
    version = await artefacts.get(parts.db, caller.workspace, query.for_artefact) if query.for_artefact else None
    filters = query.of(caller, version)
    page = await queries.page(parts.db, caller.workspace, filters, cursor=query.cursor, limit=query.limit)
    return AppealPage(items=await _shown(parts, caller, page.items), next_cursor=page.cursor)


@router.get("/appeals/{appeal_id}", summary="One appeal", responses=problem_docs.of(404))
async def get_appeal(appeal_id: str, parts: PartsOf, caller: Reader) -> Appeal:
    """With its decision, once there is one."""
    found = await _found(parts, caller, appeal_id)
    return (await _shown(parts, caller, [found]))[0]


@router.put(
    "/appeals/{appeal_id}/owner",
    summary="Who is to decide it",
    responses=problem_docs.of(404, 409, 413, 415),
    openapi_extra=problem_docs.json_body(AppealOwnerIn, OWNER_EXAMPLE),
)
async def put_owner(appeal_id: str, request: Request, parts: PartsOf, caller: Reviewer) -> Appeal:
    """An active person with the scope `review`, or null for anybody. An owner is a plan: who else reviews may decide as well."""
    wanted = await bodies.read_json(request, AppealOwnerIn, bodies.SMALL_BYTES)
    await _found(parts, caller, appeal_id)
    owner = None if wanted.person_id is None else await reviewer(parts, caller.workspace, wanted.person_id)
    changed = await decisions.assign(parts.db, caller.workspace, appeal_id, owner)
    await _note(parts, caller, AuditAction.APPEAL_ASSIGNED, changed, to=owner.id if owner else "")
    return (await _shown(parts, caller, [changed]))[0]


@router.post("/appeals/{appeal_id}/withdrawal", summary="Take it back", responses=problem_docs.of(404, 409))
async def post_withdrawal(appeal_id: str, parts: PartsOf, caller: Appellant) -> Appeal:
    """By who opened it, while it is open; the same can then be contested again."""
    await _found(parts, caller, appeal_id)
    if caller.kind != "person":
        raise PersonRequired
    changed = await decisions.withdraw(parts.db, caller.workspace, appeal_id, _author(caller))
    await _note(parts, caller, AuditAction.APPEAL_WITHDRAWN, changed)
    return (await _shown(parts, caller, [changed]))[0]


@router.post(
    "/appeals/{appeal_id}/decision",
    summary="Decide it",
    responses=problem_docs.of(404, 409, 413, 415),
    openapi_extra=problem_docs.json_body(AppealDecisionIn, DECISION_EXAMPLE),
)
async def post_decision(appeal_id: str, request: Request, parts: PartsOf, caller: Reviewer) -> Appeal:
    """The verdict is written as a label of who decides, so the effective value changes everywhere, and `appeal.decided` is sent.

    Accepted or partly, an answer needs what it is: `state` and `value`. Nobody decides an own appeal (403).
    """
    wanted = await bodies.read_json(request, AppealDecisionIn, bodies.SMALL_BYTES)
    appeal = await _found(parts, caller, appeal_id)
    decision = await _fitting(parts, caller.workspace, appeal, wanted)
    decided = await decisions.decide(
        parts.db, caller.workspace, appeal_id, decision, by=_author(caller), traceparent=tracing.traceparent()
    )
    await _note(parts, caller, AuditAction.APPEAL_DECIDED, decided, verdict=wanted.verdict)
    await proposals.propose(parts, caller, decided)
    return (await _shown(parts, caller, [decided]))[0]


@router.get("/appeal-statistics", summary="How appeals end, by criterion and error class", responses=problem_docs.of())
async def get_statistics(
    parts: PartsOf,
    caller: Reviewer,
    since: Annotated[Moment | None, Query(description="In UTC unless it says otherwise.")] = None,
    until: Annotated[Moment | None, Query(description="Excluded.")] = None,
) -> AppealStatisticsList:
    """Of those that were opened from `since` up to `until`."""
    first, last = timestamps.in_utc(since), timestamps.in_utc(until)
    found = await queries.statistics(parts.db, caller.workspace, since=first, until=last)
    return AppealStatisticsList(
        items=tuple(AppealStatisticsView.model_validate(one, from_attributes=True) for one in found)
    )


async def _found(parts: Parts, caller: Caller, appeal_id: str) -> Appeal:
    """Raises NotFound, also for a colleague's where the caller sees own ones only."""
    found = await queries.get(parts.db, caller.workspace, appeal_id)
    if caller.is_limited and found.opened_by != caller.id:
        raise NotFound("no such appeal")
    return found


async def _quoted(parts: Parts, caller: Caller, conversation_id: str, wanted: AppealIn) -> Quote | None:
    """The words that show it, as they stand in the original. Raises InvalidRequest, NotReady."""
    if wanted.place is None:
        return None
    stored = await stored_evaluation(parts, caller.workspace, conversation_id)
    transcript = await transcript_of(parts, caller.workspace, stored.evaluation)
    chosen = await parts.privacy.hides(caller, conversation_id, "transcript", unmasked=False)
    hidden = await parts.privacy.mask(caller.workspace, transcript, chosen) if chosen else None
    return quotes_of([wanted.place], transcript, hidden)[0]


async def _fitting(parts: Parts, workspace: str, appeal: Appeal, wanted: AppealDecisionIn) -> Decision:
    """Raises InvalidRequest for an answer without its value, a value for a finding, or one that is not of the answer's kind."""
    changes = wanted.verdict is not AppealVerdict.REJECTED
    if appeal.criterion is None and wanted.state is not None:
        raise InvalidRequest("a finding has no `state`", action="Leave `state` and `value` out.")
    if appeal.criterion is not None and changes and wanted.state is None:
        raise InvalidRequest(
            "an answer that changes needs `state`", action="Say what the answer is: `state` and `value`."
        )
    value = wanted.value
    if appeal.criterion is not None and wanted.state is not None:
        value = await fitting_of(parts, workspace, appeal.evaluation_id, appeal.criterion, wanted.state, wanted.value)
    return Decision(wanted.verdict, wanted.reason, wanted.state, value)


async def _shown(parts: Parts, caller: Caller, found: Sequence[Appeal]) -> tuple[Appeal, ...]:
    """Without personal data, unless the caller may see it."""
    chosen = await parts.privacy.hides_people(caller)
    if chosen is None:
        return tuple(found)

    def hidden(appeal: Appeal, words: str) -> str:
        return parts.privacy.free_words(appeal.conversation_id, words, chosen)

    return tuple(
        one.model_copy(
            update={
                "text": hidden(one, one.text),
                "reason": one.reason and hidden(one, one.reason),
                "quote": one.quote and one.quote.model_copy(update={"text": hidden(one, one.quote.text)}),
            }
        )
        for one in found
    )


def _author(caller: Caller) -> Author:
    return Author(caller.id, caller.name or caller.id, caller.kind)


async def _note(parts: Parts, caller: Caller, action: AuditAction, appeal: Appeal, **details: str) -> None:
    await note(parts.db, caller, action, conversation_id=appeal.conversation_id, subject=appeal.id, details=details)
