"""A language as data: closed lists of words that the morphology cannot know."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from auricle_contracts import Contract
from pydantic import Field, StringConstraints

Phrase = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Phrases = tuple[Phrase, ...]


class NumberWords(Contract):
    """Spoken numbers: `values` add up, `scales` multiply what stands before, `halves` and `quarters` are a part of a scale, `joiners`
    nothing.

    `approximate` are forms (not lemmas) of scales, currencies and per cents that stand before their number: "тысяч пять", "рублей сто".
    `plural_scales` are forms that begin no number alone, `half_prefixes` halves of the scale behind them ("пол тысячи"),
    `money_scales` scales before a currency only ("штука баксов").
    `points` and `wholes` part decimals, which `fractions` name ("две целых семь десятых") and `links` join ("девять и шесть процентов").
    `since` and `till` make ranges ("от пяти до семи тысяч"); `corrections` stand between two numbers of one scale ("пять, нет, шесть
    тысяч"), `additions` between two sums ("пятьсот плюс двести").
    """

    values: dict[str, Decimal]
    scales: dict[str, Decimal]
    halves: Phrases = ()
    quarters: Phrases = ()
    joiners: Phrases = ()
    approximate: Phrases = ()
    half_prefixes: Phrases = ()
    plural_scales: Phrases = ()
    money_scales: dict[str, Decimal] = Field(default_factory=dict)
    points: Phrases = ()
    wholes: Phrases = ()
    fractions: dict[str, Decimal] = Field(default_factory=dict)
    links: Phrases = ()
    since: Phrases = ()
    till: Phrases = ()
    corrections: Phrases = ()
    additions: Phrases = ()


class DateWords(Contract):
    """Days as people name them. `relative` and `spans` are in days; `weekdays` to mon … sun."""

    months: dict[str, Annotated[int, Field(ge=1, le=12)]] = Field(default_factory=dict)
    weekdays: dict[str, Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]] = Field(default_factory=dict)
    relative: dict[str, int] = Field(default_factory=dict)
    spans: dict[str, Annotated[int, Field(ge=1)]] = Field(default_factory=dict)
    ordinals: dict[str, Annotated[int, Field(ge=1, le=31)]] = Field(default_factory=dict)
    suffixes: Phrases = ()
    links: Phrases = ()
    ahead: Phrases = ()
    ago: Phrases = ()
    day_words: Phrases = ()


Weight = Annotated[int, Field(ge=-3, le=3)]


class SentimentWords(Contract):
    """What words say of the speaker's contentment, from -3 to 3. `weights` match by lemma, `forms` exactly and before them.

    `light` words may stand between a negator and what it negates, as all words without content of their own may. `intensifiers`
    and `softeners` stand before a word, `contrasts` part what is conceded from what is meant, `conditions` make a thing only supposed.
    """

    weights: dict[Weight, Phrases] = Field(default_factory=dict)
    forms: dict[Weight, Phrases] = Field(default_factory=dict)
    negators: Phrases = ()
    intensifiers: Phrases = ()
    softeners: Phrases = ()
    light: Phrases = ()
    contrasts: Phrases = ()
    conditions: Phrases = ()


class Neighbour(Contract):
    """A language of the same script without a pack: letters of its `own`, those that it does `without`, frequent `words` of it.

    `others` are frequent words of the pack's language that it does not have.
    """

    own: str
    without: str = ""
    words: frozenset[str] = frozenset()
    others: frozenset[str] = frozenset()

    def tells(self, word: str) -> bool:
        """Whether the word can only be of this language."""
        letters = set(word)
        return word in self.words or (bool(letters & set(self.own)) and not letters & set(self.without))

    def lacks(self, word: str) -> bool:
        """Whether it cannot be."""
        return word in self.others or bool(set(word) & set(self.without))


class LanguagePack(Contract):
    """One file of `prompts/languages/`. Phrases match by lemma, in any form.

    What may be dropped: `backchannels`, `holds` (whole turns), `fillers` (inside turns), `parentheticals` (inside turns, where
    punctuation sets them apart). What is protected: everything from `greetings` to `objections`. From `requests` on: what a deep
    cut still keeps, and `announcements` ("расскажу"), which sound like promises and are none.
    `cents` are hundredths of a currency, `currency_kinds` adjectives before its name ("белорусских рублей"), `periods` and `parts` say
    how often a sum is paid, `loans` that it is paid in parts, `references` are what has a number of its own ("заказ", "договор").
    `price_links` join a bare price to one with a currency, `payments` say that a sum was paid, `each` stands directly before a price
    of one of several ("по"), `sums` are sums and not things counted ("скидка"), `numbered` has a number behind it that is no price
    ("модель", "дом"), unless one of `totals` stands before.
    `weights` are currencies that are weights before `of_things` or near `weighing`; `fractional` forms follow a fraction ("6,735 рубля").
    `neighbours` and `transliteration` say what else is written in its letters, and it in others'.
    """

    language: str
    version: Annotated[int, Field(ge=1)]
    letters: str
    neighbours: dict[str, Neighbour] = Field(default_factory=dict)
    transliteration: dict[str, str] = Field(default_factory=dict)
    morphology: str
    stopwords: Phrases = ()
    backchannels: Phrases
    holds: Phrases
    fillers: Phrases
    parentheticals: Phrases
    affirmations: Phrases
    negations: Phrases
    greetings: Phrases
    farewells: Phrases
    thanks: Phrases
    apologies: Phrases
    politeness: Phrases
    refusals: Phrases
    promises: Phrases
    objections: Phrases
    conflict: Phrases
    questions: Phrases
    question_tags: Phrases
    requests: Phrases = ()
    decisions: Phrases = ()
    offers: Phrases = ()
    empathy: Phrases = ()
    rudeness: Phrases = ()
    announcements: Phrases = ()
    moments: Phrases = ()
    numbers: NumberWords
    currencies: dict[str, Phrases]
    cents: dict[str, Phrases] = Field(default_factory=dict)
    currency_kinds: dict[str, Phrases] = Field(default_factory=dict)
    percents: Phrases
    periods: dict[str, Phrases] = Field(default_factory=dict)
    parts: Phrases = ()
    loans: Phrases = ()
    price_cues: Phrases
    price_links: Phrases = ()
    payments: Phrases = ()
    each: Phrases = ()
    sums: Phrases = ()
    numbered: Phrases = ()
    totals: Phrases = ()
    weights: Phrases = ()
    weighing: Phrases = ()
    of_things: Phrases = ()
    fractional: Phrases = ()
    units: Phrases
    dates: DateWords = DateWords()
    references: Phrases = ()
    sentiment: SentimentWords = SentimentWords()


def load_pack(path: Path) -> LanguagePack:
    """One pack, checked. Raises `pydantic.ValidationError` or `yaml.YAMLError`."""
    return LanguagePack.model_validate(yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader))


def load_packs(folder: Path) -> dict[str, LanguagePack]:
    """Every `*.yaml` of the folder by its language."""
    packs = (load_pack(path) for path in sorted(folder.glob("*.yaml")))
    return {pack.language: pack for pack in packs}


def version_of(packs: Iterable[LanguagePack]) -> str:
    """First 12 hex digits of the SHA-256 of the packs: the same in every process, whatever order its sets have."""
    content = [_canonical(pack.model_dump()) for pack in packs]
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()[:12]


def _canonical(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _canonical(item) for key, item in value.items()}
    if isinstance(value, (set, frozenset)):
        return sorted((_canonical(item) for item in value), key=repr)
    if isinstance(value, (list, tuple)):
        return [_canonical(item) for item in value]
    return value if isinstance(value, (str, int, float, bool, type(None))) else str(value)
