"""Detections: what looking for one error class in one conversation came to. Rules and prompts answer alike; findings are made of them."""

from typing import Self

from pydantic import model_validator

from auricle_contracts.contract import Contract
from auricle_contracts.evaluations import Quote
from auricle_contracts.transcripts import Confidence
from auricle_contracts.vocabulary import DetectionState, Layer

RULES_STEP = "rules"


class Detection(Contract):
    """One class looked for: found with its places, not found, never possible here, or not to be told.

    `version` is the pin of the class (`id@hash`); `step` the step of the flow that decided. `quotes` are the places, one for each time:
    of an error that is an absence, the words beside which something is missing. `participant` is whose error it is where the turns of
    the quotes do not say it. `detail` says what only the detector knows ("«Игонрь» вместо «Игорь»"): it goes into the comment.
    """

    error_class: str
    version: str
    state: DetectionState
    why: str | None = None
    quotes: tuple[Quote, ...] = ()
    confidence: Confidence | None = None
    participant: str | None = None
    detail: str | None = None
    source: Layer
    step: str = RULES_STEP

    @model_validator(mode="after")
    def _found_rests_on_quotes(self) -> Self:
        if (self.state is DetectionState.FOUND) != bool(self.quotes):
            raise ValueError("`quotes` belong to what is found, which has at least one")
        if self.state in (DetectionState.NO_OPPORTUNITY, DetectionState.UNDETERMINED) and self.why is None:
            raise ValueError("`why` says why a class was not possible here or not to be told")
        return self
