"""What people say about findings: accepted, rejected, graded; and those that they add where the model missed one."""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from auricle_contracts.contract import Contract
from auricle_contracts.conversations import Reference
from auricle_contracts.evaluations import Grade
from auricle_contracts.labels import Comment, LabelSource
from auricle_contracts.transcripts import Span
from auricle_contracts.vocabulary import FindingVerdict

AuthorName = Annotated[
    Reference | None, Field(description="A name to show beside the label; whose it is, the API key says.")
]


class FindingLabelIn(Contract):
    """A person's verdict on a finding. `grade`: 2 correct and well said, 1 doubtful, 0 wrong, which is exactly what is rejected."""

    verdict: FindingVerdict
    grade: Grade | None = None
    comment: Comment | None = None
    author: AuthorName = None
    source: LabelSource = "api"

    @model_validator(mode="after")
    def _grade_fits_verdict(self) -> Self:
        if self.grade is not None and (self.grade == 0) != (self.verdict is FindingVerdict.REJECT):
            raise ValueError("grade 0 (wrong) belongs to `reject`, grades 1 and 2 to `accept`")
        return self


class FindingLabel(Contract):
    """A verdict as it is kept, for good. `author` is the id of the API key or the person (`author_kind`), `author_name` what is shown.

    It judges the finding of this class and participant in the conversation's revision: evaluated again, the same words keep it.
    `superseded`: the same author has judged the same finding again since.
    """

    id: str
    conversation_id: str
    evaluation_id: str
    finding_id: str
    error_class: str
    participant: str | None
    verdict: FindingVerdict
    grade: Grade | None
    comment: str | None
    author: str
    author_kind: Literal["api_key", "person"]
    author_name: str | None = None
    superseded: bool = False
    source: LabelSource
    created_at: datetime


class FindingPlace(Contract):
    """Words of a turn, in code points of its text as GET …/transcript shows it to the caller; `text`, if given, must be those words."""

    turn: int
    span: Span
    text: Annotated[str, StringConstraints(max_length=20_000)] | None = None


class FindingIn(Contract):
    """An error that the model missed: a class of GET /v1/error-classes, and the words that show it, a place for each time.

    Without `comment` the class's own words stand; without `participant` it is the error of the agent who speaks there, else of the next
    one to speak.
    """

    error_class: Reference
    places: Annotated[tuple[FindingPlace, ...], Field(min_length=1, max_length=50)]
    comment: Comment | None = None
    participant: Reference | None = None
    author: AuthorName = None
    source: LabelSource = "api"
