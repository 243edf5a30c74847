"""From the probability of the answer's tokens to how often such answers are right, as people's labels showed it.

A curve for each criterion, made by `python -m auricle_trainer.judge calibrate` for one model and the prompts that it was asked with.
For another model or another prompt there is no curve, and none is borrowed.
"""

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Self

from auricle_contracts.contract import Contract
from pydantic import Field, model_validator

from auricle_judging.prompting import ModelAnswer, PromptReply

Probability = Annotated[float, Field(ge=0, le=1)]
Knot = tuple[Probability, Probability]


class Curve(Contract):
    """Token probability → share of right answers; rising, straight between its knots, flat beyond them. `n` labelled answers made it."""

    knots: Annotated[tuple[Knot, ...], Field(min_length=1)]
    n: Annotated[int, Field(ge=1)]

    @model_validator(mode="after")
    def _rising(self) -> Self:
        if list(self.knots) != sorted(self.knots) or [knot[1] for knot in self.knots] != sorted(
            y for _, y in self.knots
        ):
            raise ValueError("the knots of a curve rise")
        return self

    def at(self, probability: float) -> float:
        """The share of right answers at this probability."""
        places = [place for place, _ in self.knots]
        after = bisect_left(places, probability)
        if after == 0:
            return self.knots[0][1]
        if after == len(places):
            return self.knots[-1][1]
        (left, low), (right, high) = self.knots[after - 1], self.knots[after]
        return low + (high - low) * (probability - left) / (right - left)


class Calibration(Contract):
    """Curves by criterion, for one model as its server calls it, demo weights or real ones, and for prompts by their pins."""

    model: str
    demo_weights: bool
    prompts: tuple[str, ...]
    curves: Mapping[str, Curve]

    @classmethod
    def read(cls, path: Path) -> "Calibration":
        """Raises OSError and pydantic's ValidationError."""
        return cls.model_validate_json(path.read_bytes())

    def holds_for(self, model: str, demo_weights: bool, prompts: tuple[str, ...]) -> bool:
        """Whether it was made for this model, asked with these prompts. Demo weights and real ones may be served under one name."""
        return (model, demo_weights) == (self.model, self.demo_weights) and set(prompts) <= set(self.prompts)

    def of_reply(self, reply: PromptReply) -> PromptReply:
        """The reply with calibrated confidences; criteria without a curve keep theirs."""
        return replace(reply, answers={name: self._of(name, answer) for name, answer in reply.answers.items()})

    def _of(self, criterion: str, answer: ModelAnswer) -> ModelAnswer:
        curve = self.curves.get(criterion)
        if curve is None or answer.confidence is None:
            return answer
        return replace(answer, confidence=round(curve.at(answer.confidence), 4))
