"""Predictions: what one run of a bundle over one golden dialogue came to, a line of JSONL between who runs and who grades."""

from enum import StrEnum
from typing import Annotated

from auricle_contracts import AnswerState, Contract, CriterionKind, DetectionState, Evaluation
from auricle_contracts.evaluations import AnswerValue
from auricle_contracts.golden import GoldenKind
from pydantic import Field


class PredictedState(StrEnum):
    """As a golden label's states, and what nobody could tell."""

    FOUND = "found"
    NOT_FOUND = "not_found"
    ANSWERED = "answered"
    NOT_APPLICABLE = "not_applicable"
    UNDETERMINED = "undetermined"


class PredictedOutcome(Contract):
    """Of one error class or criterion. `turns`: where it shows, from 1; `scale`: how a criterion's value is measured."""

    kind: GoldenKind
    subject: str
    state: PredictedState
    value: AnswerValue = None
    scale: CriterionKind | None = None
    turns: tuple[int, ...] = ()
    why: str | None = None


class Prediction(Contract):
    """All outcomes of one run (from 0) over the dialogue `item` (its place in the file, from 0)."""

    item: Annotated[int, Field(ge=0)]
    run: Annotated[int, Field(ge=0)]
    outcomes: tuple[PredictedOutcome, ...]


_OF_CLASS = {
    DetectionState.FOUND: PredictedState.FOUND,
    DetectionState.NOT_FOUND: PredictedState.NOT_FOUND,
    DetectionState.NO_OPPORTUNITY: PredictedState.NOT_FOUND,
    DetectionState.UNDETERMINED: PredictedState.UNDETERMINED,
}
_OF_ANSWER = {
    AnswerState.ANSWERED: PredictedState.ANSWERED,
    AnswerState.NOT_APPLICABLE: PredictedState.NOT_APPLICABLE,
    AnswerState.UNDETERMINED: PredictedState.UNDETERMINED,
}


def prediction_of(item: int, run: int, evaluation: Evaluation) -> Prediction:
    """The first answer of each criterion, and what each class came to with the turns of its findings."""
    classes = [
        PredictedOutcome(
            kind=GoldenKind.ERROR_CLASS,
            subject=one.error_class,
            state=_OF_CLASS[one.state],
            turns=_turns(evaluation, one.error_class),
            why=one.why,
        )
        for one in evaluation.outcomes
    ]
    answers: dict[str, PredictedOutcome] = {}
    for answer in evaluation.answers:
        answers.setdefault(
            answer.criterion,
            PredictedOutcome(
                kind=GoldenKind.CRITERION,
                subject=answer.criterion,
                state=_OF_ANSWER[answer.state],
                value=answer.value,
                scale=answer.kind,
                why=answer.why,
            ),
        )
    return Prediction(item=item, run=run, outcomes=(*classes, *answers.values()))


def _turns(evaluation: Evaluation, error_class: str) -> tuple[int, ...]:
    found = (one for one in evaluation.findings if one.error_class == error_class)
    return tuple(sorted({quote.turn for one in found for quote in one.quotes}))
