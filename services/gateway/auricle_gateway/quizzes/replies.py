"""Replies of the quiz routes."""

from auricle_contracts import Contract
from auricle_contracts.quizzes import AskedQuestion, Quiz, QuizAssignment, QuizQuestion, QuizRecipient


class QuizSourceView(Contract):
    """A finding that people judged, without personal data: what a question can be made of. Not `is_accepted`: they rejected it."""

    conversation_id: str
    finding_id: str
    error_class: str
    is_accepted: bool
    quote: str
    comment: str


class QuizSourceList(Contract):
    """The newest verdicts first."""

    items: tuple[QuizSourceView, ...]


class QuizPage(Contract):
    """Newest first. `next_cursor` asks for the next page; null on the last."""

    items: tuple[Quiz, ...]
    next_cursor: str | None


class QuizView(Contract):
    """A quiz with its questions and what is right."""

    quiz: Quiz
    items: tuple[QuizQuestion, ...]


class QuizRecipientList(Contract):
    """By name, at most 1,000."""

    items: tuple[QuizRecipient, ...]


class QuizAssigned(Contract):
    """How many got it now, and how many had it already."""

    assigned: int
    had_it: int


class QuizAssignmentList(Contract):
    """One's own, newest first, at most 100."""

    items: tuple[QuizAssignment, ...]


class QuizAssignmentView(Contract):
    """One's own quiz with its questions; what is right stands beside those that were answered."""

    assignment: QuizAssignment
    items: tuple[AskedQuestion, ...]
