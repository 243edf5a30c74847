"""Reads prompts/: every scorecard, prompt, flow, error class, rule and detector of a folder, checked together.

The folder is what new conversations are pinned to: a recipe names each artefact as `id@content-hash`, and their content is kept beside
it (`bundle`), so a run is evaluated by what it was pinned to or not at all.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from auricle_contracts import Layer, RuleChanges
from auricle_contracts.artefacts import ArtefactKind

from auricle_criteria.adapters import Adapter
from auricle_criteria.artefact import Artefact
from auricle_criteria.classes import ClassState, ErrorClass, read_classes
from auricle_criteria.conditions import Phrases
from auricle_criteria.detectors import Detector
from auricle_criteria.documents import as_text, kind_of
from auricle_criteria.errors import BadArtefact, UnknownArtefact
from auricle_criteria.flows import Flow
from auricle_criteria.prompts import Prompt, SystemText
from auricle_criteria.rules import Rule
from auricle_criteria.scorecards import Criterion, Scorecard
from auricle_criteria.yaml_files import read_folder


@dataclass(frozen=True)
class Library:
    """Scorecards, prompts, flows, error classes, rules and detectors that agree with each other.

    `adapters` come from pointers alone: no release ships one.
    `systems` are the languages' first words of every prompt; `rules` and `detectors` are what the rules service answers and finds by;
    `released` pins what it has by itself of these and of classes.
    """

    scorecards: dict[str, Scorecard]
    prompts: dict[str, Prompt]
    flows: dict[str, Flow] = field(default_factory=dict)
    classes: dict[str, ErrorClass] = field(default_factory=dict)
    systems: dict[str, SystemText] = field(default_factory=dict)
    rules: dict[str, Rule] = field(default_factory=dict)
    detectors: dict[str, Detector] = field(default_factory=dict)
    released: frozenset[str] = frozenset()
    adapters: dict[str, Adapter] = field(default_factory=dict)

    @classmethod
    def read(cls, folder: Path) -> "Library":
        """Read the folders under this one and check every reference."""
        if not folder.is_dir():
            raise BadArtefact(f"there is no folder {folder.name}", action="set AURICLE_PROMPTS_DIR")
        systems = read_folder(SystemText, folder / "system")
        rules, detectors = read_folder(Rule, folder / "rules"), read_folder(Detector, folder / "detectors")
        classes = read_classes(folder)
        library = cls(
            read_folder(Scorecard, folder / "scorecards"),
            {name: _with_system(one, systems) for name, one in read_folder(Prompt, folder / "prompts").items()},
            read_folder(Flow, folder / "flows"),
            classes,
            systems,
            rules,
            detectors,
            frozenset(one.pin for of in (rules, detectors, classes) for one in of.values()),
        )
        library.check()
        return library

    def replacing(self, artefacts: Iterable[Artefact], without: Iterable[tuple[ArtefactKind, str]] = ()) -> "Library":
        """With these in the place of those of the same kind and id, and without some; not checked yet."""
        parts: dict[ArtefactKind, dict[str, Any]] = {kind: dict(of) for kind, of in self.by_kind.items()}
        for artefact in artefacts:
            parts[kind_of(artefact)][artefact.id] = artefact
        for kind, name in without:
            parts[kind].pop(name, None)
        return replace(
            self,
            scorecards=parts[ArtefactKind.SCORECARD],
            prompts=parts[ArtefactKind.PROMPT],
            flows=parts[ArtefactKind.FLOW],
            classes=parts[ArtefactKind.ERROR_CLASS],
            adapters=parts[ArtefactKind.ADAPTER],
            rules=parts[ArtefactKind.RULE],
            detectors=parts[ArtefactKind.DETECTOR],
        )

    @property
    def by_kind(self) -> Mapping[ArtefactKind, Mapping[str, Artefact]]:
        """All artefacts of the registry's kinds, by id."""
        return {
            ArtefactKind.SCORECARD: self.scorecards,
            ArtefactKind.ERROR_CLASS: self.classes,
            ArtefactKind.PROMPT: self.prompts,
            ArtefactKind.FLOW: self.flows,
            ArtefactKind.ADAPTER: self.adapters,
            ArtefactKind.RULE: self.rules,
            ArtefactKind.DETECTOR: self.detectors,
        }

    @property
    def rule_changes(self) -> RuleChanges | None:
        """What the rules service has to be told because it was not released with it; None: nothing."""
        classes = {name: one for name, one in self.classes.items() if name in self.detectors}
        changes = RuleChanges(
            rules=self._unreleased(self.rules),
            detectors=self._unreleased(self.detectors),
            classes=self._unreleased(classes),
        )
        return None if changes == RuleChanges() else changes

    def _unreleased(self, artefacts: Mapping[str, Artefact]) -> tuple[str, ...]:
        return tuple(as_text(one) for _, one in sorted(artefacts.items()) if one.pin not in self.released)

    def check(self) -> None:
        """Raises UnknownArtefact for a reference to nothing."""
        for flow in self.flows.values():
            _refuse(f"flow {flow.id}", _flow_faults(flow, self))
        for rule in self.rules.values():
            _refuse(f"rule {rule.id}", _rule_faults(rule, self))
        for card in self.scorecards.values():
            faults = [fault for one in card.of_layer(Layer.MODEL) for fault in _faults(one, self.prompts)]
            _refuse(f"scorecard {card.id}", [*faults, *_checklist_faults(card, self)])

    def scorecard(self, name: str) -> Scorecard:
        """The scorecard of this id."""
        if name not in self.scorecards:
            raise UnknownArtefact(f"there is no scorecard {name!r}", action=f"one of {sorted(self.scorecards)}")
        return self.scorecards[name]

    def classes_of(self, scorecard: Scorecard) -> tuple[ErrorClass, ...]:
        """The error classes that the scorecard looks for, in the order of the checklist."""
        return scorecard.checklist.chosen(self.classes.values()) if scorecard.checklist else ()

    def prompts_of(self, scorecard: Scorecard) -> tuple[Prompt, ...]:
        """The prompts that the scorecard's model layer needs, in order of first use."""
        names = dict.fromkeys(c.prompt for c in scorecard.of_layer(Layer.MODEL) if c.prompt)
        return tuple(self.prompts[name] for name in names)


