"""What the words around a number say it is.

cue before in the turn  >  cue after it  >  cue in the question of the other side
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from auricle_masking.dictation import Run
from auricle_masking.tokenization import TELLING_REACH, Line, Token

REACH_BEFORE, REACH_AFTER, REACH_QUESTION = 7, 3, 8
LEAST_ANSWERED = 7  # digits that answer "ваш номер?"
LONGEST_SUM, THOUSANDS = 7, "000"
NONE, PRICE = "none", "price"


@dataclass(frozen=True, slots=True)
class Cue:
    """What the words around a run say it is; "" when they say nothing. `money`: grouped as a sum; `told`: a noun for it right before;
    `behind`: the words come after it.
    """

    kind: str
    counted: bool
    money: bool = False
    told: bool = False
    behind: bool = False


def cue_of(run: Run, lines: Sequence[Line]) -> Cue:
    """The nearest cue of a run, with what else tells for or against it."""
    line = lines[run.atoms[0].line]
    first, last = run.atoms[0].first, run.atoms[-1].last
    if run.told:
        return Cue("phone", counted=False)
    tail = lines[run.atoms[-1].line].tokens
    counted = last + 1 < len(tail) and tail[last + 1].facts.unit
    money = _is_money(run, line)
    before = _before(line, first)
    if before:
        told = any(token.facts.tells for token in line.tokens[max(0, first - TELLING_REACH) : first])
        return Cue(before, counted, money, told)
    after = _nearest(tail[last + 1 : last + 1 + REACH_AFTER])
    if after:
        return Cue(after, counted, money, behind=True)
    asked = lines[line.number - 1].tokens[-REACH_QUESTION:] if line.number and first < 3 else ()
    told = any(token.facts.tells for token in asked)
    kind = _nearest(reversed(asked)) or ("phone" if told and run.least >= LEAST_ANSWERED else "")
    return Cue(kind, counted, money or _is_round(run), told=told and _is_alone(run, line))


def _is_alone(run: Run, line: Line) -> bool:
    """Whether the turn says nothing but this number: "234 567" answers "ваш телефон?", "остаётся 234 567" does not."""
    own = range(run.atoms[0].first, run.atoms[-1].last + 1)
    return all(place in own or token.facts.filler for place, token in enumerate(line.tokens))


def _is_round(run: Run) -> bool:
    """Thousands in digits: "250000", "125,000"."""
    written = not any(atom.spoken for atom in run.atoms)
    return written and len(run.digits) <= LONGEST_SUM and run.digits.endswith(THOUSANDS)


def _is_money(run: Run, line: Line) -> bool:
    span = (run.atoms[0].start, run.atoms[-1].end)
    return run.atoms[-1].line == line.number and span in line.money


def _before(line: Line, first: int) -> str:
    """The nearest cue before; one of `none` or `price` says it of its own sentence only."""
    start = max(0, first - REACH_BEFORE)
    kind = _nearest(reversed(line.tokens[start:first]))
    if kind not in (NONE, PRICE):
        return kind
    opening = next((place for place in range(first, start, -1) if line.opens_sentence(place)), start)
    return _nearest(reversed(line.tokens[opening:first]))


def _nearest(tokens: Iterable[Token]) -> str:
    return next((token.facts.cue for token in tokens if token.facts.cue), "")
