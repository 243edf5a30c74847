"""Quizzes as who runs quality makes and gives them: the list, one with its solutions, to whom, and what came of it."""

from typing import Annotated

from auricle_contracts.audit import AuditAction
from auricle_contracts.conversations import Reference
from auricle_contracts.quizzes import MOST_ASSIGNED, Quiz, QuizAssignmentIn, QuizIn, QuizResults
from auricle_kit.errors import InvalidRequest
from auricle_records.quizzes import assignments, quizzes, results
from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from auricle_gateway.access.callers import QualityManager, Reviewer
from auricle_gateway.audit.trail import note
from auricle_gateway.parts import PartsOf
from auricle_gateway.quizzes.questions import question_of
from auricle_gateway.quizzes.replies import (
    QuizAssigned,
    QuizPage,
    QuizRecipientList,
    QuizSourceList,
    QuizSourceView,
    QuizView,
)
from auricle_gateway.rest import bodies, problem_docs, timestamps

router = APIRouter(tags=["quizzes"])
QUIZ = "/quizzes/{quiz_id}"
EXAMPLE = {
    "title": "Возражение «дорого»",
    "sources": [{"conversation_id": "0193f0a1-6b1c-7c1e-9a51-0d5c0e1f2a3b", "finding_id": "f-1"}],
}
GIVEN = {"team_id": "0193f0a1-6b1c-7c1e-9a51-0d5c0e1f2a3b", "due_at": "2026-12-07T18:00:00+03:00"}


@router.get("/quiz-sources", summary="Findings that a question can be made of", responses=problem_docs.of())
async def list_sources(
    parts: PartsOf,
    caller: QualityManager,
    error_class: Annotated[Reference | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> QuizSourceList:
    """Those that people accepted, rejected or added, the newest verdicts first, without personal data."""
    found = await quizzes.judged_findings(parts.db, caller.workspace, error_class=error_class, limit=limit)
    said = [(one.conversation_id, words) for one in found for words in (one.quote, one.comment)]
    shown = iter(await parts.privacy.masked_words(caller.workspace, said))
    return QuizSourceList(
        items=tuple(
            QuizSourceView(
                conversation_id=one.conversation_id,
                finding_id=one.finding_id,
                error_class=one.error_class,
                is_accepted=one.is_accepted,
                quote=next(shown),
                comment=next(shown),
            )
            for one in found
        )
    )


@router.post(
    "/quizzes",
    status_code=201,
    summary="Make a quiz",
    responses=problem_docs.of(404, 409, 410, 413, 415),
    openapi_extra=problem_docs.json_body(QuizIn, EXAMPLE),
)
async def post_quiz(request: Request, parts: PartsOf, caller: QualityManager) -> Quiz:
    """Its words are kept masked, by every kind of personal data; they go when their conversation or golden item is deleted.

    Choices are the right class, up to three of its category, and "no error".
    """
    wanted = await bodies.read_json(request, QuizIn, bodies.SMALL_BYTES)
    classes = await parts.pinned.classes(parts.db, caller.workspace)
    questions = [await question_of(parts, caller.workspace, one, classes) for one in wanted.sources]
    made = await quizzes.add(parts.db, caller.workspace, wanted.title, questions, by=caller.actor)
    await note(parts.db, caller, AuditAction.QUIZ_ADDED, subject=made.id, details={"questions": str(made.questions)})
    return made


@router.get("/quizzes", summary="Quizzes", responses=problem_docs.of())
async def list_quizzes(
    parts: PartsOf,
    caller: Reviewer,
    cursor: Annotated[str | None, Query(max_length=512, description="`next_cursor` of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> QuizPage:
    """Newest first, with how many have and finished each."""
    page = await quizzes.page(parts.db, caller.workspace, cursor=cursor, limit=limit)
    return QuizPage(items=page.items, next_cursor=page.cursor)


@router.get(QUIZ, summary="One quiz", responses=problem_docs.of(404))
async def get_quiz(quiz_id: str, parts: PartsOf, caller: Reviewer) -> QuizView:
    """With its questions and what is right."""
    quiz = await quizzes.get(parts.db, caller.workspace, quiz_id)
    return QuizView(quiz=quiz, items=await quizzes.questions(parts.db, caller.workspace, quiz_id))


@router.delete(QUIZ, status_code=204, summary="Remove a quiz", responses=problem_docs.of(404))
async def delete_quiz(quiz_id: str, parts: PartsOf, caller: QualityManager) -> Response:
    """With what was answered, for good."""
    await quizzes.remove(parts.db, caller.workspace, quiz_id)
    await note(parts.db, caller, AuditAction.QUIZ_REMOVED, subject=quiz_id)
    return Response(status_code=204)


@router.get("/quiz-recipients", summary="Agents whom a quiz can be given to", responses=problem_docs.of())
async def list_recipients(parts: PartsOf, caller: QualityManager) -> QuizRecipientList:
    """Active ones, by name, with their team."""
    return QuizRecipientList(items=await assignments.recipients(parts.db, caller.workspace))


@router.post(
    f"{QUIZ}/assignments",
    summary="Give a quiz to agents",
    responses=problem_docs.of(404, 413, 415),
    openapi_extra=problem_docs.json_body(QuizAssignmentIn, GIVEN),
)
async def post_assignments(quiz_id: str, request: Request, parts: PartsOf, caller: QualityManager) -> QuizAssigned:
    """To named agents, or to all active ones of a team. Who has it already keeps it as it was."""
    await quizzes.get(parts.db, caller.workspace, quiz_id)
    wanted = await bodies.read_json(request, QuizAssignmentIn, bodies.SMALL_BYTES)
    everybody = await assignments.recipients(parts.db, caller.workspace)
    found = tuple(
        one.person_id
        for one in everybody
        if (one.team_id == wanted.team_id if wanted.team_id is not None else one.person_id in wanted.person_ids)
    )
    if not found or not set(wanted.person_ids) <= set(found):
        raise InvalidRequest("these are no active agents", action="Choose active people with the role agent.")
    if len(found) > MOST_ASSIGNED:
        raise InvalidRequest(f"a quiz is given to {MOST_ASSIGNED} people at once at most")
    due = timestamps.in_utc(wanted.due_at)
    assert due is not None
    new = await assignments.assign(parts.db, caller.workspace, quiz_id, found, due, by=caller.actor)
    await note(parts.db, caller, AuditAction.QUIZ_ASSIGNED, subject=quiz_id, details={"people": str(len(new))})
    return QuizAssigned(assigned=len(new), had_it=len(found) - len(new))


@router.get(f"{QUIZ}/results", summary="What came of a quiz", responses=problem_docs.of(404))
async def get_results(quiz_id: str, parts: PartsOf, caller: Reviewer) -> QuizResults:
    """Shares of right answers over at least three people, with Wilson's interval; of nobody alone."""
    return await results.results(parts.db, caller.workspace, quiz_id)
