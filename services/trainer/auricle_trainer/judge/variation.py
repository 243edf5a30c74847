"""Dialogues with some words exchanged for any others, so that a quote has to be copied and cannot be known by heart.

The training generator's phrases are few enough to be learnt; on the held-out ones the judge then quoted training.
"""

import random
import re
from functools import lru_cache

from auricle_samples.dialogues import Dialogue

from auricle_trainer.speech.lexicon import lexicon_of_corpus

MAX_EXCHANGED = 0.4
_WORD = re.compile(r"[^\W\d_]{2,}")


def varied(dialogue: Dialogue, rng: random.Random) -> Dialogue:
    """The same turns with up to `MAX_EXCHANGED` of their words exchanged; marks of punctuation stay, and so does the number of words."""
    rate = rng.random() * MAX_EXCHANGED
    turns = tuple(turn.model_copy(update={"text": exchanged(turn.text, rng, rate)}) for turn in dialogue.turns)
    return dialogue.model_copy(update={"turns": turns})


def exchanged(text: str, rng: random.Random, rate: float) -> str:
    """`text` with about `rate` of its words exchanged."""

    def instead(match: re.Match[str]) -> str:
        if rng.random() >= rate:
            return match.group()
        word = rng.choice(_words())
        return word.capitalize() if match.group()[0].isupper() else word

    return _WORD.sub(instead, text)


@lru_cache(maxsize=1)
def _words() -> tuple[str, ...]:
    return lexicon_of_corpus().surface
