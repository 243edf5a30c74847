"""Values of the trainings' rows."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from auricle_contracts.artefacts import ArtefactState
from auricle_contracts.trainings import UNDER_WAY, TrainingCost, TrainingNumbers, TrainingState
from sqlalchemy import Row

from auricle_records.callers import Actor

SCHEDULE = Actor("schedule", "schedule")


@dataclass(frozen=True, slots=True)
class Training:
    """A row, with what its version is called: `artefact` is NAME@HASH. `labels` golden labels were there when it was asked for."""

    id: str
    state: TrainingState
    base: str
    numbers: TrainingNumbers
    labels: int
    actor: Actor
    created_at: datetime
    launched_at: datetime | None
    reported_at: datetime | None
    ended_at: datetime | None
    attempts: int
    key_id: str | None
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

    @property
    def is_under_way(self) -> bool:
        """Whether its job has something to do."""
        return self.state in UNDER_WAY


def training_of(row: Row[Any]) -> Training:
    """From a row of `requests.SHOWN`."""
    return Training(
        row.id, TrainingState(row.state), row.base, TrainingNumbers.model_validate(row.numbers), row.labels,
        Actor(row.asked_kind, row.asked_by, row.asked_by_name), row.created_at, row.launched_at, row.reported_at, row.ended_at,
        row.attempts, row.key_id, row.data, row.examples, row.step, row.steps, row.loss, row.seconds,
        TrainingCost.model_validate(row.cost) if row.cost else None, row.artefact_id,
        f"{row.name}@{row.hash}" if row.name else None, ArtefactState(row.artefact_state) if row.artefact_state else None,
        row.verdict, row.error, row.detail,
    )  # fmt: skip
