"""What came of a quiz: shares over people together, of nobody alone."""

from auricle_contracts.quizzes import QuizQuestionShare, QuizResults, QuizShare
from auricle_kit.shares import wilson
from sqlalchemy import case, func, select

from auricle_records.database import Database
from auricle_records.quizzes import quizzes
from auricle_records.tables import quiz_answers, quiz_assignments, quiz_questions

LEAST = 3
"""Fewer people are not shown together: one of them could be told from the others' sum."""


async def results(db: Database, workspace: str, quiz_id: str) -> QuizResults:
    """Each share of at least LEAST people; else it is null. Raises NotFound."""
    quiz = await quizzes.get(db, workspace, quiz_id)
    persons = func.count(func.distinct(quiz_assignments.c.person_id)).label("people")
    right = func.count(case((quiz_answers.c.is_right, 1))).label("right")
    over = quiz_answers.join(quiz_assignments, quiz_assignments.c.id == quiz_answers.c.assignment_id)
    whole = (
        select(persons, func.count().label("n"), right).select_from(over).where(quiz_assignments.c.quiz_id == quiz_id)
    )
    each = (
        select(quiz_questions.c.id, persons, func.count(quiz_answers.c.question_id).label("n"), right)
        .select_from(quiz_questions.outerjoin(over, quiz_answers.c.question_id == quiz_questions.c.id))
        .where(quiz_questions.c.quiz_id == quiz_id)
        .group_by(quiz_questions.c.id, quiz_questions.c.position)
        .order_by(quiz_questions.c.position)
    )
    async with db.transaction(workspace) as connection:
        overall = (await connection.execute(whole)).one()
        rows = (await connection.execute(each)).all()
    return QuizResults(
        assigned=quiz.assigned,
        finished=quiz.finished,
        people=overall.people,
        overall=_share(overall.people, overall.n, overall.right),
        questions=tuple(
            QuizQuestionShare(question_id=row.id, share=_share(row.people, row.n, row.right)) for row in rows
        ),
    )


def _share(persons: int, n: int, right: int) -> QuizShare:
    if persons < LEAST:
        return QuizShare(n=None, right=None, share=None, low=None, high=None)
    low, high = wilson(right, n)
    return QuizShare(n=n, right=right, share=right / n, low=low, high=high)
