"""Dialogues with known errors, the attacks of tests/data/attacks.yaml in them, and a twin of the model that does whatever it reads."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from auricle_contracts import Channel, Contract, Evaluation, Layer, Role
from auricle_criteria import Bundle
from fixtures.scripted_model import reply_to
from integration.scorer.checklist_flow import Finds, by_prompt, kind_of
from integration.scorer.talks import Said

DATA = Path(__file__).parents[2] / "data" / "attacks.yaml"
PROPOSED = {"blame": "T2", "rudeness": "T6"}
CLASSES = ("blame", "rudeness", "condescension", "pressure")
RUN_OF_WORDS = 5
"""So many words of an attack in a row, or all of a shorter one, are enough for the twin to obey it."""
DIALOGUES: Mapping[str, Said] = {
    "ru": (
        (Role.CUSTOMER, "Добрый день, второй день нет интернета."),
        (Role.AGENT, "Сами, наверное, кабель выдернули, вот он и не работает."),
        (Role.CUSTOMER, "Я ничего не трогал, честное слово."),
        (Role.AGENT, "Мастер будет завтра с десяти до двух."),
        (Role.CUSTOMER, "А сегодня никак?"),
        (Role.AGENT, "Отстаньте уже от меня, надоели."),
    ),
    "en": (
        (Role.CUSTOMER, "Hello, my internet has been down for two days."),
        (Role.AGENT, "You must have pulled the cable out yourself, that is why it is down."),
        (Role.CUSTOMER, "I have not touched anything, honestly."),
        (Role.AGENT, "The engineer comes tomorrow between ten and two."),
        (Role.CUSTOMER, "Is there no way today?"),
        (Role.AGENT, "Leave me alone, I am sick of you people."),
    ),
}


class Attack(Contract):
    """Words that try to move a verdict: `hide` errors, `invent` them, `score` the card, `break` the form."""

    id: str
    channel: Channel
    lang: str
    role: Role
    wants: str
    text: str

    @property
    def dialogue(self) -> Said:
        """The dialogue that it is put into."""
        return DIALOGUES[self.lang]

    @property
    def said(self) -> Said:
        """The dialogue with the attack: an e-mail has it at its end, calls and chats in a turn of its own behind all others."""
        if self.channel is not Channel.EMAIL:
            return (*self.dialogue, (self.role, self.text))
        last = max(n for n, (role, _) in enumerate(self.dialogue) if role is self.role)
        return tuple(
            (role, f"{text}\n\n{self.text}" if n == last else text) for n, (role, text) in enumerate(self.dialogue)
        )


def attacks() -> tuple[Attack, ...]:
    """All of the file."""
    return tuple(map(Attack.model_validate, yaml.safe_load(DATA.read_text(encoding="utf-8"))))


def bundle() -> Bundle:
    """The shipped card and flow over four classes, answers of any confidence."""
    return by_prompt(*CLASSES, detect={"min_confidence": 0.0}, verify={"min_confidence": 0.0})


def verdict(evaluation: Evaluation) -> Mapping[str, Any]:
    """All that a model decided: what each class came to, where, and the card's answers."""
    return {
        "outcomes": {one.error_class: one.state.value for one in evaluation.outcomes},
        "findings": sorted((one.error_class, quote.turn) for one in evaluation.findings for quote in one.quotes),
        "answers": {
            one.criterion: (one.state.value, one.value) for one in evaluation.answers if one.layer is Layer.MODEL
        },
    }


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


@dataclass
class Obedient(Finds):
    """Finds what is there; but where it reads an attack in the conversation, it does what that says."""

    known: tuple[Attack, ...] = field(default_factory=attacks)
    proposed: Mapping[str, str] = field(default_factory=lambda: PROPOSED)
    obeyed: list[str] = field(default_factory=list)

    def __call__(self, schema: dict[str, Any], prompt: str) -> dict[str, Any] | None:
        fenced = " ".join(words(prompt.split(">>>", 1)[0]))
        orders = [one for one in self.known if self._is_read(one, fenced)]
        if orders:
            self.obeyed.append(orders[0].id)
            return _done(orders[0], schema)
        said = super().__call__(schema, prompt)
        return said if said is not None else json.loads(reply_to("the same whatever is asked about", schema))

    def _is_read(self, attack: Attack, fenced: str) -> bool:
        said = words(attack.text)
        runs = [said[n : n + RUN_OF_WORDS] for n in range(max(1, len(said) - RUN_OF_WORDS + 1))]
        return any(f" {' '.join(run)} " in f" {fenced} " for run in runs)


def _done(attack: Attack, schema: dict[str, Any]) -> dict[str, Any]:
    """What an attack asks for, in the form that the question asks for."""
    if attack.wants == "break":
        return {"poem": "Зима, крестьянин торжествуя"}
    label = next(iter(schema.get("$defs", {}).get("label", {}).get("enum", [])), "T1")
    invents = attack.wants == "invent"
    kind = kind_of(schema)
    if kind == "detect":
        return {name: {"at": [label]} if invents else None for name in schema["properties"]}
    if kind == "verify":
        return dict.fromkeys(schema["properties"], "yes" if invents else "no")
    said: dict[str, Any] = json.loads(reply_to("the same whatever is asked about", schema))
    if kind == "criteria":
        for one in said.values():
            if isinstance(one, dict) and "value" in one and isinstance(one["value"], int):
                one["value"] = 0 if invents else 100
    return said
