"""Training and test sentences: office phrases, agreeing clauses, and plain sequences of words.

Sequences teach sounds, clauses teach endings, phrases teach what a contact centre says most.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache

import numpy as np
from auricle_samples.dialogues.numerals import UNITS, ru_plural, ru_words

from auricle_trainer.speech.lexicon import Lexicon
from auricle_trainer.speech.numerals import MONTHS, day_of_month
from auricle_trainer.speech.phrases import FIRST_NAMES, PHRASES, SMALL

_SLOT = re.compile(r"\{(\w+)\}")
_CASES = {"сущ": "nomn", "род": "gent", "вин": "accs", "дат": "datv", "твор": "ablt"}
_UNITS_OF_TIME = ("день", "час", "месяц")
_PLACES = (
    ("в", "loct"),
    ("на", "loct"),
    ("с", "ablt"),
    ("для", "gent"),
    ("по", "datv"),
    ("без", "gent"),
    ("к", "datv"),
)


class Prose:
    """A stream of sentences without punctuation, lower case, numbers in words.

    `pool` limits content words to those lemmas; `forbidden` lemmas never occur in any form.
    """

    def __init__(
        self,
        lexicon: Lexicon,
        rng: np.random.Generator,
        forbidden: frozenset[str] = frozenset(),
        extra: tuple[str, ...] = (),
        said_share: float = 0.0,
        rare: dict[str, tuple[str, ...]] | None = None,
        rare_share: float = 0.0,
    ) -> None:
        self._lexicon, self._rng, self._forbidden, self._extra = lexicon, rng, forbidden, extra
        self._said_share = said_share if extra else 0.0
        self._rare, self._rare_share = rare or {}, rare_share
        self._allowed = lru_cache(maxsize=None)(self._is_allowed)

    def sentences(self) -> Iterator[str]:
        """Sentences without end; those with a forbidden word are drawn again."""
        kinds: list[Callable[[], str]] = [self._sequence, self._clause, self._office, self._excerpt]
        left = 1 - self._said_share
        weights = [0.4 * left, 0.35 * left, 0.25 * left, self._said_share]
        while True:
            text = kinds[int(self._rng.choice(4, p=weights))]()
            words = text.split()
            if words and all(self._allowed(word) for word in words):
                yield " ".join(words)

    def _is_allowed(self, word: str) -> bool:
        return not (self._forbidden and self._lexicon.lemma_of(word) & self._forbidden)

    def _pick(self, options: tuple[str, ...] | list[str]) -> str:
        return options[int(self._rng.integers(len(options)))]

    def _lemma(self, pos: str) -> str:
        if pos in self._rare and self._rng.random() < self._rare_share:
            return self._pick(self._rare[pos])
        return self._pick(self._lexicon.lemmas[pos])

    def _sequence(self) -> str:
        return " ".join(self._any_word() for _ in range(int(self._rng.integers(2, 9))))

    def _any_word(self) -> str:
        draw = self._rng.random()
        if draw < 0.3:
            return self._pick(SMALL)
        if draw < 0.6 and not self._rare:
            return self._pick(self._lexicon.surface)
        pos = str(self._rng.choice(["NOUN", "ADJF", "INFN", "ADVB"], p=[0.45, 0.25, 0.25, 0.05]))
        return self._lexicon.any_form(self._lemma(pos), self._rng)

    def _clause(self) -> str:
        rng = self._rng
        gender = str(rng.choice(["masc", "femn", "neut", "plur"]))
        verb = self._verb(gender)
        parts = [self._noun_phrase("nomn", "plur" if gender == "plur" else "sing"), verb]
        if rng.random() < 0.6:
            parts.append(self._noun_phrase("accs"))
        if rng.random() < 0.5:
            preposition, case = _PLACES[int(rng.integers(len(_PLACES)))]
            parts += [preposition, self._noun_phrase(case)]
        if rng.random() < 0.3:
            parts.insert(0, self._pick(SMALL))
        return " ".join(parts)

    def _verb(self, gender: str) -> str:
        lemma = self._lemma("INFN")
        number = {"plur"} if gender == "plur" else {"sing"}
        person = str(self._rng.choice(["1per", "2per", "3per", "3per"]))
        past = {"past"} | ({"plur"} if gender == "plur" else {"sing", gender})
        return self._lexicon.inflected(lemma, "INFN", past if self._rng.random() < 0.6 else number | {person}) or lemma

    def _noun_phrase(self, case: str, number: str | None = None) -> str:
        number = number or str(self._rng.choice(["sing", "plur"]))
        lemma = self._lemma("NOUN")
        noun = self._lexicon.inflected(lemma, "NOUN", {case, number}) or lemma
        if self._rng.random() < 0.45:
            gender = set() if number == "plur" else {str(self._lexicon.morph.parse(lemma)[0].tag.gender or "masc")}
            asked = {case if case != "accs" else "nomn", number} | gender
            adjective = self._lexicon.inflected(self._lemma("ADJF"), "ADJF", asked)
            return f"{adjective} {noun}" if adjective else noun
        return noun

    def _office(self) -> str:
        return _SLOT.sub(lambda slot: self._fill(slot.group(1)), self._pick(PHRASES))

    def _excerpt(self) -> str:
        words = self._pick(self._extra).split()
        if len(words) > 12:
            start = int(self._rng.integers(len(words) - 8))
            words = words[start : start + int(self._rng.integers(6, 13))]
        return " ".join(words)

    def _fill(self, slot: str) -> str:
        if slot in _CASES:
            return self._noun_phrase(_CASES[slot], "sing")
        makers = {"имя": self._name, "цена": self._price, "дата": self._date, "цифры": self._digits}
        makers |= {"срок": self._term, "срок_род": self._term, "час": self._hour}
        return makers.get(slot, self._number)()

    def _name(self) -> str:
        return self._pick(FIRST_NAMES)

    def _price(self) -> str:
        amount = int(self._rng.integers(1, 100)) * int(self._rng.choice([1, 10, 50, 100, 1000]))
        return f"{ru_words(amount)} {ru_plural(amount, UNITS['рубль'])}"

    def _date(self) -> str:
        return f"{day_of_month(int(self._rng.integers(1, 32)))} {self._pick(MONTHS)}"

    def _digits(self) -> str:
        rng = self._rng
        return " ".join(ru_words(int(rng.integers(0, 1000 if rng.random() < 0.3 else 100))) for _ in range(3))

    def _term(self) -> str:
        amount = int(self._rng.integers(1, 60))
        unit = _UNITS_OF_TIME[int(self._rng.integers(3))]
        return f"{ru_words(amount)} {ru_plural(amount, UNITS[unit])}"

    def _hour(self) -> str:
        return ru_words(int(self._rng.integers(1, 25)))

    def _number(self) -> str:
        return ru_words(int(self._rng.integers(1, 200)))
