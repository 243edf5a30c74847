"""Which words a language has, how usual each is, and what it is: pymorphy3's dictionary and the word frequencies of pyspellchecker.

Loaded once a process, at the first question.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from spellchecker import SpellChecker

from auricle_languages.morphology import CACHED_WORDS, LONGEST_WORD, analyzer

FAMILIAR_SCORE = 0.6
RARE = 3e-6  # of all words
LANGUAGES = ("ru", "en")
_DIMINUTIVE = {
    "чик": ("",), "ик": ("",), "очка": ("ка", "а", "ок"), "ечка": ("ка", "я", "а"), "ичка": ("ица",), "очек": ("ок",), "ечек": ("ец",),
    "ушка": ("а",), "юшка": ("я",), "енька": ("а",), "ьице": ("ие", "ье"), "ище": (), "ышко": ("о",), "онька": ("а",),
}  # fmt: skip
_SMALL_END = "(?:y|ie|ey|ies|ys)"
_RHYME = re.compile(
    rf"(?P<one>[b-df-hj-np-tv-z]*)(?P<same>[aeiouy][a-z]*?){_SMALL_END}-(?P<other>[b-df-hj-np-tv-z]*)(?P=same){_SMALL_END}"
)
_RHYMING_WORDS = frozenset(
    "walkie-talkie willy-nilly nitty-gritty hurly-burly hokey-cokey hokey-pokey airy-fairy ready-steady".split()
)
_OWN_WORDS = frozenset(
    "selfie hoodie undie onesie freebie quickie oldie indie roomie goalie rookie cabbie yuppie".split()
)
_SMALL_ENGLISH = re.compile(r"(?P<base>[a-z]{3,}?)(?:ies|ie)")
USUAL_BASE = 1e-6  # of all words
_HUSHED = {"ч": "кц", "ж": "г", "ш": "х"}


@lru_cache(len(LANGUAGES))
def _frequencies(language: str) -> SpellChecker:
    return SpellChecker(language=language, distance=1)


def language_of(word: str) -> str | None:
    """By its letters: `ru`, `en`, or None for a mixture."""
    if all("a" <= letter <= "z" or letter == "'" for letter in word):
        return "en"
    return "ru" if all("а" <= letter <= "я" or letter in "ё-" for letter in word) else None


@lru_cache(CACHED_WORDS)
def is_word(word: str) -> bool:
    """Whether a dictionary has the lower-case word."""
    if len(word) > LONGEST_WORD:
        return False
    language = language_of(word)
    if language == "ru":
        return bool(analyzer().word_is_known(word))
    return language == "en" and word in _frequencies("en")


def frequency(word: str) -> float:
    """The word's share of all words; 0 for one that is not in the list."""
    language = language_of(word)
    return float(_frequencies(language).word_usage_frequency(word)) if language else 0.0


@lru_cache(CACHED_WORDS)
def is_abbreviation(word: str) -> bool:
    """Whether the lower-case word is "инн", by the dictionary or by having no vowel."""
    if language_of(word) == "ru" and any("Abbr" in parse.tag for parse in _parses(word)):
        return True
    return not set(word) & set("аеёиоуыэюяaeiouy")


@lru_cache(CACHED_WORDS)
def is_proper(word: str) -> bool:
    """Whether the lower-case word is first of all a name of somebody or a place."""
    parses = _parses(word)
    return bool(parses) and any(mark in parses[0].tag for mark in ("Name", "Surn", "Patr", "Geox", "Orgn"))


@lru_cache(CACHED_WORDS)
def is_polite_order(word: str) -> bool:
    """Whether the lower-case Russian word asks several people, or one politely, to do something: "ждите", "побудьте"."""
    return any({"impr", "plur"} <= set(parse.tag.grammemes) and "incl" not in parse.tag for parse in _parses(word)[:1])


@lru_cache(CACHED_WORDS)
def is_diminutive(lemma: str) -> bool:
    """Whether the Russian noun is a smaller one: "договорчик" of "договор", "денежка" by its suffix is none of this."""
    return any(is_word(base) and _is_noun(base) for base in _bases(lemma))


