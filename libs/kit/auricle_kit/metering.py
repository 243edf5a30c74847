"""Whose are a device's seconds? Every moment of a process is attributed, wasted, open or idle, and none is counted twice.

    idle ── measure ──► open: shared by all that are measured at that moment, by weight ──┬── job kept ──► attributed
                                                                                          └── job not ──► wasted

Counted in whole nanoseconds: the parts add up exactly, whatever the weights. No I/O; the clock is handed in.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

NS_PER_S = 1_000_000_000
_JOB: ContextVar["Job | None"] = ContextVar("auricle_job", default=None)


@dataclass(frozen=True, slots=True)
class Tally:
    """A process's life so far, in ns: `alive_ns` is the sum of the others. `open_ns` belongs to jobs that have not ended."""

    alive_ns: int
    attributed_ns: int
    wasted_ns: int
    open_ns: int

    @property
    def idle_ns(self) -> int:
        """Nothing was measured."""
        return self.alive_ns - self.attributed_ns - self.wasted_ns - self.open_ns


class Measured:
    """One piece of work at the device; `seconds` is its share so far."""

    def __init__(self, job: "Job", weight: int) -> None:
        self.job = job
        self.weight = weight
        self.ns = 0

    @property
    def seconds(self) -> float:
        return self.ns / NS_PER_S


class Job:
    """What one run uses. It is wasted unless it is kept: an error, a lost lease and a second writer all end without."""

    def __init__(self, meter: "Meter") -> None:
        self._meter = meter
        self.ns = 0
        self.kept = False

    @property
    def seconds(self) -> float:
        """Everything that was measured for it so far."""
        return self.ns / NS_PER_S

    def keep(self) -> None:
        """Its result stands."""
        self.kept = True

    @contextmanager
    def measure(self, weight: float) -> Iterator[Measured]:
        """Work at the device. `weight`: tokens or seconds of audio; only its proportion to those at work beside it matters."""
        piece = Measured(self, max(1, round(weight * 1000)))
        self._meter.begin(piece)
        try:
            yield piece
        finally:
            self._meter.end(piece)


class Meter:
    """One per process and device. `clock` counts ns and never goes back."""

    def __init__(self, clock: Callable[[], int] = time.monotonic_ns, *, share: float = 1.0) -> None:
        """`share`: the part of the device's time that this process stands for, where several stand in front of one device."""
        self._clock: Callable[[], int] = clock if share == 1 else lambda: int(clock() * share)
        self._began = self._seen = self._clock()
        self._attributed = self._wasted = 0
        self._at_work: list[Measured] = []
        self._jobs: set[Job] = set()

    @contextmanager
    def job(self) -> Iterator[Job]:
        """A run; `current_job` finds it from within."""
        job = Job(self)
        self._jobs.add(job)
        token = _JOB.set(job)
        try:
            yield job
        finally:
            _JOB.reset(token)
            self._close(job)

    def tally(self) -> Tally:
        """The life so far."""
        self._advance()
        open_ns = sum(job.ns for job in self._jobs)
        return Tally(self._seen - self._began, self._attributed, self._wasted, open_ns)

    def begin(self, piece: Measured) -> None:
        """From now on it has its share."""
        self._advance()
        self._at_work.append(piece)

    def end(self, piece: Measured) -> None:
        """From now on it has none."""
        self._advance()
        self._at_work.remove(piece)

    def _close(self, job: Job) -> None:
        self._advance()
        self._jobs.discard(job)
        if job.kept:
            self._attributed += job.ns
        else:
            self._wasted += job.ns

    def _advance(self) -> None:
        """Hand the time since the last look to those at work: by weight, the odd nanoseconds to the first."""
        now = self._clock()
        elapsed, self._seen = now - self._seen, now
        total = sum(piece.weight for piece in self._at_work)
        shares = [elapsed * piece.weight // total for piece in self._at_work]
        if shares:
            shares[0] += elapsed - sum(shares)
        for piece, share in zip(self._at_work, shares, strict=True):
            piece.ns += share
            piece.job.ns += share


def current_job() -> Job | None:
    """The job that this task works on; None outside of one."""
    return _JOB.get()
