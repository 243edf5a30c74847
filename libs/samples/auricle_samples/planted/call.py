"""A call and the facts that were planted in it."""

from enum import StrEnum
from typing import Literal

from auricle_contracts import Contract, Role, Transcript, Turn

PlantedSplit = Literal["dev", "test"]
Density = Literal["plain", "ordinary", "conflict"]
DENSITIES: tuple[Density, ...] = ("plain", "ordinary", "conflict")


class FactKind(StrEnum):
    """What a report, an auditor or a court may ask about a call."""

    REQUEST = "request"
    NUMBER = "number"
    PRICE = "price"
    NAME = "name"
    NEGATION = "negation"
    ANSWER = "answer"
    GREETING = "greeting"
    FAREWELL = "farewell"
    THANKS = "thanks"
    APOLOGY = "apology"
    PROMISE = "promise"
    REFUSAL = "refusal"
    OBJECTION = "objection"
    CONFLICT = "conflict"


class Fact(Contract):
    """Words that `role` said in each of `turns`. Kept means: one of these turns still has them, in order and by this speaker."""

    kind: FactKind
    role: Role
    words: str
    turns: tuple[int, ...]


class PlantedCall(Contract):
    """One synthetic call and everything that was planted in it."""

    id: str
    seed: int
    split: PlantedSplit
    density: Density
    turns: tuple[Turn, ...]
    facts: tuple[Fact, ...]

    def transcript(self) -> Transcript:
        """The turns as the compressor gets them."""
        return Transcript(conversation_id=self.id, language="ru", turns=self.turns)
