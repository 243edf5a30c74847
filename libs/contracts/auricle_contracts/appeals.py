"""Appeals: an agent contests an answer or a finding of an own conversation; somebody else decides, and what was wrong is put right."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from auricle_contracts.artefacts import ArtefactKind
from auricle_contracts.contract import Contract
from auricle_contracts.conversations import Reference
from auricle_contracts.evaluations import AnswerValue, Quote
from auricle_contracts.finding_labels import FindingPlace
from auricle_contracts.vocabulary import AnswerState, AppealState, AppealVerdict

Words = Annotated[str, StringConstraints(min_length=1, max_length=4000, strip_whitespace=True)]
Days = Annotated[int, Field(ge=1, le=365)]


class AppealIn(Contract):
    """Why an answer (`criterion`) or a finding (`finding_id`) of the current evaluation is wrong; `place`: words that show it."""

    criterion: Reference | None = None
    finding_id: Reference | None = None
    text: Words
    place: FindingPlace | None = None

    @model_validator(mode="after")
    def _about_one_thing(self) -> Self:
        if (self.criterion is None) == (self.finding_id is None):
            raise ValueError("an appeal is about a `criterion` or a `finding_id`")
        return self


class AppealDecisionIn(Contract):
    """How an appeal ends. What was contested is changed by it, under the name of who decides.

    Of a finding: `accepted` rejects it, `partly` grades it doubtful, `rejected` confirms it. Of an answer: `accepted` and `partly` say
    what the answer is (`state`, `value`), `rejected` confirms what counts already.
    """

    verdict: AppealVerdict
    reason: Words
    state: AnswerState | None = None
    value: AnswerValue = None

    @model_validator(mode="after")
    def _value_fits_state(self) -> Self:
        if (self.state is AnswerState.ANSWERED) != (self.value is not None):
            raise ValueError("a value is given exactly when the state is `answered`")
        if self.verdict is AppealVerdict.REJECTED and self.state is not None:
            raise ValueError("an appeal that is rejected changes no answer")
        return self


class AppealOwnerIn(Contract):
    """Who is to decide it; null puts it back to everybody."""

    person_id: Reference | None


class AppealSettings(Contract):
    """For how many days after an evaluation it can be contested, and within how many an appeal is to be decided."""

    window_days: Days = 14
    answer_days: Days = 5


class AppealChange(Contract):
    """A version of the registry that was made live because of an appeal. `taken_back_at`: it judges no more since then."""

    artefact_id: str
    kind: ArtefactKind
    name: str
    version: int
    hash: str
    promoted_at: datetime
    replaced_id: str | None
    taken_back_at: datetime | None


class Appeal(Contract):
    """An appeal as it stands. `due_at` passed and still open: it is overdue. `changes`: what it led to. Times are UTC."""

    id: str
    conversation_id: str
    evaluation_id: str
    criterion: str | None
    finding_id: str | None
    error_class: str | None
    participant: str | None
    text: str
    quote: Quote | None
    state: AppealState
    opened_by: str
    opened_by_name: str
    opened_at: datetime
    due_at: datetime
    owner: str | None
    owner_name: str | None
    reason: str | None
    decided_by: str | None
    decided_by_name: str | None
    decided_at: datetime | None
    changes: tuple[AppealChange, ...] = ()
