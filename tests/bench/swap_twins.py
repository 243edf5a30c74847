"""`prompts/swaps/`: a strict and a lenient definition of an error class, and probes that they judge differently."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Literal

from auricle_contracts import Channel, Contract, DetectionState, Role
from auricle_criteria import ErrorClass
from auricle_criteria.artefact import Artefact
from auricle_criteria.classes import Sentence, Text
from auricle_criteria.detectors import Detector
from auricle_criteria.yaml_files import read_folder
from auricle_rules.answering import RuleSet
from auricle_samples.dialogues.written.errors import MarkedDialogue
from pydantic import Field

Line = tuple[Role, str] | tuple[Role, str, float, float]
Said = Literal["found", "not_found"]
SIDES: tuple[Literal["strict", "lenient"], ...] = ("strict", "lenient")
MERGED = ("limits", "words")


class Twin(Contract):
    """What stands in the place of parts of a detector, or of a class's words for a prompt."""

    detector: dict[str, Any] | None = None
    definition: Text | None = None
    is_: Annotated[Sentence | None, Field(alias="is")] = None
    is_not: tuple[Sentence, ...] | None = None


class Probe(Contract):
    """A short dialogue, and what each definition makes of it. Start and end of a line are seconds."""

    channel: Channel
    lines: Annotated[tuple[Line, ...], Field(min_length=1)]
    strict: Said
    lenient: Said

    @property
    def is_border(self) -> bool:
        """Whether the definitions judge it differently."""
        return self.strict != self.lenient

    def dialogue(self, name: str) -> MarkedDialogue:
        """As the benches read one."""
        timed = all(len(line) == 4 for line in self.lines)
        return MarkedDialogue(
            id=name, lang="en" if all(line[1].isascii() for line in self.lines) else "ru", channel=self.channel,
            domain="swap", scenario=name, turns=tuple((line[0], line[1]) for line in self.lines),
            times=tuple((line[2], line[3]) for line in self.lines if len(line) == 4) if timed else None,
        )  # fmt: skip


class Swap(Artefact):
    """One class with both definitions; its id is the class's."""

    strict: Twin
    lenient: Twin
    probes: Annotated[tuple[Probe, ...], Field(min_length=4)]

    @property
    def by_rule(self) -> bool:
        """Whether both definitions are a detector's."""
        return self.strict.detector is not None and self.lenient.detector is not None

    def twin(self, side: Literal["strict", "lenient"]) -> Twin:
        """One of the two."""
        return self.strict if side == "strict" else self.lenient


def read_swaps(prompts: Path) -> Mapping[str, Swap]:
    """All, by class. BadArtefact for one that cannot be read."""
    return read_folder(Swap, prompts / "swaps")


def swapped_detector(detector: Detector, twin: Twin) -> Detector:
    """The detector with the twin's parts; numbers and lists of words by name."""
    body = detector.model_dump(mode="json", exclude_defaults=True)
    for name, part in (twin.detector or {}).items():
        body[name] = {**body.get(name, {}), **part} if name in MERGED else part
    return Detector.model_validate(body)


def swapped_class(error_class: ErrorClass, twin: Twin) -> ErrorClass:
    """The class with the twin's words."""
    own = {"definition": twin.definition, "is_": twin.is_, "is_not": twin.is_not}
    return error_class.model_copy(update={name: words for name, words in own.items() if words is not None})


def swapped_rules(rules: RuleSet, name: str, twin: Twin) -> RuleSet:
    """The rules with one detector swapped."""
    own = rules.detectors
    if own is None:
        raise ValueError("the rules have no detectors")
    detectors = {name: swapped_detector(own.detectors[name], twin)}
    return replace(rules, detectors=replace(own, detectors=detectors))


def follows(state: DetectionState | None, wanted: Said) -> bool:
    """Whether the verdict is the definition's: what is not possible is not found, what is open follows nothing."""
    if state is DetectionState.FOUND:
        return wanted == "found"
    return wanted == "not_found" and state in (DetectionState.NOT_FOUND, DetectionState.NO_OPPORTUNITY)