def _refuse(what: str, faults: Iterable[str]) -> None:
    told = "; ".join(faults)
    if told:
        raise UnknownArtefact(f"{what}: {told}")


def _rule_faults(rule: Rule, library: Library) -> Iterable[str]:
    """A rule that waits for an event waits for one that a rule on phrases tells."""
    event = library.rules.get(rule.where.after) if rule.where.after else None
    if rule.where.after and not (event and isinstance(event.look_for, Phrases)):
        yield f"it waits for {rule.where.after}, which is no rule on phrases"


def _flow_faults(flow: Flow, library: Library) -> Iterable[str]:
    for name in flow.prompts:
        if name not in library.prompts:
            yield f"there is no prompt {name!r}"
    for name in (name for step in flow.steps for name in step.without):
        if name not in library.classes:
            yield f"there is no error class {name!r}"


def _checklist_faults(card: Scorecard, library: Library) -> Iterable[str]:
    """A checklist names a flow and classes that something finds; a section counts only what is looked for somewhere."""
    checklist = card.checklist
    named = [choice.error_class for choice in checklist.classes] if checklist else []
    if checklist and checklist.flow not in library.flows:
        yield f"there is no flow {checklist.flow!r}"
    for name in [*named, *(checklist.without if checklist else ()), *card.counted_classes]:
        if name not in library.classes:
            yield f"there is no error class {name!r}"
    for name in named:
        if name in library.classes and library.classes[name].state is ClassState.PLANNED:
            yield f"nothing finds the error class {name!r} yet: it is `planned`"


def _with_system(prompt: Prompt, systems: Mapping[str, SystemText]) -> Prompt:
    """The prompt with its language's system text, so that its hash is of everything that the model reads."""
    if prompt.system or prompt.repair:
        raise BadArtefact(
            f"prompt {prompt.id}: `system` and `repair` are the language's, in system/{prompt.language}.yaml"
        )
    if prompt.language not in systems:
        raise UnknownArtefact(f"prompt {prompt.id}: there is no system/{prompt.language}.yaml")
    own = systems[prompt.language]
    return prompt.model_copy(update={"system": own.system, "repair": own.repair})


def _faults(criterion: Criterion, prompts: dict[str, Prompt]) -> Iterable[str]:
    prompt = prompts.get(criterion.prompt or "")
    if prompt is None:
        yield f"{criterion.id} names the prompt {criterion.prompt!r}, which does not exist"
        return
    if criterion.id not in prompt.serves:
        yield f"{criterion.id} is not served by the prompt {prompt.id}"
    open_list = criterion.id in prompt.answer_schema.get("$defs", {})
    if not open_list and not set(criterion.choices) <= _strings(prompt.answer_schema):
        yield f"the schema of {prompt.id} does not know every choice of {criterion.id}"


def _strings(node: object) -> set[str]:
    """Every string inside a JSON value."""
    if isinstance(node, str):
        return {node}
    children = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    return {text for child in children for text in _strings(child)}
