"""Digits that are written as a date, a time, a version or an address of a network, and so are nobody's number.

A shape must be a real one: "53.17.24" is no day and "926.123.45.67" no address. A noun for a number right before it wins all the same
("тел. 10.12.24").
"""

import re
from collections.abc import Callable, Iterator

_DATE = re.compile(
    r"(?<![\d.])(?:(?P<year>(?:19|20)\d\d)(?P<s>[-/.])(?P<month>\d{1,2})(?P=s)(?P<day>\d{1,2})"
    r"|(?P<d>\d{1,2})(?P<t>[-/.])(?P<m>\d{1,2})(?P=t)(?P<y>(?:19|20)\d\d|\d\d))(?![\d]|[-/.]\d)"
)
_TIME = re.compile(r"(?<![\d.])\d{1,2}:\d{2}(?::\d{2})?(?!\d|\.\d)")
_NETWORK = re.compile(r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?!\d|\.\d)")
_MONEY = re.compile(
    r"(?<![\d.,+-])(?<!\d[ \u00a0\u202f])[1-9]\d{0,2}(?:[ \u00a0\u202f]\d{3}){1,2}(?![ \u00a0\u202f-]?\d|\.\d)"
)
LARGEST_OCTET = 255
Spans = tuple[tuple[int, int], ...]


def otherwise(text: str, is_told: Callable[[int], bool]) -> Spans:
    """Spans of such digits, in order; `is_told` says of a place whether a noun before it says that a number of a person follows."""
    if "." not in text and "/" not in text and ":" not in text and "-" not in text:
        return ()
    return tuple(sorted(span for span, sure in _shapes(text) if sure or not is_told(span[0])))


def money(text: str) -> Spans:
    """Spans of digits grouped as money: "1 250 000"."""
    return tuple(match.span() for match in _MONEY.finditer(text))


def _shapes(text: str) -> Iterator[tuple[tuple[int, int], bool]]:
    """Each with whether nothing else can be meant."""
    for match in _DATE.finditer(text):
        year, month, day = match["year"] or match["y"], match["month"] or match["m"], match["day"] or match["d"]
        if 1 <= int(month) <= 12 and 1 <= int(day) <= 31 and (len(year) == 4 or match["t"] != "-"):
            yield match.span(), len(year) == 4
    for match in _TIME.finditer(text):
        yield match.span(), True
    for match in _NETWORK.finditer(text):
        if all(int(octet) <= LARGEST_OCTET for octet in match.group().split(".")):
            yield match.span(), False
