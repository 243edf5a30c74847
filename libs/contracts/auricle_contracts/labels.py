"""What people say about an answer: contested on the page, or corrected in the sheet and brought back."""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from auricle_contracts.contract import Contract
from auricle_contracts.conversations import Reference
from auricle_contracts.evaluations import AnswerValue
from auricle_contracts.vocabulary import AnswerState, CriterionKind

LabelSource = Literal["sheet", "page", "api"]
Comment = Annotated[str, StringConstraints(max_length=4000)]


class LabelIn(Contract):
    """A person's answer to one criterion. `value` is given exactly when `state` is `answered`.

    `evaluation_id` names the evaluation whose answer is meant; without it, the conversation's current one.
    """

    conversation_id: Reference
    criterion: Reference
    state: AnswerState = AnswerState.ANSWERED
    value: AnswerValue = None
    comment: Comment | None = None
    evaluation_id: Reference | None = None
    author: Annotated[Reference | None, Field(description="Who judged; the API key's id where nobody is named.")] = None
    source: LabelSource = "api"

    @model_validator(mode="after")
    def _value_fits_state(self) -> Self:
        if (self.state is AnswerState.ANSWERED) != (self.value is not None):
            raise ValueError("a value is given exactly when the state is `answered`")
        return self


class Label(Contract):
    """A label as it is kept: one per answer and author. `old_state` and `old_value` are the answer that it judges."""

    id: str
    conversation_id: str
    evaluation_id: str
    criterion: str
    kind: CriterionKind
    state: AnswerState
    value: AnswerValue
    old_state: AnswerState
    old_value: AnswerValue
    comment: str | None
    author: str
    source: LabelSource
    created_at: datetime
    updated_at: datetime
