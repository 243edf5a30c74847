"""One planted call: a plan by density says which acts follow each other, the dice say how they are worded and how they are spoken.

plain     a question, a few answers, a price, and much talk around them
ordinary  more questions, an explanation given three times, objections and what meets them, an offer refused
conflict  complaint upon complaint, little talk
"""

import random
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from auricle_contracts import Role, Turn

from auricle_samples.dialogues.disfluency import FILLERS, HELDOUT_FILLERS, disfluent
from auricle_samples.dialogues.grammar import expand, tidy
from auricle_samples.planted.call import Density, Fact, FactKind, PlantedCall, PlantedSplit
from auricle_samples.planted.material import material, slots

PLANTED = re.compile(r"«(\w+):([^»]*)»")
LISTENS_SHARE = 0.55  # of the agent's long pieces are met by the customer's sound
AGENT, CUSTOMER = Role.AGENT, Role.CUSTOMER


def planted_call(seed: int, split: PlantedSplit, density: Density) -> PlantedCall:
    """The call of these arguments."""
    rng = random.Random(f"planted {split} {density} {seed}")
    sheet = _Sheet(material(split), rng, HELDOUT_FILLERS["ru"] if split == "test" else FILLERS["ru"])
    PLANS[density](sheet)
    turns = tuple(
        Turn(id=number, participant=role.value, role=role, text=text, language="ru")
        for number, (role, text) in enumerate(sheet.said, start=1)
    )
    facts = tuple(
        Fact(kind=kind, role=role, words=words, turns=tuple(found))
        for (kind, role, words), found in sheet.facts.items()
    )
    return PlantedCall(
        id=f"{split}-{density}-{seed}", seed=seed, split=split, density=density, turns=turns, facts=facts
    )


