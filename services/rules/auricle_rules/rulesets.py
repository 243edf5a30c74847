"""The release's rule set, and what workspaces make of it: a request brings what a recipe pins in the place of some rules.

RulesRequest.changes ─► compiled once, the last `MOST_CHANGED` kept ─► RuleSet, whose version says both
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TypeVar

from auricle_contracts import RuleChanges, RuleFaults
from auricle_criteria import ErrorClass
from auricle_criteria.artefact import Artefact
from auricle_criteria.detectors import Detector
from auricle_criteria.errors import BadArtefact
from auricle_criteria.pins import changed_rules_pin
from auricle_criteria.rules import Rule
from pydantic import ValidationError

from auricle_rules.answering import RuleSet

MOST_CHANGED = 32
A = TypeVar("A", bound=Artefact)


@dataclass(frozen=True)
class RuleSets:
    """Rule sets by what was changed of the released one."""

    released: RuleSet

    def of(self, changes: RuleChanges | None) -> RuleSet:
        """Raises `BadArtefact` for changes that cannot be read or compiled."""
        return self.released if changes is None else self._changed(changes)

    def check(self, changes: RuleChanges) -> RuleFaults:
        """Whether these can be compiled, and whether each changed rule answers its own examples."""
        try:
            changed = self.of(changes)
        except BadArtefact as error:
            return RuleFaults(faults=(error.detail,))
        rules = _read(Rule, changes.rules)
        return RuleFaults(faults=tuple(fault for rule in rules for fault in changed.faults(rule)))

    @cached_property
    def _changed(self) -> Callable[[RuleChanges], RuleSet]:
        return lru_cache(maxsize=MOST_CHANGED)(self._made)

    def _made(self, changes: RuleChanges) -> RuleSet:
        return self.released.changed(
            _read(Rule, changes.rules),
            _read(Detector, changes.detectors),
            _read(ErrorClass, changes.classes),
            changed_rules_pin(self.released.version, changes),
        )


def _read(kind: type[A], bodies: Sequence[str]) -> list[A]:
    try:
        return [kind.model_validate_json(body) for body in bodies]
    except ValidationError as error:
        raise BadArtefact(f"{kind.__name__}: a body cannot be read: {error.error_count()} faults") from None
