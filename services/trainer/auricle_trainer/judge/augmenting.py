"""Other ways to say a labelled dialogue that leave its labels right: as a recogniser writes it, with fillers, numbers, slips.

Evidence is found again in the changed words: the stretch of its turn that shares most words with it.
"""

import random
import re
from collections.abc import Callable
from dataclasses import replace

from auricle_contracts import Channel
from auricle_samples.dialogues.disfluency import FILLERS, disfluent
from auricle_samples.dialogues.noise import misheard, plain

from auricle_trainer.judge.labelled import Label, Labelled, Words

MAX_WORD_ERROR_RATE = 0.15
PLAIN_SHARE, MISHEARD_SHARE, DISFLUENT_SHARE, RENUMBERED_SHARE, TYPED_SHARE = 0.25, 0.25, 0.2, 0.5, 0.2
LOWER_SHARE, SLIP_RATE = 0.3, 0.02
_NUMBER = re.compile(r"\d{2,}")
_LETTERS = re.compile(r"[^\W\d_]{4,}")


def varied(dialogue: Labelled, rng: random.Random) -> Labelled:
    """The same dialogue said otherwise, drawn by `rng`."""
    if rng.random() < RENUMBERED_SHARE:
        dialogue = renumbered(dialogue, rng)
    if dialogue.channel is Channel.CALL:
        return as_heard(dialogue, rng)
    return changed(dialogue, lambda text: typed(text, rng)) if rng.random() < TYPED_SHARE else dialogue


def as_heard(dialogue: Labelled, rng: random.Random) -> Labelled:
    """A call without marks and capitals, or with some words misheard, or with fillers; or as it is."""
    chance = rng.random()
    if chance < PLAIN_SHARE:
        return changed(dialogue, plain)
    if chance < PLAIN_SHARE + MISHEARD_SHARE:
        rate = rng.random() * MAX_WORD_ERROR_RATE
        return changed(dialogue, lambda text: misheard(text, rng, rate))
    if chance < PLAIN_SHARE + MISHEARD_SHARE + DISFLUENT_SHARE:
        return changed(dialogue, lambda text: disfluent(text, rng, FILLERS[dialogue.language]))
    return dialogue


def renumbered(dialogue: Labelled, rng: random.Random) -> Labelled:
    """Every number of two digits and more exchanged for another of its length, the same for the same."""
    known: dict[str, str] = {}

    def other(match: re.Match[str]) -> str:
        drawn = str(rng.randint(1, 9)) + "".join(str(rng.randint(0, 9)) for _ in match.group()[1:])
        return known.setdefault(match.group(), drawn)

    turns = tuple((n, role, _NUMBER.sub(other, text)) for n, role, text in dialogue.turns)
    labels = {
        name: label and Label(label.value, tuple(Words(at.turn, _NUMBER.sub(other, at.text)) for at in label.at))
        for name, label in dialogue.labels.items()
    }
    return replace(dialogue, turns=turns, labels=labels, reasoning=_NUMBER.sub(other, dialogue.reasoning))


def typed(text: str, rng: random.Random) -> str:
    """As hasty fingers write: some words with two letters exchanged, now and then all in lower case."""

    def slip(match: re.Match[str]) -> str:
        word = match.group()
        if rng.random() >= SLIP_RATE:
            return word
        at = rng.randrange(1, len(word) - 2)
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]

    written = _LETTERS.sub(slip, text)
    return written.lower() if rng.random() < LOWER_SHARE else written


def changed(dialogue: Labelled, change: Callable[[str], str]) -> Labelled:
    """Every turn's text put through `change`; a turn that it would empty stays."""
    texts = {n: change(text) or text for n, _, text in dialogue.turns}
    labels = {
        name: label and Label(label.value, tuple(_found(at, texts[at.turn]) for at in label.at))
        for name, label in dialogue.labels.items()
    }
    turns = tuple((n, role, texts[n]) for n, role, _ in dialogue.turns)
    return replace(dialogue, turns=turns, labels=labels)


def nearest(quote: str, text: str) -> str:
    """The stretch of `text` as long as `quote` (in words) that shares most words with it, case and marks aside."""
    wanted, words = plain(quote).split(), text.split()
    bare = [plain(word) for word in words]
    starts = range(max(1, len(words) - len(wanted) + 1))
    start = max(starts, key=lambda at: len(set(wanted) & set(bare[at : at + len(wanted)])))
    return " ".join(words[start : start + len(wanted)])


def _found(at: Words, text: str) -> Words:
    return at if at.text in text else Words(at.turn, nearest(at.text, text))
