"""Trainings: an adapter that somebody or a schedule asked for, trained on golden items, gated, and proposed to a person."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from auricle_contracts.artefacts import ArtefactState
from auricle_contracts.contract import Contract
from auricle_contracts.conversations import Reference
from auricle_contracts.problems import Code

TAUGHT = {"evaluate": ("politeness", "objection_handling", "sale_chance", "stage"), "intent": ("intent",)}
"""The criteria of each prompt that training teaches: an example has an answer to every one of its prompt."""
MAY_BE_NULL = ("objection_handling", "sale_chance", "stage")
"""Criteria that have no occasion in some conversations."""
Text = Annotated[str, StringConstraints(max_length=1000, strip_whitespace=True)]
Why = Annotated[str, StringConstraints(min_length=3, max_length=1000, strip_whitespace=True)]
Hash = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{8,64}$")]


class TrainingState(StrEnum):
    """asked ─► preparing ─► running ─► gated ─► proposed; refused by its gate, or by a person once it was proposed; failed; stopped."""

    ASKED = "asked"
    PREPARING = "preparing"
    RUNNING = "running"
    GATED = "gated"
    PROPOSED = "proposed"
    REFUSED = "refused"
    FAILED = "failed"
    STOPPED = "stopped"


UNDER_WAY = frozenset({TrainingState.ASKED, TrainingState.PREPARING, TrainingState.RUNNING, TrainingState.GATED})
"""One at a time in a workspace."""
FOLLOWING = {
    TrainingState.ASKED: frozenset({TrainingState.PREPARING}),
    TrainingState.PREPARING: frozenset({TrainingState.RUNNING}),
    TrainingState.RUNNING: frozenset({TrainingState.GATED}),
    TrainingState.GATED: frozenset({TrainingState.PROPOSED, TrainingState.REFUSED}),
}
"""What a training's own job may report next, beside the state itself and `failed`."""


class TrainingSchedule(StrEnum):
    """off, every week on a day and hour (UTC), or once so many labels are new."""

    OFF = "off"
    WEEKLY = "weekly"
    LABELS = "labels"


class TrainingNumbers(Contract):
    """How it is trained. `most`: so many conversations, 0 is all. `gate_runs`: how often each golden item is judged by the gate."""

    rank: Annotated[int, Field(ge=1, le=256)] = 16
    passes: Annotated[float, Field(gt=0, le=50)] = 2.0
    batch_tokens: Annotated[int, Field(ge=256, le=1_048_576)] = 4096
    rate: Annotated[float, Field(gt=0, le=0.1)] = 3e-4
    whole_share: Annotated[float, Field(ge=0, le=1)] = 0.3
    most: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    four_bit: bool = False
    gate_runs: Annotated[int, Field(ge=1, le=50)] = 3


class TrainingIn(Contract):
    """`base` is a name of /v1/training-settings; null: the workspace's own choice."""

    base: Reference | None = None
    numbers: TrainingNumbers = TrainingNumbers()


class TrainingRefusal(Contract):
    """Why a proposal is refused."""

    reason: Why


class TrainingSettings(Contract):
    """`base` null: nobody chose one. `weekday` 0 is Monday; `hour` is UTC. `fewest` examples are needed; a run of more than `most_hours`
    hours is ended.
    """

    base: Reference | None = None
    schedule: TrainingSchedule = TrainingSchedule.OFF
    weekday: Annotated[int, Field(ge=0, le=6)] = 5
    hour: Annotated[int, Field(ge=0, le=23)] = 1
    new_labels: Annotated[int, Field(ge=1, le=1_000_000)] = 500
    fewest: Annotated[int, Field(ge=1, le=1_000_000)] = 100
    most_hours: Annotated[int, Field(ge=1, le=240)] = 12

    @model_validator(mode="after")
    def _schedule_has_a_base(self) -> Self:
        if self.schedule is not TrainingSchedule.OFF and self.base is None:
            raise ValueError("a schedule needs a base")
        return self


class TrainingBaseView(Contract):
    """A base that may be asked for; `parameters` of the whole model."""

    name: str
    title: str
    licence: str
    parameters: int
    four_bit: bool


class TrainingSettingsView(TrainingSettings):
    """`starts` false: this installation starts no trainings (its `AURICLE_TRAINING_DRIVER` is off)."""

    bases: tuple[TrainingBaseView, ...]
    starts: bool
    chosen_by: str | None
    chosen_at: datetime | None


class TrainingEstimate(Contract):
    """What a training would take. `dialogues` of the training split, of which `examples` teach a prompt; `fewest` are needed. `memory` in
    bytes, by the base's shape. `seconds` null: no training of this base was finished here yet; the job measures its machine first and says.
    """

    base: str
    consent: bool
    dialogues: int
    examples: int
    fewest: int
    enough: bool
    memory: int
    seconds: float | None
    measured: int


class TrainingCost(Contract):
    """What the job found before it trained: bytes needed and free on its machine, seconds."""

    memory: Annotated[int, Field(ge=0)]
    available: Annotated[int, Field(ge=0)]
    seconds: Annotated[float, Field(ge=0)]


class TrainingProgress(Contract):
    """What a training's job reports. Left out: nothing new. `error` is a stable code, of `failed` only."""

    state: TrainingState
    step: Annotated[int, Field(ge=0)] | None = None
    steps: Annotated[int, Field(ge=1)] | None = None
    loss: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None
    seconds: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None
    data: Hash | None = None
    examples: Annotated[int, Field(ge=0)] | None = None
    cost: TrainingCost | None = None
    artefact_id: Annotated[str, StringConstraints(max_length=64)] | None = None
    verdict: Literal["passed", "refused", "too_few"] | None = None
    error: Code | None = None
    detail: Text | None = None

    @model_validator(mode="after")
    def _fits_state(self) -> Self:
        if (self.state is TrainingState.FAILED) != (self.error is not None):
            raise ValueError("`error` is given exactly when the state is `failed`")
        if self.state is TrainingState.STOPPED:
            raise ValueError("a person stops a training: DELETE /v1/trainings/{id}")
        return self


class TrainingStep(Contract):
    """A state and when it came; `by` is a person's or key's name, null of the job itself."""

    state: TrainingState
    at: datetime
    by: str | None
    detail: str | None


class TrainingView(Contract):
    """A training as lists show it. `artefact_state` `live`: somebody promoted what it made."""

    id: str
    state: TrainingState
    base: str
    numbers: TrainingNumbers
    asked_kind: Literal["api_key", "person", "schedule"]
    asked_by_name: str | None
    created_at: datetime
    launched_at: datetime | None
    reported_at: datetime | None
    ended_at: datetime | None
    attempts: int
    data: str | None
    examples: int | None
    step: int | None
    steps: int | None
    loss: float | None
    seconds: float | None
    cost: TrainingCost | None
    artefact_id: str | None
    artefact: str | None
    artefact_state: ArtefactState | None
    verdict: str | None
    error: str | None
    detail: str | None


class TrainingList(Contract):
    """Newest first (50 at most)."""

    items: tuple[TrainingView, ...]


class TrainingReport(TrainingView):
    """With its history, and the figures that are kept beside the version: of training, of its gate, of a comparison where one was made."""

    history: tuple[TrainingStep, ...]
    figures: dict[str, Any]
