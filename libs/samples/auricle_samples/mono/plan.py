"""What happens in one drawn mono call: who says what in which order, by seed. Equal arguments give equal plans."""

from __future__ import annotations

import random
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal

from auricle_contracts import Channel, Direction, Role, Turn

from auricle_samples.dialogues import Language, generate
from auricle_samples.voice.cast import Part

Drawn = Literal["tune", "check"]
Split = Literal["tune", "check", "written"]
Kind = Literal[
    "two", "near", "machine_first", "transfer", "voicemail", "assents", "hold", "languages", "bot", "long", "one_side"
]
KINDS: tuple[Kind, ...] = (
    "two", "near", "machine_first", "transfer", "assents", "hold", "near", "languages", "bot", "long", "machine_first", "voicemail",
)  # fmt: skip
ENGLISH_EVERY = 4
GENERATED: dict[Split, Literal["train", "dev"]] = {"tune": "train", "check": "dev"}


@dataclass(frozen=True)
class Said:
    """A turn: who, what, in which language, and how it differs from the usual (`scripted.Options`)."""

    who: Part
    text: str
    language: Language
    gap_s: float | None = None
    hold: bool = False
    tone: bool = False


@dataclass
class Plan:
    """The turns of a call. `female` says whose grammar is a woman's."""

    seed: int
    split: Split
    kind: Kind
    language: Language
    direction: Direction
    female: dict[Part, bool]
    turns: list[Said] = field(default_factory=list)

    def say(self, who: Part, text: str, **how: Any) -> None:
        self.turns.append(Said(who, text, how.pop("language", self.language), **how))


def drawn(split: Drawn, seed: int) -> Plan:
    """The plan of this seed: its kind goes round, every fourth call is English."""
    rng = random.Random(f"{split}/{seed}")
    kind = KINDS[seed % len(KINDS)]
    language: Language = "en" if seed % ENGLISH_EVERY == ENGLISH_EVERY - 1 else "ru"
    if kind == "languages":
        language = "en"
    dialogue = generate(seed, GENERATED[split], channel=Channel.CALL, language=language)
    female: dict[Part, bool] = {
        "agent": dialogue.agent.female, "customer": dialogue.customer.female, "second_agent": rng.random() < 0.6,
        "ivr": True, "voicemail": rng.random() < 0.5, "bot": rng.random() < 0.7,
    }  # fmt: skip
    direction = Direction.OUTBOUND if kind == "voicemail" else dialogue.direction
    plan = Plan(seed, split, kind, language, direction, female)
    _COMPOSED[kind](_Story(plan, _texts(plan, rng), list(dialogue.turns), rng))
    return plan


class Texts:
    """Drawn texts of one language and split."""

    def __init__(self, table: dict[str, list[str]], slots: dict[str, str], rng: random.Random) -> None:
        self._table, self._slots, self._rng = table, slots, rng

    def one(self, kind: str) -> str:
        return self._rng.choice(self._table[kind]).format(**self._slots)


def _texts(plan: Plan, rng: random.Random, language: Language | None = None) -> Texts:
    material = _material()
    spoken = language or plan.language
    slots = {slot: rng.choice(material[f"{slot}s"][spoken][plan.split]) for slot in ("brand", "name")}
    return Texts(material[spoken][plan.split], slots, rng)


