"""What the gate said of a version: each side of each class with its shares, and the golden items that speak against it."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from pydantic import Field, JsonValue, ValidationError

from auricle_console.replies import Reply

MOST_ITEMS = 10


class GateSide(Reply):
    """Items with an error, without it, or all answers of a criterion. Shares are 0-1; None of no item."""

    items: int
    right: float | None
    doubtful: float | None
    wrong: float | None
    live_right: float | None
    flaky: int
    verdict: str
    decides: bool = True


class GateSubject(Reply):
    """An error class or a criterion."""

    subject: str
    sides: dict[str, GateSide]


class GateItem(Reply):
    """A golden item that is not right by the candidate: what is right, and what was said."""

    id: str | None
    reference: str | None
    subject: str
    right: str
    candidate: str
    live: str


class FlakyItem(Reply):
    """A golden item whose runs differ: the grades of each run, and what was said."""

    id: str | None
    reference: str | None
    subject: str
    candidate: Sequence[int]
    live: Sequence[int]
    candidate_said: Sequence[str]
    live_said: Sequence[str]


class GateView(Reply):
    """A gate run as it is kept with a version."""

    verdict: str
    items: int
    runs: int
    at: str = ""
    subjects: Sequence[GateSubject] = Field(default=(), max_length=100)
    against: Sequence[GateItem] = Field(default=(), max_length=100)
    flaky: Sequence[FlakyItem] = Field(default=(), max_length=100)
    judge: str | None = None

    @property
    def when(self) -> datetime | None:
        """When it ran; None where nobody told, or not as a moment."""
        try:
            return datetime.fromisoformat(self.at)
        except ValueError:
            return None


def gate_view(figures: Mapping[str, JsonValue]) -> GateView | None:
    """None where no gate was run, or somebody wrote something else there."""
    try:
        return GateView.model_validate(figures.get("gate"))
    except ValidationError:
        return None
