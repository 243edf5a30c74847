"""The words of the training text: lemmas that OpenCorpora's texts contain, in any of their forms.

pymorphy3 carries P(tag | word) for words seen in the corpus; that list is the nearest thing to "common words"
that comes with a permissive library. Its dictionary data is OpenCorpora's, CC BY-SA.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pymorphy3

_WORD = re.compile(r"[а-яё]{2,16}")
_KEPT = {"NOUN", "ADJF", "VERB", "INFN", "ADVB"}
_DROPPED = {"Abbr", "Init", "Arch", "Slng", "Erro", "Infr", "Dist", "Surn", "Orgn", "Patr"}


@dataclass(frozen=True)
class Lexicon:
    """Lemmas by part of speech, sorted, so that a seed draws the same words everywhere."""

    lemmas: dict[str, tuple[str, ...]]
    surface: tuple[str, ...]

    @cached_property
    def morph(self) -> pymorphy3.MorphAnalyzer:
        return _analyzer()

    def lemma_of(self, word: str) -> frozenset[str]:
        """Every lemma that `word` may be a form of."""
        return frozenset(str(parse.normal_form).replace("ё", "е") for parse in self.morph.parse(word))

    def inflected(self, lemma: str, pos: str, grammemes: set[str]) -> str | None:
        """`lemma` in the asked form, or None where it has none."""
        for parse in self.morph.parse(lemma):
            if pos == parse.tag.POS:
                form = parse.inflect(grammemes)
                return str(form.word) if form and _WORD.fullmatch(form.word) else None
        return None

    def any_form(self, lemma: str, rng: np.random.Generator) -> str:
        """A random form of `lemma`."""
        forms = [form for form in self.morph.parse(lemma)[0].lexeme if form.tag.POS in _KEPT]
        word = str(forms[int(rng.integers(len(forms)))].word) if forms else lemma
        return word if _WORD.fullmatch(word) else lemma


def lexicon_of_corpus() -> Lexicon:
    """Read the lexicon from pymorphy3's data (about 20 s)."""
    morph = _analyzer()
    surface = sorted({key.split(":")[0] for key in morph.prob_estimator.p_t_given_w.keys()})  # noqa: SIM118 (a DAWG)
    lemmas: dict[str, set[str]] = {pos: set() for pos in _KEPT}
    kept = []
    for word in filter(_WORD.fullmatch, surface):
        parse = morph.parse(word)[0]
        if _DROPPED & set(parse.tag.grammemes):
            continue
        kept.append(word)
        pos = "INFN" if parse.tag.POS in ("VERB", "PRTF", "PRTS", "GRND", "INFN") else parse.tag.POS
        if pos in lemmas and _WORD.fullmatch(parse.normal_form):
            lemmas[pos].add(parse.normal_form)
    return Lexicon({pos: tuple(sorted(words)) for pos, words in lemmas.items()}, tuple(kept))


def _analyzer() -> pymorphy3.MorphAnalyzer:
    return pymorphy3.MorphAnalyzer(lang="ru")