@cache
def _material() -> dict[str, Any]:
    return tomllib.loads((Path(__file__).parent / "material.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class _Story:
    """What a call is composed of: the plan that takes its turns, texts, and a dialogue of two people."""

    plan: Plan
    texts: Texts
    turns: list[Turn]
    rng: random.Random


def _dialogue(plan: Plan, turns: list[Turn], agent: Part = "agent") -> None:
    for turn in turns:
        plan.say(agent if turn.role is Role.AGENT else "customer", turn.text)


def _two(story: _Story) -> None:
    _dialogue(story.plan, story.turns)


def _machine_first(story: _Story) -> None:
    story.plan.say("ivr", story.texts.one("welcome"))
    if story.rng.random() < 0.6:
        story.plan.say("ivr", story.texts.one("menu"), gap_s=0.6, tone=story.rng.random() < 0.5)
    story.plan.say("ivr", story.texts.one("queue"), gap_s=0.8, hold=story.rng.random() < 0.6)
    _dialogue(story.plan, story.turns)
    if story.rng.random() < 0.4:
        story.plan.say("ivr", story.texts.one("goodbye_machine"), gap_s=0.8)


def _transfer(story: _Story) -> None:
    cut = max(2, len(story.turns) // 2)
    _dialogue(story.plan, story.turns[:cut])
    story.plan.say("agent", story.texts.one("transfer"), hold=story.rng.random() < 0.7)
    if story.rng.random() < 0.4:
        story.plan.say("ivr", story.texts.one("queue"), gap_s=0.5)
    story.plan.say("second_agent", story.texts.one("second"))
    story.plan.say("customer", story.texts.one("second_customer"))
    _dialogue(story.plan, story.turns[cut:], "second_agent")


def _voicemail(story: _Story) -> None:
    story.plan.say("voicemail", story.texts.one("voicemail"), tone=True)
    story.plan.say("agent", story.texts.one("message"))


def _assents(story: _Story) -> None:
    """Each longer turn is heard out with short words of the other side, some of them over its end."""
    for turn in story.turns:
        who: Part = "agent" if turn.role is Role.AGENT else "customer"
        other: Part = "customer" if who == "agent" else "agent"
        words = turn.text.split()
        if len(words) < 8:
            story.plan.say(who, turn.text)
            continue
        half = len(words) // 2
        story.plan.say(who, " ".join(words[:half]))
        story.plan.say(other, story.texts.one("assents"), gap_s=story.rng.uniform(-0.15, 0.2))
        story.plan.say(who, " ".join(words[half:]), gap_s=story.rng.uniform(0.0, 0.3))


def _hold(story: _Story) -> None:
    cut = max(2, 2 * len(story.turns) // 3)
    _dialogue(story.plan, story.turns[:cut])
    story.plan.say("agent", story.texts.one("hold"), hold=True)
    if story.rng.random() < 0.5:
        story.plan.say("ivr", story.texts.one("queue"), gap_s=0.3, hold=True)
    story.plan.say("agent", story.texts.one("back"), gap_s=0.5)
    _dialogue(story.plan, story.turns[cut:])


def _languages(story: _Story) -> None:
    """Greeted in Russian, the rest in English."""
    story.plan.say("agent", _texts(story.plan, story.rng, "ru").one("switch"), language="ru")
    _dialogue(story.plan, story.turns[1:] if story.turns[0].role is Role.AGENT else story.turns)


def _bot(story: _Story) -> None:
    """A machine that talks hands over to a person."""
    story.plan.say("bot", story.texts.one("bot"))
    story.plan.say("customer", story.texts.one("to_bot"))
    story.plan.say("ivr" if story.rng.random() < 0.3 else "bot", story.texts.one("queue"))
    _dialogue(story.plan, story.turns)


def _long(story: _Story) -> None:
    """Three dialogues of the same two people, greeted once and left once."""
    _dialogue(story.plan, story.turns[:-2])
    for seed in (story.plan.seed + 1000, story.plan.seed + 2000):
        more = generate(seed, GENERATED[story.plan.split], channel=Channel.CALL, language=story.plan.language).turns
        _dialogue(story.plan, list(more[1:-2]))
    _dialogue(story.plan, story.turns[-2:])


_COMPOSED: dict[Kind, Callable[[_Story], None]] = {
    "two": _two, "near": _two, "machine_first": _machine_first, "transfer": _transfer, "voicemail": _voicemail, "assents": _assents,
    "hold": _hold, "languages": _languages, "bot": _bot, "long": _long,
}  # fmt: skip
