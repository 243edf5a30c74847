"""One's own quizzes: what waits, the questions, and an answer, which shows what is right."""

from auricle_contracts.quizzes import AskedQuestion, QuizAnswerIn, QuizAssignment
from auricle_kit.errors import InvalidRequest, NotFound
from auricle_records.callers import Caller
from auricle_records.quizzes import assignments, quizzes
from fastapi import APIRouter, Request

from auricle_gateway.access.callers import Reader
from auricle_gateway.errors import PersonRequired
from auricle_gateway.parts import Parts, PartsOf
from auricle_gateway.quizzes.replies import QuizAssignmentList, QuizAssignmentView
from auricle_gateway.rest import bodies, problem_docs

router = APIRouter(tags=["quizzes"])
ASSIGNMENT = "/quiz-assignments/{assignment_id}"
EXAMPLE = {"question_id": "0193f0a1-6b1c-7c1e-9a51-0d5c0e1f2a3b", "choice": "rudeness"}


@router.get("/quiz-assignments", summary="One's own quizzes", responses=problem_docs.of())
async def list_assignments(parts: PartsOf, caller: Reader) -> QuizAssignmentList:
    """With how many answers are right; nobody else reads that. A key has none."""
    return QuizAssignmentList(items=await assignments.of_person(parts.db, caller.workspace, caller.id))


@router.get(ASSIGNMENT, summary="One of one's own quizzes", responses=problem_docs.of(404))
async def get_assignment(assignment_id: str, parts: PartsOf, caller: Reader) -> QuizAssignmentView:
    """What is right stands beside the questions that were answered."""
    found = await _own(parts, caller, assignment_id)
    return QuizAssignmentView(assignment=found, items=await assignments.asked(parts.db, caller.workspace, found))


@router.post(
    f"{ASSIGNMENT}/answers",
    summary="Answer a question",
    responses=problem_docs.of(404, 409, 413, 415),
    openapi_extra=problem_docs.json_body(QuizAnswerIn, EXAMPLE),
)
async def post_answer(assignment_id: str, request: Request, parts: PartsOf, caller: Reader) -> AskedQuestion:
    """Once: 409 `quiz_answered` after that. The reply says what is right and why."""
    own = await _own(parts, caller, assignment_id)
    wanted = await bodies.read_json(request, QuizAnswerIn, bodies.SMALL_BYTES)
    questions = await quizzes.questions(parts.db, caller.workspace, own.quiz_id)
    question = next((one for one in questions if one.id == wanted.question_id), None)
    if question is None:
        raise NotFound("the quiz has no such question")
    if wanted.choice not in (None, *question.choices):
        raise InvalidRequest("this is none of the question's choices")
    is_right = wanted.choice == question.solution.error_class
    await assignments.answer(parts.db, caller.workspace, own, question.id, wanted.choice, is_right=is_right)
    return next(one for one in await assignments.asked(parts.db, caller.workspace, own) if one.id == question.id)


async def _own(parts: Parts, caller: Caller, assignment_id: str) -> QuizAssignment:
    """Raises NotFound, also for another person's; PersonRequired for a key."""
    found = await assignments.get(parts.db, caller.workspace, assignment_id)
    if caller.kind != "person":
        raise PersonRequired
    if found.person_id != caller.id:
        raise NotFound("no such quiz was given to you")
    return found
