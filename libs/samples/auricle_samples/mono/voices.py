"""Whose voices a drawn call has: speakers drawn from ranges, two of them near to each other where the plan says so, machines apart."""

from __future__ import annotations

import random

from auricle_samples.dialogues import Language
from auricle_samples.mono.plan import Plan
from auricle_samples.voice.cast import Part
from auricle_samples.voice.festival import KAL, KED, RUSSIAN, SLT, Speaker

MACHINES: tuple[Part, ...] = ("ivr", "voicemail", "bot")
Key = tuple[Part, Language]
"""A part and the language that it is read in: festival's Russian voice reads no English, so that one part may have two speakers."""


def cast(plan: Plan) -> dict[Key, Speaker]:
    """A speaker for each part and language of the plan."""
    rng = random.Random(f"voices/{plan.split}/{plan.seed}")
    keys = dict.fromkeys((said.who, said.language) for said in plan.turns)
    speakers = {key: _machine(key[1], rng) if key[0] in MACHINES else _person(plan, key, rng) for key in keys}
    if plan.kind == "near":
        speakers["customer", plan.language] = _near(speakers["agent", plan.language], rng)
    return speakers


def _person(plan: Plan, key: Key, rng: random.Random) -> Speaker:
    part, language = key
    speed = rng.uniform(0.94, 1.1)
    if language == "en":
        # Three voices of different people; the agent and the customer of a call never share one unless they are near.
        voice = {"agent": SLT if plan.female["agent"] else KED, "customer": KAL, "second_agent": KED}.get(part, SLT)
        return Speaker(voice, rng.uniform(0.9, 1.15), rng.uniform(0.95, 1.06), speed)
    if plan.female[part]:
        return Speaker(RUSSIAN, rng.uniform(1.35, 1.85), rng.uniform(1.07, 1.18), speed)
    return Speaker(RUSSIAN, rng.uniform(0.8, 1.22), rng.uniform(0.92, 1.05), speed)


def _near(other: Speaker, rng: random.Random) -> Speaker:
    """Somebody of the same voice, 4 to 12 % higher or lower, with a slightly longer or shorter throat."""
    step = rng.uniform(1.04, 1.12)
    pitch = other.pitch * (step if rng.random() < 0.5 else 1 / step)
    return Speaker(other.voice, pitch, other.formants * rng.uniform(0.96, 1.04), rng.uniform(0.94, 1.08))


def _machine(language: Language, rng: random.Random) -> Speaker:
    if language == "en":
        return Speaker(SLT, rng.uniform(1.0, 1.2), rng.uniform(0.98, 1.06), rng.uniform(0.88, 1.0))
    return Speaker(RUSSIAN, rng.uniform(1.45, 1.75), rng.uniform(1.08, 1.16), rng.uniform(0.88, 1.0))
