"""Which voices speak: those that training may use, and those that only tests may."""

from __future__ import annotations

import numpy as np

from auricle_samples.voice.espeak import Voice

TRAINING = (
    "", "m1", "m2", "m3", "m5", "m6", "m7", "f1", "f2", "f4", "Alex", "Andrea", "Andy", "Annie", "Denis", "Diogo", "Gene",
    "Henrique", "Hugo", "Jacky", "Lee", "Marco", "Mario", "Mike", "Nguyen", "RicishayMax", "RicishayMax3", "Storm", "adam",
    "antonio", "aunty", "belinda", "benjamin", "boris", "caleb", "david", "edward", "fast", "grandma", "gustave", "iven",
    "iven3", "john", "klatt", "klatt3", "klatt6", "linda", "marcelo", "max", "miguel", "norbert", "pablo", "pedro", "quincy",
    "rob", "robert", "sandro", "steph", "steph3", "travis", "victor", "zac",
)  # fmt: skip
HELD_OUT = ("m4", "m8", "f3", "f5", "Alicia", "Gene2", "Michael", "anika", "ed", "grandpa", "klatt4", "paul", "shelby")


def training_voice(rng: np.random.Generator) -> Voice:
    """A variant of the training list with any pitch and a speed from slow to brisk."""
    return _voice(str(rng.choice(TRAINING)), rng)


def held_out_voices(count: int, seed: int) -> tuple[Voice, ...]:
    """`count` different settings whose variants training never speaks with."""
    rng = np.random.default_rng(seed)
    return tuple(_voice(HELD_OUT[index % len(HELD_OUT)], rng) for index in range(count))


def _voice(variant: str, rng: np.random.Generator) -> Voice:
    return Voice(
        variant=variant,
        rate=int(rng.integers(125, 205)),
        pitch=int(rng.integers(20, 81)),
        spread=int(rng.integers(20, 81)),
    )
