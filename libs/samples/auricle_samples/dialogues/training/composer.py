"""One training dialogue: the dice choose how far it goes and how it ends, the beats write it, the marks label it."""

import random
from collections.abc import Mapping
from typing import TypeVar

from auricle_contracts import Channel, Direction, SaleStage

from auricle_samples.dialogues.dialogue import Dialogue, Split
from auricle_samples.dialogues.script import Script
from auricle_samples.dialogues.training import beats
from auricle_samples.dialogues.training.cast import Cast
from auricle_samples.dialogues.training.material import scenarios
from auricle_samples.dialogues.training.profiles import ENDS, MOODS, STAGE_WEIGHTS, STYLE_WEIGHTS
from auricle_samples.dialogues.truth import HANDLING, HANDLING_BASE, judge

T = TypeVar("T")
CHANNELS = {Channel.CALL: 60, Channel.CHAT: 28, Channel.EMAIL: 12}
ENGLISH_SHARE = 0.15
OBJECTIONS = ("price", "think", "trust", "competitor", "no_need", "time", "experience", "own", "own")


def compose(seed: int, split: Split, channel: Channel | None = None, language: str | None = None) -> Dialogue:
    """The dialogue of `seed`; `channel` and `language` ("ru", "en") may be fixed from outside."""
    rng = random.Random(f"training {split} {seed}")
    spoken_in = language or ("en" if rng.random() < ENGLISH_SHARE else "ru")
    scenario = rng.choice(scenarios(spoken_in))
    style, mood, stage = pick(STYLE_WEIGHTS, rng), pick(MOODS, rng), pick(STAGE_WEIGHTS, rng)
    drawn = pick(CHANNELS, rng)
    cast = Cast(scenario, style, channel or drawn, rng)
    script = Script(spoken_in, cast.channel, rng)
    inbound = (scenario.direction == "inbound") == (rng.random() < 0.85) or cast.channel is not Channel.CALL
    inbound = inbound or "reason" not in scenario.text
    play(cast, script, stage, inbound=inbound, mood=mood)
    written = script.written()
    if cast.channel is Channel.EMAIL:
        written.signed(cast.signatures(), rng)
    return Dialogue(
        id=f"{split}-{scenario.name}-{spoken_in}-{seed}",
        seed=seed,
        split=split,
        scenario=scenario.name,
        channel=cast.channel,
        direction=Direction.INBOUND if inbound else Direction.OUTBOUND,
        language="en" if spoken_in == "en" else "ru",
        style=style,
        mood=mood,
        agent=cast.agent_speaker,
        customer=cast.customer_speaker,
        turns=written.turns(spoken_in),
        holds=tuple(written.holds),
        truth=judge(written.seen, cast.intent, written.errors),
    )


def play(cast: Cast, script: Script, stage: SaleStage, *, inbound: bool, mood: str) -> None:
    """The beats up to `stage`, then the end that fits."""
    beats.opening(cast, script, inbound=inbound, mood=mood)
    if stage is SaleStage.START:
        return beats.ending(cast, script, pick(ENDS["start"], cast.rng), offered=False)
    if cast.chance(0.25) and cast.channel is not Channel.EMAIL:
        beats.name(cast, script)
    _inquire(cast, script, skipped=stage is not SaleStage.NEEDS and cast.chance(0.12))
    if stage is SaleStage.NEEDS:
        return beats.ending(cast, script, pick(ENDS["needs"], cast.rng), offered=False)
    beats.offer(cast, script, cast.rng.choice((0, 0, 1, 1, 2)))
    beats.misbehave(cast, script)
    if stage is SaleStage.PRESENTATION:
        return beats.ending(cast, script, pick(ENDS["presentation"], cast.rng), offered=True)
    doubts = stage is SaleStage.OBJECTIONS or cast.chance(0.5)
    well = _doubts(cast, script, mood) if doubts else True
    if stage is SaleStage.CLOSING:
        return beats.ending(cast, script, pick(ENDS["closing"], cast.rng), offered=True)
    return beats.ending(
        cast, script, pick(ENDS["objections well" if well else "objections badly"], cast.rng), offered=True
    )


def pick(weights: Mapping[T, int], rng: random.Random) -> T:
    """A key drawn by its weight."""
    return rng.choices(list(weights), list(weights.values()))[0]


def _inquire(cast: Cast, script: Script, *, skipped: bool) -> None:
    if not skipped:
        beats.needs(cast, script, cast.rng.choice((1, 2, 2, 3, 4)))
    beats.misbehave(cast, script)
    beats.slips(cast, script)


def _doubts(cast: Cast, script: Script, mood: str) -> bool:
    """One objection, or two; true when the last was met well enough to persuade."""
    count = 2 if cast.chance(0.45 if mood == "doubting" else 0.2) else 1
    well = False
    for kind in cast.rng.sample(sorted(set(OBJECTIONS)), count):
        moves = pick(cast.style.replies, cast.rng)
        met = HANDLING_BASE + sum(HANDLING[move] for move in moves)
        well = cast.chance(min(0.95, met / 80))
        beats.objection(cast, script, kind, moves, persuaded=well)
    return well
