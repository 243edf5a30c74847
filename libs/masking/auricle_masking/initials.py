"""Surnames with initials, as signatures and contracts have them: "Кузнецов П.И.", "А.С. Попов", "J. R. Smith", "Орлов В."."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from typing import NamedTuple

from auricle_masking.tokenization import Line

_INITIAL = r"(?:Дж|[А-ЯЁA-Z])\."
_SURNAME = r"(?:[А-ЯЁ][а-яё]+|[A-Z][a-z]+)(?:-[А-ЯЁA-Z][а-яёa-z]+)?"
_FOUND = re.compile(
    rf"(?<![\w.])(?:(?P<two_before>{_INITIAL}\s?{_INITIAL}\s?)(?P<a>{_SURNAME})|(?P<one_before>{_INITIAL}\s?)(?P<b>{_SURNAME})"
    rf"|(?P<c>{_SURNAME})\s(?P<two_after>{_INITIAL}\s?{_INITIAL})(?!\s?{_SURNAME})|(?P<d>{_SURNAME})\s(?P<one_after>{_INITIAL})(?!\s?[А-ЯЁA-Z])"
    rf"|(?P<e>{_SURNAME})\s(?P<bare>[А-ЯЁ]\s?[А-ЯЁ])(?![\w.-]))"
)


class Initialled(NamedTuple):
    """Tokens `first` to `last` of the line."""

    first: int
    last: int


def find(line: Line, not_after: frozenset[str]) -> Iterator[Initialled]:
    """Each of them; one initial is enough only beside what can be a surname and is no town."""
    if line.text.islower():
        return
    for match in _FOUND.finditer(line.text):
        first = _token(line, match.start())
        last = _token(line, match.end()) - 1
        surname = line.tokens[_token(line, match.start(next(name for name in "abcde" if match[name])))].facts
        named = bool(surname.surname) and not surname.geo
        alone = named or surname.unknown or surname.norm.isascii()
        told = (
            (match["a"] and not surname.plain)
            or (match["c"] and not (surname.role or surname.cue) and (surname.is_number or not surname.plain))
            or alone
        )
        single = match["b"] or match["d"] or match["e"]
        if (named if single else told) and not (first and _is_barred(line, first, not_after)):
            yield Initialled(first, last)


def _is_barred(line: Line, first: int, not_after: frozenset[str]) -> bool:
    before = line.tokens[first - 1].facts
    return before.norm in not_after or before.lemma in not_after


def _token(line: Line, place: int) -> int:
    return bisect_left(line.tokens, place, key=lambda token: token.start)
