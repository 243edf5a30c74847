"""Quizzes given to people and answered by them, each question once."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from auricle_contracts import MemberRole
from auricle_contracts.quizzes import AskedQuestion, QuizAnswer, QuizAssignment, QuizRecipient
from sqlalchemy import Row, exists, func, select
from sqlalchemy.dialects.postgresql import insert

from auricle_records.callers import Actor
from auricle_records.database import Database, new_id
from auricle_records.errors import NotFound, QuizAnswered
from auricle_records.quizzes.quizzes import question_of
from auricle_records.tables import memberships, people, quiz_answers, quiz_assignments, quiz_questions, quizzes, teams

_OF_QUIZ = quiz_questions.c.quiz_id == quiz_assignments.c.quiz_id
_QUESTIONS = select(func.count()).where(_OF_QUIZ).correlate(quiz_assignments).scalar_subquery()
_GIVEN = quiz_answers.c.assignment_id == quiz_assignments.c.id
_ANSWERED = select(func.count()).where(_GIVEN).correlate(quiz_assignments).scalar_subquery()
_RIGHT = select(func.count()).where(_GIVEN, quiz_answers.c.is_right).correlate(quiz_assignments).scalar_subquery()
_SHOWN = select(
    quiz_assignments,
    quizzes.c.title,
    _QUESTIONS.label("questions"),
    _ANSWERED.label("answered"),
    _RIGHT.label("right"),
).join(quizzes, quizzes.c.id == quiz_assignments.c.quiz_id)


async def recipients(db: Database, workspace: str, *, limit: int = 1000) -> tuple[QuizRecipient, ...]:
    """Active agents by name."""
    is_agent = exists().where(memberships.c.person_id == people.c.id, memberships.c.role == MemberRole.AGENT.value)
    chosen = (
        select(people.c.id.label("person_id"), people.c.name, people.c.team_id, teams.c.name.label("team"))
        .outerjoin(teams, teams.c.id == people.c.team_id)
        .where(people.c.active, is_agent)
        .order_by(people.c.name, people.c.id)
        .limit(limit)
    )
    async with db.transaction(workspace) as connection:
        rows = (await connection.execute(chosen)).mappings()
        return tuple(QuizRecipient.model_validate(dict(row)) for row in rows)


async def assign(
    db: Database, workspace: str, quiz_id: str, person_ids: Sequence[str], due_at: datetime, *, by: Actor
) -> tuple[str, ...]:
    """To whom it was given now; who has the quiz already keeps it as it was. Raises NotFound for no such quiz."""
    values = {"quiz_id": quiz_id, "due_at": due_at, "assigned_by": by.id, "assigned_by_name": by.name or by.id}
    rows = [{"workspace_id": workspace, "id": new_id(), "person_id": one} | values for one in person_ids]
    async with db.transaction(workspace) as connection:
        if await connection.scalar(select(quizzes.c.id).where(quizzes.c.id == quiz_id)) is None:
            raise NotFound("no such quiz")
        put = insert(quiz_assignments).values(rows).on_conflict_do_nothing().returning(quiz_assignments.c.person_id)
        return tuple((await connection.scalars(put)).all())


async def of_person(db: Database, workspace: str, person_id: str, *, limit: int = 100) -> tuple[QuizAssignment, ...]:
    """The newest first."""
    chosen = _SHOWN.where(quiz_assignments.c.person_id == person_id).order_by(quiz_assignments.c.id.desc())
    async with db.transaction(workspace) as connection:
        return tuple(_assignment(row) for row in await connection.execute(chosen.limit(limit)))


async def get(db: Database, workspace: str, assignment_id: str) -> QuizAssignment:
    """Raises NotFound."""
    chosen = _SHOWN.where(quiz_assignments.c.id == assignment_id)
    async with db.transaction(workspace) as connection:
        row = (await connection.execute(chosen)).one_or_none()
    if row is None:
        raise NotFound("no such quiz was given")
    return _assignment(row)


async def asked(db: Database, workspace: str, assignment: QuizAssignment) -> tuple[AskedQuestion, ...]:
    """Its questions in their order; what is right only of those that were answered."""
    given = (quiz_answers.c.question_id == quiz_questions.c.id) & (quiz_answers.c.assignment_id == assignment.id)
    chosen = (
        select(quiz_questions, quiz_answers.c.choice, quiz_answers.c.is_right, quiz_answers.c.answered_at)
        .outerjoin(quiz_answers, given)
        .where(quiz_questions.c.quiz_id == assignment.quiz_id)
        .order_by(quiz_questions.c.position)
    )
    async with db.transaction(workspace) as connection:
        return tuple(_asked(row) for row in await connection.execute(chosen))


async def answer(
    db: Database, workspace: str, assignment: QuizAssignment, question_id: str, choice: str | None, *, is_right: bool
) -> None:
    """The first choice stands. Raises QuizAnswered."""
    values = {"assignment_id": assignment.id, "question_id": question_id, "choice": choice, "is_right": is_right}
    put = insert(quiz_answers).values(workspace_id=workspace, **values).on_conflict_do_nothing()
    async with db.transaction(workspace) as connection:
        if not (await connection.execute(put)).rowcount:
            raise QuizAnswered


def _asked(row: Row[Any]) -> AskedQuestion:
    question = question_of(row)
    given = None
    if row.answered_at is not None:
        given = QuizAnswer(choice=row.choice, is_right=row.is_right, answered_at=row.answered_at)
    return AskedQuestion(
        id=question.id,
        lines=question.lines,
        quote=question.quote,
        choices=question.choices,
        answer=given,
        solution=question.solution if given else None,
    )


def _assignment(row: Row[Any]) -> QuizAssignment:
    return QuizAssignment.model_validate({name: getattr(row, name) for name in QuizAssignment.model_fields})
