"""Golden items: adjudicated, masked copies of dialogues with what is right about them; one shape for API, import and export."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from auricle_contracts.contract import Contract
from auricle_contracts.conversations import MAX_TURN_CHARS, MAX_TURNS, Moment, Reference
from auricle_contracts.evaluations import AnswerValue, Grade
from auricle_contracts.languages import Language
from auricle_contracts.transcripts import Transcript, Turn
from auricle_contracts.vocabulary import Channel, DetectionState, Role

GoldenWords = Annotated[str, StringConstraints(max_length=4000)]


class GoldenSplit(StrEnum):
    """What an item may be used for: training sees no agents and weeks of the other two; `test` decides, and nothing is tuned on it."""

    TRAIN = "train"
    DEVELOPMENT = "development"
    TEST = "test"


class GoldenKind(StrEnum):
    """What a label is about."""

    ERROR_CLASS = "error_class"
    CRITERION = "criterion"


class GoldenState(StrEnum):
    """What is right: an error that is there or is not, an answer with its value, or no occasion for one."""

    FOUND = "found"
    NOT_FOUND = "not_found"
    ANSWERED = "answered"
    NOT_APPLICABLE = "not_applicable"


class GoldenStatus(StrEnum):
    """proposed ─► golden ─► withdrawn: only `golden` counts. The same author's newer verdict withdraws the older one."""

    PROPOSED = "proposed"
    GOLDEN = "golden"
    WITHDRAWN = "withdrawn"


class GoldenSource(StrEnum):
    """Where a label comes from."""

    REVIEW = "review"
    APPEAL = "appeal"
    IMPORT = "import"


class GoldenTurn(Contract):
    """One utterance; turns are counted from 1 in their order. Times are ms from the start."""

    role: Role
    text: Annotated[str, StringConstraints(max_length=MAX_TURN_CHARS)]
    participant: Annotated[str, StringConstraints(min_length=1, max_length=64)] | None = None
    start_ms: Annotated[int, Field(ge=0)] | None = None
    end_ms: Annotated[int, Field(ge=0)] | None = None


class GoldenPlace(Contract):
    """Words that show it: the turn's number from 1, and the words as they stand there."""

    turn: Annotated[int, Field(ge=1)]
    text: GoldenWords


class GoldenLabel(Contract):
    """What is right about one error class or criterion. `grade`: of what was said of it: 2 right and well said, 1 doubtful, 0 wrong."""

    kind: GoldenKind
    subject: Reference
    state: GoldenState
    value: AnswerValue = None
    places: Annotated[tuple[GoldenPlace, ...], Field(max_length=50)] = ()
    comment: GoldenWords | None = None
    grade: Grade | None = None
    decided_by: Reference | None = None

    @model_validator(mode="after")
    def _state_fits_kind(self) -> Self:
        of_class = self.state in (GoldenState.FOUND, GoldenState.NOT_FOUND)
        if of_class != (self.kind is GoldenKind.ERROR_CLASS):
            raise ValueError("an error class is `found` or `not_found`, a criterion is `answered` or `not_applicable`")
        if (self.state is GoldenState.ANSWERED) != (self.value is not None):
            raise ValueError("a value is given exactly when the state is `answered`")
        if self.places and self.state in (GoldenState.NOT_FOUND, GoldenState.NOT_APPLICABLE):
            raise ValueError("what is not there has no places")
        return self


class GoldenDialogue(Contract):
    """A dialogue with its labels: a line of the JSONL that is imported and exported.

    `agent` decides the split together with `started_at`, and is kept as a pseudonym only. `id` and `split` are told by an export; an import
    ignores them and assigns its own. `reference` is the caller's own name of the dialogue.
    """

    id: Reference | None = None
    reference: Reference | None = None
    channel: Channel
    language: Language | None = None
    agent: Reference | None = None
    started_at: Moment | None = None
    split: GoldenSplit | None = None
    turns: Annotated[tuple[GoldenTurn, ...], Field(min_length=1, max_length=MAX_TURNS)]
    labels: Annotated[tuple[GoldenLabel, ...], Field(max_length=500)] = ()

    @model_validator(mode="after")
    def _places_are_there(self) -> Self:
        if any(place.turn > len(self.turns) for label in self.labels for place in label.places):
            raise ValueError("a label names a turn that is not there")
        return self

    def transcript(self, conversation_id: str) -> Transcript:
        """The turns as every step of the product reads them; who spoke is known."""
        turns = tuple(
            Turn(
                id=number, participant=one.participant or one.role.value, role=one.role, text=one.text,
                start_ms=one.start_ms, end_ms=one.end_ms,
            )
            for number, one in enumerate(self.turns, 1)
        )  # fmt: skip
        return Transcript(conversation_id=conversation_id, language=self.language, turns=turns)


class GoldenCase(Contract):
    """What people decided of one class in one golden dialogue, and where: a case that a question may show."""

    item_id: str
    error_class: str
    state: DetectionState
    turns: tuple[GoldenTurn, ...]
    places: tuple[GoldenPlace, ...]


MOST_CASE_CHARS = 20_000
"""Of a conversation, from its beginning: what decides which cases are near."""


class GoldenCasesAsked(Contract):
    """Which cases a question about a dialogue may show: of these classes, near to these `words`, of each at most so many on either side."""

    error_classes: Annotated[tuple[Reference, ...], Field(min_length=1, max_length=500)]
    words: Annotated[str, StringConstraints(max_length=MOST_CASE_CHARS)]
    language: Language | None = None
    most: Annotated[int, Field(ge=1, le=5)]


class GoldenCasesFound(Contract):
    """The nearest first."""

    items: tuple[GoldenCase, ...]


class GoldenSettings(Contract):
    """Whether the workspace consents to masked copies of dialogues apart from retention: without it nothing is added or proposed.

    `quota` is how many labels of a class and channel are wanted, with the error and without it each. `gate_required`: a version becomes
    live only once it passed its gate (`auricle gate`) beside what is live.
    """

    consent: bool = False
    quota: Annotated[int, Field(ge=1, le=100_000)] = 300
    gate_required: bool = False


class StoredGoldenLabel(GoldenLabel):
    """A label as it is kept: how far it is, and who said so. `settled_by` accepted or withdrew it."""

    id: str
    status: GoldenStatus
    source: GoldenSource
    decided_at: datetime
    settled_by: str | None = None
    settled_at: datetime | None = None


class GoldenItem(Contract):
    """A golden dialogue as it is kept. `conversation_id` is null for an imported one, or names a conversation that may be gone by now.

    `contested` names subjects whose golden labels contradict each other: they count nowhere until somebody withdraws one.
    """

    id: str
    split: GoldenSplit
    conversation_id: str | None
    dialogue: GoldenDialogue
    labels: tuple[StoredGoldenLabel, ...]
    contested: tuple[str, ...]
    added_by: str
    created_at: datetime
