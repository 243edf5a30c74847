"""Given names: which words are such, their short forms, and how near two spellings are."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import chain
from pathlib import Path
from typing import Any

from auricle_criteria.artefact import Artefact
from auricle_criteria.yaml_files import read_folder
from auricle_languages.dictionary import is_word, language_of
from auricle_languages.morphology import CACHED_WORDS, LONGEST_WORD, analyzer
from rapidfuzz.distance import OSA

_PATRONYMIC = re.compile(r"(?:[оеё]вич|[ьлтнкм]ич|[оеё]вна|ична|инична|[оеё]вн|аныч|алыч)$")
_LATIN = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
        "a b v g d e e zh z i i k l m n o p r s t u f h c ch sh sh _ i _ e iu ia".replace("_", "").split(" "),
        strict=True,
    )
)
_SAME_SOUND = (("dzh", "j"), ("kh", "h"), ("ts", "c"), ("x", "ks"), ("w", "v"), ("y", "i"), ("ii", "i"), ("ph", "f"))


class Names(Artefact):
    """One file of `prompts/names/`. `given`: further first names. `same`: spellings of one
    name, of which the customer's own is right. `family_first`: surnames that a record may put first.
    """

    short: dict[str, tuple[str, ...]]
    given: tuple[str, ...] = ()
    same: tuple[tuple[str, ...], ...] = ()
    titles: tuple[str, ...] = ()
    family_first: tuple[str, ...] = ()


def folded_name(word: str) -> str:
    """As names are compared: lower case, "е" for "ё", Latin letters without their marks."""
    word = word.lower().replace("ё", "е").replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    if word.isascii() or "а" <= word[:1] <= "я":
        return word
    return "".join(one for one in unicodedata.normalize("NFD", word) if not unicodedata.combining(one))


def is_patronymic(word: str) -> bool:
    """By its ending."""
    return len(word) > 4 and _PATRONYMIC.search(word) is not None


def latin(word: str) -> str:
    """The sound of a name in either script, roughly."""
    sound = "".join(_LATIN.get(letter, letter) for letter in word)
    for spelling, same in _SAME_SOUND:
        sound = sound.replace(spelling, same)
    return sound


class NameBook:
    """The short forms of all languages, and first names without morphology (`listed`)."""

    def __init__(self, names: Iterable[Names], listed: Iterable[str]) -> None:
        names = tuple(names)
        self._groups: dict[str, set[str]] = {}
        self._forms: dict[str, set[str]] = {}
        for full, short in chain.from_iterable(one.short.items() for one in names):
            group = {folded_name(full), *map(folded_name, short)}
            self._forms.setdefault(folded_name(full), set()).update(group)
            for form in group:
                self._groups.setdefault(form, set()).add(folded_name(full))
        self._same = [frozenset(map(folded_name, group)) for one in names for group in one.same]
        self.titles = frozenset(folded_name(title) for one in names for title in one.titles)
        self.family_first = frozenset(map(folded_name, chain.from_iterable(one.family_first for one in names)))
        self._listed = frozenset(map(folded_name, chain(listed, *(one.given for one in names))))
        self.is_given = lru_cache(CACHED_WORDS)(self._is_given)

    @classmethod
    def read(cls, prompts: Path, listed: Iterable[str]) -> "NameBook":
        """The files of `names/`."""
        return cls(read_folder(Names, prompts / "names").values(), listed)

    def _is_given(self, word: str) -> bool:
        """Whether the folded word is a given name in its first form, or a short form of one."""
        if word in self._groups or word in self._listed:
            return True
        return language_of(word) == "ru" and any(
            "Name" in parse.tag and "nomn" in parse.tag and "sing" in parse.tag for parse in _known(word)
        )

    def is_usual(self, word: str) -> bool:
        """Whether the folded word is one of the names with short forms."""
        return word in self._groups

    def is_full(self, word: str) -> bool:
        """Whether the folded word is a name in full, whatever it may be short for besides."""
        return word in self._groups.get(word, ())

    def is_same_person(self, one: str, other: str) -> bool:
        """Whether two given names are forms of one, in one script or in two."""
        if one == other or not self._groups.get(one, {one}).isdisjoint(self._groups.get(other, {other})):
            return True
        if language_of(one) != language_of(other):
            return OSA.distance(latin(one), latin(other)) <= max(1, len(latin(other)) // 4)
        if one.isascii() and latin(one) == latin(other):
            return True
        if one.isascii():
            return len(one) > 2 and (other.endswith(one) or (len(other) > len(one) + 1 and other.startswith(one)))
        forms = {other, *(form for full in self._groups.get(other, ()) for form in self._forms[full])}
        return is_vocative(one, other, self._groups) or any(is_fond(one, form) for form in forms)

    def is_respelt(self, one: str, other: str) -> bool:
        """Whether two names are one name in two spellings: "Sara" and "Sarah"."""
        if any({one, other} <= group for group in self._same):
            return True
        if OSA.distance(one, other) != 1 or one[:1] != other[:1]:
            return False
        if one.isascii():
            return {one, other} != {one.rstrip("a"), one.rstrip("a") + "a"}  # "Eric" and "Erica" are two people
        return one[-1:] == other[-1:] and (len(one) != len(other) or one not in self._groups)


def is_vocative(one: str, other: str, groups: Mapping[str, set[str]]) -> bool:
    """Whether `one` calls for a person named so: "Оль", "Серёж"."""
    long = [one + ending for ending in "ая"] if language_of(one) == "ru" and len(one) > 1 else []
    return any(form == other or not groups.get(form, set()).isdisjoint(groups.get(other, {other})) for form in long)


_FOND = (
    "ик",
    "ек",
    "ок",
    "чик",
    "ка",
    "уша",
    "юша",
    "енька",
    "онька",
    "очка",
    "ечка",
    "уня",
    "юня",
    "уся",
    "юся",
    "юха",
    "уха",
    "ян",
    "ян",
    "ич",
)


def is_fond(one: str, other: str) -> bool:
    """Whether the Russian word is the name made small by a suffix: "Юлик" of "Юлиан"."""
    return (
        len(one) > 3 and one[:3] == other[:3] and one.endswith(_FOND) and not other.endswith(("ик", "ек", "ян", "ка"))
    )


def is_role(word: str) -> bool:
    """Whether the folded word says what somebody is ("менеджер", "я") and is no surname."""
    return (
        is_word(word) and not any("Surn" in parse.tag for parse in analyzer().parse(word))
        if language_of(word) == "ru"
        else False
    )


@lru_cache(CACHED_WORDS)
def _known(word: str) -> tuple[Any, ...]:
    return tuple(analyzer().parse(word)) if len(word) <= LONGEST_WORD and is_word(word) else ()


@lru_cache(CACHED_WORDS)
def is_case_form(word: str, name: str) -> bool:
    """Whether the word is this Russian name in another case."""
    if word == name or language_of(word) != "ru" or len(word) > LONGEST_WORD:
        return False
    return any(
        parse.normal_form.replace("ё", "е") in _bases(name) and not {"nomn", "sing"} <= set(parse.tag.grammemes)
        for parse in analyzer().parse(word)
        if "Name" in parse.tag or "Patr" in parse.tag
    )


@lru_cache(CACHED_WORDS)
def _bases(name: str) -> frozenset[str]:
    """The name, and what the dictionary calls the first form of a patronymic ("Петровна": "Петрович")."""
    return frozenset(
        {name, *(parse.normal_form.replace("ё", "е") for parse in analyzer().parse(name) if "Patr" in parse.tag)}
    )


@lru_cache(CACHED_WORDS)
def is_surname_in_case(word: str, surname: str) -> bool:
    """Whether the word is this Russian surname in another case and nothing else first of all."""
    if word == surname or language_of(word) != "ru" or len(word) > LONGEST_WORD:
        return False
    own = {parse.normal_form for parse in analyzer().parse(surname) if "Surn" in parse.tag}
    parses = [parse for parse in analyzer().parse(word)[:1] if "Surn" in parse.tag and "nomn" not in parse.tag]
    return any(parse.normal_form in own for parse in parses)


def most_slips(name: str) -> int:
    """How many letters may be wrong in a name that is still this one."""
    return 1 if len(name) <= 5 else 2


def is_misspelt(word: str, name: str) -> bool:
    """Whether the word is this name with a slip."""
    return word != name and len(name) > 2 and OSA.distance(word, name, score_cutoff=2) <= most_slips(name)
