"""What masking knows of a language beside its dictionary: cues, units, ways to dictate an e-mail, ways to introduce oneself.

Data: one file a language in `prompts/masking/`.
"""

from pathlib import Path
from typing import Literal

import yaml
from auricle_contracts import Contract
from auricle_contracts.masking import PersonalKind

Words = tuple[str, ...]


class EmailWords(Contract):
    """How an address of e-mail is dictated. `joiners` stand between its parts; `letters` are single letters and their names."""

    at: Words
    dots: Words
    joiners: dict[str, str]
    joiner_openings: Words = ()
    letters: Words
    top: Words
    domains: Words


def merged(words: "list[EmailWords]") -> EmailWords:
    """The words of all languages: people dictate Latin letters with Russian words between."""
    joined = {
        name: tuple(w for one in words for w in getattr(one, name))
        for name in ("at", "dots", "joiner_openings", "letters", "top", "domains")
    }
    return EmailWords(joiners={key: sign for one in words for key, sign in one.joiners.items()}, **joined)


class AddressWords(Contract):
    """Kinds of streets, and what follows a house. `number_first`: "12 High Road"."""

    streets: Words
    house: Words = ()
    parts: Words
    number_first: bool


class NameWords(Contract):
    """Phrases around names, word by word. `never`: words that are names only where a strong phrase says so."""

    before: Words
    before_weak: Words
    between: tuple[tuple[str, str], ...] = ()
    after: Words
    follow: Words
    intros: Words
    intro_follow: Words
    greetings: Words
    not_after: Words
    collocations: Words
    never: Words
    people: Words = ()


class Pack(Contract):
    """One file of `prompts/masking/`. The nearest cue says what a number is; `none` says that it is nobody's secret."""

    language: str
    script: Literal["cyrillic", "latin"]
    morphology: Literal["pymorphy3", "none"]
    placeholders: dict[PersonalKind, str]
    digits: dict[str, int]
    scales: dict[str, int]
    repeats: dict[str, int]
    repeated: Words = ()
    pluses: Words
    fillers: Words
    cues: dict[Literal["phone", "card", "passport", "snils", "inn", "none"], Words]
    units: Words
    email: EmailWords
    address: AddressWords
    names: NameWords


def load_packs(folder: Path) -> dict[str, Pack]:
    """Every `*.yaml` of the folder by its language. Raises `pydantic.ValidationError` or `yaml.YAMLError`."""
    read = (
        Pack.model_validate(yaml.safe_load(path.read_text(encoding="utf-8"))) for path in sorted(folder.glob("*.yaml"))
    )
    packs = {pack.language: pack for pack in read}
    if not packs:
        raise ValueError(f"no masking pack in {folder}")
    return packs
