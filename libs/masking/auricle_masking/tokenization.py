"""The turns as masking reads them: words and digit chunks with their places, each with its facts."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from auricle_contracts import Role, Turn

from auricle_masking import written
from auricle_masking.lexicon import Facts, Lexicon
from auricle_masking.written import Spans

_TOKEN = re.compile(r"\d+|[^\W\d_]+(?:'[^\W\d_]+)?")
TELLING_REACH = 2  # tokens before digits in which a noun for a number is looked for
CYRILLIC = "\u0400"
NUMBER = Facts("0", "0", plain=True)


class Token(NamedTuple):
    """A word or a chunk of digits at `[start, end)` of its turn's text."""

    text: str
    start: int
    end: int
    facts: Facts

    @property
    def is_digits(self) -> bool:
        return self.facts is NUMBER


@dataclass(frozen=True, slots=True)
class Line:
    """A turn cut into tokens. `number` is its place in the conversation, from 0.

    `excluded` are spans of dates and the like, `money` of sums.
    """

    number: int
    role: Role
    participant: str
    text: str
    tokens: tuple[Token, ...]
    excluded: Spans
    money: Spans
    forms: tuple[str, ...]

    def gap(self, place: int) -> str:
        """What stands between the token before and this one."""
        start = self.tokens[place - 1].end if place else 0
        return self.text[start : self.tokens[place].start]

    def opens_sentence(self, place: int) -> bool:
        """Whether a sentence ends before this token; a full stop ends one only before a capital, else it shortens a word."""
        gap = self.gap(place)
        return any(sign in gap for sign in "?!…") or ("." in gap and self.tokens[place].text[0].isupper())

    def is_excluded(self, token: Token) -> bool:
        """Whether the token is part of a date, a time, or an address of a network."""
        before = bisect_right(self.excluded, (token.start, len(self.text)))
        return before > 0 and token.start < self.excluded[before - 1][1]


def tokenize_turns(turns: Sequence[Turn], lexicons: Sequence[Mapping[str, Lexicon]]) -> list[Line]:
    """Each word in the lexicon of its script, as the turn chooses them."""
    return [_line(number, turn, chosen) for number, (turn, chosen) in enumerate(zip(turns, lexicons, strict=True))]


def _line(number: int, turn: Turn, lexicons: Mapping[str, Lexicon]) -> Line:
    tokens = _whole(_tokens(turn.text, lexicons), lexicons)
    forms = tuple(token.facts.norm for token in tokens)
    digits = any(token.is_digits for token in tokens)
    excluded = written.otherwise(turn.text, lambda place: _is_told(tokens, place)) if digits else ()
    money = written.money(turn.text) if digits else ()
    return Line(number, turn.role, turn.participant, turn.text, tokens, excluded, money, forms)


def _is_told(tokens: Sequence[Token], place: int) -> bool:
    """Whether one of the words right before this place says what number follows."""
    before = bisect_left(tokens, place, key=lambda token: token.start)
    return any(token.facts.tells for token in tokens[max(0, before - TELLING_REACH) : before])


def _whole(tokens: tuple[Token, ...], lexicons: Mapping[str, Lexicon]) -> tuple[Token, ...]:
    """The tokens, where number words that a speech engine cut in two are one: "шестна дцать"."""
    if all(token.facts.norm not in lexicon.openings for lexicon in lexicons.values() for token in tokens):
        return tokens
    whole: list[Token] = []
    for token in tokens:
        before = whole[-1] if whole else None
        form = _joined(before, token, lexicons) if before and token.start - before.end == 1 else None
        if before and form:
            whole[-1] = Token(form[0], before.start, token.end, form[1])
        else:
            whole.append(token)
    return tuple(whole)


def _joined(before: Token, token: Token, lexicons: Mapping[str, Lexicon]) -> tuple[str, Facts] | None:
    cut = (before.facts.norm, token.facts.norm)
    return next(
        ((lexicon.cuts[cut], lexicon.of(lexicon.cuts[cut])) for lexicon in lexicons.values() if cut in lexicon.cuts),
        None,
    )


def _tokens(text: str, lexicons: Mapping[str, Lexicon]) -> tuple[Token, ...]:
    first = next(iter(lexicons.values())).of
    cyrillic = lexicons["cyrillic"].of if "cyrillic" in lexicons else first
    latin = lexicons["latin"].of if "latin" in lexicons else first
    return tuple(
        Token(
            found,
            match.start(),
            match.end(),
            NUMBER if found[0].isdecimal() else (latin if found[0] < CYRILLIC else cyrillic)(found),
        )
        for match in _TOKEN.finditer(text)
        for found in (match.group(),)
    )
