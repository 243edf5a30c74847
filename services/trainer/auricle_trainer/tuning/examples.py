"""A data set as tokens: production's own rendering of its prompts, whole or as the compressor would show them, and the answers' JSON.

All prompts about one conversation are one example, which reads their common beginning once.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from auricle_contracts import DigestLine
from auricle_contracts.golden import GoldenDialogue
from auricle_criteria import Prompt
from transformers import PreTrainedTokenizerBase

from auricle_trainer.datasets.examples import Teachable, teachable
from auricle_trainer.judge.documents import Asking, Shown
from auricle_trainer.judge.examples import EvidenceCut
from auricle_trainer.lora.examples import Encoded, encode, packed


@dataclass(frozen=True)
class Lessons:
    """Conversations drawn by seed: each once a pass, in an order of the pass's own."""

    asking: Asking
    words: PreTrainedTokenizerBase
    taught: Sequence[Teachable]
    seed: int
    whole_share: float = 1.0
    shown: Shown | None = None

    def __call__(self, number: int) -> Encoded:
        """The example of a seed."""
        each, place = divmod(number, len(self.taught))
        order = list(range(len(self.taught)))
        random.Random(f"pass {self.seed} {each}").shuffle(order)
        told = self.taught[order[place]]
        dice = random.Random(f"lesson {self.seed} {number}")
        whole = self.shown is None or dice.random() < self.whole_share
        lines = told.labelled.lines() if whole or self.shown is None else self.shown(told.labelled, dice)
        return _encoded(self.asking, told, lines, self.words)

    def whole(self) -> list[Encoded]:
        """Every example once, uncut."""
        return [_encoded(self.asking, told, told.labelled.lines(), self.words) for told in self.taught]


def taught(
    asking: Asking, dialogues: Sequence[GoldenDialogue], words: PreTrainedTokenizerBase, longest: int
) -> tuple[list[Teachable], int]:
    """Conversations that can be learnt from, and how many cannot: no prompt has all its answers, no clause holds the evidence, or more
    tokens than `longest`.
    """
    found = [one for one in map(teachable, dialogues) if one.prompts and _fits(asking, one, words, longest)]
    return found, len(dialogues) - len(found)


def _fits(asking: Asking, told: Teachable, words: PreTrainedTokenizerBase, longest: int) -> bool:
    try:
        return len(_encoded(asking, told, told.labelled.lines(), words).ids) <= longest
    except EvidenceCut:
        return False


def _encoded(asking: Asking, told: Teachable, lines: Sequence[DigestLine], words: PreTrainedTokenizerBase) -> Encoded:
    asked = [encode(*asking.example(_prompt(asking, name), told.labelled, lines), words) for name in told.prompts]
    return packed(asked) if len(asked) > 1 else asked[0]


def _prompt(asking: Asking, name: str) -> Prompt:
    return {"evaluate": asking.evaluate, "intent": asking.intent}[name]
