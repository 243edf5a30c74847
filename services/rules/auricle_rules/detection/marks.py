"""Where a mark is in a conversation: its patterns numbered when the detectors are read, its hits found among those of the one search."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from auricle_contracts import Quote, Role, Span
from auricle_criteria.detectors import Mark, Patterns
from auricle_judging.quoting import quote_at
from auricle_languages import AnalysedTurn

from auricle_rules.answering.context import ConversationContext, quote_tokens
from auricle_rules.detection.patterns import Found, PatternBook, Place, expression

_QUOTED = re.compile(r"«[^»\n]*»|\"[^\"\n]*\"|“[^”\n]*”")
_SENTENCE_END = re.compile(r"[.!?…]+[\s\"»)]|\n")
GREETINGS, FAREWELLS, MOST_GREETING_WORDS = "greetings", "farewells", 3
OTHER_SIDE = {Role.AGENT: Role.CUSTOMER, Role.CUSTOMER: Role.AGENT, Role.BOT: Role.CUSTOMER, Role.IVR: Role.CUSTOMER}


def quoted(text: str) -> list[Place]:
    """Places inside quotation marks: somebody else's words, names, buttons."""
    return [match.span() for match in _QUOTED.finditer(text)]


def is_within(start: int, ranges: Iterable[Place]) -> bool:
    """Whether the place lies in one of the ranges."""
    return any(first <= start < last for first, last in ranges)


@dataclass(frozen=True)
class Dialogue:
    """A conversation as detectors read it: its context, and the places of every list of patterns. `known`: what several checks ask for."""

    context: ConversationContext
    found: Mapping[int, Found]
    known: dict[str, Any] = field(default_factory=dict)

    @property
    def turns(self) -> Sequence[AnalysedTurn]:
        """All turns, in order."""
        return self.context.turns

    @cached_property
    def _places_of(self) -> dict[Role, list[int]]:
        places: dict[Role, list[int]] = {}
        for place, read in enumerate(self.turns):
            if read.tokens:
                places.setdefault(read.turn.role, []).append(place)
        return places

    def of(self, role: Role) -> Sequence[int]:
        """Places of this role's turns that have words."""
        return self._places_of.get(role, [])

    def said(self, number: int | None) -> Found:
        """What a list of patterns found, by turn."""
        return self.found.get(number, {}) if number is not None else {}

    def places(self, number: int | None, turn: int) -> Sequence[Place]:
        """What a list of patterns found in this turn."""
        return self.said(number).get(turn, ())

    def is_one_sentence(self, turn: int, one: Place, other: Place) -> bool:
        """Whether no sentence ends between two places of a turn."""
        first, second = sorted((one, other))
        return not _SENTENCE_END.search(self.turns[turn].turn.text, first[1], second[0])

    def near(self, turn: int, role: Role, step: int) -> int | None:
        """The nearest turn of this role before (-1) or after (1)."""
        others = self.of(role)
        if step < 0:
            return next((other for other in reversed(others) if other < turn), None)
        return next((other for other in others if other > turn), None)

    def quote(self, turn: int, place: Place) -> Quote:
        """Words of a turn as evidence."""
        return quote_at(self.turns[turn].turn, Span(start=place[0], end=place[1]))

    def whole(self, turn: int, most_tokens: int | None = None) -> Quote:
        """A turn, or its first words, as evidence."""
        tokens = self.turns[turn].tokens
        return quote_tokens(self.turns[turn], 0, min(len(tokens), most_tokens or len(tokens)) - 1)


def opening_of(dialogue: Dialogue, turn: int, role: Role) -> int | None:
    """Where the opening of a first message ends: behind the first sentence that is more than a greeting; None for other messages."""
    text = dialogue.turns[turn].turn.text
    read = dialogue.turns[turn]
    if turn != dialogue.of(role)[0] or not any(read.of(GREETINGS)):
        return None
    ends = (end.start() for end in _SENTENCE_END.finditer(text))
    opening = next((end for end in ends if len(text[:end].split()) > MOST_GREETING_WORDS), len(text))
    parts = any(read.tokens[hit.last].end <= opening for hit in read.of(FAREWELLS))
    return None if parts else opening


