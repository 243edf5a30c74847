"""Calibration sessions: a manager opens and closes one, its reviewers answer blind, all of them see the comparison once it is closed."""

from collections import defaultdict
from typing import Annotated

from auricle_contracts import Scope
from auricle_contracts.audit import AuditAction
from auricle_contracts.calibration import (
    BlindConversation,
    BlindQuestion,
    Calibration,
    CalibrationAdditions,
    CalibrationAnswerIn,
    CalibrationComparison,
    CalibrationIn,
)
from auricle_contracts.vocabulary import CalibrationState
from auricle_kit.errors import NotFound
from auricle_records import conversations
from auricle_records.calibration import answering, sessions
from auricle_records.calibration.answering import Given
from auricle_records.calibration.sessions import NewCalibration
from auricle_records.callers import Caller
from auricle_records.errors import CalibrationOpen
from fastapi import APIRouter, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response

from auricle_gateway.access.callers import QualityManager, Reviewer
from auricle_gateway.audit.trail import note
from auricle_gateway.calibration.comparison import compare
from auricle_gateway.calibration.replies import BlindConversations, CalibrationPageView
from auricle_gateway.errors import PersonRequired
from auricle_gateway.labels.fitting import fitting_of
from auricle_gateway.parts import Parts, PartsOf
from auricle_gateway.people.reviewers import reviewer
from auricle_gateway.rest import bodies, problem_docs, timestamps

router = APIRouter(tags=["calibration"])
SESSION = "/calibrations/{calibration_id}"
SESSION_EXAMPLE = {
    "title": "Декабрь: возражения",
    "sample": 10,
    "reviewer_ids": ["0193f0a1-6b1c-…", "0193f0a1-7d2e-…"],
    "expert_id": "0193f0a1-6b1c-…",
    "due_at": "2026-12-07T18:00:00+03:00",
}
ADDITIONS_EXAMPLE = {"conversation_ids": ["0193f0a1-…"], "reviewer_ids": ["0193f0a1-8e3f-…"]}
ANSWER_EXAMPLE = {"conversation_id": "0193f0a1-…", "criterion": "politeness", "state": "answered", "value": 80}


@router.post(
    "/calibrations",
    status_code=201,
    summary="Open a calibration session",
    responses=problem_docs.of(404, 410, 413, 415),
    openapi_extra=problem_docs.json_body(CalibrationIn, SESSION_EXAMPLE),
)
async def post_session(request: Request, parts: PartsOf, caller: QualityManager) -> Calibration:
    """Of evaluated conversations, for active people with the scope `review`. The evaluations of now are what is compared later."""
    wanted = await bodies.read_json(request, CalibrationIn, bodies.SMALL_BYTES)
    for name in wanted.conversation_ids:
        await conversations.get(parts.db, caller.workspace, name)
    people = tuple([await reviewer(parts, caller.workspace, one) for one in wanted.reviewer_ids])
    due = timestamps.in_utc(wanted.due_at)
    assert due is not None
    chosen = tuple(dict.fromkeys(wanted.conversation_ids))
    asked = NewCalibration(wanted.title, due, people, wanted.expert_id, chosen, wanted.sample)
    session = await sessions.open_session(parts.db, caller.workspace, asked, by=caller.actor)
    await note(parts.db, caller, AuditAction.CALIBRATION_OPENED, subject=session.id)
    return session


