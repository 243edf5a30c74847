"""A data set as tokens: production's own rendering of its prompts, whole or as the compressor would show them, and the answer's JSON."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from auricle_contracts.golden import GoldenDialogue
from auricle_criteria import Prompt
from transformers import PreTrainedTokenizerBase

from auricle_trainer.datasets.examples import Teachable, teachable
from auricle_trainer.judge.documents import Asking, Shown
from auricle_trainer.judge.examples import EvidenceCut
from auricle_trainer.judge.labelled import Labelled
from auricle_trainer.lora.examples import Encoded, encode

Taught = tuple[Labelled, str]


@dataclass(frozen=True)
class Lessons:
    """Pairs of dialogue and prompt, drawn by seed: each once a pass, in an order of the pass's own."""

    asking: Asking
    words: PreTrainedTokenizerBase
    taught: Sequence[Taught]
    seed: int
    whole_share: float = 1.0
    shown: Shown | None = None

    def __call__(self, number: int) -> Encoded:
        """The example of a seed."""
        each, place = divmod(number, len(self.taught))
        order = list(range(len(self.taught)))
        random.Random(f"pass {self.seed} {each}").shuffle(order)
        dialogue, prompt = self.taught[order[place]]
        dice = random.Random(f"lesson {self.seed} {number}")
        whole = self.shown is None or dice.random() < self.whole_share
        lines = dialogue.lines() if whole or self.shown is None else self.shown(dialogue, dice)
        return encode(*self.asking.example(_prompt(self.asking, prompt), dialogue, lines), self.words)

    def whole(self) -> list[Encoded]:
        """Every example once, uncut."""
        return [
            encode(*self.asking.example(_prompt(self.asking, prompt), dialogue, dialogue.lines()), self.words)
            for dialogue, prompt in self.taught
        ]


def taught(
    asking: Asking, dialogues: Sequence[GoldenDialogue], words: PreTrainedTokenizerBase, longest: int
) -> tuple[list[Taught], int]:
    """What can be learnt from, and how many examples cannot: evidence that no clause holds, or more tokens than `longest`."""
    kept, left = list[Taught](), 0
    for told in map(teachable, dialogues):
        for prompt in told.prompts:
            if _fits(asking, told, prompt, words, longest):
                kept.append((told.labelled, prompt))
            else:
                left += 1
    return kept, left


def _fits(asking: Asking, told: Teachable, prompt: str, words: PreTrainedTokenizerBase, longest: int) -> bool:
    dialogue = told.labelled
    try:
        made = encode(*asking.example(_prompt(asking, prompt), dialogue, dialogue.lines()), words)
    except EvidenceCut:
        return False
    return len(made.ids) <= longest


def _prompt(asking: Asking, name: str) -> Prompt:
    return {"evaluate": asking.evaluate, "intent": asking.intent}[name]
