"""What the models read. The base: dialogues with what is asked of them behind. The adapter: the rendered prompt and its JSON.

    base       call ⏎ T1 agent: … |b| … ⏎ T2 customer: … ⏎ <the JSON, or words and their labels>
    adapter    chat messages from auricle_judging.render ─► JSON

What stands behind the dialogue is learnt with full weight.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from auricle_contracts import DigestLine
from auricle_contracts.judges import Reasoning
from auricle_criteria import Library, Prompt
from auricle_judging import ChatMessage, Choices, Rendered, canonical, render
from auricle_judging.clauses import Clause
from auricle_judging.rendering import prompt_lines

from auricle_trainer.judge.examples import EvidenceCut, answer
from auricle_trainer.judge.labelled import Label, Labelled
from auricle_trainer.judge.sources import Source

RECITAL_SHARE = 0.3  # of the base's documents teach only to find a clause by its label and a label by its words
INVENTED_SHARE = 0.3  # of the recitals are of words that mean nothing, so that only looking them up helps
INTENT_SHARE = 0.25  # of the others, in both phases, answer the prompt `intent`
RECITED, RECITED_WORDS = 6, 8
Shown = Callable[[Labelled, random.Random], Sequence[DigestLine]]
CONSONANTS, VOWELS = "бвгджзклмнпрстфхцчшщ", "аеиоуыэюя"


@dataclass(frozen=True)
class Document:
    """Text that is read and text that is learnt with full weight."""

    read: str
    learnt: str


def base_document(source: Source, seed: int) -> Document:
    """The base's document of a seed."""
    rng = random.Random(f"base {seed}")
    dialogue = source.dialogue(seed)
    recited = rng.random() < RECITAL_SHARE
    if recited and rng.random() < INVENTED_SHARE:
        dialogue = _meaningless(dialogue, rng)
    lines = prompt_lines(dialogue.lines())
    said = "".join(f"{line.label} {line.role}: {line.marked}\n" for line in lines)
    clauses = {clause.label: clause for line in lines for clause in line.clauses}
    learnt = (
        _recital(list(clauses.values()), rng)
        if recited
        else canonical(answer("intent" if rng.random() < INTENT_SHARE else "evaluate", dialogue, clauses))
    )
    return Document(f"{dialogue.channel.value}\n{said}", learnt)


def _recital(clauses: Sequence[Clause], rng: random.Random) -> str:
    """Some clauses in any order, each by its label or by its words."""
    chosen = rng.sample(clauses, min(RECITED, len(clauses)))
    said = [(clause.label, " ".join(clause.text.split()[:RECITED_WORDS])) for clause in chosen]
    if rng.random() < 0.5:
        return "".join(f"{label}: {words}\n" for label, words in said)
    return "".join(f"{words} = {label}\n" for label, words in said)


def _meaningless(dialogue: Labelled, rng: random.Random) -> Labelled:
    turns = tuple((n, role, " ".join(_invented(rng) for _ in text.split())) for n, role, text in dialogue.turns)
    return replace(dialogue, turns=turns)


def _invented(rng: random.Random) -> str:
    return "".join(rng.choice(CONSONANTS) + rng.choice(VOWELS) for _ in range(rng.randint(1, 3)))


@dataclass(frozen=True)
class Asking:
    """The prompts as the product ships them, and the lists that may be chosen from."""

    evaluate: Prompt
    intent: Prompt
    choices: Choices
    protect: tuple[str, ...]

    @classmethod
    def read(cls, folder: Path) -> "Asking":
        """From the folder `prompts/`."""
        library = Library.read(folder)
        sales = library.scorecard("sales")
        return cls(library.prompts["evaluate"], library.prompts["intent"], sales.choices, sales.protect)

    def rendered(
        self,
        prompt: Prompt,
        dialogue: Labelled,
        lines: Sequence[DigestLine] | None = None,
        shots: int | None = None,
        reasoning: Reasoning = Reasoning.SHORT,
    ) -> Rendered:
        """A prompt as the scorer puts it for this dialogue; `lines` instead of the uncut turns."""
        shown = dialogue.lines() if lines is None else lines
        return render(prompt, shown, channel=dialogue.channel, shots=shots, choices=self.choices, reasoning=reasoning)

    def example(
        self, prompt: Prompt, dialogue: Labelled, lines: Sequence[DigestLine]
    ) -> tuple[Rendered, dict[str, Any]]:
        """A prompt over `lines` and its answer, or over the whole dialogue where the lines have lost the evidence. Raises EvidenceCut."""
        try:
            rendered = self.rendered(prompt, dialogue, lines)
            return rendered, answer(prompt.id, dialogue, rendered.clauses)
        except EvidenceCut:
            rendered = self.rendered(prompt, dialogue)
            return rendered, answer(prompt.id, dialogue, rendered.clauses)


def chat(messages: tuple[ChatMessage, ...]) -> str:
    """ChatML with the answer's turn opened: what the exported chat template makes of the messages."""
    said = "".join(f"<|im_start|>{message['role']}\n{message['content']}<|im_end|>\n" for message in messages)
    return f"{said}<|im_start|>assistant\n"


def adapter_document(
    asking: Asking, source: Source, seed: int, shown: Shown | None = None, labels_of: int | None = None
) -> Document:
    """The adapter's document of a seed: what `shown` leaves of the dialogue, or all of it where there is none or the evidence is lost.

    `labels_of` gives it another dialogue's labels (the shuffled-labels baseline).
    """
    rng = random.Random(f"adapter {seed}")
    dialogue = source.dialogue(seed)
    prompt = asking.intent if rng.random() < INTENT_SHARE else asking.evaluate
    rendered, target = asking.example(prompt, dialogue, shown(dialogue, rng) if shown else dialogue.lines())
    if labels_of is not None:
        target = answer(prompt.id, _with_values(dialogue, source.dialogue(labels_of)), rendered.clauses)
    return Document(chat(rendered.messages), canonical(target))


def _with_values(own: Labelled, other: Labelled) -> Labelled:
    """`own` places with the reasoning and the values of `other`; a place that only one of them has is the politeness's."""
    somewhere = own.labels["politeness"]
    assert somewhere is not None
    labels = {
        name: theirs and Label(theirs.value, (own.labels[name] or somewhere).at)
        for name, theirs in other.labels.items()
    }
    return replace(own, reasoning=other.reasoning, labels=labels)
