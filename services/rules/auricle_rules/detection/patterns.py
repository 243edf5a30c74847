"""Phrase patterns: how a detector's file writes words, and one linear-time search for all of them.

    a b        the two words side by side, in one sentence     a ... b    up to four words between
    слов*      the word with any ending                        (a|b) c?   as in a regular expression
    {soon}     any phrase of the wording of this name
A phrase never begins or ends inside a word, nor beside a hyphen: "кто" is not in "кто-нибудь". Case and "ё" do not count.

Texts are searched as one byte of ASCII a letter: Russian letters take the place of capitals. So classes of letters stay small, re2's
automata fit, and a place in the text is a place in what is searched.
"""

import codecs
import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Any

import re2
from auricle_criteria.errors import BadArtefact

MEMORY_BYTES = 64 << 20
MOST_NESTED = 3  # wordings inside wordings
_RUSSIAN = "абвгдежзийклмнопрстуфхцчшщъыьэюя"
_SIGNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ\x0e\x0f\x10\x11\x12\x13"
_OTHER_LETTER = b"\x1f"
_FOLD = str.maketrans(_RUSSIAN + "ё\N{RIGHT SINGLE QUOTATION MARK}\n", _SIGNS + "F' ")
_RANGE, _SIGN_RANGE = "а-я", r"A-Z\x0e-\x13"
_LETTERS = rf"a-z{_SIGN_RANGE}\x1f"
_LETTER, _PART, _BORDER = f"[{_LETTERS}]", f"[{_LETTERS}0-9-]", f"[^{_LETTERS}0-9-]"
_SPACE = rf"[^{_LETTERS}0-9\n.!?;-]+"
_SEPARATOR = rf"{_SPACE}(?:-+{_SPACE})*"  # a hyphen between two words makes them one
_GAP = rf"{_SEPARATOR}(?:{_PART}+{_SEPARATOR}){{0,4}}"
_NAMED = re.compile(r"\{([a-z][a-z_]*)\}")
_PIECES = re.compile(r"\s*\.\.\.\s*|\s+|\*|\((?!\?)")
_EXPANDED = {"*": f"{_LETTER}*", "(": "(?:"}
Place = tuple[int, int]  # code points [start, end) of one line
Found = Mapping[int, Sequence[Place]]  # by the line's number


def _replaced(error: UnicodeError) -> tuple[bytes, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    strange = error.object[error.start : error.end]
    return b"".join(_OTHER_LETTER if one.isalpha() else b" " for one in strange), error.end


codecs.register_error("auricle_letters", _replaced)


def folded(text: str) -> bytes:
    """As patterns are compared: lower case, "е" for "ё", a byte for each code point."""
    lower = text.lower()
    if len(lower) != len(text):
        lower = "".join(one.lower() if len(one.lower()) == 1 else one for one in text)
    return lower.translate(_FOLD).encode("ascii", "auricle_letters")


def expression(phrases: Iterable[str], expressions: Iterable[str] = ()) -> bytes:
    """One regular expression for phrase patterns and raw expressions; what was found is its last group that took part."""
    words = "|".join(map(_phrase, phrases))
    raw = [f"({re.sub(r'[(](?![?])', '(?:', one)})" for one in expressions]
    whole = "|".join([*([f"{_BORDER}({words}){_BORDER}"] if words else []), *raw])
    return whole.encode("ascii", "auricle_letters")


def _bare(pattern: str) -> str:
    """A phrase without the gap at its end, behind which nothing is looked for."""
    return pattern.strip().removesuffix("...").strip()


def _phrase(pattern: str) -> str:
    plain = _bare(pattern.lower()).replace(_RANGE, _SIGN_RANGE).translate(_FOLD)
    return _PIECES.sub(lambda piece: _expanded(piece.group()), plain)


def _expanded(piece: str) -> str:
    if "..." in piece:
        return _GAP
    return _EXPANDED.get(piece, _SEPARATOR)


class _Places(Mapping[int, Found]):
    """What each list found, looked for when it is asked: most are asked only where another was found. `possible`: the filter's."""

    def __init__(self, possible: frozenset[int], look: Callable[[int], Found]) -> None:
        self._possible, self._look = possible, look
        self._known: dict[int, Found] = {}

    def __getitem__(self, number: int) -> Found:
        if number not in self._known:
            self._known[number] = self._look(number) if number in self._possible else {}
        if not self._known[number]:
            raise KeyError(number)
        return self._known[number]

    def __iter__(self) -> Iterator[int]:
        return (number for number in self._possible if self.get(number))

    def __len__(self) -> int:
        return sum(1 for _ in self)


class PatternBook:
    """Lists of patterns, each with a number; a text is read once for all of them. BadArtefact for one that re2 refuses.

    `wordings`: what a pattern names in braces.
    """

    def __init__(self, wordings: Mapping[str, Iterable[str]] | None = None) -> None:
        self._wordings = {name: f"({'|'.join(map(_bare, phrases))})" for name, phrases in (wordings or {}).items()}
        self._numbers: dict[bytes, int] = {}
        self._filter = re2.Filter()
        self._built = False

    def spelt_out(self, patterns: Iterable[str], owner: str) -> list[str]:
        """The patterns with wordings in the place of their names. BadArtefact for a name that nothing has."""
        return [self._spelt_out(pattern, owner, MOST_NESTED) for pattern in patterns]

    def _spelt_out(self, pattern: str, owner: str, levels: int) -> str:
        if not (named := _NAMED.findall(pattern)):
            return pattern
        if strange := [name for name in named if name not in self._wordings]:
            raise BadArtefact(f"detector {owner}: there are no wordings {strange}")
        if not levels:
            raise BadArtefact(f"detector {owner}: the wordings {named} are nested too deeply")
        whole = _NAMED.sub(lambda match: self._wordings[match[1]], pattern)
        return self._spelt_out(whole, owner, levels - 1)

    def add(self, whole: bytes, owner: str) -> int:
        """The number of this expression; the same one has the same number."""
        if whole not in self._numbers:
            try:
                number = self._filter.Add(whole, _options())
            except re2.error as error:
                raise BadArtefact(f"detector {owner}: re2 refuses a pattern: {error}") from None
            self._numbers[whole] = number
        return self._numbers[whole]

    def build(self) -> None:
        """After the last `add`."""
        if self._numbers:
            self._filter.Compile()
            self._built = True

    def find(self, lines: Sequence[str]) -> Mapping[int, Found]:
        """Number of the list → line → places of what it found."""
        if not self._built:
            return {}
        whole = b"\n" + b"\n\n".join(map(folded, lines)) + b"\n"
        starts = list(accumulate((len(line) + 2 for line in lines), initial=1))
        possible = frozenset(self._filter.Match(whole, potential=True) or ())
        return _Places(possible, lambda number: self._places(number, whole, starts))

    def _places(self, number: int, whole: bytes, starts: Sequence[int]) -> Found:
        places: dict[int, list[Place]] = {}
        pattern, at = self._filter.re(number), 0
        while match := pattern.search(whole, at):
            start, end = match.span(match.lastindex or 0)
            line = bisect_right(starts, start) - 1
            places.setdefault(line, []).append((start - starts[line], end - starts[line]))
            at = max(end, at + 1)  # the sign behind one hit may stand before the next
        return places


def _options() -> Any:
    options = re2.Options()
    options.log_errors = False
    options.max_mem = MEMORY_BYTES
    return options
