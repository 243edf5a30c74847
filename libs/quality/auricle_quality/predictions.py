"""Predictions: what one run of a bundle over one golden dialogue came to, a line of JSONL between who runs and who grades."""

from enum import StrEnum
from typing import Annotated

from auricle_contracts import Answer, AnswerState, Contract, CriterionKind, DetectionState, Evaluation
from auricle_contracts.evaluations import AnswerValue, ClassOutcome
from auricle_contracts.gate_traces import ModelCall
from auricle_contracts.golden import GoldenKind
from auricle_contracts.judges import ModelIdentity
from auricle_contracts.transcripts import Confidence
from pydantic import Field


class PredictedState(StrEnum):
    """As a golden label's states, and what nobody could tell."""

    FOUND = "found"
    NOT_FOUND = "not_found"
    ANSWERED = "answered"
    NOT_APPLICABLE = "not_applicable"
    UNDETERMINED = "undetermined"


class PredictedOutcome(Contract):
    """Of one error class or criterion. `turns`: where it shows, from 1; `scale`: how a criterion's value is measured.

    `words` show it, `comment` is what the agent reads of it (of a criterion the reasoning); `confidence` as the evaluation has it.
    """

    kind: GoldenKind
    subject: str
    state: PredictedState
    value: AnswerValue = None
    scale: CriterionKind | None = None
    turns: tuple[int, ...] = ()
    why: str | None = None
    words: tuple[str, ...] = ()
    comment: str | None = None
    confidence: Confidence | None = None


class Prediction(Contract):
    """All outcomes of one run (from 0) over the dialogue `item` (its place in the file, from 0); `model`: who was asked.

    `calibrated`: confidences of criteria are those that labels bear out. `calls`: what was asked, where that was asked for.
    """

    item: Annotated[int, Field(ge=0)]
    run: Annotated[int, Field(ge=0)]
    outcomes: tuple[PredictedOutcome, ...]
    model: ModelIdentity | None = None
    calibrated: bool = False
    calls: tuple[ModelCall, ...] = ()


UNCALIBRATED = "confidence_uncalibrated"
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


def prediction_of(item: int, run: int, evaluation: Evaluation, model: ModelIdentity | None = None) -> Prediction:
    """The first answer of each criterion, and what each class came to with the turns and words of its findings."""
    classes = [_of_class(one, evaluation) for one in evaluation.outcomes]
    answers: dict[str, PredictedOutcome] = {}
    for answer in evaluation.answers:
        answers.setdefault(answer.criterion, _of_answer(answer))
    return Prediction(
        item=item,
        run=run,
        outcomes=(*classes, *answers.values()),
        model=model,
        calibrated=UNCALIBRATED not in evaluation.flags,
    )


def _of_class(one: ClassOutcome, evaluation: Evaluation) -> PredictedOutcome:
    found = [finding for finding in evaluation.findings if finding.error_class == one.error_class]
    quotes = [quote for finding in found for quote in finding.quotes]
    return PredictedOutcome(
        kind=GoldenKind.ERROR_CLASS,
        subject=one.error_class,
        state=_OF_CLASS[one.state],
        turns=tuple(sorted({quote.turn for quote in quotes})),
        why=one.why,
        words=tuple(dict.fromkeys(quote.text for quote in quotes)),
        comment=found[0].comment or None if found else None,
        confidence=one.confidence,
    )


def _of_answer(answer: Answer) -> PredictedOutcome:
    return PredictedOutcome(
        kind=GoldenKind.CRITERION,
        subject=answer.criterion,
        state=_OF_ANSWER[answer.state],
        value=answer.value,
        scale=answer.kind,
        why=answer.why,
        words=tuple(dict.fromkeys(quote.text for quote in answer.quotes)),
        comment=answer.reasoning,
        confidence=answer.confidence,
    )
