"""A turn as the services read it: its tokens, what each is, and which listed phrases it holds. Done once, used by every rule."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from auricle_contracts import Transcript, Turn

from auricle_languages.amount import Amount
from auricle_languages.amounts import amounts
from auricle_languages.dates import Moment, dates
from auricle_languages.language import Language, Languages
from auricle_languages.morphology import Analysis
from auricle_languages.number import Number
from auricle_languages.numerals import numbers
from auricle_languages.phrases import Hit, PhraseBook
from auricle_languages.references import Reference, references
from auricle_languages.words import Token, tokenize

OPENING, CLOSING = "[(«„“", "])»"


@dataclass(frozen=True)
class AnalysedTurn:
    """A turn with everything that reading it found. `fluent` are the numbers of tokens that are no fillers."""

    turn: Turn
    language: Language
    tokens: tuple[Token, ...]
    analyses: tuple[Analysis, ...]
    lemmas: tuple[str, ...]
    hits: tuple[Hit, ...]
    fluent: tuple[int, ...]

    @cached_property
    def numbers(self) -> tuple[Number, ...]:
        """Numbers said in this turn."""
        return numbers(self.tokens, self.analyses, self.language, self.turn.text) if self._may_count else ()

    @cached_property
    def amounts(self) -> tuple[Amount, ...]:
        """Money and percentages said in this turn."""
        return amounts(self.tokens, self.analyses, self.language, self.numbers) if self.numbers else ()

    @cached_property
    def dates(self) -> tuple[Moment, ...]:
        """Days named in this turn."""
        return dates(self.tokens, self.analyses, self.language, self.turn.text, self.numbers)

    @cached_property
    def written(self) -> tuple[str, ...]:
        """Each token with the brackets and quotes that touch it: "[PHONE_1]"."""
        return tuple(self.turn.text[start:end] for start, end in self._extents)

    @cached_property
    def gaps(self) -> tuple[str, ...]:
        """The text before the first token, between each two, and behind the last one: one more than there are tokens."""
        borders = [0, *(border for extent in self._extents for border in extent), len(self.turn.text)]
        return tuple(self.turn.text[borders[n] : borders[n + 1]] for n in range(0, len(borders), 2))

    @cached_property
    def _extents(self) -> tuple[tuple[int, int], ...]:
        text, extents = self.turn.text, []
        for token in self.tokens:
            start, end = token.start, token.end
            while start and text[start - 1] in OPENING:
                start -= 1
            while end < len(text) and text[end] in CLOSING:
                end += 1
            extents.append((start, end))
        return tuple(extents)

    @cached_property
    def references(self) -> tuple[Reference, ...]:
        """Numbers of orders, contracts and tickets said in this turn; a date is none."""
        if not self.numbers or self.language.references.isdisjoint(self.lemmas):
            return ()
        dated = {place for moment in self.dates for place in range(moment.first, moment.last + 1)}
        free = [number for number in self.numbers if number.first not in dated]
        return references(self.tokens, self.analyses, self.language, free)

    @property
    def _may_count(self) -> bool:
        """Whether a number may be in here; most turns have none, and are not looked at again."""
        language = self.language
        if not language.number_starts.isdisjoint(self.lemmas):
            return True
        return any(
            token.kind == "number" or "-" in token.norm or token.norm in language.cut_openings for token in self.tokens
        )

    def of(self, *labels: str) -> tuple[Hit, ...]:
        """Hits of these lists."""
        return tuple(hit for hit in self.hits if hit.label in labels)

    def covered_by(self, *labels: str) -> frozenset[int]:
        """Numbers of the tokens that hits of these lists cover."""
        return frozenset().union(*(self._covers[label] for label in labels if label in self._covers))

    @cached_property
    def _covers(self) -> dict[str, set[int]]:
        covers: dict[str, set[int]] = {}
        for hit in self.hits:
            covers.setdefault(hit.label, set()).update(range(hit.first, hit.last + 1))
        return covers


def covered(hits: Iterable[Hit]) -> frozenset[int]:
    """Numbers of the tokens that the hits cover."""
    return frozenset(number for hit in hits for number in range(hit.first, hit.last + 1))


def analyse_turn(turn: Turn, languages: Languages, declared: str | None = None) -> AnalysedTurn:
    """One turn, read in its own language."""
    return _read([turn], languages, declared)[0]


def analyse_turns(transcript: Transcript, languages: Languages) -> tuple[AnalysedTurn, ...]:
    """Every turn of the transcript, read."""
    return tuple(_read(transcript.turns, languages, transcript.language))


def _read(turns: Sequence[Turn], languages: Languages, declared: str | None) -> list[AnalysedTurn]:
    spoken = [languages.of(turn.text, turn.language, declared) for turn in turns]
    tokens = [tokenize(turn.text) for turn in turns]
    analyses = [tuple(map(language.analyse, said)) for language, said in zip(spoken, tokens, strict=True)]
    lemmas = [tuple([analysis.lemma for analysis in said]) for said in analyses]
    hits = in_each_language(spoken, lemmas, {one: one.phrasebook for one in {*spoken}})
    fluent = [_fluent(len(said), found) for said, found in zip(lemmas, hits, strict=True)]
    hits = fluently({one: one.phrasebook for one in {*spoken}}, spoken, lemmas, fluent, hits)
    return [
        AnalysedTurn(turn, language, said, known, words, tuple(found), numbers)
        for turn, language, said, known, words, found, numbers in zip(
            turns, spoken, tokens, analyses, lemmas, hits, fluent, strict=True
        )
    ]


def _fluent(count: int, hits: Sequence[Hit]) -> tuple[int, ...]:
    fillers = covered([hit for hit in hits if hit.label == "fillers"])
    return tuple([number for number in range(count) if number not in fillers] if fillers else range(count))


def in_each_language(
    spoken: Sequence[Language], lemmas: Sequence[Sequence[str]], books: Mapping[Language, PhraseBook]
) -> list[list[Hit]]:
    """The hits of each turn, found by its own language's book, a pass for each book."""
    hits: list[list[Hit]] = [[] for _ in spoken]
    for language, book in books.items():
        places = [place for place, one in enumerate(spoken) if one is language]
        for place, found in zip(places, book.find_all([lemmas[place] for place in places]), strict=True):
            hits[place] = found
    return hits


def fluently(
    books: Mapping[Language, PhraseBook],
    spoken: Sequence[Language],
    lemmas: Sequence[Sequence[str]],
    fluent: Sequence[Sequence[int]],
    hits: Sequence[list[Hit]],
) -> list[list[Hit]]:
    """The hits, and those that a filler stood in the way of: "рада вас, это самое, слышать" is still a greeting."""
    halting = [place for place, kept in enumerate(fluent) if len(kept) != len(lemmas[place])]
    smooth = [[lemmas[place][number] for number in fluent[place]] for place in halting]
    whole = list(hits)
    for place, found in zip(halting, in_each_language([spoken[n] for n in halting], smooth, books), strict=True):
        kept = fluent[place]
        smoothed = [hit._replace(first=kept[hit.first], last=kept[hit.last]) for hit in found]
        whole[place] = sorted({*hits[place], *smoothed}, key=lambda hit: (hit.first, hit.last, hit.label))
    return whole
