"""What a word is, without its sentence: lemma, part of speech, name. Russian by pymorphy3, other languages by Snowball stems.

pymorphy3 costs about 50 µs a word and a contact centre says the same few thousand words all day, so analyses are cached.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

import pymorphy3
import snowballstemmer
from auricle_contracts.folding import fold_word

CACHED_WORDS = 50_000
LONGEST_WORD = 64  # longer "words" are noise or an attack; pymorphy3's prefix search is quadratic in their length
LIKELY = 0.1  # the share of a word's uses from which a parse counts
_EMPTY = frozenset({"CONJ", "PRCL", "PREP", "INTJ"})
_PARTICIPLES = ("PRTS", "PRTF")
_LINKS = frozenset({"CONJ", "PRCL", "INTJ"})
_VERBS = frozenset({"VERB", "INFN", "PRTS", "GRND", "PRED"})
_COUNTED = frozenset({"NOUN", "ADJF", "PRTF"})
_NAMES = ("Name", "Surn", "Patr", "Geox", "Orgn")


@dataclass(frozen=True, slots=True)
class Analysis:
    """`content` words carry meaning of their own; `addresses` is a verb form that speaks to the listener ("хотите", "оформляем").

    `commits` is a verb in the first person of the future ("закреплю"); `links` are conjunctions, particles and interjections;
    `ordinal` is "пятого"; `tells` is a form that reports of others ("решили", "ставят", "записан");
    `past` is one that may report of what the speaker did ("записала", "сделано"); `leans` is a preposition;
    `counted` is a form that says what a number counts ("клиентов", "пятого"), for a language without cases any word with content.
    """

    lemma: str
    content: bool
    verb: bool = False
    noun: bool = False
    name: bool = False
    addresses: bool = False
    commits: bool = False
    links: bool = False
    ordinal: bool = False
    tells: bool = False
    past: bool = False
    leans: bool = False
    counted: bool = False


class Morphology(Protocol):
    """One language's way to know a word. `word` is normalised."""

    def analyse(self, word: str) -> Analysis: ...

    def is_everyday(self, word: str) -> bool:
        """Whether only a speaker of the language says it: in its dictionary; without one, a stop word."""
        ...

    def forms(self, word: str) -> tuple[str, ...]:
        """The word in all its forms."""
        ...


@lru_cache(1)
def analyzer() -> pymorphy3.MorphAnalyzer:
    """The dictionary of Russian, loaded once a process."""
    return pymorphy3.MorphAnalyzer()


class RussianMorphology:
    """The likeliest parse of pymorphy3's dictionary."""

    def __init__(self) -> None:
        self._analyzer = analyzer()
        self.analyse = lru_cache(CACHED_WORDS)(self._analyse)
        self.is_everyday = lru_cache(CACHED_WORDS)(self._is_everyday)

    def _is_everyday(self, word: str) -> bool:
        return len(word) <= LONGEST_WORD and bool(self._analyzer.word_is_known(word))

    def forms(self, word: str) -> tuple[str, ...]:
        return tuple({fold_word(form.word) for form in self._analyzer.parse(word)[0].lexeme} | {word})

    def _analyse(self, word: str) -> Analysis:
        if len(word) > LONGEST_WORD:
            return Analysis(word, content=True)
        parses = self._analyzer.parse(word)
        parse = parses[0]
        tag = parse.tag
        part = tag.POS
        pronoun = "Apro" in tag or part == "NPRO"
        spoken_to = part == "VERB" and ("2per" in tag or ("1per" in tag and "plur" in tag))
        return Analysis(
            lemma=fold_word(parse.normal_form),
            content=not pronoun and part not in _EMPTY,
            verb=part in _VERBS,
            noun=part == "NOUN",
            name=any(mark in tag for mark in _NAMES),
            addresses=spoken_to,
            commits=part == "VERB" and "futr" in tag and "1per" in tag,
            links=part in _LINKS,
            ordinal="Anum" in tag,
            leans=part == "PREP",
            tells=_tells(tag, part),
            counted=part not in _EMPTY and any(map(_is_counted, parses)),
            past=(part in _PARTICIPLES and "neut" in tag) or {"past", "sing"} in tag,
        )


def _is_counted(parse: Any) -> bool:
    tag = parse.tag
    return parse.score >= LIKELY and ("Anum" in tag or ("gent" in tag and tag.POS in _COUNTED))


def _tells(tag: Any, part: str | None) -> bool:
    if part in _PARTICIPLES:
        return "neut" not in tag
    return {"past", "plur"} in tag or {"pres", "3per"} in tag


class StemMorphology:
    """Snowball stems as lemmas; every word that is not a stop word of the pack counts as content."""

    def __init__(self, algorithm: str, stopwords: frozenset[str]) -> None:
        self._stemmer = snowballstemmer.stemmer(algorithm)
        self._stopwords = stopwords
        self.analyse = lru_cache(CACHED_WORDS)(self._analyse)

    def is_everyday(self, word: str) -> bool:
        return word in self._stopwords

    def forms(self, word: str) -> tuple[str, ...]:
        return (word,)

    def _analyse(self, word: str) -> Analysis:
        if len(word) > LONGEST_WORD:
            return Analysis(word, content=True)
        lemma: str = self._stemmer.stemWord(word)
        content = word not in self._stopwords
        return Analysis(lemma=lemma, content=content, counted=content)


def morphology(name: str, stopwords: frozenset[str]) -> Morphology:
    """`pymorphy3` or `snowball:<algorithm>`, as a pack names it."""
    if name == "pymorphy3":
        return RussianMorphology()
    return StemMorphology(name.removeprefix("snowball:"), stopwords)
