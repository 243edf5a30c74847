"""Who speaks in one training dialogue, with the words and numbers that stay the same through it."""

import random
from typing import Any

from auricle_contracts import Channel, Role

from auricle_samples.dialogues.dialogue import Speaker
from auricle_samples.dialogues.grammar import expand
from auricle_samples.dialogues.numerals import amount
from auricle_samples.dialogues.training.material import Scenario, acts, people
from auricle_samples.dialogues.training.profiles import STYLES, Style

PERCENT = {"ru": "процент", "en": "percent"}


class Cast:
    """Expands phrases of one dialogue; the same seed gives the same words."""

    def __init__(self, scenario: Scenario, style: str, channel: Channel, rng: random.Random) -> None:
        self.scenario, self.channel, self.rng = scenario, channel, rng
        self.acts: dict[str, Any] = acts(scenario.language)
        self.style: Style = STYLES[style]
        self.agent_speaker, self.customer_speaker = self._speaker(), self._speaker()
        self.slots = self._slots()
        self.intent = scenario.intents[0]

    def agent(self, template: str) -> str:
        """`template` as the agent says it."""
        return expand(template, self.rng, self.slots, female=self.agent_speaker.female)

    def customer(self, template: str) -> str:
        """`template` as the customer says it."""
        return expand(template, self.rng, self.slots, female=self.customer_speaker.female)

    def act(self, key: str) -> str:
        """One of the agent's phrases for an act."""
        return self.agent(self.rng.choice(self.acts["agent"][key]))

    def says(self, key: str) -> str:
        """One of the customer's phrases for an act."""
        return self.customer(self.rng.choice(self.acts["customer"][key]))

    def subject(self, key: str) -> str:
        """A template of the conversation's subject ("problem" or "reason"); notes the intent that goes with it."""
        templates = self.scenario.text[key]
        number = self.rng.randrange(len(templates))
        self.intent = self.scenario.intents[self.scenario.text[f"intent_of_{key}"][number]]
        return str(templates[number])

    def chance(self, probability: float) -> bool:
        return self.rng.random() < probability

    def signatures(self) -> dict[Role, list[str]]:
        """What stands under a letter of each side."""
        agent, customer, org = self.slots["agent"], self.slots["customer"], self.slots["org"]
        if self.scenario.language == "en":
            return {
                Role.AGENT: [f"Best regards,\n{agent}, {org}", f"{agent}\n{org}"],
                Role.CUSTOMER: [customer, f"Regards, {customer}"],
            }
        return {
            Role.AGENT: [f"С уважением,\n{agent}, {org}", f"{agent}\n{org}"],
            Role.CUSTOMER: [customer, f"С уважением, {customer}"],
        }

    def _speaker(self) -> Speaker:
        female = self.rng.random() < 0.5
        names = people(self.scenario.language)["women" if female else "men"]
        return Speaker(name=self.rng.choice(names), female=female)

    def _slots(self) -> dict[str, str]:
        spoken = self.channel is Channel.CALL
        slots = {name: self.rng.choice(values) for name, values in self.scenario.lists.items()}
        for name, span in self.scenario.numbers.items():
            number = self.rng.randrange(span["from"], span["to"] + 1, span["step"])
            slots[name] = (
                amount(number, span["unit"], spoken=spoken) if span["unit"] else self._reference(number, spoken)
            )
        slots["percent"] = amount(self.rng.choice((5, 10, 15, 20)), PERCENT[self.scenario.language], spoken=spoken)
        slots |= {"org": self.rng.choice(self.scenario.orgs), "gift": self.rng.choice(self.scenario.gifts)}
        slots |= {
            "agent": self.agent_speaker.name.split()[0],
            "customer": self.customer_speaker.name,
            "name": self.customer_speaker.name,
        }
        days = people(self.scenario.language)["when"]
        return slots | {"then": self.rng.choice(days), "when": "{" + "|".join(days) + "}"}

    def _reference(self, number: int, spoken: bool) -> str:
        """An order's number, read in pairs on the telephone."""
        digits = str(number)
        pairs = [digits[start : start + 2] for start in range(0, len(digits), 2)]
        unit = {"ru": "рубль", "en": ""}[self.scenario.language]
        return " ".join(amount(int(pair), unit, spoken=True).split(" рубл")[0] for pair in pairs) if spoken else digits
