"""What masking hides, and what a workspace may choose about it."""

import re
from enum import StrEnum

from auricle_contracts.contract import Contract

PLACEHOLDER = re.compile(r"\[\w+_\d+\]")
"""What stands where something was hidden: a kind and a number, "[ТЕЛЕФОН_1]"."""


class PersonalKind(StrEnum):
    """What identifies a person. An agent's own name and the company in a self-introduction are not among them."""

    PHONE = "phone"
    CARD = "card"
    EMAIL = "email"
    PASSPORT = "passport"
    SNILS = "snils"
    INN = "inn"
    ADDRESS = "address"
    NAME = "name"
    BIRTH_DATE = "birth_date"


class MaskingSettings(Contract):
    """A workspace's choice. `prompts`, `exports`, `views`: whether it happens there; `recordings`: keys without `unmask` hear tones."""

    kinds: tuple[PersonalKind, ...] = tuple(PersonalKind)
    prompts: bool = True
    exports: bool = True
    views: bool = True
    recordings: bool = True


class Secret(Contract):
    """One thing that was hidden: what stands in its place, what it is, the value that it is known by, and its words as first said."""

    placeholder: str
    kind: PersonalKind
    value: str
    words: str


class Secrets(Contract):
    """The reverse map of one conversation, in order of first mention; `kept` are lemmas of names that are not hidden (the agent's own)."""

    language: str
    secrets: tuple[Secret, ...] = ()
    kept: tuple[str, ...] = ()
