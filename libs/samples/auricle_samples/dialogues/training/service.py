"""Conversations in which nothing is sold: a question, a fault, a status, a complaint, and how it ended.

opening ─► what the customer wants ─► questions ─► outcome [─► an objection to it ─► the agent's reply] ─► the customer's last word
"""

import random
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from auricle_contracts import Channel, Direction

from auricle_samples.dialogues.dialogue import Dialogue, Language, Split
from auricle_samples.dialogues.grammar import expand
from auricle_samples.dialogues.script import Script
from auricle_samples.dialogues.training import beats
from auricle_samples.dialogues.training.cast import Cast
from auricle_samples.dialogues.training.composer import CHANNELS, ENGLISH_SHARE, pick
from auricle_samples.dialogues.training.material import PACKAGE, Scenario
from auricle_samples.dialogues.training.profiles import MOODS, STYLE_WEIGHTS
from auricle_samples.dialogues.truth import HANDLING, HANDLING_BASE, Mark, judge

OUTCOMES = {
    "warm": {"answer": 60, "registered": 25, "transferred": 5, "refusal": 7, "sorry_only": 3},
    "businesslike": {"answer": 55, "registered": 25, "transferred": 8, "refusal": 10, "sorry_only": 2},
    "scripted": {"answer": 20, "registered": 25, "transferred": 12, "refusal": 13, "sorry_only": 30},
    "tired": {"answer": 35, "registered": 10, "transferred": 20, "refusal": 25, "sorry_only": 10},
    "rude": {"answer": 25, "registered": 5, "transferred": 20, "refusal": 45, "sorry_only": 5},
}
ENDS = {
    "answer": {"glad": 45, "fine": 45, "leaves": 6, "resigned": 4},
    "registered": {"glad": 15, "fine": 50, "resigned": 20, "angry": 10, "leaves": 5},
    "transferred": {"fine": 40, "resigned": 35, "angry": 20, "leaves": 5},
    "refusal": {"fine": 15, "resigned": 45, "angry": 35, "leaves": 5},
    "sorry_only": {"fine": 10, "resigned": 40, "angry": 45, "leaves": 5},
}
OBJECTED = {"answer": 0.05, "registered": 0.3, "transferred": 0.3, "refusal": 0.45, "sorry_only": 0.3}
TERMS: dict[Language, tuple[str, ...]] = {
    "ru": ("три дня", "десять дней", "сорок восемь часов", "тридцать дней", "две недели", "сутки", "пять рабочих дней"),
    "en": ("three days", "ten days", "48 hours", "two weeks", "a day", "five working days"),
}


def compose(seed: int, split: Split, channel: Channel | None = None, language: Language | None = None) -> Dialogue:
    """The service dialogue of `seed`; `scenario` names domain, outcome and end: `utilities/refusal/angry`."""
    rng = random.Random(f"service {split} {seed}")
    spoken_in: Language = language or ("en" if rng.random() < ENGLISH_SHARE else "ru")
    style, mood = pick(STYLE_WEIGHTS, rng), pick(MOODS, rng)
    scenario = rng.choice(domains(spoken_in))
    cast = Cast(scenario, style, channel or pick(CHANNELS, rng), rng)
    cast.slots |= {"term": rng.choice(TERMS[spoken_in]), "ref": str(rng.randint(1000, 99_999_999))}
    script = Script(spoken_in, cast.channel, rng)
    outcome, end = play(cast, script, style, mood)
    written = script.written()
    if cast.channel is Channel.EMAIL:
        written.signed(cast.signatures(), rng)
    return Dialogue(
        id=f"{split}-{scenario.name}-{spoken_in}-{seed}",
        seed=seed,
        split=split,
        scenario=f"{scenario.name}/{outcome}/{end}",
        channel=cast.channel,
        direction=Direction.INBOUND,
        language=spoken_in,
        style=style,
        mood=mood,
        agent=cast.agent_speaker,
        customer=cast.customer_speaker,
        turns=written.turns(spoken_in),
        truth=judge(written.seen, cast.intent, written.errors),
    )


