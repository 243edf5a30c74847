"""What people say between the words of a call, at rates fixed before any text was made.

Fillers and repeats per word are those of Bortfeld et al. 2001 (Language and Speech 44): 2.6 and 1.5 per 100 words.
Stolcke et al. 2000 (Computational Linguistics 26) count 19 % of Switchboard's utterances as back-channels; a telephone
agent's customer speaks less often over him, so about half of it is used: one back-channel for ten turns.
"""

import random
from collections.abc import Sequence

FILLERS_PER_WORD = 0.026
REPEATS_PER_WORD = 0.015
BACKCHANNELS_PER_TURN = 0.10

FILLERS = {
    "ru": ("э", "ну", "вот", "как бы", "в общем", "значит", "м", "это самое", "так сказать", "короче"),
    "en": ("uh", "um", "well", "you know", "er", "I mean", "like"),
}
HELDOUT_FILLERS = {"ru": ("эм", "типа", "собственно", "гм", "эээ"), "en": ("erm", "hm", "basically", "ah")}
_BACKCHANNELS = {
    "ru": (
        "Угу.",
        "Да.",
        "Да-да.",
        "Так.",
        "Ага.",
        "Понятно.",
        "Да, слушаю.",
        "Хорошо.",
        "Угу, угу.",
        "Мгм.",
        "Ну да.",
    ),
    "en": ("Uh-huh.", "Yeah.", "Right.", "Okay.", "Mm-hm.", "I see.", "Sure.", "Yes."),
}


def disfluent(text: str, rng: random.Random, fillers: Sequence[str]) -> str:
    """`text` with fillers and repeated words put in; its own words stay in their order."""
    out: list[str] = []
    for position, word in enumerate(text.split()):
        chance = rng.random()
        if chance < FILLERS_PER_WORD and out and out[-1][-1] not in ".!?:":
            out.append(rng.choice(fillers) + ",")
        elif chance < FILLERS_PER_WORD + REPEATS_PER_WORD and word.isalpha():
            out.append(word)
            out.append(word.lower() if position == 0 else word)
            continue
        out.append(word)
    return " ".join(out)


def backchannel(rng: random.Random, language: str) -> str | None:
    """A listener's sound for the turn just heard, or None."""
    return rng.choice(_BACKCHANNELS[language]) if rng.random() < BACKCHANNELS_PER_TURN else None
