"""What one word is to masking: a number, a cue, a filler, perhaps a name.

Looked up once a word, since a centre says the same words all day.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import pymorphy3
from auricle_languages import LanguagePack
from auricle_languages.words import normal

from auricle_masking.packs import Pack

LONGEST_WORD = 40  # longer "words" are noise or an attack; pymorphy3's prefix search is quadratic in their length
CACHED_WORDS = 50_000
STRONG, WEAK = 2, 1
_FUNCTION_WORDS = frozenset(
    {"CONJ", "PRCL", "PREP", "INTJ", "NPRO", "ADVB", "VERB", "INFN", "GRND", "PRED", "NUMR", "PRTS", "COMP"}
)


@dataclass(frozen=True, slots=True)
class Facts:
    """`first`, `patronymic`, `surname`: 0 no, 1 perhaps, 2 most likely. `plain`: could not be a name after "my name is".

    `street_like`: an adjective that cannot belong to the word for house behind it ("на садовой дом пять").
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
    cases: frozenset[str] = frozenset()

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
        self._morphology = pymorphy3.MorphAnalyzer() if pack.morphology == "pymorphy3" else None
        spoken = numbers.numbers.values if numbers else {}
        values = {self._lemma(normal(word)): int(value) for word, value in spoken.items() if value == int(value) < 1000}
        self._values = values | {normal(word): value for word, value in pack.digits.items()}
        self._scales = {self._lemma(normal(word)): scale for word, scale in pack.scales.items()}
        self._cues: dict[str, str] = {normal(word): kind for kind, words in pack.cues.items() for word in words}
        self._units = frozenset(map(normal, pack.units))
        self._fillers = frozenset(map(normal, pack.fillers))
        self._never = frozenset(map(normal, pack.names.never))
        self._people = frozenset(pack.names.people)
        self.of = lru_cache(CACHED_WORDS)(self._of)

    def _lemma(self, norm: str) -> str:
        return normal(self._morphology.parse(norm)[0].normal_form) if self._morphology else norm

    def _of(self, word: str) -> Facts:
        norm = normal(word)
        if len(norm) > LONGEST_WORD:
            return Facts(norm, norm, plain=True)
        parses = self._morphology.parse(norm) if self._morphology else ()
        lemma = normal(parses[0].normal_form) if parses else norm
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
            filler=norm in self._fillers,
            cue=self._cues.get(norm) or self._cues.get(lemma, ""),
            unit=norm in self._units or lemma in self._units,
            street=norm in pack.address.streets or lemma in pack.address.streets,
            at=norm in pack.email.at,
            **(self._russian(norm, lemma, parses) if parses else self._listed(norm)),
        )

    def _russian(self, norm: str, lemma: str, parses: Any) -> dict[str, Any]:
        """Shares of the dictionary's parses that are names; a guarded word is never more than perhaps."""
        share = {mark: sum(parse.score for parse in parses if mark in parse.tag) for mark in ("Name", "Patr", "Surn")}
        top = parses[0].tag
        guarded = norm in self._never or lemma in self._never
        likely = {
            mark: 0
            if part <= 0.01
            else STRONG
            if part >= 0.5 and not guarded and not (mark == "Surn" and part < 0.75)
            else WEAK
            for mark, part in share.items()
        }
        common = any(parse.tag.POS == "NOUN" and not any(mark in parse.tag for mark in share) for parse in parses)
        if common and likely["Surn"] == STRONG:
            likely["Surn"] = WEAK
        named = next((parse for parse in parses if any(mark in parse.tag for mark in share)), None)
        return {
            "first": likely["Name"],
            "patronymic": likely["Patr"],
            "surname": likely["Surn"],
            "name": normal(named.normal_form) if named else lemma,
            "noun": top.POS == "NOUN",
            "plain": top.POS in _FUNCTION_WORDS or "Apro" in top,
            "attributive": top.POS == "ADJF",
            "street_like": top.POS == "ADJF"
            and not any(other in top for other in ("Apro", "Anum"))
            and not _suits_house(parses),
            "cases": frozenset(parse.tag.case for parse in parses if any(mark in parse.tag for mark in share)),
        }

    def _listed(self, norm: str) -> dict[str, Any]:
        known = norm in self._people and norm not in self._never
        return {"first": STRONG if known else 0, "name": norm, "plain": norm in self._never}


def _suits_house(parses: Any) -> bool:
    """Whether it may be said of "дом" before a number: masculine, in the nominative or the accusative."""
    return any({"ADJF", "masc", case} in parse.tag for parse in parses for case in ("nomn", "accs"))
