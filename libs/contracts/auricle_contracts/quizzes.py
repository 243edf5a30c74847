"""Quizzes: real words without personal data, and which error is in them, asked of agents and explained afterwards."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from auricle_contracts.contract import Contract
from auricle_contracts.conversations import Moment, Reference
from auricle_contracts.vocabulary import Role

MOST_QUESTIONS, MOST_ASSIGNED = 20, 200


class QuizSource(Contract):
    """What a question is made of: a finding that people accepted or rejected, or an error class of a golden item that has places.

    A finding that was rejected asks for "no error".
    """

    conversation_id: Reference | None = None
    finding_id: Reference | None = None
    golden_id: Reference | None = None
    error_class: Reference | None = None

    @model_validator(mode="after")
    def _one_thing(self) -> Self:
        finding = (self.conversation_id, self.finding_id)
        golden = (self.golden_id, self.error_class)
        given = [one for one in (finding, golden) if any(one)]
        if len(given) != 1 or not all(given[0]):
            raise ValueError("a source is `conversation_id` with `finding_id`, or `golden_id` with `error_class`")
        return self


class QuizIn(Contract):
    """A quiz: its questions in the order of their sources."""

    title: Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]
    sources: Annotated[tuple[QuizSource, ...], Field(min_length=1, max_length=MOST_QUESTIONS)]


class QuizLine(Contract):
    """A turn around the words in question, masked; `is_quoted`: the one that is asked about."""

    role: Role
    text: str
    is_quoted: bool


class QuizSolution(Contract):
    """What is right: an error class, or null for "no error"; with why, and the passage of the knowledge base that it rests on."""

    error_class: str | None
    explanation: str
    passage: str | None


class QuizAnswer(Contract):
    """What was chosen: an error class, or null for "no error"."""

    choice: str | None
    is_right: bool
    answered_at: datetime


class AskedQuestion(Contract):
    """A question as an agent sees it. `choices` are error classes; "no error" is one more. `solution` is null until it was answered."""

    id: str
    lines: tuple[QuizLine, ...]
    quote: str
    choices: tuple[str, ...]
    answer: QuizAnswer | None
    solution: QuizSolution | None


class QuizQuestion(Contract):
    """A question with what is right, as who makes quizzes sees it."""

    id: str
    lines: tuple[QuizLine, ...]
    quote: str
    choices: tuple[str, ...]
    solution: QuizSolution


class Quiz(Contract):
    """A quiz; `questions` are those whose conversation was not deleted. `assigned` people have it, `finished` answered all of it."""

    id: str
    title: str
    questions: int
    assigned: int
    finished: int
    made_by_name: str
    created_at: datetime


class QuizRecipient(Contract):
    """An active agent whom a quiz can be given to; `team_id` is null without a team."""

    person_id: str
    name: str
    team_id: str | None
    team: str | None


class QuizAssignmentIn(Contract):
    """Who is to answer until when: agents by `person_ids`, or all active agents of a team."""

    person_ids: Annotated[tuple[Reference, ...], Field(max_length=MOST_ASSIGNED)] = ()
    team_id: Reference | None = None
    due_at: Moment

    @model_validator(mode="after")
    def _somebody(self) -> Self:
        if bool(self.person_ids) == (self.team_id is not None):
            raise ValueError("give `person_ids` or a `team_id`")
        return self


class QuizAssignment(Contract):
    """A quiz of one person. `right` of `answered` answers are right; finished when as many are answered as there are questions."""

    id: str
    quiz_id: str
    person_id: str
    title: str
    questions: int
    answered: int
    right: int
    due_at: datetime
    assigned_by_name: str
    assigned_at: datetime


class QuizAnswerIn(Contract):
    """The choice: one of the question's `choices`, or null for "no error"."""

    question_id: Reference
    choice: Reference | None


class QuizShare(Contract):
    """`right` of `n` answers, as a share between 0 and 1 with Wilson's 95 % interval; all null where fewer than three people answered."""

    n: int | None
    right: int | None
    share: float | None
    low: float | None
    high: float | None


class QuizQuestionShare(Contract):
    """How often one question was answered rightly."""

    question_id: str
    share: QuizShare


class QuizResults(Contract):
    """Of at least three people together, never of one: `people` answered something, of `assigned`."""

    assigned: int
    finished: int
    people: int
    overall: QuizShare
    questions: tuple[QuizQuestionShare, ...]
