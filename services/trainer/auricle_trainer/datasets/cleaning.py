"""Cleaning: what is wrong with labels that people brought, each fault counted and named by its dialogue, never mended silently. Pure.

dialogues ─► same words joined ─► names aligned ─► values in range ─► one answer a subject ─► dialogues with what is left
                    │                  │                  │                    │
                duplicates      aligned names      out of range         contradictions
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from auricle_contracts import CriterionKind
from auricle_contracts.golden import GoldenDialogue, GoldenKind, GoldenLabel, GoldenState
from auricle_criteria import Scorecard
from auricle_records.golden.models import fingerprint

from auricle_trainer.datasets.names import Aligned

STEP, MOST = 5, 100
CLOSE = 15
"""Points between people that their median still speaks for; further apart it is a contradiction."""


@dataclass
class Report:
    """Faults by kind, each with the dialogues that have it, by the name that they came under."""

    faults: dict[str, list[str]] = field(default_factory=dict)

    def note(self, kind: str, dialogue: GoldenDialogue | str, subject: str = "") -> None:
        """One more of this kind."""
        name = dialogue if isinstance(dialogue, str) else dialogue.reference or dialogue.id or "?"
        self.faults.setdefault(kind, []).append(f"{name} {subject}".strip())

    @property
    def counts(self) -> dict[str, int]:
        """How many of each kind."""
        return {kind: len(found) for kind, found in sorted(self.faults.items())}


@dataclass(frozen=True)
class Cleaned:
    """Dialogues with one label a subject; `opinions` are all that people said of it before that."""

    dialogues: tuple[GoldenDialogue, ...]
    opinions: Mapping[str, tuple[GoldenLabel, ...]]


def clean(dialogues: Iterable[GoldenDialogue], scorecard: Scorecard, report: Report) -> Cleaned:
    """By fingerprint, so the order of what came in says nothing."""
    joined = _joined(dialogues, report)
    names = Aligned.of(one for dialogue in joined.values() for one in _named(dialogue))
    for spelling, _ in names.changed:
        report.note("names aligned", names.pseudonym(spelling))
    kept: dict[str, GoldenDialogue] = {}
    opinions: dict[str, tuple[GoldenLabel, ...]] = {}
    for mark, dialogue in sorted(joined.items()):
        told = [_aligned(one, names) for one in dialogue.labels]
        fit = [one for one in (_in_range(label, dialogue, scorecard, report) for label in told) if one is not None]
        labels = [
            one
            for some in _by_subject(fit).values()
            if (one := _settled(some, dialogue, _kinds(scorecard), report)) is not None
        ]
        if not labels:
            report.note("no label left", dialogue)
            continue
        opinions[mark] = tuple(fit)
        agent = names.canonical(dialogue.agent) if dialogue.agent else None
        kept[mark] = dialogue.model_copy(update={"labels": tuple(labels), "agent": agent})
    return Cleaned(tuple(kept.values()), opinions)


def near_duplicates(dialogues: Sequence[GoldenDialogue], report: Report) -> None:
    """Dialogues of the same words but for numbers and placeholders: told, and kept."""
    seen: Counter[str] = Counter()
    for one in dialogues:
        bare = " ".join(word for turn in one.turns for word in turn.text.casefold().split() if word.isalpha())
        seen[bare] += 1
        if seen[bare] > 1:
            report.note("the same but for numbers", one)


def _joined(dialogues: Iterable[GoldenDialogue], report: Report) -> dict[str, GoldenDialogue]:
    """Dialogues of the same words are one, with the labels of all; the one with the smaller name speaks for them."""
    found: dict[str, list[GoldenDialogue]] = {}
    for one in dialogues:
        found.setdefault(fingerprint(one.turns), []).append(one)
    joined = {}
    for mark, some in found.items():
        first, *others = sorted(some, key=lambda one: (one.reference or "", one.model_dump_json()))
        for other in others:
            report.note("duplicate, labels joined", other)
        labels = {one.model_dump_json(): one for dialogue in (first, *others) for one in dialogue.labels}
        joined[mark] = first.model_copy(update={"labels": tuple(labels[name] for name in sorted(labels))})
    return joined


def _named(dialogue: GoldenDialogue) -> Iterable[str]:
    yield from (name for name in (dialogue.agent, *(one.decided_by for one in dialogue.labels)) if name)


def _aligned(label: GoldenLabel, names: Aligned) -> GoldenLabel:
    return label.model_copy(update={"decided_by": label.decided_by and names.pseudonym(label.decided_by)})


def _kinds(scorecard: Scorecard) -> dict[str, CriterionKind]:
    return {one.id: one.kind for one in scorecard.criteria}


def _in_range(label: GoldenLabel, dialogue: GoldenDialogue, scorecard: Scorecard, report: Report) -> GoldenLabel | None:
    """None where the value is none that the criterion has; a score that the scale lacks goes to its nearest."""
    if label.kind is GoldenKind.ERROR_CLASS or label.state is not GoldenState.ANSWERED:
        return label
    criterion = next((one for one in scorecard.criteria if one.id == label.subject), None)
    if criterion is None:
        report.note("no such criterion", dialogue, label.subject)
        return None
    value = label.value
    if criterion.kind is CriterionKind.CHOICE and value not in criterion.choices:
        report.note("no such choice", dialogue, label.subject)
        return None
    if criterion.kind is not CriterionKind.SCORE:
        return label
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= MOST:
        report.note("out of range", dialogue, label.subject)
        return None
    rounded = STEP * round(value / STEP)
    if rounded != value:
        report.note("rounded to fives", dialogue, label.subject)
    return label.model_copy(update={"value": rounded})


def _by_subject(labels: Iterable[GoldenLabel]) -> dict[tuple[GoldenKind, str], list[GoldenLabel]]:
    found: dict[tuple[GoldenKind, str], list[GoldenLabel]] = {}
    for one in labels:
        found.setdefault((one.kind, one.subject), []).append(one)
    return dict(sorted(found.items()))


def _settled(
    labels: Sequence[GoldenLabel], dialogue: GoldenDialogue, kinds: Mapping[str, CriterionKind], report: Report
) -> GoldenLabel | None:
    """What several people say together: the median of close scores, the majority of all else; None where they contradict each other."""
    said = {(one.state, one.value) for one in labels}
    if len(said) == 1:
        return _fullest(labels)
    by_person: dict[str | None, set[Any]] = {}
    for one in labels:
        by_person.setdefault(one.decided_by, set()).add((one.state, one.value))
    if any(len(own) > 1 for own in by_person.values()):
        report.note("somebody contradicts themselves", dialogue, labels[0].subject)
        return None
    if kinds.get(labels[0].subject) is CriterionKind.SCORE and {state for state, _ in said} == {GoldenState.ANSWERED}:
        return _median(labels, dialogue, report)
    counted = Counter((one.state, one.value) for one in labels).most_common(2)
    if counted[0][1] == counted[1][1]:
        report.note("people contradict each other", dialogue, labels[0].subject)
        return None
    return _fullest([one for one in labels if (one.state, one.value) == counted[0][0]])


def _median(labels: Sequence[GoldenLabel], dialogue: GoldenDialogue, report: Report) -> GoldenLabel | None:
    values = [float(one.value) for one in labels if isinstance(one.value, int | float)]
    if max(values) - min(values) > CLOSE:
        report.note("people contradict each other", dialogue, labels[0].subject)
        return None
    middle = STEP * round(median(values) / STEP)
    nearest = sorted(labels, key=lambda one: (abs(float(str(one.value)) - middle), one.model_dump_json()))
    return _fullest(nearest[:1]).model_copy(update={"value": middle})


def _fullest(labels: Sequence[GoldenLabel]) -> GoldenLabel:
    """The one with most places and the longest comment."""
    return max(labels, key=lambda one: (len(one.places), len(one.comment or ""), one.model_dump_json()))