class CompiledMark:
    """A mark whose patterns have numbers in the book."""

    def __init__(self, mark: Mark, book: PatternBook, owner: str) -> None:
        self.mark = mark
        said = expression(book.spelt_out(mark.says, owner), mark.matches)
        self._said = book.add(said, owner) if said else None
        self._void_here = _number(book, mark.unless_here, owner)
        self._is_wordless = not (mark.says or mark.matches or mark.lists)
        self._around = {name: _number(book, getattr(mark, name), owner) for name in _AROUND}

    def quotes(self, dialogue: Dialogue) -> Iterator[Quote]:
        """Each hit."""
        if self.mark.channels and dialogue.context.channel not in self.mark.channels:
            return
        said = dialogue.said(self._said)
        if not (said or self._is_wordless or self.mark.lists):
            return
        for turn in self._turns(dialogue):
            places = (
                [(0, len(dialogue.turns[turn].turn.text))]
                if self._is_wordless
                else [*self._own_places(dialogue, turn, said.get(turn, ())), *self._listed(dialogue.turns[turn])]
            )
            if places and self._stands(dialogue, turn):
                yield from (dialogue.quote(turn, place) for place in places)

    def _turns(self, dialogue: Dialogue) -> Sequence[int]:
        turns = dialogue.of(self.mark.role)
        if self.mark.first:
            turns = turns[: self.mark.first]
        return turns[-self.mark.last :] if self.mark.last else turns

    def _own_places(self, dialogue: Dialogue, turn: int, places: Sequence[Place]) -> Iterator[Place]:
        apart = quoted(dialogue.turns[turn].turn.text) if places and self.mark.role is Role.AGENT else []
        void = dialogue.places(self._void_here, turn) if places else ()
        opening = opening_of(dialogue, turn, self.mark.role) if self.mark.part and places else None
        return (
            place
            for place in places
            if not is_within(place[0], apart)
            and (opening is None or (place[0] < opening) == (self.mark.part == "opening"))
            and not any(dialogue.is_one_sentence(turn, place, other) for other in void)
        )

    def _listed(self, read: AnalysedTurn) -> Iterator[Place]:
        for hit in read.of(*self.mark.lists) if self.mark.lists else ():
            yield read.tokens[hit.first].start, read.tokens[hit.last].end

    def _stands(self, dialogue: Dialogue, turn: int) -> bool:
        """Whether the turn's length, its question mark and what is said around it allow the hit."""
        mark, read = self.mark, dialogue.turns[turn]
        if mark.most_words and len(read.tokens) > mark.most_words:
            return False
        if mark.ends and turn != len(dialogue.turns) - 1:
            return False
        if mark.asks is not None and mark.asks != ("?" in read.turn.text):
            return False
        return all(
            self._is_around(dialogue, name, turn) != name.startswith(_NEGATED)
            for name, number in self._around.items()
            if number is not None
        )

    def _is_around(self, dialogue: Dialogue, name: str, turn: int) -> bool:
        number = self._around[name]
        return any(dialogue.places(number, other) for other in self._neighbours(dialogue, name, turn))

    def _neighbours(self, dialogue: Dialogue, name: str, turn: int) -> Iterator[int]:
        other = OTHER_SIDE[self.mark.role]
        kind = name.removeprefix("not_")
        if kind == "unless":
            yield turn
        elif kind == "then":
            following = dialogue.near(turn, self.mark.role, 1)
            yield from (one for one in (turn, following) if one is not None)
        elif kind == "earlier":
            yield from (one for one in dialogue.of(other) if one < turn)
        else:
            nearest = dialogue.near(turn, other, -1 if kind == "before" else 1)
            yield from () if nearest is None else (nearest,)


_AROUND = ("unless", "before", "not_before", "after", "not_after", "earlier", "not_earlier", "not_then")
_NEGATED = ("unless", "not_")


def _number(book: PatternBook, patterns: Patterns, owner: str) -> int | None:
    return book.add(expression(book.spelt_out(patterns, owner)), owner) if patterns else None


Marks = Mapping[str, Sequence[CompiledMark]]


def quotes_of(marks: Iterable[CompiledMark], dialogue: Dialogue) -> Iterator[Quote]:
    """Every hit of the marks."""
    return (quote for mark in marks for quote in mark.quotes(dialogue))


def turns_of(marks: Iterable[CompiledMark], dialogue: Dialogue) -> set[int]:
    """Places of the turns with a hit."""
    ids = {quote.turn for quote in quotes_of(marks, dialogue)}
    return {place for place, read in enumerate(dialogue.turns) if read.turn.id in ids} if ids else set()
