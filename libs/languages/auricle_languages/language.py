"""A pack made ready: its lists lemmatised, its automaton built. And the choice of language for a turn."""

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cached_property, lru_cache
from pathlib import Path
from typing import NamedTuple

from auricle_contracts.folding import CACHED_WORDS, fold_word

from auricle_languages.calendar_words import Calendar
from auricle_languages.cut_words import cut_words
from auricle_languages.lexicon import Lexicon
from auricle_languages.morphology import Analysis, Morphology, morphology
from auricle_languages.pack import LanguagePack, load_packs, version_of
from auricle_languages.phrases import PhraseBook
from auricle_languages.words import Token, tokenize

LISTS = (
    "backchannels", "holds", "fillers", "parentheticals", "affirmations", "negations", "greetings", "farewells", "thanks",
    "apologies", "politeness", "refusals", "promises", "objections", "conflict", "questions", "question_tags", "price_cues",
    "requests", "decisions", "offers", "empathy", "rudeness", "announcements", "moments",
)  # fmt: skip


@lru_cache(CACHED_WORDS)
def of_sign(norm: str) -> Analysis:
    """The analysis of a number or a sign."""
    return Analysis(norm, content=True)


class Language:
    """One language, ready to read turns. Immutable after construction but for the cache of analyses."""

    def __init__(self, pack: LanguagePack) -> None:
        self.pack = pack
        self.morphology: Morphology = morphology(pack.morphology, frozenset(pack.stopwords))
        self._letters = re.compile(f"(?:{pack.letters}|{pack.letters.upper()})+")
        self.lists: dict[str, tuple[tuple[str, ...], ...]] = {name: self.phrases(getattr(pack, name)) for name in LISTS}
        self.phrasebook = PhraseBook(self.lists)
        self.currencies = {form: code for code, forms in pack.currencies.items() for form in self._single(forms)}
        self.cents = {form: code for code, forms in pack.cents.items() for form in self._single(forms)}
        self.currency_kinds = {
            form: code for code, forms in pack.currency_kinds.items() for form in self._single(forms)
        }
        self.weights, self.weighing, self.of_things = (
            frozenset(self._single(words)) for words in (pack.weights, pack.weighing, pack.of_things)
        )
        self.fractional = frozenset(map(fold_word, pack.fractional))
        self.percents = frozenset(self._single(pack.percents))
        periods = {phrase: name for name, texts in pack.periods.items() for phrase in self.phrases(texts)}
        self.periods: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for phrase, name in periods.items():
            self.periods.setdefault(phrase[0], []).append((phrase, name))
        self.period_words = [(phrase[0], name) for phrase, name in periods.items() if len(phrase) == 1]
        self.price_cues = frozenset(phrase[0] for phrase in self.lists["price_cues"] if len(phrase) == 1)
        self.price_phrases = tuple(tuple(phrase) for phrase in self.lists["price_cues"] if len(phrase) > 1)
        self.parts = frozenset(self._single(pack.parts))
        self.loans = frozenset(self._single(pack.loans))
        self.references = frozenset(self._single(pack.references))
        self.units = frozenset(self._single(pack.units))
        self.number_values = {self.lemma(word): value for word, value in pack.numbers.values.items()}
        # "15к" is a scale and "к" a preposition: a single letter counts only where it is glued to digits.
        scales = pack.numbers.scales.items()
        self.number_scales = {self.lemma(word): scale for word, scale in scales if len(word) > 1}
        self.glued_scales = {fold_word(word): scale for word, scale in scales if len(word) == 1}
        self.number_words = self.number_values.keys() | self.number_scales.keys()
        single_fillers = {phrase[0] for phrase in self.lists["fillers"] if len(phrase) == 1}
        self.pauses = single_fillers - self.number_words
        self.joiners = frozenset(self._single(pack.numbers.joiners)) | self.pauses
        self.additions = frozenset(self._single(pack.numbers.additions))
        self.approximate = frozenset(map(fold_word, pack.numbers.approximate))
        self.points = frozenset(self._single(pack.numbers.points))
        self.since, self.till = (frozenset(self._single(one)) for one in (pack.numbers.since, pack.numbers.till))
        numbers = pack.numbers
        parts = ((numbers.halves, Decimal("0.5")), (numbers.quarters, Decimal("0.25")))
        self.halves = {phrase: part for texts, part in parts for phrase in self.phrases(texts)}
        self.half_prefixes = frozenset(map(fold_word, pack.numbers.half_prefixes))
        self.money_scales = {self.lemma(word): scale for word, scale in pack.numbers.money_scales.items()}
        self.number_starts = self.number_words | self.money_scales.keys()
        self.plural_scales = frozenset(map(fold_word, pack.numbers.plural_scales))
        self.wholes, self.links = (frozenset(self._single(one)) for one in (pack.numbers.wholes, pack.numbers.links))
        self.fractions = {self.lemma(word): value for word, value in pack.numbers.fractions.items()}
        halves = cut_words((*pack.numbers.values, *pack.numbers.scales), self.morphology)
        self.cut_numbers = {cut: self.lemma(form) for cut, form in halves.items() if cut[0] not in self.half_prefixes}
        self.cut_openings = frozenset(first for first, _ in self.cut_numbers)
        self.price_links, self.sums, self.payments, self.each, self.totals, self.corrections = (
            frozenset(self._single(one))
            for one in (pack.price_links, pack.sums, pack.payments, pack.each, pack.totals, pack.numbers.corrections)
        )
        self.numbered = frozenset(self._single((*pack.numbered, *pack.references)))
        self.calendar = Calendar.of(pack.dates, self.lemma)
        self.lexicon = Lexicon.of(pack.sentiment, self.phrases)

    def analyse(self, token: Token) -> Analysis:
        """The token's analysis; numbers and signs are their own lemmas and always content."""
        if token.kind == "word":
            return self.morphology.analyse(token.norm)
        return of_sign(token.norm)

    def lemma(self, word: str) -> str:
        """The lemma of one word or sign."""
        (token,) = tokenize(word)
        return self.analyse(token).lemma

    def phrases(self, texts: Sequence[str]) -> tuple[tuple[str, ...], ...]:
        """Each text as its lemmas."""
        return tuple(tuple(self.analyse(token).lemma for token in tokenize(text)) for text in texts)

    def letters(self, text: str) -> int:
        """How many letters of this language's script the text has."""
        return sum(map(len, self._letters.findall(text)))

    def _single(self, forms: Sequence[str]) -> list[str]:
        return [self.lemma(form) for form in forms]


