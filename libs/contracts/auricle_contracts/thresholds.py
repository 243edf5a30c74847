"""Thresholds of confidence below which a model's answer goes to a person, as a scorecard carries them."""

from collections.abc import Collection
from enum import StrEnum
from typing import Annotated

from pydantic import Field

from auricle_contracts.contract import Contract
from auricle_contracts.conversations import Reference
from auricle_contracts.golden import GoldenKind, GoldenState
from auricle_contracts.judges import MeasuredShare, ModelIdentity, Share


class ThresholdState(StrEnum):
    """`held`: from `at_least` on the risk is kept. `unreachable`: at no confidence. `too_few`: too few answers to calibrate."""

    HELD = "held"
    UNREACHABLE = "unreachable"
    TOO_FEW = "too_few"


class Threshold(Contract):
    """Of what is said (`said`) of a class or criterion. `version`: the class that was asked about, by its pin.

    `n` held-out answers; of them `kept` are at `at_least` or above, `wrong` of the kept ones are wrong, and `risk_high` is the upper
    bound of that share. `kept` and `coverage` are of nothing where no threshold is held.
    """

    kind: GoldenKind
    subject: Reference
    said: GoldenState
    version: Reference | None = None
    state: ThresholdState
    at_least: Share | None = None
    n: Annotated[int, Field(ge=0)]
    kept: Annotated[int, Field(ge=0)] = 0
    wrong: Annotated[int, Field(ge=0)] = 0
    risk_high: Share | None = None
    coverage: MeasuredShare | None = None


class Thresholds(Contract):
    """For one model, the prompts that it was asked with (by pins), and confidences that were calibrated or not.

    Of the answers that are kept at most a share of `risk` is wrong, with the probability 1 - `delta` for each threshold.
    """

    model: ModelIdentity
    prompts: Annotated[tuple[Reference, ...], Field(max_length=100)]
    calibrated: bool
    risk: Share
    delta: Share
    of: Annotated[tuple[Threshold, ...], Field(max_length=500)]

    def hold_for(self, model: ModelIdentity, prompts: Collection[str], *, calibrated: bool) -> bool:
        """Whether they were made for this model, asked with these prompts."""
        return self.model.is_same(model) and set(prompts) <= set(self.prompts) and self.calibrated is calibrated

    def believe(
        self, kind: GoldenKind, subject: str, said: GoldenState, confidence: float | None, version: str | None = None
    ) -> bool:
        """Whether the answer stands. Where there were too few to calibrate, or the class is another by now, nothing speaks against it."""
        one = next((one for one in self.of if (one.kind, one.subject, one.said) == (kind, subject, said)), None)
        if one is None or one.state is ThresholdState.TOO_FEW or one.version != version:
            return True
        return one.at_least is not None and confidence is not None and confidence >= one.at_least