@dataclass
class _Sheet:
    """What has been said, and where each fact stands. Two pieces of one speaker in a row are one turn."""

    phrases: Mapping[str, Any]
    rng: random.Random
    fillers: tuple[str, ...]
    said: list[tuple[Role, str]] = field(default_factory=list)
    facts: dict[tuple[FactKind, Role, str], list[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.subject: Mapping[str, Any] = self.rng.choice(self.phrases["subjects"])
        self.slots = slots(self.phrases, self.subject, self.rng)
        self.female = {AGENT: self.rng.random() < 0.5, CUSTOMER: self.rng.random() < 0.5}

    def act(self, role: Role, name: str, times: int = 1) -> None:
        """One of the phrases of the act, or several different ones, each after the other."""
        phrases = self.phrases["acts"][name]
        for template in self.rng.sample(phrases, min(times, len(phrases))):
            self.say(role, template)

    def say(self, role: Role, template: str) -> None:
        raw = expand(template, self.rng, self.slots, female=self.female[role])
        text = disfluent(tidy(PLANTED.sub(lambda mark: mark[2], raw)), self.rng, self.fillers)
        if self.said and self.said[-1][0] is role:
            self.said[-1] = (role, f"{self.said[-1][1]} {text}")
        else:
            self.said.append((role, text))
        for kind, words in PLANTED.findall(raw):
            found = self.facts.setdefault((FactKind(kind.lower()), role, words), [])
            if len(self.said) not in found:
                found.append(len(self.said))

    def monologue(self, *templates: str) -> None:
        """The agent explains; the customer makes sounds in between."""
        for template in templates:
            self.say(AGENT, template if template.endswith((".", "?", "!")) else f"{template}.")
            if self.rng.random() < LISTENS_SHARE:
                self.act(CUSTOMER, "listen")

    def question(self, template: str) -> None:
        asked, _, answered = template.partition(" => ")
        self.say(AGENT, asked)
        self.say(CUSTOMER, f"{answered}.")

    def questions(self, count: int) -> None:
        for template in self.rng.sample(self.subject["questions"], min(count, len(self.subject["questions"]))):
            self.question(template)
            if self.rng.random() < LISTENS_SHARE:
                self.monologue(self.rng.choice(self.phrases["acts"]["think_aloud"]))

    def pause(self) -> None:
        self.act(AGENT, "hold")
        self.act(CUSTOMER, "wait")

    def chat(self) -> None:
        self.act(CUSTOMER, "smalltalk")
        self.act(AGENT, "reply_smalltalk")

    def contact(self) -> None:
        self.act(AGENT, "name_q")
        self.act(CUSTOMER, "name_a")
        self.act(AGENT, "phone_q")
        self.act(CUSTOMER, "phone_a")

    def order(self) -> None:
        self.act(AGENT, "order")
        self.act(CUSTOMER, "echo_order")

    def end(self) -> None:
        self.act(AGENT, "farewell")
        self.act(CUSTOMER, "bye")


def _opening(sheet: _Sheet) -> None:
    sheet.act(AGENT, "greeting")
    sheet.act(CUSTOMER, "hello")


def _plain(sheet: _Sheet) -> None:
    acts = sheet.phrases["acts"]
    _opening(sheet)
    sheet.act(CUSTOMER, "ramble", 2)
    sheet.monologue(*acts["boilerplate"][:2])
    sheet.pause()
    sheet.questions(2)
    sheet.act(CUSTOMER, "ramble", 2)
    sheet.monologue(*acts["think_aloud"][:2], *sheet.subject["process"])
    sheet.chat()
    sheet.pause()
    sheet.act(AGENT, "price")
    sheet.act(CUSTOMER, "listen")
    sheet.monologue(*acts["boilerplate"][2:], *sheet.subject["process"][:2])
    sheet.chat()
    sheet.act(CUSTOMER, "decision")
    sheet.pause()
    sheet.contact()
    sheet.pause()
    sheet.order()
    sheet.act(AGENT, "promise")
    sheet.end()


def _ordinary(sheet: _Sheet) -> None:
    acts = sheet.phrases["acts"]
    _opening(sheet)
    sheet.act(CUSTOMER, "ramble")
    sheet.monologue(acts["boilerplate"][0])
    sheet.questions(4)
    sheet.pause()
    sheet.monologue(*acts["think_aloud"][2:], *sheet.subject["process"])
    sheet.act(AGENT, "price")
    sheet.act(AGENT, "term")
    sheet.act(CUSTOMER, "objection")
    sheet.act(AGENT, "meets")
    sheet.chat()
    sheet.monologue(acts["explain"][0], *acts["boilerplate"][1:2])
    sheet.act(CUSTOMER, "ramble", 2)
    sheet.monologue(acts["explain"][1], acts["think_aloud"][0])
    sheet.act(CUSTOMER, "negation")
    sheet.pause()
    sheet.monologue(acts["explain"][2], *sheet.subject["process"][1:])
    sheet.act(AGENT, "prepay")
    sheet.act(AGENT, "upsell")
    sheet.act(CUSTOMER, "refusal")
    sheet.chat()
    sheet.act(CUSTOMER, "decision")
    sheet.contact()
    sheet.act(AGENT, "address_q")
    sheet.act(CUSTOMER, "address_a")
    sheet.pause()
    sheet.order()
    sheet.act(AGENT, "promise")
    sheet.end()


def _conflict(sheet: _Sheet) -> None:
    acts = sheet.phrases["acts"]
    _opening(sheet)
    complaints = sheet.rng.sample(acts["complaint"], len(acts["complaint"]))
    replies = sheet.rng.sample(acts["answers_complaint"], len(acts["answers_complaint"]))
    for number, (complaint, reply) in enumerate(zip(complaints, replies, strict=False)):
        sheet.say(CUSTOMER, complaint)
        if number % 3 == 1:
            sheet.pause()
        sheet.say(AGENT, reply)
    for asked, answered in zip(acts["demand_q"], acts["demand_a"], strict=False):
        sheet.say(CUSTOMER, asked)
        sheet.say(AGENT, answered)
    sheet.act(AGENT, "upsell")
    sheet.act(CUSTOMER, "refusal")
    sheet.act(AGENT, "promise")
    sheet.end()


PLANS: Mapping[Density, Callable[[_Sheet], None]] = {"plain": _plain, "ordinary": _ordinary, "conflict": _conflict}
