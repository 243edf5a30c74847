"""Which error classes and criteria count in a conversation, and how much: the checklist and the sections of a scorecard."""

from collections.abc import Iterable
from typing import Annotated, Self

from auricle_contracts import Channel
from auricle_contracts.contract import Contract
from pydantic import Field, model_validator

from auricle_criteria.artefact import Name, Title
from auricle_criteria.classes import ClassState, ErrorClass

Weight = Annotated[float, Field(gt=0, le=1000)]


class Within(Contract):
    """Conversations of these channels and lines, with so many turns; empty lists: of any."""

    channels: tuple[Channel, ...] = ()
    lines: tuple[str, ...] = ()
    min_turns: Annotated[int, Field(ge=0)] = 0
    max_turns: Annotated[int, Field(ge=1)] | None = None

    def holds(self, channel: Channel, line: str | None, turns: int) -> bool:
        """Whether a conversation is one of them."""
        known = (not self.channels or channel in self.channels) and (not self.lines or line in self.lines)
        return known and self.min_turns <= turns and (self.max_turns is None or turns <= self.max_turns)


class ClassChoice(Contract):
    """A class that is looked for though it is not `live`, or only in some conversations."""

    error_class: Name
    within: Within = Within()


class Checklist(Contract):
    """Which classes are looked for, by which flow: all `live` ones unless `live` is false, those named, not those of `without`.

    A class that is named is looked for in its conversations only, also where it is `experimental`; a `planned` one is refused.
    """

    flow: Name
    live: bool = True
    classes: tuple[ClassChoice, ...] = ()
    without: tuple[Name, ...] = ()

    def chosen(self, classes: Iterable[ErrorClass]) -> tuple[ErrorClass, ...]:
        """Those that are looked for in some conversation, in the order of the checklist."""
        named = {choice.error_class for choice in self.classes}
        return tuple(
            one
            for one in classes
            if one.id not in self.without and (one.id in named or (self.live and one.state is ClassState.LIVE))
        )

    def within(self, error_class: str) -> Within:
        """Where the class is looked for."""
        named = {choice.error_class: choice.within for choice in self.classes}
        return named.get(error_class, Within())


class Item(Contract):
    """A criterion or an error class with its weight. `fatal`: the conversation fails by it, whatever else it scores.

    A criterion counts its points (0-100), yes as 100 and no as 0 (`bad`: the other way round); a class that was possible counts 0 where
    it was found, else 100. `only_if`: a yes/no criterion that has to be answered yes.
    """

    criterion: Name | None = None
    error_class: Name | None = None
    weight: Weight = 1.0
    fatal: bool = False
    bad: bool = False
    only_if: Name | None = None
    within: Within = Within()

    @model_validator(mode="after")
    def _is_one_thing(self) -> Self:
        if (self.criterion is None) == (self.error_class is None):
            raise ValueError("an item is a `criterion` or an `error_class`")
        if self.bad and self.criterion is None:
            raise ValueError("`bad` belongs to criteria: an error class is always bad")
        return self


class Section(Contract):
    """A part of the score with its own title."""

    id: Name
    title: Title
    items: Annotated[tuple[Item, ...], Field(min_length=1)]
