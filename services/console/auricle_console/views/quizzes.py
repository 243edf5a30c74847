"""Quizzes ready to draw: questions with choices in words, how far one is, and shares with their intervals."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from auricle_contracts.quizzes import (
    AskedQuestion,
    QuizAssignment,
    QuizLine,
    QuizQuestion,
    QuizResults,
    QuizShare,
    QuizSolution,
)

from auricle_console.formatting import number
from auricle_console.wording import Wording

NONE = ""
"""The value of "no error" in a form."""


@dataclass(frozen=True)
class Choice:
    """`value` for the form; after the answer whether it `is_right` and `is_chosen`."""

    value: str
    title: str
    is_right: bool
    is_chosen: bool


@dataclass(frozen=True)
class Question:
    """A question by its number from 1; `solution` and `is_right` are None until it was answered. `share` tells how many knew."""

    number: int
    id: str
    lines: tuple[QuizLine, ...]
    quote: str
    choices: tuple[Choice, ...]
    solution: QuizSolution | None
    is_right: bool | None
    share: str = ""


@dataclass(frozen=True)
class OwnRow:
    """A quiz of one's own. `is_done`: nothing is left to answer."""

    assignment: QuizAssignment
    is_done: bool
    is_overdue: bool


def own_rows(found: Iterable[QuizAssignment], now: datetime | None = None) -> tuple[OwnRow, ...]:
    """As they come."""
    at = now or datetime.now(UTC)
    return tuple(own_row(one, at) for one in found)


def own_row(one: QuizAssignment, now: datetime | None = None) -> OwnRow:
    """One."""
    is_done = one.answered >= one.questions
    return OwnRow(one, is_done, not is_done and one.due_at < (now or datetime.now(UTC)))


def asked(found: Iterable[AskedQuestion], titles: Mapping[str, str], words: Wording) -> tuple[Question, ...]:
    """An agent's, in their order."""
    return tuple(
        Question(
            number=at,
            id=one.id,
            lines=one.lines,
            quote=one.quote,
            choices=_choices(
                one.choices, one.solution, (one.answer.choice or NONE) if one.answer else None, titles, words
            ),
            solution=one.solution,
            is_right=one.answer.is_right if one.answer else None,
        )
        for at, one in enumerate(found, 1)
    )


def solved(
    found: Iterable[QuizQuestion], results: QuizResults, titles: Mapping[str, str], words: Wording
) -> tuple[Question, ...]:
    """With what is right, and how many knew."""
    shares = {one.question_id: share(one.share, words) for one in results.questions}
    return tuple(
        Question(
            number=at,
            id=one.id,
            lines=one.lines,
            quote=one.quote,
            choices=_choices(one.choices, one.solution, None, titles, words),
            solution=one.solution,
            is_right=None,
            share=shares.get(one.id, ""),
        )
        for at, one in enumerate(found, 1)
    )


def share(found: QuizShare, words: Wording) -> str:
    """In per cent with its interval and n; empty where too few answered."""
    if found.share is None or found.low is None or found.high is None:
        return ""
    middle, low, high = (number(100 * one, words.language, 0) for one in (found.share, found.low, found.high))
    return words("quiz.share", share=middle, low=low, high=high, count=found.n)


def _choices(
    names: tuple[str, ...],
    solution: QuizSolution | None,
    chosen: str | None,
    titles: Mapping[str, str],
    words: Wording,
) -> tuple[Choice, ...]:
    """By title, "no error" last."""
    right = (solution.error_class or NONE) if solution else None
    listed = sorted(((name, titles.get(name, name.replace("_", " "))) for name in names), key=lambda one: one[1])
    return tuple(
        Choice(name, title, is_right=name == right, is_chosen=name == chosen)
        for name, title in (*listed, (NONE, words("quiz.no_error")))
    )
