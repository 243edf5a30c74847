"""Numbers as people dictate them: digits, words, or both, with sounds between the groups, over several turns if they like.

atom   = chunk of digits | spoken number ("триста сорок пять", "четыре тысячи двести")
run    = atoms with nothing but signs and fillers between; another's "угу" between two turns does not end it
A spoken number can be heard in two ways: "триста сорок пять" is 345 or 300 and 45. `Run.readings` gives both, the likelier first.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice, product

from auricle_masking.hits import LineSpan
from auricle_masking.tokenization import Line, Token

MOST_READINGS = 64
MOST_FILLERS = 3
SHORT_TURN = 4
LONGEST_RUN = 64  # atoms; a loop of the speech engine is not a number
# Whatever is no letter, no digit and no end of a sentence: people put any sign between the groups of a number.
_BETWEEN = re.compile(r"(?:[^\w!?;:…\"«»“”=<>%₽$€£&@#]|_)*")
THOUSAND = 1000


@dataclass(frozen=True, slots=True)
class Atom:
    """One number at tokens `first` to `last` of a line; `readings` are its digits, the likeliest first; `scaled`: a thousand was said."""

    line: int
    first: int
    last: int
    start: int
    end: int
    readings: tuple[str, ...]
    spoken: bool = False
    scaled: bool = False

    @property
    def open_zeros(self) -> int:
        """Zeros at the end of a spoken number, which smaller numbers said after it may fill."""
        return (
            len(self.readings[0]) - len(self.readings[0].rstrip("0"))
            if self.spoken and len(self.readings[0]) > 1
            else 0
        )


@dataclass
class Run:
    """Atoms that belong together. `plus`: an international prefix was said before; `told`: a word inside says that it is a phone."""

    atoms: list[Atom] = field(default_factory=list)
    plus: LineSpan | None = None
    told: bool = False

    @property
    def digits(self) -> str:
        """The likeliest reading."""
        return "".join(atom.readings[0] for atom in self.atoms)

    @property
    def least(self) -> int:
        """The fewest digits that it can mean: "сто ноль два" may be 102, and so may "сто два"."""
        digits, open_zeros = 0, 0
        for atom in self.atoms:
            shortest = min(map(len, atom.readings))
            if shortest <= open_zeros:
                open_zeros -= shortest
                continue
            digits += shortest
            open_zeros = atom.open_zeros
        return digits

    def readings(self) -> Iterator[str]:
        """Every reading, the likeliest first; at most `MOST_READINGS`."""
        ways = product(*[atom.readings for atom in self.atoms])
        return map("".join, islice(ways, MOST_READINGS))

    def part(self, first: int, last: int) -> "Run":
        """Atoms `first` to `last` inclusive."""
        return Run(self.atoms[first : last + 1], self.plus if first == 0 else None)

    def places(self) -> tuple[LineSpan, ...]:
        """One place a line, from the first digit to the last."""
        found: dict[int, LineSpan] = {}
        for atom in self.atoms:
            start = found[atom.line].start if atom.line in found else atom.start
            found[atom.line] = LineSpan(atom.line, start, atom.end)
        if self.plus and self.plus.line in found:
            first = found[self.plus.line]
            found[self.plus.line] = LineSpan(first.line, self.plus.start, first.end)
        return tuple(found.values())


def runs(lines: Sequence[Line]) -> list[Run]:
    """All runs of the conversation, in order."""
    found: list[Run] = []
    open_runs: dict[str, Run] = {}
    for line in lines:
        here = _line_runs(line)
        if here and (before := open_runs.get(line.participant)) and _continues(before, here[0], line, lines):
            before.atoms += here.pop(0).atoms
            if not here and _is_at_end(before, line):
                continue
        found += here
        if len(line.tokens) > SHORT_TURN or here:
            open_runs = {}
        if here and _is_at_end(here[-1], line):
            open_runs[line.participant] = here[-1]
    return found


def _is_at_end(run: Run, line: Line) -> bool:
    return all(token.facts.filler for token in line.tokens[run.atoms[-1].last + 1 :])


def _continues(before: Run, run: Run, line: Line, lines: Sequence[Line]) -> bool:
    """Whether a run at the beginning of a turn goes on with that at the end of the speaker's turn before."""
    nearby = line.number - before.atoms[-1].line <= 2 and len(before.atoms) < LONGEST_RUN
    at_start = all(token.facts.filler for token in line.tokens[: run.atoms[0].first])
    between = lines[before.atoms[-1].line + 1 : line.number]
    return nearby and at_start and all(len(one.tokens) <= SHORT_TURN for one in between)


