"""Quizzes as they are made, listed and removed, and findings that a question can be made of."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from auricle_contracts.quizzes import Quiz, QuizLine, QuizQuestion, QuizSolution
from sqlalchemy import Row, delete, func, insert, select

from auricle_records.callers import Actor
from auricle_records.database import Database, new_id
from auricle_records.errors import NotFound
from auricle_records.tables import (
    conversations,
    effective_findings,
    quiz_answers,
    quiz_assignments,
    quiz_questions,
    quizzes,
)

PERSON = "person"
"""The source of a finding that a person added: it is accepted as it stands."""
_QUESTIONS = select(func.count()).where(quiz_questions.c.quiz_id == quizzes.c.id).correlate(quizzes).scalar_subquery()
_ANSWERED = (
    select(func.count())
    .where(quiz_answers.c.assignment_id == quiz_assignments.c.id)
    .correlate(quiz_assignments)
    .scalar_subquery()
)
_ASSIGNED = select(func.count()).where(quiz_assignments.c.quiz_id == quizzes.c.id).correlate(quizzes).scalar_subquery()
_FINISHED = (
    select(func.count())
    .where(quiz_assignments.c.quiz_id == quizzes.c.id, _ANSWERED > 0, _ANSWERED == _QUESTIONS)
    .correlate(quizzes)
    .scalar_subquery()
)
_SHOWN = select(quizzes, _QUESTIONS.label("questions"), _ASSIGNED.label("assigned"), _FINISHED.label("finished"))


@dataclass(frozen=True, slots=True)
class NewQuestion:
    """Words without personal data, and what is right about them. Of `source_id`, a conversation, and `golden_id` one is given."""

    source_id: str | None
    golden_id: str | None
    lines: tuple[QuizLine, ...]
    quote: str
    choices: tuple[str, ...]
    solution: QuizSolution


@dataclass(frozen=True, slots=True)
class JudgedFinding:
    """A finding that people accepted or rejected, of a current evaluation; words as they are stored, personal data and all."""

    conversation_id: str
    finding_id: str
    error_class: str
    is_accepted: bool
    quote: str
    comment: str


@dataclass(frozen=True, slots=True)
class QuizPage:
    """The newest first. `cursor` asks for the next page; None on the last."""

    items: tuple[Quiz, ...]
    cursor: str | None


async def add(db: Database, workspace: str, title: str, questions: Sequence[NewQuestion], *, by: Actor) -> Quiz:
    """A quiz of these questions, in their order."""
    quiz_id = new_id()
    values = {"id": quiz_id, "title": title, "made_by": by.id, "made_by_name": by.name or by.id}
    async with db.transaction(workspace) as connection:
        await connection.execute(insert(quizzes).values(workspace_id=workspace, **values))
        rows = [
            {"workspace_id": workspace, "id": new_id(), "quiz_id": quiz_id, "position": position} | _columns(question)
            for position, question in enumerate(questions)
        ]
        await connection.execute(insert(quiz_questions), rows)
        return _quiz((await connection.execute(_SHOWN.where(quizzes.c.id == quiz_id))).one())


async def get(db: Database, workspace: str, quiz_id: str) -> Quiz:
    """Raises NotFound."""
    async with db.transaction(workspace) as connection:
        row = (await connection.execute(_SHOWN.where(quizzes.c.id == quiz_id))).one_or_none()
    if row is None:
        raise NotFound("no such quiz")
    return _quiz(row)


async def page(db: Database, workspace: str, *, cursor: str | None = None, limit: int = 50) -> QuizPage:
    """The cursor is the last quiz's id."""
    statement = _SHOWN.order_by(quizzes.c.id.desc()).limit(limit + 1)
    if cursor is not None:
        statement = statement.where(quizzes.c.id < cursor)
    async with db.transaction(workspace) as connection:
        found = [_quiz(row) for row in await connection.execute(statement)]
    return QuizPage(tuple(found[:limit]), found[limit - 1].id if len(found) > limit else None)


async def remove(db: Database, workspace: str, quiz_id: str) -> None:
    """With its assignments and answers. Raises NotFound."""
    async with db.transaction(workspace) as connection:
        gone = await connection.execute(delete(quizzes).where(quizzes.c.id == quiz_id))
    if not gone.rowcount:
        raise NotFound("no such quiz")


async def questions(db: Database, workspace: str, quiz_id: str) -> tuple[QuizQuestion, ...]:
    """In their order, with what is right."""
    chosen = select(quiz_questions).where(quiz_questions.c.quiz_id == quiz_id).order_by(quiz_questions.c.position)
    async with db.transaction(workspace) as connection:
        return tuple(question_of(row) for row in await connection.execute(chosen))


async def judged_findings(
    db: Database, workspace: str, *, error_class: str | None, limit: int
) -> tuple[JudgedFinding, ...]:
    """The newest verdicts first: findings that people accepted, rejected or added, each with a quote."""
    view = effective_findings.c
    chosen = (
        select(effective_findings)
        .join(conversations, conversations.c.id == view.conversation_id)
        .where(view.current, ~view.experimental, (view.verdict.is_not(None)) | (view.source == PERSON))
        .order_by(func.coalesce(view.judged_at, conversations.c.happened_at).desc(), view.id)
        .limit(limit)
    )
    if error_class is not None:
        chosen = chosen.where(view.error_class == error_class)
    async with db.transaction(workspace) as connection:
        rows = (await connection.execute(chosen)).all()
    return tuple(
        JudgedFinding(row.conversation_id, row.id, row.error_class, row.counts, row.quotes[0]["text"], row.comment)
        for row in rows
    )


def question_of(row: Row[Any]) -> QuizQuestion:
    """A row of the table."""
    solution = QuizSolution(error_class=row.error_class, explanation=row.explanation, passage=row.passage)
    lines = tuple(QuizLine.model_validate(one) for one in row.lines)
    return QuizQuestion(id=row.id, lines=lines, quote=row.quote, choices=tuple(row.choices), solution=solution)


def _columns(question: NewQuestion) -> dict[str, Any]:
    return {
        "source_id": question.source_id,
        "golden_id": question.golden_id,
        "lines": [one.model_dump(mode="json") for one in question.lines],
        "quote": question.quote,
        "choices": list(question.choices),
        **question.solution.model_dump(),
    }


def _quiz(row: Row[Any]) -> Quiz:
    return Quiz.model_validate({name: getattr(row, name) for name in Quiz.model_fields})
