"""The turns as masking reads them: words and digit chunks with their places, each with its facts."""

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from auricle_contracts import Role, Turn

from auricle_masking.lexicon import Facts, Lexicon

_TOKEN = re.compile(r"\d+|[^\W\d_]+(?:'[^\W\d_]+)?")
# Digits that are written as a date, a time or an address of a network are none of ours.
_WRITTEN_OTHERWISE = re.compile(
    r"(?<![\d.])(?:\d{1,2}[./]\d{1,2}[./](?:19|20)?\d{2}|\d{1,2}:\d{2}(?::\d{2})?|\d{1,3}(?:\.\d{1,3}){3})(?![\d]|\.\d)"
)
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
    """A turn cut into tokens. `number` is its place in the conversation, from 0; `excluded` are spans of dates and the like."""

    number: int
    role: Role
    participant: str
    text: str
    tokens: tuple[Token, ...]
    excluded: tuple[tuple[int, int], ...]
    forms: tuple[str, ...]

    def gap(self, place: int) -> str:
        """What stands between the token before and this one."""
        start = self.tokens[place - 1].end if place else 0
        return self.text[start : self.tokens[place].start]

    def is_excluded(self, token: Token) -> bool:
        """Whether the token is part of a date, a time, or an address of a network."""
        before = bisect_right(self.excluded, (token.start, len(self.text)))
        return before > 0 and token.start < self.excluded[before - 1][1]


def read(turns: Sequence[Turn], lexicons: Sequence[Mapping[str, Lexicon]]) -> list[Line]:
    """Each word in the lexicon of its script, as the turn chooses them."""
    return [_line(number, turn, chosen) for number, (turn, chosen) in enumerate(zip(turns, lexicons, strict=True))]


def _line(number: int, turn: Turn, lexicons: Mapping[str, Lexicon]) -> Line:
    tokens = _tokens(turn.text, lexicons)
    forms = tuple(token.facts.norm for token in tokens)
    return Line(number, turn.role, turn.participant, turn.text, tokens, _excluded(turn.text), forms)


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


def _excluded(text: str) -> tuple[tuple[int, int], ...]:
    if "." not in text and "/" not in text and ":" not in text:
        return ()
    return tuple(match.span() for match in _WRITTEN_OTHERWISE.finditer(text))