def _line_runs(line: Line) -> list[Run]:
    found: list[Run] = []
    place, fillers = 0, 0
    plus: LineSpan | None = None
    joined = False
    while place < len(line.tokens):
        token = line.tokens[place]
        atom = _atom(line, place)
        if atom is None:
            joined = joined and token.facts.filler and fillers < MOST_FILLERS
            fillers += 1
            plus = LineSpan(line.number, token.start, token.end) if token.facts.plus else None
            joined = joined and plus is None
            place += 1
            continue
        gap = line.gap(place)
        joined = joined and _BETWEEN.fullmatch(gap) is not None and len(found[-1].atoms) < LONGEST_RUN
        if "+" in gap:
            joined, plus = False, LineSpan(line.number, token.start - gap[::-1].index("+") - 1, token.start)
        if joined:
            found[-1].atoms.append(atom)
        else:
            found.append(Run([atom], plus))
        place, fillers, plus, joined = atom.last + 1, 0, None, True
    return found


def _atom(line: Line, place: int) -> Atom | None:
    token = line.tokens[place]
    if token.is_digits:
        if line.is_excluded(token):
            return None
        return Atom(line.number, place, place, token.start, token.end, (_ascii(token.text),))
    if not token.facts.is_number:
        return None
    return _repeated(line, place) or _spoken(line, place)


def _ascii(digits: str) -> str:
    return digits if digits.isascii() else "".join(str(unicodedata.digit(digit)) for digit in digits)


def _repeated(line: Line, place: int) -> Atom | None:
    """So: "double oh", "два нуля": the next digit several times."""
    token = line.tokens[place]
    following = line.tokens[place + 1] if place + 1 < len(line.tokens) else None
    if following is None:
        return None
    if token.facts.repeat is not None:
        digit = following.text[:1] if following.is_digits else following.facts.value
        count = token.facts.repeat
    else:
        digit, count = following.facts.repeated, token.facts.value or 0
    if digit is None or not 2 <= count <= 9 or not 0 <= int(digit) < 100:
        return None
    return Atom(line.number, place, place + 1, token.start, following.end, (str(digit) * count,), spoken=True)


def _spoken(line: Line, place: int) -> Atom | None:
    """The longest number that the words from here say."""
    spoken = _Growing()
    last = place - 1
    for number in range(place, min(len(line.tokens), place + 12)):
        token = line.tokens[number]
        if number > place and line.gap(number).strip() not in ("", "-"):
            break
        if not spoken.take(token):
            break
        last = number
    if last < place:
        return None
    start, end = line.tokens[place].start, line.tokens[last].end
    return Atom(
        line.number, place, last, start, end, spoken.readings(), spoken=True, scaled=spoken.thousands is not None
    )


@dataclass
class _Growing:
    """A spoken number word by word: thousands, and below them hundreds, tens, units in falling order."""

    parts: list[int] = field(default_factory=list)
    thousands: int | None = None

    def take(self, token: Token) -> bool:
        """Whether the word goes on with this number; it is added if so."""
        scale, value = token.facts.scale, token.facts.value
        if scale is not None:
            return self._scale(scale)
        if value is None or not self._fits(value):
            return False
        self.parts.append(value)
        return True

    def _fits(self, value: int) -> bool:
        if not self.parts:
            return self.thousands is None or 0 < value < THOUSAND
        before = self.parts[-1]
        return 0 < value < 100 <= before or (20 <= before < 100 and 0 < value < 10)

    def _scale(self, scale: int) -> bool:
        if scale == 100:
            if not self.parts or not 0 < self.parts[-1] < 10 or len(self.parts) > 1:
                return False
            self.parts[-1] *= 100
            return True
        if self.thousands is not None:
            return False
        self.thousands, self.parts = sum(self.parts) or 1, []
        return True

    def readings(self) -> tuple[str, ...]:
        """The whole number; without thousands, also with a cut after the hundreds or the tens."""
        if self.thousands is not None:
            return (str(self.thousands * THOUSAND + sum(self.parts)),)
        ways = [str(sum(self.parts))]
        ways += [str(sum(self.parts[:cut])) + str(sum(self.parts[cut:])) for cut in range(1, len(self.parts))]
        if len(self.parts) == 3:
            ways.append("".join(map(str, self.parts)))
        return tuple(ways)
