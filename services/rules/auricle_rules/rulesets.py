"""The release's rule set, and what workspaces make of it: a request brings what a recipe pins in the place of some rules.

RulesRequest.changes ─► compiled once, the last `MOST_CHANGED` kept ─► RuleSet, whose version says both
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

from auricle_contracts import RuleChanges, RuleFaults
from auricle_contracts.artefacts import ArtefactKind
from auricle_criteria import ErrorClass
from auricle_criteria.artefact import Artefact
from auricle_criteria.detectors import Detector
from auricle_criteria.documents import of_body
from auricle_criteria.errors import BadArtefact
from auricle_criteria.pins import changed_rules_pin
from auricle_criteria.rules import Rule

from auricle_rules.answering import RuleSet

MOST_CHANGED = 32


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
        rules = (one for one in _artefacts(ArtefactKind.RULE, changes.rules) if isinstance(one, Rule))
        return RuleFaults(faults=tuple(fault for rule in rules for fault in changed.faults(rule)))

    @cached_property
    def _changed(self) -> Callable[[RuleChanges], RuleSet]:
        return lru_cache(maxsize=MOST_CHANGED)(self._made)

    def _made(self, changes: RuleChanges) -> RuleSet:
        rules = _artefacts(ArtefactKind.RULE, changes.rules)
        detectors = _artefacts(ArtefactKind.DETECTOR, changes.detectors)
        classes = _artefacts(ArtefactKind.ERROR_CLASS, changes.classes)
        return self.released.changed(
            [one for one in rules if isinstance(one, Rule)],
            [one for one in detectors if isinstance(one, Detector)],
            [one for one in classes if isinstance(one, ErrorClass)],
            changed_rules_pin(self.released.version, changes),
        )


def _artefacts(kind: ArtefactKind, texts: tuple[str, ...]) -> Iterator[Artefact]:
    for text in texts:
        try:
            body = json.loads(text)
        except ValueError:
            raise BadArtefact(f"{kind.value}: a body is not JSON") from None
        if not isinstance(body, dict):
            raise BadArtefact(f"{kind.value}: a body is a mapping")
        yield of_body(kind, body)
