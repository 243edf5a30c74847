"""All detectors together: read, compiled, asked. A class has one detection a conversation."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path

from auricle_contracts import Detection, DetectionState, Layer, Role
from auricle_criteria.classes import ErrorClass, read_classes
from auricle_criteria.detectors import Detector, Mark, Missing, Wording
from auricle_criteria.errors import BadArtefact
from auricle_criteria.yaml_files import read_folder

from auricle_rules.answering.context import ConversationContext, quotes_confidence
from auricle_rules.detection.addressing.namebook import NameBook
from auricle_rules.detection.checks import check_of
from auricle_rules.detection.marks import CompiledMark, Dialogue
from auricle_rules.detection.patterns import PatternBook
from auricle_rules.detection.verdict import NO_OPPORTUNITY, NOT_FOUND, Verdict, found, undetermined

SHOWN_TOKENS = 12
MOST_SETS = 32
Detect = Callable[[Dialogue], Verdict]
Compiled = tuple[PatternBook, Mapping[str, Detect]]


@dataclass(frozen=True)
class DetectorSet:
    """Detectors by class, with the classes that they serve. `min_heard` as in the rule set."""

    detectors: Mapping[str, Detector]
    classes: Mapping[str, ErrorClass]
    names: NameBook
    wordings: Mapping[str, Wording]
    min_heard: float

    @classmethod
    def read(cls, prompts: Path, first_names: Iterable[str], min_heard: float) -> "DetectorSet":
        """Every file of `detectors/` with the `wordings/` that they name; BadArtefact for one that serves no class or cannot be compiled.

        `first_names`: those that no morphology knows.
        """
        detectors = read_folder(Detector, prompts / "detectors")
        classes = read_classes(prompts)
        if strange := sorted(detectors.keys() - classes.keys()):
            raise BadArtefact(f"the detectors {strange} serve no class")
        wordings = read_folder(Wording, prompts / "wordings")
        return cls(detectors, classes, NameBook.read(prompts, first_names), wordings, min_heard).compiled()

    def changed(self, detectors: Iterable[Detector], classes: Iterable[ErrorClass]) -> "DetectorSet":
        """With these in the place of those of the same id; BadArtefact for what cannot be compiled.

        A detector whose class is not there yet is asked for nothing.
        """
        found = {**self.detectors, **{one.id: one for one in detectors}}
        return replace(self, detectors=found, classes={**self.classes, **{one.id: one for one in classes}}).compiled()

    def compiled(self) -> "DetectorSet":
        """Compiled now, so that a bad pattern stops whoever brings it and not a conversation."""
        _ = self._compiled
        return self

    def detect(self, context: ConversationContext, wanted: Collection[str] | None) -> tuple[Detection, ...]:
        """A detection for each wanted class that a detector serves; None: for all of them."""
        names = [name for name in self._pins if wanted is None or name in wanted]
        if not names:
            return ()
        book, detects = self._compiled_for(tuple(names))
        dialogue = Dialogue(context, book.find([read.turn.text for read in context.turns]))
        return tuple(self._detection(name, self._verdict(name, dialogue, detects[name]), context) for name in names)

    def _verdict(self, name: str, dialogue: Dialogue, detect: Detect) -> Verdict:
        if dialogue.context.channel not in self.classes[name].opportunity.channels:
            return Verdict(DetectionState.NO_OPPORTUNITY, why="other_channel")
        if not dialogue.context.roles_known:
            return undetermined("roles_unknown")
        if not dialogue.of(Role.AGENT):
            return Verdict(DetectionState.NO_OPPORTUNITY, why="no_agent")
        return detect(dialogue)

    def _detection(self, name: str, verdict: Verdict, context: ConversationContext) -> Detection:
        confidence = quotes_confidence(verdict.quotes, context.turns) if verdict.quotes else None
        if confidence is not None and confidence < self.min_heard:
            verdict, confidence = undetermined("heard_badly"), None
        return Detection(
            error_class=name,
            version=self._pins[name],
            state=verdict.state,
            why=verdict.why,
            quotes=verdict.quotes,
            confidence=confidence,
            detail=verdict.detail,
            source=Layer.RULE,
        )

    @cached_property
    def _pins(self) -> Mapping[str, str]:
        return {name: self.classes[name].pin for name in self.detectors if name in self.classes}

    @cached_property
    def _compiled(self) -> Compiled:
        return self._compile(self.detectors)

    def _compiled_for(self, names: tuple[str, ...]) -> Compiled:
        """What only these detectors look for, kept for the sets that scorecards ask for; the search pays for what it looks for."""
        if len(names) == len(self.detectors):
            return self._compiled
        if names not in self._sets:
            if len(self._sets) >= MOST_SETS:
                return self._compiled
            self._sets[names] = self._compile(names)
        return self._sets[names]

    @cached_property
    def _sets(self) -> dict[tuple[str, ...], Compiled]:
        return {}

    def _compile(self, names: Iterable[str]) -> Compiled:
        book = PatternBook({name: one.says for name, one in self.wordings.items()})
        detects = {name: _detect(self.detectors[name], book, self.names) for name in names}
        book.build()
        return book, detects


def _detect(detector: Detector, book: PatternBook, names: NameBook) -> Detect:
    compiled = partial(_compiled, book=book, owner=detector.id)
    needs, void = compiled(detector.needs), compiled(detector.void)
    decide = _decide(detector, compiled, names)

    def detect(dialogue: Dialogue) -> Verdict:
        if needs and not _is_any(needs, dialogue):
            return NO_OPPORTUNITY
        if _is_any(void, dialogue):
            return NOT_FOUND
        return decide(dialogue)

    return detect


def _compiled(marks: Iterable[Mark], *, book: PatternBook, owner: str) -> list[CompiledMark]:
    return [CompiledMark(mark, book, owner) for mark in marks]


def _decide(detector: Detector, compiled: Callable[[Iterable[Mark]], list[CompiledMark]], names: NameBook) -> Detect:
    if detector.check:
        return check_of(
            detector, detector.check, {name: compiled(marks) for name, marks in detector.marks.items()}, names
        )
    if detector.missing:
        return partial(_missing, detector.missing, compiled(detector.missing.of))
    marks = compiled(detector.found)
    return lambda dialogue: found(quote for mark in marks for quote in mark.quotes(dialogue))


def _missing(missing: Missing, marks: Sequence[CompiledMark], dialogue: Dialogue) -> Verdict:
    if _is_any(marks, dialogue):
        return NOT_FOUND
    turns = dialogue.of(Role.AGENT)
    return found([dialogue.whole(turns[0 if missing.shown == "first" else -1], SHOWN_TOKENS)])


def _is_any(marks: Iterable[CompiledMark], dialogue: Dialogue) -> bool:
    return any(True for mark in marks for _ in mark.quotes(dialogue))