@lru_cache(CACHED_WORDS)
def is_baby_talk(word: str) -> bool:
    """Whether the English word is made small: a rhyme of two parts ("shiny-winy"), or an unknown one of a usual noun ("poundies")."""
    if "-" in word:
        rhyme = _RHYME.fullmatch(word)
        return rhyme is not None and rhyme["one"] != rhyme["other"] and word.removesuffix("s") not in _RHYMING_WORDS
    small = _SMALL_ENGLISH.fullmatch(word)
    return (
        small is not None
        and not is_word(word)
        and word.removesuffix("s") not in _OWN_WORDS
        and frequency(small["base"]) > USUAL_BASE
    )


def _bases(lemma: str) -> Iterator[str]:
    for suffix, endings in _DIMINUTIVE.items():
        if lemma.endswith(suffix) and len(lemma) - len(suffix) >= 3:
            stem = lemma.removesuffix(suffix)
            yield from (stem + ending for ending in endings)
            if stem[-1:] in _HUSHED:
                yield from (stem[:-1] + hard + ending for hard in _HUSHED[stem[-1]] for ending in endings)


@lru_cache(CACHED_WORDS)
def is_surname(word: str) -> bool:
    """Whether the lower-case Russian word may be a surname in its first form."""
    return any("Surn" in parse.tag and "nomn" in parse.tag for parse in _parses(word))


@lru_cache(CACHED_WORDS)
def is_person(word: str) -> bool:
    """Whether the lower-case Russian word is first of all what somebody is, in its first form: "флорист"."""
    parses = _parses(word)
    return bool(parses) and {"NOUN", "anim", "nomn", "sing"} <= parses[0].tag.grammemes and not is_proper(word)


@lru_cache(CACHED_WORDS)
def is_named_noun(word: str) -> bool:
    """Whether the lower-case Russian word is a noun in its first form, as a name stands."""
    return any({"NOUN", "nomn", "sing"} <= parse.tag.grammemes for parse in _parses(word)[:1])


@lru_cache(CACHED_WORDS)
def is_second_person(word: str) -> bool:
    """Whether the lower-case Russian word is a verb that says what you do, and no order: "придёте"."""
    parses = _parses(word)
    return bool(parses) and {"VERB", "2per", "plur", "indc"} <= parses[0].tag.grammemes


@lru_cache(CACHED_WORDS)
def is_noun(word: str) -> bool:
    """Whether the lower-case Russian word is first of all a noun, a name among them."""
    parses = _parses(word)
    return bool(parses) and parses[0].tag.POS == "NOUN"


def _is_noun(word: str) -> bool:
    return any(parse.tag.POS == "NOUN" and parse.normal_form == word and not is_proper(word) for parse in _parses(word))


def _parses(word: str) -> Sequence[Any]:
    return analyzer().parse(word) if language_of(word) == "ru" and len(word) <= LONGEST_WORD else ()


@lru_cache(CACHED_WORDS)
def is_finite(word: str) -> bool:
    """Whether the Russian word is first of all a finite verb, an imperative or what stands for one ("нельзя", "нет")."""
    parses = _parses(word)
    return bool(parses) and parses[0].tag.POS in ("VERB", "PRED")


def is_usual(word: str) -> bool:
    """Whether a dictionary has the lower-case word and, in English, people use it: word lists hold much that nobody says."""
    return is_word(word) and (language_of(word) != "en" or frequency(word) > RARE)


@lru_cache(CACHED_WORDS)
def is_first_person(word: str) -> bool:
    """Whether the Russian word is first of all a verb of which the speaker is the subject."""
    parses = _parses(word)
    return bool(parses) and {"VERB", "1per", "sing"} <= parses[0].tag.grammemes


@lru_cache(CACHED_WORDS)
def is_familiar(word: str) -> bool:
    """Whether the Russian word is first of all a verb that speaks to one person who is on first-name terms."""
    parses = _parses(word)
    if not parses or parses[0].tag.POS != "VERB" or parses[0].score < FAMILIAR_SCORE or not is_word(word):
        return False
    grammemes = parses[0].tag.grammemes
    return bool({"2per", "sing"} <= grammemes or {"impr", "sing", "excl"} <= grammemes)


@lru_cache(CACHED_WORDS)
def lemmas(word: str) -> tuple[str, ...]:
    """What the Russian word may be a form of."""
    return tuple(dict.fromkeys(parse.normal_form for parse in _parses(word)))
