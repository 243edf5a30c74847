"""Hand-written dialogues as mono calls: every sixteenth call of the training files, which the words of roles are never learnt from."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable

from auricle_contracts import Channel, Direction, Role

from auricle_samples.dialogues import Language
from auricle_samples.dialogues.written import WrittenDialogue, read_training
from auricle_samples.mono.plan import Kind, Plan, Said
from auricle_samples.voice.cast import Part

KEPT_OUT_EVERY = 16
KINDS: tuple[Kind, ...] = ("two", "near", "two", "near", "one_side")
WORDS_A_SECOND = 2.5
READABLE: dict[Language, re.Pattern[str]] = {
    "ru": re.compile(r"[А-Яа-яЁё ,.!?…:;()-]+"),
    "en": re.compile(r"[A-Za-z ,.!?…:;()'-]+"),
}
UNSPOKEN = str.maketrans({"«": "", "»": "", "“": "", "”": "", '"': "", "’": "'", "…": "..."})
PARTS: dict[Role, Part] = {Role.AGENT: "agent", Role.CUSTOMER: "customer", Role.IVR: "ivr", Role.BOT: "bot"}


def kept_out(dialogues: Iterable[WrittenDialogue]) -> frozenset[str]:
    """The ids of calls that are kept out of learning."""
    calls = [one.id for one in dialogues if one.channel is Channel.CALL and _is_readable(one)]
    return frozenset(calls[::KEPT_OUT_EVERY])


def _is_readable(dialogue: WrittenDialogue) -> bool:
    """By a synthesiser of its language: letters only."""
    return all(READABLE[dialogue.lang].fullmatch(_spoken(text)) for _, text in dialogue.turns)


def _spoken(text: str) -> str:
    return re.sub(r"(?<!\S)\W+(?!\S)|^\W+", " ", text.translate(UNSPOKEN)).strip()


def plans() -> list[Plan]:
    """All kept-out calls, numbered from 0."""
    dialogues = list(read_training())
    ids = kept_out(dialogues)
    return [_plan(seed, one) for seed, one in enumerate(one for one in dialogues if one.id in ids)]


def _plan(seed: int, dialogue: WrittenDialogue) -> Plan:
    rng = random.Random(f"written/{seed}")
    kind = KINDS[seed % len(KINDS)]
    female: dict[Part, bool] = {"agent": rng.random() < 0.6, "customer": rng.random() < 0.5, "ivr": True, "bot": True}
    plan = Plan(seed, "written", kind, dialogue.lang, Direction.INBOUND, female)
    plan.turns = _one_side(dialogue, rng) if kind == "one_side" else _both_sides(dialogue)
    return plan


def _both_sides(dialogue: WrittenDialogue) -> list[Said]:
    return [Said(PARTS[role], _spoken(text), dialogue.lang) for role, text in dialogue.turns]


def _one_side(dialogue: WrittenDialogue, rng: random.Random) -> list[Said]:
    """A recording of one person alone: silence as long as the other one speaks."""
    who = rng.choice([Role.AGENT, Role.CUSTOMER])
    silence_s, said = 0.0, []
    for role, text in dialogue.turns:
        if role is who:
            said.append(Said(PARTS[role], _spoken(text), dialogue.lang, gap_s=0.3 + silence_s if silence_s else None))
            silence_s = 0.0
        else:
            silence_s += len(text.split()) / WORDS_A_SECOND
    return said
