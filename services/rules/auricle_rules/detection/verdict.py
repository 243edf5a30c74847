"""What a detector says of one class in one conversation."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from auricle_contracts import DetectionState, Quote

MOST_QUOTES = 20


@dataclass(frozen=True)
class Verdict:
    """`quotes` are there where the class is found; `why` is a word for a state that needs one, `detail` says what code knows of it."""

    state: DetectionState
    quotes: tuple[Quote, ...] = ()
    why: str | None = None
    detail: str | None = None


NO_OPPORTUNITY = Verdict(DetectionState.NO_OPPORTUNITY, why="no_occasion")
NOT_FOUND = Verdict(DetectionState.NOT_FOUND)


def found(quotes: Iterable[Quote], detail: str | None = None) -> Verdict:
    """Found where there is a quote, else not found."""
    shown = tuple(islice(dict.fromkeys(quotes), MOST_QUOTES))
    return Verdict(DetectionState.FOUND, shown, detail=detail) if shown else NOT_FOUND


def undetermined(why: str) -> Verdict:
    """A person should look."""
    return Verdict(DetectionState.UNDETERMINED, why=why)
