"""Coaching: a task for an agent from an answer or a finding, what came of it on later conversations, and good examples."""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from auricle_contracts.contract import Contract
from auricle_contracts.conversations import Moment, Reference
from auricle_contracts.evaluations import Quote
from auricle_contracts.finding_labels import FindingPlace
from auricle_contracts.vocabulary import CoachingState

Words = Annotated[str, StringConstraints(min_length=1, max_length=4000, strip_whitespace=True)]


class CoachingTaskIn(Contract):
    """What one agent is to do, from an answer (`criterion`) or a finding (`finding_id`) of the conversation's current evaluation.

    `person_id` is an agent of the conversation. The first quote of the answer or finding goes along.
    """

    person_id: Reference
    conversation_id: Reference
    criterion: Reference | None = None
    finding_id: Reference | None = None
    text: Words
    due_at: Moment

    @model_validator(mode="after")
    def _about_one_thing(self) -> Self:
        if (self.criterion is None) == (self.finding_id is None):
            raise ValueError("a task is about a `criterion` or a `finding_id`")
        return self


class CoachingTask(Contract):
    """A task as it stands. `due_at` passed and not done: it is overdue. Times are UTC."""

    id: str
    person_id: str
    person_name: str
    conversation_id: str
    evaluation_id: str
    criterion: str | None
    finding_id: str | None
    error_class: str | None
    quote: Quote | None
    text: str
    state: CoachingState
    due_at: datetime
    assigned_by: str
    assigned_by_name: str
    assigned_at: datetime
    acknowledged_at: datetime | None
    done_at: datetime | None


class EffectSide(Contract):
    """Of `n` conversations: the mean of a criterion, or the per cent of them with a finding of a class, and its 95 % interval.

    The interval is Student's for a mean (null below two values), Wilson's for a share (null without a conversation).
    """

    n: int
    value: float | None
    low: float | None
    high: float | None


class CoachingEffect(Contract):
    """The same criterion or class on the agent's conversations `window_days` before the task, and up to as many after it was read.

    `change` is after minus before, with the 95 % interval that both sides' intervals make (Newcombe's). `is_enough`: ten conversations
    or more on each side; with fewer it says nothing. A change is no proof of its cause: other things changed too.
    """

    unit: Literal["points", "per_cent"]
    window_days: int
    before: EffectSide
    after: EffectSide
    change: float | None
    change_low: float | None
    change_high: float | None
    is_enough: bool


class GoodExampleIn(Contract):
    """Words of a conversation that show how it is done well: of its answer to `criterion` the first quote, or those of `place`."""

    conversation_id: Reference
    criterion: Reference
    place: FindingPlace | None = None
    note: Annotated[str, StringConstraints(max_length=500, strip_whitespace=True)] = Field(default="")


class GoodExample(Contract):
    """The words without personal data, as everybody of the workspace reads them; whose they are and from where is not told."""

    id: str
    criterion: str
    text: str
    note: str
    added_by_name: str
    created_at: datetime
