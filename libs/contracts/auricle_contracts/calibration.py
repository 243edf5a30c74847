"""Calibration: the same conversations judged blind by several reviewers, then compared with the expert and the model."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from auricle_contracts.contract import Contract
from auricle_contracts.conversations import Moment, Reference
from auricle_contracts.evaluations import AnswerValue
from auricle_contracts.vocabulary import AnswerState, CalibrationState, CriterionKind

MOST_CONVERSATIONS, MOST_REVIEWERS = 30, 12


class CalibrationIn(Contract):
    """A session: named conversations, or `sample` of those that were evaluated in the last 28 days, drawn by lot.

    `expert_id` is one of the reviewers, with whom everybody and the model are compared; without one, with what most reviewers say.
    """

    title: Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True)]
    conversation_ids: Annotated[tuple[Reference, ...], Field(max_length=MOST_CONVERSATIONS)] = ()
    sample: Annotated[int | None, Field(ge=1, le=MOST_CONVERSATIONS)] = None
    reviewer_ids: Annotated[tuple[Reference, ...], Field(min_length=2, max_length=MOST_REVIEWERS)]
    expert_id: Reference | None = None
    due_at: Moment

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if bool(self.conversation_ids) == (self.sample is not None):
            raise ValueError("a session has `conversation_ids` or a `sample`")
        if len(set(self.reviewer_ids)) < len(self.reviewer_ids):
            raise ValueError("each reviewer stands once")
        if self.expert_id is not None and self.expert_id not in self.reviewer_ids:
            raise ValueError("the expert is one of the reviewers")
        return self


class CalibrationAdditions(Contract):
    """What joins an open session: conversations that everybody judges, reviewers who judge all of it. Who is there already stays."""

    conversation_ids: Annotated[tuple[Reference, ...], Field(max_length=MOST_CONVERSATIONS)] = ()
    reviewer_ids: Annotated[tuple[Reference, ...], Field(max_length=MOST_REVIEWERS)] = ()

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self.conversation_ids and not self.reviewer_ids:
            raise ValueError("name `conversation_ids`, `reviewer_ids` or both")
        return self


class CalibrationReviewer(Contract):
    """Who takes part, and how many questions of the session they answered."""

    person_id: str
    name: str
    is_expert: bool
    answered: int


class Calibration(Contract):
    """A session; `questions` is how many each reviewer is asked over all conversations. Times are UTC."""

    id: str
    title: str
    state: CalibrationState
    conversations: int
    questions: int
    reviewers: tuple[CalibrationReviewer, ...]
    created_by_name: str
    created_at: datetime
    due_at: datetime
    closed_at: datetime | None


class BlindQuestion(Contract):
    """A judged criterion of a conversation with the caller's own answer, and with nobody else's: `state` is null before it."""

    criterion: str
    title: str
    kind: CriterionKind
    choices: tuple[str, ...]
    state: AnswerState | None
    value: AnswerValue


class BlindConversation(Contract):
    """What a reviewer judges: the transcript is read at GET /v1/conversations/{id}/transcript."""

    conversation_id: str
    questions: tuple[BlindQuestion, ...]


class CalibrationAnswerIn(Contract):
    """A reviewer's answer, which counts in the session only. `value` is given exactly when `state` is `answered`."""

    conversation_id: Reference
    criterion: Reference
    state: AnswerState = AnswerState.ANSWERED
    value: AnswerValue = None

    @model_validator(mode="after")
    def _value_fits_state(self) -> Self:
        if (self.state is AnswerState.ANSWERED) != (self.value is not None):
            raise ValueError("a value is given exactly when the state is `answered`")
        return self


class Agreement(Contract):
    """Krippendorff's alpha with its 95 % bootstrap interval over `n` conversations that at least two judged; 1 is full agreement, 0 chance.

    Null where it is not defined: nobody differs from anybody, or too few conversations.
    """

    alpha: float | None
    low: float | None
    high: float | None
    n: int


class ReviewerAgreement(Agreement):
    """One reviewer against the reference."""

    person_id: str
    name: str


class CriterionComparison(Contract):
    """`humans` is how far reviewers agree among themselves: the ceiling for `model`, which is the model against the reference.

    Scores and counts are compared by squared distance, of answered ones; choices and yes/no as names, where not applicable is one
    more; undetermined counts as no answer. `disputed`: conversations in which some reviewers say that it does not apply and others answer.
    """

    criterion: str
    title: str
    kind: CriterionKind
    humans: Agreement
    model: Agreement
    reviewers: tuple[ReviewerAgreement, ...]
    disputed: int


class GivenAnswer(Contract):
    """Who said what: a reviewer (`person_id`), or the model (null)."""

    person_id: str | None
    name: str | None
    state: AnswerState
    value: AnswerValue


class ComparedQuestion(Contract):
    """One question of one conversation: everybody's answers."""

    conversation_id: str
    criterion: str
    answers: tuple[GivenAnswer, ...]


class CalibrationComparison(Contract):
    """Of a closed session. `resamples` is the size of the bootstrap; `reference` says whether there was an expert."""

    reference: Annotated[
        str, Field(description="`expert`, or `reviewers`: what most of them say, of numbers the median.")
    ]
    resamples: int
    criteria: tuple[CriterionComparison, ...]
    questions: tuple[ComparedQuestion, ...]
