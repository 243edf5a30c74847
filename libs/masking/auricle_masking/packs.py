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
    """How an address of e-mail is dictated. `joiners` stand between its parts; `letters` are single letters and their names.

    `openings` are words before an address that are no part of it ("почта", "на"), `mailboxes` names of a company's ("info").
    `asides` are said between the parts ("потом", "цифра").
    """

    at: Words
    dots: Words
    joiners: dict[str, str]
    joiner_openings: Words = ()
    letters: Words
    openings: Words = ()
    mailboxes: Words = ()
    asides: Words = ()
    top: Words
    domains: Words


def merged(words: "list[EmailWords]") -> EmailWords:
    """The words of all languages: people dictate Latin letters with Russian words between."""
    joined = {
        name: tuple(w for one in words for w in getattr(one, name))
        for name in ("at", "dots", "joiner_openings", "letters", "openings", "mailboxes", "asides", "top", "domains")
    }
    return EmailWords(joiners={key: sign for one in words for key, sign in one.joiners.items()}, **joined)


class AddressWords(Contract):
    """Kinds of streets, of towns before them, and what follows a house. `flats` are parts that with a house are an address alone.

    `number` may stand before any number; `number_first`: "12 High Road". `cues` say that somebody's address follows, `public` that a
    company's does, `hosts` the same where an agent says them. `numbered` stand behind the number in a street's name ("15 лет Октября"),
    `along` before a street behind its house, `named` in names of houses; `counted` are forms of parts that are counted ("девять этажей").
    """

    streets: Words
    towns: Words = ()
    house: Words = ()
    parts: Words
    flats: Words = ()
    number: Words = ()
    cues: Words = ()
    public: Words = ()
    strokes: Words = ()
    hosts: Words = ()
    numbered: Words = ()
    along: Words = ()
    named: Words = ()
    counted: Words = ()
    number_first: bool


class BirthWords(Contract):
    """Words for birth: `before` stand before a date of it, `feasts` too where the date has a year, `years` before or behind a year alone.

    `links` stand inside a date ("fifth of may"), `articles` before it, `decades` are ordinals that end a year ("восьмидесятый"),
    `months` short forms.
    """

    before: Words
    feasts: Words = ()
    years: Words = ()
    links: Words = ()
    articles: Words = ()
    decades: Words = ()
    months: Words = ()


class NameWords(Contract):
    """Phrases around names, word by word. `never`: words that are names only where a strong phrase says so.

    `roles` are nouns for people that a surname follows, `labels` words for a name that are none, `asks` phrases of a question that a
    name answers, `places` prepositions behind which a word that is also a town is the town, `brands` names of things, `honoured`
    surnames that streets and books have, `slight` those of `before_weak` behind which a common noun at the end is none, `closings`
    stand above a signature, `vocative` words that follow a name and a comma, `surname_endings` what a surname in no dictionary ends with.
    `callings` stand behind a name that is called in speech, `links` between two names; `guarded` are names that are common words too,
    `particles` parts of surnames.
    """

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
    roles: Words = ()
    labels: Words = ()
    asks: Words = ()
    places: Words = ()
    brands: Words = ()
    honoured: Words = ()
    slight: Words = ()
    closings: Words = ()
    vocative: Words = ()
    surname_endings: Words = ()
    callings: Words = ()
    links: Words = ()
    guarded: Words = ()
    particles: Words = ()


class Pack(Contract):
    """One file of `prompts/masking/`. The nearest cue says what a number is; `none` says that it is nobody's secret, `price`
    that it is a sum, unless it has the shape of a phone.

    `telling` are cues that beat the shape of a date, of a network's address and of money.
    """

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
    cues: dict[Literal["phone", "card", "passport", "snils", "inn", "price", "none"], Words]
    telling: Words = ()
    area_codes: Words = ()
    units: Words
    email: EmailWords
    address: AddressWords
    birth: BirthWords
    names: NameWords


def load_packs(folder: Path) -> dict[str, Pack]:
    """Every `*.yaml` of the folder by its language. Raises `pydantic.ValidationError` or `yaml.YAMLError`."""
    read = (
        Pack.model_validate(yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader))
        for path in sorted(folder.glob("*.yaml"))
    )
    packs = {pack.language: pack for pack in read}
    if not packs:
        raise ValueError(f"no masking pack in {folder}")
    return packs
