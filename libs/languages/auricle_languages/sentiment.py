"""How content the words of a turn are: a lexicon, negation, intensifiers, and what a speaker only asks or supposes.

Words alone: irony is not heard, and nothing here is about a voice. Measured in docs/evidence/sentiment.json.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, NamedTuple

from auricle_languages.analysis import AnalysedTurn
from auricle_languages.lexicon import Lexicon

Polarity = Literal["negative", "neutral", "positive"]
CLEAR = 1.0  # the score from which a turn is called negative or positive
LONGEST_PHRASE = 6
# Words before a word in which "not" is looked for, all but it without content: "не могу сказать, что".
NEGATION_REACH = 4
CONDITION_REACH = 6  # words after "if" that are only supposed, where nothing ends the clause sooner
STRONGER, WEAKER = 1.5, 0.5
NOT_POSITIVE, NOT_NEGATIVE = -1.0, -0.5  # "not good" is bad, "not bad" is half good
CONCEDED = 0.25  # what stands before "but" where what follows says otherwise
_BORDER = re.compile(r"[.,;:!?…\n()]|\s[-–—]\s")


@dataclass(frozen=True, slots=True)
class Loaded:
    """A phrase that counts, from token `first` (its "not" included) to token `last` of the turn; `weight` after all that changes it."""

    weight: float
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Sentiment:
    """`score` is the sum of the weights, what is conceded counted less."""

    score: float
    loaded: tuple[Loaded, ...]

    @property
    def polarity(self) -> Polarity:
        """Negative or positive from `CLEAR` on."""
        if abs(self.score) < CLEAR:
            return "neutral"
        return "negative" if self.score < 0 else "positive"

    @property
    def strongest(self) -> Loaded | None:
        """The phrase that says most of what the turn as a whole says; None in a neutral turn."""
        if self.polarity == "neutral":
            return None
        return max(self.loaded, key=lambda one: one.weight * self.score)


class _Clause(NamedTuple):
    """Words between two borders: the tokens' numbers, forms and lemmas; `asks` where it ends with a question mark."""

    tokens: tuple[int, ...]
    forms: tuple[str, ...]
    lemmas: tuple[str, ...]
    asks: bool


def sentiment(read: AnalysedTurn) -> Sentiment:
    """The sentiment of a turn's words; work grows with the number of tokens."""
    lexicon, found = read.language.lexicon, list[Loaded]()
    if not lexicon.may_begin(read.lemmas, [token.norm for token in read.tokens]):
        return Sentiment(0.0, ())
    last_contrast = -1
    for clause in _clauses(read):
        phrases, taken = _phrases(clause, lexicon)
        free = [place for place in range(len(clause.tokens)) if place not in taken]
        supposed = _supposed(clause, free, lexicon)
        found += [one for place, one in _weighed(read, clause, phrases, taken) if place not in supposed]
        contrasts = [clause.tokens[place] for place in free if clause.lemmas[place] in lexicon.contrasts]
        last_contrast = max(last_contrast, *contrasts, -1)
    before = sum(one.weight for one in found if one.last < last_contrast)
    after = sum(one.weight for one in found if one.last >= last_contrast)
    return Sentiment((CONCEDED if before * after < 0 else 1) * before + after, tuple(found))


def _clauses(read: AnalysedTurn) -> Iterator[_Clause]:
    if not read.fluent:
        return
    gaps = read.gaps
    ends = [n for n, (a, b) in enumerate(pairwise(read.fluent), 1) if any(map(_BORDER.search, gaps[a + 1 : b + 1]))]
    for start, end in pairwise([0, *ends, len(read.fluent)]):
        tokens = read.fluent[start:end]
        forms, lemmas = zip(*((read.tokens[n].norm, read.lemmas[n]) for n in tokens), strict=True)
        yield _Clause(tokens, forms, lemmas, "?" in gaps[tokens[-1] + 1])


def _phrases(clause: _Clause, lexicon: Lexicon) -> tuple[dict[int, tuple[int, int]], set[int]]:
    """Weight and length of each phrase by its first place, the longest ones and none inside another; and the places they take."""
    found: dict[int, tuple[int, int]] = {}
    place = 0
    while place < len(clause.tokens):
        ahead = slice(place, place + LONGEST_PHRASE)
        phrase = lexicon.longest(clause.forms[ahead], clause.lemmas[ahead])
        if phrase:
            found[place] = phrase
        place += phrase[1] if phrase else 1
    return found, {taken for place, (_, length) in found.items() for taken in range(place, place + length)}


def _supposed(clause: _Clause, free: list[int], lexicon: Lexicon) -> set[int]:
    """Places that stand behind "if", or before or behind "ли"."""
    conditions = [place for place in free if clause.lemmas[place] in lexicon.conditions]
    return {near for place in conditions for near in range(place - 1, place + CONDITION_REACH + 1)}


def _weighed(
    read: AnalysedTurn, clause: _Clause, phrases: dict[int, tuple[int, int]], taken: set[int]
) -> Iterator[tuple[int, Loaded]]:
    """Each phrase that counts, with its place. Praise in a question is asked and not given: "is it good?"."""
    for place, (weight, length) in phrases.items():
        factor, first = _changed(read, clause, place, taken, NOT_POSITIVE if weight > 0 else NOT_NEGATIVE)
        value = weight * factor
        if value and not (clause.asks and value > 0):
            yield place, Loaded(value, clause.tokens[first], clause.tokens[place + length - 1])


def _changed(read: AnalysedTurn, clause: _Clause, place: int, taken: set[int], negated: float) -> tuple[float, int]:
    """What the words before a phrase multiply its weight by, and the place of the first of them that does."""
    lexicon, factor, first = read.language.lexicon, 1.0, place
    for before in range(place - 1, max(-1, place - 1 - NEGATION_REACH), -1):
        lemma = clause.lemmas[before]
        if before in taken:
            break
        if lemma in lexicon.negators:
            return factor * negated, before
        if lemma in lexicon.intensifiers or lemma in lexicon.softeners:
            factor, first = factor * (STRONGER if lemma in lexicon.intensifiers else WEAKER), before
        elif lemma not in lexicon.light and read.analyses[clause.tokens[before]].content:
            break
    return factor, first
