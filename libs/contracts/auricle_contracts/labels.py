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
    author: Annotated[
        Reference | None, Field(description="A name to show beside the label; whose it is, the API key says.")
    ] = None
    source: LabelSource = "api"

    @model_validator(mode="after")
    def _value_fits_state(self) -> Self:
        if (self.state is AnswerState.ANSWERED) != (self.value is not None):
            raise ValueError("a value is given exactly when the state is `answered`")
        return self


class Label(Contract):
    """A label as it is kept, for good: each verdict is one. `old_state` and `old_value` are the answer that it judges.

    `author` is the id of the API key or the person that gave it (`author_kind`; in labels from before 2026-12 it may be a name),
    `author_name` what is shown.
    `superseded`: the same author has judged the same answer again since.
    """

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
    author_kind: Literal["name", "api_key", "person"] = "api_key"
    author_name: str | None = None
    superseded: bool = False
    source: LabelSource
    created_at: datetime
    updated_at: datetime
