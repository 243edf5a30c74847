"""A scorecard: the list of questions that a report answers, and who answers each."""

from typing import Annotated, Literal, Self

from auricle_contracts import CriterionKind, Layer
from auricle_contracts.contract import Contract
from auricle_contracts.thresholds import Thresholds
from pydantic import Field, model_validator

from auricle_criteria.artefact import Artefact, Name, Title
from auricle_criteria.checklist import Checklist, Section

_ANSWERED_BY = {Layer.MODEL: "prompt", Layer.RULE: "rule", Layer.METADATA: "metadata"}


class Criterion(Contract):
    """One question. Exactly one of `prompt`, `rule`, `metadata` says where the answer comes from, and agrees with `layer`.

    `needs_role`: it is about the agent, so it is undetermined where nobody knows who speaks.
    `needs_occasion`: without an occasion it is not applicable, never "no".
    `protect`: what compression must leave uncut.
    `min_confidence`: calibrated probability (0-1) below which a model's answer goes to a person; a model criterion must name it.
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
    min_confidence: Annotated[float, Field(ge=0, le=1)] | None = None
    across: Literal["last", "mean"] = "last"

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        given = [name for name in _ANSWERED_BY.values() if getattr(self, name) is not None]
        wanted = _ANSWERED_BY[self.layer]
        if given != [wanted]:
            raise ValueError(f"a criterion of the layer {self.layer} needs `{wanted}` and nothing else; got {given}")
        return self

    @model_validator(mode="after")
    def _doubt_belongs_to_models(self) -> Self:
        if (self.layer is Layer.MODEL) != (self.min_confidence is not None):
            raise ValueError("`min_confidence` belongs to the layer `model`, where it is required, and only to it")
        return self

    @model_validator(mode="after")
    def _choices_fit_kind(self) -> Self:
        if (self.kind is CriterionKind.CHOICE) != bool(self.choices):
            raise ValueError("`choices` belongs to the kind `choice`, and only to it")
        if self.across == "mean" and self.kind is not CriterionKind.SCORE:
            raise ValueError("only scores have a mean")
        return self


class Scorecard(Artefact):
    """Criteria in the order of the report; error classes to look for; what counts towards one score, and from which on it is passed.

    Without sections there is no score, without `pass_mark` nothing is passed or failed but by what is fatal. `thresholds`: what a model
    says with less confidence is left to a person (docs/thresholds.md).
    """

    title: Title
    criteria: Annotated[tuple[Criterion, ...], Field(min_length=1)]
    checklist: Checklist | None = None
    sections: tuple[Section, ...] = ()
    pass_mark: Annotated[float, Field(ge=0, le=100)] | None = None
    # Left out where there are none: scorecards without them keep their hash.
    thresholds: Annotated[Thresholds | None, Field(exclude_if=lambda given: given is None)] = None

    @model_validator(mode="after")
    def _ids_once(self) -> Self:
        ids = [criterion.id for criterion in self.criteria]
        twice = sorted({name for name in ids if ids.count(name) > 1})
        if twice:
            raise ValueError(f"criteria with the same id: {', '.join(twice)}")
        return self

    @model_validator(mode="after")
    def _items_count(self) -> Self:
        kinds = {criterion.id: criterion.kind for criterion in self.criteria}
        for item in (item for section in self.sections for item in section.items):
            if item.criterion and kinds.get(item.criterion) not in (CriterionKind.SCORE, CriterionKind.YES_NO):
                raise ValueError(f"sections count scores and yes/no criteria of the card; {item.criterion} is none")
            if item.only_if and kinds.get(item.only_if) is not CriterionKind.YES_NO:
                raise ValueError(f"`only_if` names {item.only_if}, which is no yes/no criterion of the card")
        if self.pass_mark is not None and not self.sections:
            raise ValueError("`pass_mark` without sections passes nothing")
        return self

    @property
    def counted_classes(self) -> tuple[str, ...]:
        """Error classes that count in a section."""
        named = (item.error_class for section in self.sections for item in section.items)
        return tuple(dict.fromkeys(name for name in named if name))

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
