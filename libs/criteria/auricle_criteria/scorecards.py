"""A scorecard: the list of questions that a report answers, and who answers each."""

from typing import Annotated, Literal, Self

from auricle_contracts import CriterionKind, Layer
from auricle_contracts.contract import Contract
from pydantic import Field, model_validator

from auricle_criteria.artefact import Artefact, Name, Title

_ANSWERED_BY = {Layer.MODEL: "prompt", Layer.RULE: "rule", Layer.METADATA: "metadata"}


class Criterion(Contract):
    """One question. Exactly one of `prompt`, `rule`, `metadata` says where the answer comes from, and agrees with `layer`.

    `needs_role`: it is about the agent, so it is undetermined where nobody knows who speaks.
    `needs_occasion`: without an occasion it is not applicable, never "no".
    `protect`: what compression must leave uncut. `min_confidence`: below it (0-1) a person has to look.
    `across`: how the answers of several windows of one long conversation become one (`last` is where a sale ends up).
    """

    id: Name
    title: Title
    layer: Layer
    kind: CriterionKind
    prompt: Name | None = None
    rule: Name | None = None
    metadata: Name | None = None
    choices: tuple[str, ...] = ()
    needs_role: bool = False
    needs_occasion: bool = False
    protect: tuple[Name, ...] = ()
    min_confidence: Annotated[float, Field(ge=0, le=1)] = 0.0
    across: Literal["last", "mean"] = "last"

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        given = [name for name in _ANSWERED_BY.values() if getattr(self, name) is not None]
        wanted = _ANSWERED_BY[self.layer]
        if given != [wanted]:
            raise ValueError(f"a criterion of the layer {self.layer} needs `{wanted}` and nothing else; got {given}")
        return self

    @model_validator(mode="after")
    def _choices_fit_kind(self) -> Self:
        if (self.kind is CriterionKind.CHOICE) != bool(self.choices):
            raise ValueError("`choices` belongs to the kind `choice`, and only to it")
        if self.across == "mean" and self.kind is not CriterionKind.SCORE:
            raise ValueError("only scores have a mean")
        return self


class Scorecard(Artefact):
    """Criteria in the order of the report."""

    title: Title
    criteria: Annotated[tuple[Criterion, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _ids_once(self) -> Self:
        ids = [criterion.id for criterion in self.criteria]
        twice = sorted({name for name in ids if ids.count(name) > 1})
        if twice:
            raise ValueError(f"criteria with the same id: {', '.join(twice)}")
        return self

    def of_layer(self, layer: Layer) -> tuple[Criterion, ...]:
        """The criteria that this layer answers."""
        return tuple(criterion for criterion in self.criteria if criterion.layer is layer)

    @property
    def choices(self) -> dict[str, tuple[str, ...]]:
        """What may be chosen, by criterion."""
        return {criterion.id: criterion.choices for criterion in self.criteria if criterion.choices}

    @property
    def protect(self) -> tuple[str, ...]:
        """Everything that some criterion needs uncut, sorted."""
        return tuple(sorted({name for criterion in self.criteria for name in criterion.protect}))
