"""Text into words, numbers and money signs, each with its place in code points."""

import re
import unicodedata
from collections.abc import Sequence
from typing import Literal, NamedTuple

from auricle_contracts.folding import fold_word

# A number may hold thousands separators ("1 290", "1.290", "12,500", "1'500") and up to two decimals, behind a zero any
# ("2499-00 руб" has them too). Thousands come in threes only, and never after a leading zero. A word may hold hyphens
# and apostrophes inside.
# Plain words come first, since nearly all are: their ranges of letters are tried four times faster than every letter of Unicode.
BASIC_PLANE = 0x10000
_CURRENCIES = "".join(char for char in map(chr, range(BASIC_PLANE)) if unicodedata.category(char) == "Sc")
_TOKEN = re.compile(
    r"(?P<plain>[A-Za-zА-Яа-яЁё]+(?![-'’\u2011\w]))"
    r"|(?P<word>[^\W\d_]+(?:[-'’\u2011][^\W\d_]+)*-?)"
    r"|(?P<number>(?<!\d)0[.,]\d{3,6}(?![\d.,]\d|\d)"
    r"|(?:[1-9]\d{0,2}(?:[ \u00a0\u202f\u2007\u2009.,'’]\d{3})+(?!\d)|\d+)(?:[.,]\d{1,2}(?!\d)|-00(?=\s?(?:р|₽)))?)"
    rf"|(?P<sign>[%№{_CURRENCIES}])"
)
_HYPHENS = re.compile(r"[-\u2011]")
Kind = Literal["word", "number", "sign"]
_KINDS: tuple["Kind", ...] = ("word", "word", "word", "number", "sign")  # by the number of the group; the first is none
_PLAIN = 1


class Token(NamedTuple):
    """A word, number or sign at `[start, end)` of its text; `norm` is lower case with ё as е.

    A tuple, because a call has a thousand of them and a frozen dataclass costs five times as much to make.
    """

    text: str
    norm: str
    start: int
    end: int
    kind: Kind


def tokenize(text: str) -> tuple[Token, ...]:
    """Tokens in order. "да-да-да" is three words, "кто-то" is one; a word cut off by its speaker keeps its hyphen ("хот-")."""
    found: list[Token] = []
    for match in _TOKEN.finditer(text):
        word, (start, end), group = match[0], match.span(), match.lastindex or 0
        parts = _HYPHENS.split(word) if group != _PLAIN and ("-" in word or "\u2011" in word) else ()
        if len(parts) > 1 and len({fold_word(part) for part in parts}) == 1:
            found.extend(_equal_parts(start, parts))
        else:
            norm = fold_word(word)
            found.append(Token(word, norm, start, end, _KINDS[group]))
    return tuple(found)


def _equal_parts(start: int, parts: Sequence[str]) -> list[Token]:
    tokens = []
    for part in parts:
        tokens.append(Token(part, fold_word(part), start, start + len(part), "word"))
        start += len(part) + 1
    return tokens
