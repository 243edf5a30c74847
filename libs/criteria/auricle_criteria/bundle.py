"""A scorecard with its prompts, flow, error classes and changed rules, as one value that a recipe pins and that is kept beside it.

It can be loaded after the files have changed.
"""

from collections.abc import Mapping
from typing import Any

from auricle_contracts import Recipe, RuleChanges
from auricle_contracts.contract import Contract
from pydantic import ValidationError

from auricle_criteria.classes import ClassState, ErrorClass
from auricle_criteria.flows import Flow
from auricle_criteria.library import Library
from auricle_criteria.pins import changed_rules_pin, checklist_pin, flow_pin
from auricle_criteria.prompts import Prompt
from auricle_criteria.scorecards import Scorecard


class Bundle(Contract):
    """The prompts are in the order in which the scorecard uses them, `flow_prompts` in that of the flow's steps.

    `rule_changes`: what the rules service is told in the place of what it was released with.
    """

    scorecard: Scorecard
    prompts: tuple[Prompt, ...]
    flow: Flow | None = None
    flow_prompts: tuple[Prompt, ...] = ()
    classes: tuple[ErrorClass, ...] = ()
    rule_changes: RuleChanges | None = None

    @classmethod
    def of(cls, library: Library, scorecard: str) -> "Bundle":
        """A scorecard of the library by its id. Raises UnknownArtefact."""
        card = library.scorecard(scorecard)
        own = cls(scorecard=card, prompts=library.prompts_of(card), rule_changes=library.rule_changes)
        if card.checklist is None:
            return own
        flow = library.flows[card.checklist.flow]
        asked = tuple(library.prompts[name] for name in flow.prompts)
        return own.model_copy(update={"flow": flow, "flow_prompts": asked, "classes": library.classes_of(card)})

    @classmethod
    def kept(cls, body: Mapping[str, Any] | None) -> "Bundle | None":
        """From what `body()` gave; None where nothing was kept, or something that this version does not understand."""
        try:
            return cls.model_validate(body) if body is not None else None
        except ValidationError:
            return None

    def body(self) -> dict[str, Any]:
        """As JSON."""
        return self.model_dump(mode="json", by_alias=True)

    def is_pinned_by(self, recipe: Recipe) -> bool:
        """Whether it is, by content, what the recipe names."""
        released = recipe.rules.partition("+")[0]
        own = (self.scorecard.pin, self.flow_pin, changed_rules_pin(released, self.rule_changes))
        return own == (recipe.scorecard, recipe.flow, recipe.rules)

    @property
    def fatal_classes(self) -> frozenset[str]:
        """Classes by which the scorecard fails a conversation, beside those that are fatal by themselves."""
        items = (item for section in self.scorecard.sections for item in section.items)
        return frozenset(item.error_class for item in items if item.fatal and item.error_class)

    @property
    def live_classes(self) -> frozenset[str]:
        """Those that count towards the score."""
        return frozenset(one.id for one in self.classes if one.state is ClassState.LIVE)

    @property
    def flow_pin(self) -> str:
        """All that is asked of a model and all that is looked for, as a recipe names it."""
        asked = flow_pin(self.prompts)
        return asked if self.flow is None else f"{asked}+{checklist_pin(self.flow, self.flow_prompts, self.classes)}"
