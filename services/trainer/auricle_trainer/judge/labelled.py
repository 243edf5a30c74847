"""A dialogue and its labels, whoever wrote it: each label is a value with the words that it rests on, or None without an occasion."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from auricle_contracts import Channel, DigestLine, Direction, Role, Transcript, Turn
from auricle_contracts.trainings import MAY_BE_NULL
from auricle_samples.dialogues import Dialogue, Evidence, Mark
from auricle_samples.dialogues.written import Label as WrittenLabel
from auricle_samples.dialogues.written import WrittenDialogue

from auricle_trainer.judge import intents
from auricle_trainer.judge.reasoning import reasoning

SCORES = ("politeness", "objection_handling", "sale_chance")
CHOICES = ("stage", "intent")
CRITERIA = (*SCORES, *CHOICES)
NULLABLE = MAY_BE_NULL
STEP = 5
OF_A_SALE = frozenset({Mark.OFFER, Mark.CLOSING})


@dataclass(frozen=True)
class Words:
    """A turn's id and some of its words."""

    turn: int
    text: str


@dataclass(frozen=True)
class Label:
    """A value and the words that it rests on, one place or two."""

    value: int | str
    at: tuple[Words, ...]


@dataclass(frozen=True)
class Labelled:
    """One dialogue; `labels` has every one of CRITERIA."""

    id: str
    channel: Channel
    language: str
    turns: tuple[tuple[int, Role, str], ...]
    reasoning: str
    labels: Mapping[str, Label | None]

    def transcript(self) -> Transcript:
        """The turns as the scorer gets them."""
        turns = tuple(Turn(id=n, participant=role.value, role=role, text=text) for n, role, text in self.turns)
        return Transcript(conversation_id=self.id, language=self.language, turns=turns, engine="")

    def lines(self) -> tuple[DigestLine, ...]:
        """The uncut transcript, a line a turn."""
        return tuple(DigestLine(turns=(n,), role=role, text=text) for n, role, text in self.turns)

    def evidence(self) -> Iterator[Words]:
        """Every place of every label."""
        for label in self.labels.values():
            yield from label.at if label else ()


def of_generated(dialogue: Dialogue, rng: random.Random) -> Labelled:
    """A dialogue of a generator. Sale and stage have an occasion where something was offered, asked for, or the agent called."""
    truth = dialogue.truth
    sells = sold(dialogue)
    labels: dict[str, Label | None] = {
        "politeness": _scored(truth.politeness, truth.politeness_evidence),
        "objection_handling": _scored(truth.objection_handling, truth.objection_evidence),
        "sale_chance": _scored(truth.sale_chance, truth.sale_evidence) if sells else None,
        "stage": Label(truth.stage.value, (_words(truth.stage_evidence),)) if sells else None,
        "intent": _intent(dialogue),
    }
    _, outcome, _ = [*dialogue.scenario.split("/"), None, None][:3]
    turns = tuple((turn.id, turn.role, turn.text) for turn in dialogue.turns)
    why = reasoning(truth.seen, rng, outcome)
    return Labelled(dialogue.id, dialogue.channel, dialogue.language, turns, why, labels)


def of_written(dialogue: WrittenDialogue) -> Labelled:
    """A hand-written dialogue."""
    given = dialogue.labels
    labels = {name: _given(getattr(given, name)) for name in CRITERIA}
    turns = tuple((n, role, text) for n, (role, text) in enumerate(dialogue.turns, 1))
    return Labelled(dialogue.id, dialogue.channel, dialogue.lang, turns, given.reasoning, labels)


def sold(dialogue: Dialogue) -> bool:
    """Whether a sale has an occasion in a generated dialogue."""
    if dialogue.direction is Direction.OUTBOUND or intents.choice(dialogue) == "order":
        return True
    return any(seen.mark in OF_A_SALE for seen in dialogue.truth.seen)


def by_fives(value: int) -> int:
    """The prompt's scale: 0, 5, …, 100."""
    return STEP * round(value / STEP)


def _intent(dialogue: Dialogue) -> Label | None:
    """With the words where the matter is said; the held-out generator marks none, and has no place."""
    said = tuple(Words(seen.turn, seen.quote) for seen in dialogue.truth.seen if seen.mark is Mark.SUBJECT)[:1]
    return Label(intents.choice(dialogue), said)


def _scored(value: int | None, evidence: Evidence | None) -> Label | None:
    return None if value is None or evidence is None else Label(by_fives(value), (_words(evidence),))


def _words(evidence: Evidence) -> Words:
    return Words(evidence.turn, evidence.quote)


def _given(label: WrittenLabel | None) -> Label | None:
    return None if label is None else Label(label.value, tuple(Words(turn, text) for turn, text in label.at))
