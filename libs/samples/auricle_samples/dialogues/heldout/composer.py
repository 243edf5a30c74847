"""One held-out dialogue: a plot drawn first (how far, how kind, how it ends), then scenes in the order of the plot."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from auricle_contracts import Channel, Direction

from auricle_samples.dialogues.dialogue import Dialogue, Speaker, Split
from auricle_samples.dialogues.disfluency import HELDOUT_FILLERS
from auricle_samples.dialogues.grammar import expand
from auricle_samples.dialogues.heldout.scenes import Line, Table, scene, stock, subjects
from auricle_samples.dialogues.numerals import amount
from auricle_samples.dialogues.script import Script
from auricle_samples.dialogues.truth import HANDLING, POLITENESS, Mark, judge

# How far a dialogue goes, and the last words that fit there, each as likely as it is listed.
PLOTS = {
    "hello": ("cut_off", "cut_off", "declined", "forbids"),
    "questions": ("informed", "cut_off", "declined", "forbids", "informed"),
    "proposal": ("looks_later", "thinks", "informed", "informed", "declined"),
    "doubts": (
        "thinks",
        "looks_later",
        "declined",
        "forbids",
    ),  # the first three after a doubt met well, else the last three
    "agreement": ("bought", "bought", "next_step"),
}
KINDNESS = {"kind": 0.9, "even": 0.55, "cold": 0.12}
DOUBTS = {
    "kind": ("good", "good", "good", "fair"),
    "even": ("good", "fair", "fair", "bad"),
    "cold": ("bad", "bad", "bad", "fair"),
}
POLITE_ASKING = {
    "ru": (
        "Не сочтите за труд ответить,",
        "Сделайте одолжение, скажите,",
        "С вашего разрешения спрошу:",
        "Подскажете мне, пожалуйста,",
    ),
    "en": ("With your permission I'd ask:", "Kindly let me know:", "Do tell me, please:"),
}


@dataclass(frozen=True)
class Plot:
    """What the dice decided before the first word."""

    reach: str
    kindness: str
    inbound: bool


class Stage:
    """Plays scenes of one scenario into a script. (A theatre's stage; the sale's stage is in `truth`.)"""

    def __init__(self, table: Table, script: Script, rng: random.Random) -> None:
        self.table, self.script, self.rng = table, script, rng
        self.stock = stock(table["language"])
        self.agent, self.client = self._person(), self._person()
        self.slots = self._slots()
        self.intent = ""

    def play(self, lines: Sequence[Line]) -> None:
        """Speak every line; its marks go with it."""
        for spoken in lines:
            if spoken.by_agent:
                self.script.agent(self._words(spoken.words, self.agent), *spoken.marks, error=_mistake(spoken.marks))
            else:
                self.script.customer(self._words(spoken.words, self.client), *spoken.marks)

    def one_of(self, *path: str) -> tuple[Line, ...]:
        """A scene drawn from the shared stock."""
        found: Any = self.stock
        for name in path:
            found = found[name]
        drawn = self.rng.choice(found)
        return scene([drawn] if isinstance(drawn, str) else drawn)

    def topic(self, key: str) -> None:
        """Choose what the conversation is about, and its intent."""
        number, words = self.rng.choice(self.table[key]).split(" ", 1)
        self.intent = self.table["intents"][int(number)]
        self.slots[key] = words

    def likely(self, kindness: str) -> bool:
        return self.rng.random() < KINDNESS[kindness]

    def _words(self, template: str, speaker: Speaker) -> str:
        return expand(template, self.rng, self.slots, female=speaker.female)

    def _person(self) -> Speaker:
        female = self.rng.random() < 0.5
        return Speaker(name=self.rng.choice(self.stock["names_women" if female else "names_men"]), female=female)

    def _slots(self) -> dict[str, str]:
        spoken = self.script.channel is Channel.CALL
        slots = {"firm": self.rng.choice(self.table["firms"]), "bonus": self.rng.choice(self.table["bonus"])}
        for slot, key in (("price", "prices"), ("count", "counts")):
            span = self.table[key]
            slots[slot] = amount(
                self.rng.randrange(span["from"], span["to"] + 1, span["step"]), span["unit"], spoken=spoken
            )
        percent = {"ru": "процент", "en": "percent"}[self.table["language"]]
        slots["percent"] = amount(self.rng.choice((7, 12, 25)), percent, spoken=spoken)
        return slots | {
            "agent": self.agent.name,
            "client": self.client.name,
            "day": self.rng.choice(self.stock["days"]),
        }


def compose(seed: int, split: Split, channel: Channel | None = None, language: str | None = None) -> Dialogue:
    """The held-out dialogue of `seed`. A fifth is English unless `language` says otherwise."""
    rng = random.Random(f"heldout/{seed}")
    fitting = sorted(name for name in subjects() if language is None or name.startswith(language))
    name = rng.choice(fitting)
    table = subjects()[name]
    medium = channel or rng.choice((Channel.CALL, Channel.CALL, Channel.CALL, Channel.CHAT, Channel.EMAIL))
    script = Script(table["language"], medium, rng, HELDOUT_FILLERS[table["language"]])
    stage = Stage(table, script, rng)
    plot = Plot(
        rng.choice(sorted(PLOTS)), rng.choice(sorted(KINDNESS)), medium is not Channel.CALL or rng.random() < 0.6
    )
    _perform(stage, plot)
    written = script.written()
    return Dialogue(
        id=f"{split}-{name}-{seed}", seed=seed, split=split, scenario=name, channel=medium,
        direction=Direction.INBOUND if plot.inbound else Direction.OUTBOUND, language=table["language"],
        style=plot.kindness, mood=plot.reach, agent=stage.agent, customer=stage.client,
        turns=written.turns(table["language"]), truth=judge(written.seen, stage.intent, written.errors),
    )  # fmt: skip


def _mistake(marks: Sequence[Mark]) -> str | None:
    """The error class of a line: its first mark that costs the agent points."""
    return next((mark.value for mark in marks if POLITENESS.get(mark, 1) < 0 or HANDLING.get(mark, 1) <= 0), None)


def _perform(stage: Stage, plot: Plot) -> None:
    ends = PLOTS[plot.reach]
    reach = sorted(PLOTS, key=("hello", "questions", "proposal", "doubts", "agreement").index).index(plot.reach)
    _greet(stage, plot)
    if reach >= 1:
        _ask(stage, plot)
    if stage.rng.random() < 0.4:
        stage.play(stage.one_of("manners", "kind" if stage.likely(plot.kindness) else "cold"))
    if reach >= 2:
        _propose(stage)
    if reach == 3 or (reach == 4 and stage.rng.random() < 0.5):
        well = _doubt(stage, plot)
        ends = ends if reach == 4 else ends[:3] if well else ends[1:]
    if plot.kindness == "cold" and stage.rng.random() < 0.5:
        stage.play(stage.one_of("manners", "cold"))
    _finish(stage, plot, stage.rng.choice(ends))


def _greet(stage: Stage, plot: Plot) -> None:
    tone = "kind" if stage.likely(plot.kindness) else "cold"
    stage.topic("subject" if plot.inbound else "reason")
    if stage.script.channel is Channel.CALL:
        stage.play(stage.one_of("open", f"{'in' if plot.inbound else 'out'}_{tone}"))
    else:
        stage.play(stage.one_of("writing", tone))


def _ask(stage: Stage, plot: Plot) -> None:
    for pair in stage.rng.sample(stage.table["ask"], stage.rng.choice((1, 2, 3))):
        question, reply = pair.split(" = ")
        if stage.likely(plot.kindness) and stage.rng.random() < 0.6:
            prefix = stage.rng.choice(POLITE_ASKING[stage.table["language"]])
            stage.play((Line(True, (Mark.NEEDS, Mark.COURTESY), f"{prefix} {question}"), Line(False, (), reply)))
        else:
            stage.play((Line(True, (Mark.NEEDS,), question), Line(False, (), reply)))


def _propose(stage: Stage) -> None:
    first, *more = stage.rng.sample(stage.table["offer"], stage.rng.choice((1, 2)))
    stage.play((Line(True, (Mark.OFFER,), first), *(Line(True, (), words) for words in more)))
    for pair in stage.rng.sample(stage.table["fact"], stage.rng.choice((0, 1, 2))):
        question, reply = pair.split(" = ")
        stage.play((Line(False, (), question), Line(True, (), reply)))


def _doubt(stage: Stage, plot: Plot) -> bool:
    level = ""
    for _ in range(2 if stage.rng.random() < 0.2 else 1):
        level = stage.rng.choice(DOUBTS[plot.kindness])
        own = f"own_{level}"
        if own in stage.table and stage.rng.random() < 0.3:
            stage.play(scene(stage.table[own]))
        else:
            stage.play(stage.one_of("doubt", level))
    return level == "good"


def _finish(stage: Stage, plot: Plot, last: str) -> None:
    if last in ("bought", "next_step"):
        stage.play(stage.one_of("close", last))
    elif last == "cut_off" and stage.script.channel is not Channel.CALL:
        stage.play(stage.one_of("end", "cut_off_text"))
    else:
        stage.play(stage.one_of("end", last))
    if stage.rng.random() < 0.85:
        stage.play(stage.one_of("bye", "kind" if stage.likely(plot.kindness) else "cold"))