@router.get("/calibrations", summary="Calibration sessions", responses=problem_docs.of())
async def list_sessions(
    parts: PartsOf,
    caller: Reviewer,
    cursor: Annotated[str | None, Query(max_length=512, description="`next_cursor` of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> CalibrationPageView:
    """Newest first: all for quality managers, for others those in which they take part."""
    mine = None if _manages(caller) else caller.id
    page = await sessions.page(parts.db, caller.workspace, reviewer=mine, cursor=cursor, limit=limit)
    return CalibrationPageView(items=page.items, next_cursor=page.cursor)


@router.get(SESSION, summary="One calibration session", responses=problem_docs.of(404))
async def get_session(calibration_id: str, parts: PartsOf, caller: Reviewer) -> Calibration:
    """Who takes part, and how far they are; no answer of anybody."""
    return await _found(parts, caller, calibration_id)


@router.get(f"{SESSION}/questions", summary="What one is to judge", responses=problem_docs.of(404))
async def get_questions(calibration_id: str, parts: PartsOf, caller: Reviewer) -> BlindConversations:
    """With the caller's own answers, and without the model's and everybody else's."""
    await _found(parts, caller, calibration_id)
    asked = await answering.questions(parts.db, caller.workspace, calibration_id)
    said = {
        (one.conversation_id, one.criterion): one
        for one in await answering.given(parts.db, caller.workspace, calibration_id, caller.id)
    }
    choices = await parts.pinned.choices(parts.db, caller.workspace)
    by_conversation: dict[str, list[BlindQuestion]] = defaultdict(list)
    for one in asked:
        own = said.get((one.conversation_id, one.criterion))
        question = BlindQuestion(
            criterion=one.criterion,
            title=one.title,
            kind=one.kind,
            choices=choices.get(one.criterion, ()),
            state=own.state if own else None,
            value=own.value if own else None,
        )
        by_conversation[one.conversation_id].append(question)
    return BlindConversations(
        items=tuple(
            BlindConversation(conversation_id=name, questions=tuple(questions))
            for name, questions in by_conversation.items()
        )
    )


@router.put(
    f"{SESSION}/answers",
    status_code=204,
    summary="Answer a question of a session",
    responses=problem_docs.of(404, 409, 413, 415),
    openapi_extra=problem_docs.json_body(CalibrationAnswerIn, ANSWER_EXAMPLE),
)
async def put_answer(calibration_id: str, request: Request, parts: PartsOf, caller: Reviewer) -> Response:
    """By a reviewer of the session, in place of the own answer before; it counts nowhere else. 409 `calibration_closed`."""
    wanted = await bodies.read_json(request, CalibrationAnswerIn, bodies.SMALL_BYTES)
    await _found(parts, caller, calibration_id)
    if caller.kind != "person":
        raise PersonRequired
    asked = await answering.questions(parts.db, caller.workspace, calibration_id)
    about = (wanted.conversation_id, wanted.criterion)
    evaluation = next((one.evaluation_id for one in asked if (one.conversation_id, one.criterion) == about), None)
    if evaluation is None:
        raise NotFound("the session does not ask this")
    value = await fitting_of(parts, caller.workspace, evaluation, wanted.criterion, wanted.state, wanted.value)
    said = Given(wanted.conversation_id, wanted.criterion, caller.id, wanted.state, value)
    await answering.answer(parts.db, caller.workspace, calibration_id, said)
    return Response(status_code=204)


@router.post(
    f"{SESSION}/additions",
    summary="Add conversations and reviewers to an open session",
    responses=problem_docs.of(404, 409, 410, 413, 415),
    openapi_extra=problem_docs.json_body(CalibrationAdditions, ADDITIONS_EXAMPLE),
)
async def post_additions(calibration_id: str, request: Request, parts: PartsOf, caller: QualityManager) -> Calibration:
    """Blind as before: who joins sees nobody's answers, and answers that were given stay. 409 `calibration_closed`."""
    await sessions.get(parts.db, caller.workspace, calibration_id)
    wanted = await bodies.read_json(request, CalibrationAdditions, bodies.SMALL_BYTES)
    for name in wanted.conversation_ids:
        await conversations.get(parts.db, caller.workspace, name)
    people = [await reviewer(parts, caller.workspace, one) for one in dict.fromkeys(wanted.reviewer_ids)]
    chosen = tuple(dict.fromkeys(wanted.conversation_ids))
    session = await sessions.extend(parts.db, caller.workspace, calibration_id, chosen, people)
    added = {"conversations": str(len(chosen)), "reviewers": str(len(people))}
    await note(parts.db, caller, AuditAction.CALIBRATION_EXTENDED, subject=session.id, details=added)
    return session


@router.post(f"{SESSION}/closing", summary="Close a session", responses=problem_docs.of(404, 409))
async def post_closing(calibration_id: str, parts: PartsOf, caller: QualityManager) -> Calibration:
    """No answer is taken any more, and all can be compared. 409 `calibration_closed` the second time."""
    session = await sessions.close(parts.db, caller.workspace, calibration_id)
    await note(parts.db, caller, AuditAction.CALIBRATION_CLOSED, subject=session.id)
    return session


@router.get(f"{SESSION}/comparison", summary="How far they agree", responses=problem_docs.of(404, 409))
async def get_comparison(calibration_id: str, parts: PartsOf, caller: Reviewer) -> CalibrationComparison:
    """Reviewers among themselves, each of them and the model against the reference. 409 `calibration_open` before it is closed."""
    session = await _found(parts, caller, calibration_id)
    if session.state is CalibrationState.OPEN:
        raise CalibrationOpen
    asked = await answering.questions(parts.db, caller.workspace, calibration_id)
    given = await answering.given(parts.db, caller.workspace, calibration_id)
    return await run_in_threadpool(compare, session, asked, given)


def _manages(caller: Caller) -> bool:
    return Scope.AUDIT in caller.scopes


async def _found(parts: Parts, caller: Caller, calibration_id: str) -> Calibration:
    """Raises NotFound, also for a session in which the caller has no part and that they do not manage."""
    session = await sessions.get(parts.db, caller.workspace, calibration_id)
    if not _manages(caller) and caller.id not in {one.person_id for one in session.reviewers}:
        raise NotFound("no such calibration session")
    return session
