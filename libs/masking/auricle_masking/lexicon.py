"""What one word is to masking: a number, a cue, a filler, perhaps a name.

Looked up once a word, since a centre says the same words all day.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from auricle_contracts.folding import fold_word
from auricle_languages import LanguagePack
from auricle_languages.cut_words import cut_words
from auricle_languages.dictionary import frequency
from auricle_languages.morphology import analyzer, morphology
from auricle_languages.pack import DateWords

from auricle_masking import given_names
from auricle_masking.packs import Pack

LONGEST_WORD = 40  # longer "words" are noise or an attack; pymorphy3's prefix search is quadratic in their length
CACHED_WORDS = 50_000
STRONG, WEAK = 2, 1
COMMON_SHARE = 0.3
RARE = 1e-7
IRISH = re.compile(r"o'[a-z]{3,}")
USUAL = 1e-6  # of all words: of 14,500 English ones hardly any is first of all a surname ("baker"); "smith" and "patel" are rarer
_FUNCTION_WORDS = frozenset(
    {"CONJ", "PRCL", "PREP", "INTJ", "NPRO", "ADVB", "VERB", "INFN", "GRND", "PRED", "NUMR", "PRTS", "COMP"}
)


@dataclass(frozen=True, slots=True)
class Facts:
    """`first`, `patronymic`, `surname`: 0 no, 1 perhaps, 2 most likely. `plain`: could not be a name after "my name is".

    `tells`: a noun for a number of a person ("телефон", "снилс"), which says it more surely than a verb among the cues.
    `area_code`: the digits behind it are the code of a place.
    `role`: a noun for a person that a surname follows ("клиент"); `complement`: a common noun in the genitive, which such a noun has
    behind it ("клиент банка"). `unknown`: in no dictionary; `animate`: a living being, in the nominative; `ended`: with a surname's
    ending; `geo`: a place's name.
    `foreign`: a given name of another country, and no everyday word, in a language without a dictionary of names.
    `rare`: in no list of that language's words at all.
    `living`: a common noun for a living being, in any case.
    `usual`: an everyday word of a language without a dictionary of names, whatever its capital ("Support", "Billing").
    `month`: the name of one; `dated`: that, or an ordinal of a day or a year.
    `letter`: one, or its name. `street_like`: an adjective that cannot belong to the word for house behind it ("на садовой дом пять").
    """

    norm: str
    lemma: str
    value: int | None = None
    scale: int | None = None
    repeat: int | None = None
    repeated: int | None = None
    plus: bool = False
    filler: bool = False
    cue: str = ""
    tells: bool = False
    area_code: bool = False
    unit: bool = False
    street: bool = False
    at: bool = False
    first: int = 0
    patronymic: int = 0
    surname: int = 0
    name: str = ""
    noun: bool = False
    plain: bool = False
    attributive: bool = False
    street_like: bool = False
    geo: bool = False
    cases: frozenset[str] = frozenset()
    noun_cases: frozenset[str] = frozenset()
    verb: bool = False
    animate: bool = False
    letter: bool = False
    ended: bool = False
    role: bool = False
    unknown: bool = False
    complement: bool = False
    usual: bool = False
    foreign: bool = False
    rare: bool = False
    living: bool = False
    month: bool = False
    dated: bool = False

    @property
    def is_number(self) -> bool:
        return self.value is not None or self.scale is not None or self.repeat is not None

    @property
    def strong(self) -> bool:
        return STRONG in (self.first, self.patronymic)

    @property
    def perhaps(self) -> bool:
        return bool(self.first or self.patronymic or self.surname)


class Lexicon:
    """One language. `numbers` are the number words of its language pack."""

    def __init__(self, pack: Pack, numbers: LanguagePack | None) -> None:
        self.pack = pack
        self._morphology = analyzer() if pack.morphology == "pymorphy3" else None
        spoken = numbers.numbers.values if numbers else {}
        values = {
            self._lemma(fold_word(word)): int(value) for word, value in spoken.items() if value == int(value) < 1000
        }
        self._values = values | {fold_word(word): value for word, value in pack.digits.items()}
        self._scales = {self._lemma(fold_word(word)): scale for word, scale in pack.scales.items()}
        self._cues: dict[str, str] = {fold_word(word): kind for kind, words in pack.cues.items() for word in words}
        self._telling = frozenset(map(fold_word, pack.telling))
        self._units = frozenset(map(fold_word, pack.units))
        dates = numbers.dates if numbers else DateWords()
        self._months = frozenset(self._lemma(fold_word(word)) for word in (*dates.months, *pack.birth.months))
        self._dated = self._months | {self._lemma(fold_word(word)) for word in (*dates.ordinals, *pack.birth.decades)}
        self._fillers = frozenset(map(fold_word, pack.fillers))
        self._never = frozenset(map(fold_word, pack.names.never))
        self._letters = frozenset(map(fold_word, pack.email.letters))
        self._roles = frozenset(map(fold_word, pack.names.roles))
        self._endings = tuple(pack.names.surname_endings)
        self._people = frozenset(pack.names.people) | given_names.english()
        self._guarded = frozenset(pack.names.guarded)
        words = [*spoken, *(numbers.numbers.scales if numbers else ()), *pack.digits]
        self.cuts = cut_words(words, morphology(numbers.morphology, frozenset(numbers.stopwords))) if numbers else {}
        self.openings = frozenset(first for first, _ in self.cuts)
        self.of = lru_cache(CACHED_WORDS)(self._of)
        if self._morphology is None:
            frequency("")  # loads the list: not while somebody waits

    def _lemma(self, norm: str) -> str:
        return fold_word(self._morphology.parse(norm)[0].normal_form) if self._morphology else norm

    def _of(self, word: str) -> Facts:
        norm = fold_word(word)
        if len(norm) > LONGEST_WORD:
            return Facts(norm, norm, plain=True)
        parses = self._morphology.parse(norm) if self._morphology else ()
        lemma = fold_word(parses[0].normal_form) if parses else norm
        pack = self.pack
        value = self._values.get(norm, self._values.get(lemma))
        return Facts(
            norm,
            lemma,
            value=value,
            scale=self._scales.get(lemma),
            repeat=pack.repeats.get(norm),
            repeated=value if norm in pack.repeated else None,
            plus=norm in pack.pluses,
            letter=(len(norm) == 1 and norm.isalpha()) or (value is None and norm in self._letters),
            role=norm in self._roles or lemma in self._roles,
            filler=norm in self._fillers,
            cue=self._cues.get(norm) or self._cues.get(lemma, ""),
            area_code=norm in pack.area_codes,
            month=lemma in self._months,
            dated=lemma in self._dated,
            tells=norm in self._telling or lemma in self._telling,
            unit=norm in self._units or lemma in self._units,
            street=norm in pack.address.streets or lemma in pack.address.streets,
            at=norm in pack.email.at,
            **(self._russian(norm, lemma, parses) if parses else self._listed(norm)),
        )

    def _russian(self, norm: str, lemma: str, parses: Any) -> dict[str, Any]:
        """Shares of the dictionary's parses that are names; a guarded word is never more than perhaps."""
        share = {mark: sum(parse.score for parse in parses if mark in parse.tag) for mark in ("Name", "Patr", "Surn")}
        top = parses[0].tag
        guarded = norm in self._never or lemma in self._never or _is_form_of_a_word(parses)
        likely = {
            mark: 0
            if part <= 0.01
            else STRONG
            if part >= 0.5 and not guarded and not (mark == "Surn" and part < 0.75)
            else WEAK
            for mark, part in share.items()
        }
        common = any(parse.tag.POS == "NOUN" and not any(mark in parse.tag for mark in share) for parse in parses)
        guessed = not _is_known(parses) and not norm.endswith(self._endings)
        if (common or guessed) and likely["Surn"] == STRONG:
            likely["Surn"] = WEAK
        if norm in self._people:
            likely["Name"] = max(likely["Name"], WEAK)
        if guessed:
            likely["Name"] = min(likely["Name"], WEAK)
        marks = ("Name",) if guarded else tuple(share)
        named = next((parse for parse in parses if any(mark in parse.tag for mark in share)), None)
        return {
            "first": likely["Name"],
            "patronymic": likely["Patr"],
            "surname": likely["Surn"],
            "name": fold_word(named.normal_form) if named else lemma,
            "noun": top.POS == "NOUN",
            "plain": top.POS in _FUNCTION_WORDS or "Apro" in top,
            "geo": any("Geox" in parse.tag for parse in parses),
            "attributive": top.POS == "ADJF",
            "street_like": top.POS == "ADJF"
            and not any(other in top for other in ("Apro", "Anum"))
            and not _suits_house(parses),
            "cases": frozenset(parse.tag.case for parse in parses if any(mark in parse.tag for mark in marks)),
            "noun_cases": frozenset(parse.tag.case for parse in parses if parse.tag.POS == "NOUN"),
            "animate": any({"NOUN", "anim", "nomn"} in parse.tag for parse in parses),
            "living": any(
                {"NOUN", "anim"} in parse.tag and not set(share) & set(parse.tag.grammemes) for parse in parses[:2]
            ),
            "verb": top.POS == "VERB",
            "ended": norm.endswith(self._endings)
            or any("Surn" in parse.tag and parse.normal_form.endswith(self._endings) for parse in parses),
            "unknown": not _is_known(parses),
            "complement": not likely["Surn"] and any({"NOUN", "gent"} in parse.tag for parse in parses),
        }

    def _listed(self, norm: str) -> dict[str, Any]:
        plain, guarded = norm in self._never, norm in self._guarded
        known = norm in self._people or (IRISH.fullmatch(norm) is not None and norm != "o'clock")
        usual = not known and not guarded and frequency(norm) >= USUAL
        foreign = WEAK if norm in given_names.foreign() and not usual else 0
        first = 0 if plain else WEAK if guarded else STRONG if known else foreign
        return {
            "first": first,
            "name": norm,
            "plain": plain,
            "usual": usual,
            "foreign": first == WEAK and not guarded,
            "rare": frequency(norm) < RARE and not norm.endswith(("ed", "ing", "s")),
        }


def _is_known(parses: Any) -> bool:
    """Whether the dictionary has the word, and its likeliest parse is no guess."""
    return bool(parses[0].is_known)


def _is_form_of_a_word(parses: Any) -> bool:
    """Whether it is a name only in an oblique case, and something else as likely: "в цвете", "велит"."""
    named = [parse for parse in parses if "Name" in parse.tag]
    other = sum(parse.score for parse in parses if not {"Name", "Surn", "Patr", "Geox", "GRND"} & parse.tag.grammemes)
    return bool(named) and other >= COMMON_SHARE and not any("nomn" in parse.tag for parse in named)


def _suits_house(parses: Any) -> bool:
    """Whether it may be said of "дом" before a number: masculine, in the nominative or the accusative."""
    return any({"ADJF", "masc", case} in parse.tag for parse in parses for case in ("nomn", "accs"))