class Written(NamedTuple):
    """In which pack's script a word is written, if in any's, and which neighbours of it the word tells."""

    language: Language | None
    neighbours: tuple[str, ...]


class Languages:
    """Every shipped language, and which one a turn is in."""

    def __init__(self, packs: Mapping[str, LanguagePack]) -> None:
        if not packs:
            raise ValueError("no language pack: prompts/languages is empty")
        self._languages = {name: Language(pack) for name, pack in packs.items()}
        self.written = lru_cache(CACHED_WORDS)(self._written)

    @classmethod
    def load(cls, prompts_dir: Path) -> "Languages":
        """All packs of `<prompts_dir>/languages`."""
        return cls(load_packs(prompts_dir / "languages"))

    def __iter__(self) -> Iterator[Language]:
        return iter(self._languages.values())

    def __getitem__(self, name: str) -> Language:
        return self._languages[name]

    def of(self, text: str, *declared: str | None) -> Language:
        """The language whose script has most letters of the text; where that says nothing, the first declared one that is known."""
        by_name = [self._languages[name] for name in declared if name in self._languages]
        if by_name and 2 * by_name[0].letters(text) > len(text):
            return by_name[0]
        counts = [(language.letters(text), language) for language in self._languages.values()]
        most = max(count for count, _ in counts)
        candidates = [language for count, language in counts if count == most]
        return next((language for language in by_name if language in candidates), candidates[0])

    def _written(self, word: str) -> "Written":
        """Of a word in lower case; the neighbours' letters count for the pack beside them."""
        counts = [
            (
                one.letters(word) + sum(letter in near.own for near in one.pack.neighbours.values() for letter in word),
                one,
            )
            for one in self._languages.values()
        ]
        most = max(count for count, _ in counts)
        if not most:
            return Written(None, ())
        language = next(one for count, one in counts if count == most)
        return Written(language, tuple(name for name, near in language.pack.neighbours.items() if near.tells(word)))

    @cached_property
    def version(self) -> str:
        """First 12 hex digits of the SHA-256 of all packs."""
        return version_of(language.pack for language in self._languages.values())
