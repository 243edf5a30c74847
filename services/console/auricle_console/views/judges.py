"""Certificates of judges as the page shows them: how each stands now, and in which classes its grades may decide."""

from collections.abc import Sequence
from datetime import datetime

from auricle_console.formatting import NOTHING, number
from auricle_console.replies import Reply


class Measured(Reply):
    """A share with its interval, 0-1; None of nothing."""

    share: float | None
    low: float
    high: float
    of: int

    def told(self, language: str) -> str:
        """In percent, with the interval."""
        if self.share is None:
            return NOTHING
        share, low, high = (number(100 * one, language, 0) for one in (self.share, self.low, self.high))
        return f"{share} % ({low}–{high})"


class KappaView(Reply):
    """Agreement beyond chance."""

    value: float | None
    low: float | None
    high: float | None

    def told(self, language: str) -> str:
        """With its interval, where there is one."""
        if self.value is None:
            return NOTHING
        middle = number(self.value, language, 2)
        if self.low is None or self.high is None:
            return middle
        return f"{middle} ({number(self.low, language, 2)}–{number(self.high, language, 2)})"


class JudgedSubject(Reply):
    """A class or criterion."""

    subject: str
    n: int
    kappa: KappaView
    right_found: Measured
    wrong_found: Measured
    state: str
    why: tuple[str, ...]


class Model(Reply):
    """The model that is asked."""

    name: str
    weights: str | None


class Judge(Reply):
    """Prompt and model."""

    prompt: str
    model: Model


class CertificateView(Reply):
    """A certificate as it stands now."""

    id: str
    judge: Judge
    state: str
    measured_at: datetime
    expires_at: datetime
    pairs: int
    runs: int
    stable: Measured
    swapped: Measured
    noise: Measured
    paraphrase: Measured
    flips: Measured
    subjects: tuple[JudgedSubject, ...]
    why: tuple[str, ...]


class Certificates(Reply):
    """A page of them, the newest first."""

    items: Sequence[CertificateView]
    next_cursor: str | None