def play(cast: Cast, script: Script, style: str, mood: str) -> tuple[str, str]:
    """The whole conversation; how the agent settled it and what the customer said last."""
    beats.opening(cast, script, inbound=True, mood=mood)
    if cast.chance(0.8):
        beats.needs(cast, script, cast.rng.choice((1, 1, 2, 3)))
    beats.misbehave(cast, script)
    outcome = pick(OUTCOMES[style], cast.rng)
    _settle(cast, script, outcome)
    if cast.chance(OBJECTED[outcome]):
        _object(cast, script)
    for _ in range(2):
        beats.misbehave(cast, script)
    end = pick(ENDS[outcome], cast.rng)
    _end(cast, script, end)
    return outcome, end


@cache
def domains(language: str) -> tuple[Scenario, ...]:
    """The service domains of a language; the shared acts are in each one's text."""
    table = tomllib.loads((files(PACKAGE) / f"service_{language}.toml").read_text("utf-8"))
    return tuple(_domain(entry, language, table["acts"]) for entry in table["domain"])


def _domain(entry: dict[str, Any], language: str, acts: dict[str, Any]) -> Scenario:
    intents = tuple(dict.fromkeys(intent for intent, _ in entry["problem"]))
    text = acts | {key: entry[key] for key in ("need", "answer", "refusal")}
    text |= {
        "problem": [words for _, words in entry["problem"]],
        "intent_of_problem": [intents.index(intent) for intent, _ in entry["problem"]],
    }
    return Scenario(entry["name"], language, "inbound", intents, tuple(entry["orgs"]), ("",), {}, {}, text)


def _settle(cast: Cast, script: Script, outcome: str) -> None:
    if outcome == "sorry_only":
        script.agent(_say(cast, "sorry_only"), Mark.EMPTY_REFUSAL, error=Mark.EMPTY_REFUSAL.value)
        if cast.chance(0.6):
            script.customer(_say(cast, "insist", customer=True))
            script.agent(_say(cast, "sorry_only"))
        return
    script.agent(_say(cast, outcome))
    if outcome == "answer" and cast.chance(0.35):
        script.agent(_say(cast, "check_done"))
        script.customer(_say(cast, "no_more", customer=True))


def _object(cast: Cast, script: Script) -> None:
    moves = pick(cast.style.replies, cast.rng)
    script.customer(_say(cast, "objection", customer=True), Mark.OBJECTION)
    for move in moves:
        words = cast.act("acknowledge") if move is Mark.ACKNOWLEDGE else _reply(cast, move)
        script.agent(words, move, error=move.value if HANDLING[move] <= 0 else None)
        if move is Mark.CLARIFY:
            script.customer(_say(cast, "clarified", customer=True))
    met = HANDLING_BASE + sum(HANDLING[move] for move in moves)
    script.customer(cast.says("softened" if cast.chance(min(0.95, met / 80)) else "unconvinced"))


def _reply(cast: Cast, move: Mark) -> str:
    return cast.act("check") if move is Mark.CHECK else _say(cast, move.value)


def _end(cast: Cast, script: Script, end: str) -> None:
    key = "leaves_text" if end == "leaves" and cast.channel is not Channel.CALL else end
    script.customer(_say(cast, key, customer=True), Mark.INFORMED)
    if cast.chance(cast.style.farewell):
        script.agent(cast.act("farewell"), Mark.FAREWELL)
    elif cast.chance(0.5):
        script.agent(cast.act("farewell_dry"), error="no_farewell")


def _say(cast: Cast, key: str, *, customer: bool = False) -> str:
    speaker = cast.customer_speaker if customer else cast.agent_speaker
    return expand(cast.rng.choice(cast.scenario.text[key]), cast.rng, cast.slots, female=speaker.female)
