"""The invariant of the ledger: attributed + wasted + open + idle is the process's life, to the nanosecond, whatever happens."""

from contextlib import ExitStack
from contextvars import Context

import pytest
from auricle_kit.metering import NS_PER_S, Job, Measured, Meter, current_job
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule


class Clock:
    """A clock that a test winds."""

    def __init__(self) -> None:
        self.now = 17

    def __call__(self) -> int:
        return self.now

    def wait(self, seconds: float) -> None:
        self.now += round(seconds * NS_PER_S)


@pytest.fixture
def clock() -> Clock:
    return Clock()


def in_seconds(meter: Meter) -> tuple[float, ...]:
    tally = meter.tally()
    parts = (tally.alive_ns, tally.attributed_ns, tally.wasted_ns, tally.open_ns, tally.idle_ns)
    return tuple(part / NS_PER_S for part in parts)


def test_alone_at_the_device_it_is_charged_what_it_took(clock: Clock) -> None:
    meter = Meter(clock)
    clock.wait(1)
    with meter.job() as job:
        clock.wait(2)
        with job.measure(5) as piece:
            clock.wait(4)
        assert piece.seconds == job.seconds == 4
        job.keep()
    assert in_seconds(meter) == (7, 4, 0, 0, 3)


def test_a_shared_moment_is_split_by_weight(clock: Clock) -> None:
    """Three times the tokens, three times the share, while both are at work; alone each has all of it."""
    meter = Meter(clock)
    with meter.job() as long, meter.job() as short:
        with long.measure(300):
            clock.wait(1)
            with short.measure(100):
                clock.wait(4)
            clock.wait(2)
        assert (long.seconds, short.seconds) == (1 + 3 + 2, 1)
        long.keep()
    assert in_seconds(meter) == (7, 6, 1, 0, 0)


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_what_is_thrown_away_is_wasted(clock: Clock, error: type[BaseException]) -> None:
    meter = Meter(clock)
    with pytest.raises(error), meter.job() as job, job.measure(1):  # noqa: PT012 - time passes before the error
        clock.wait(3)
        raise error
    assert in_seconds(meter) == (3, 0, 3, 0, 0)


def test_work_that_has_not_ended_is_open(clock: Clock) -> None:
    meter = Meter(clock)
    with meter.job() as job, job.measure(1):
        clock.wait(3)
        assert in_seconds(meter) == (3, 0, 0, 3, 0)


def test_a_part_of_a_device_is_a_part_of_its_time(clock: Clock) -> None:
    meter = Meter(clock, share=0.25)
    with meter.job() as job, job.measure(1):
        clock.wait(8)
        job.keep()
    clock.wait(4)
    assert in_seconds(meter) == pytest.approx((3, 2, 0, 0, 1), abs=1e-8)


def test_the_job_is_found_from_within(clock: Clock) -> None:
    def work() -> None:
        assert current_job() is None
        with Meter(clock).job() as job:
            assert current_job() is job
        assert current_job() is None

    Context().run(work)  # of its own: the loop that the tests share may still hold another test's job


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=40), st.integers(0, 10**15))
def test_the_shares_of_a_moment_add_up_to_it(weights: list[float], elapsed_ns: int) -> None:
    clock = Clock()
    meter = Meter(clock)
    with meter.job() as job, ExitStack() as stack:
        pieces = [stack.enter_context(job.measure(weight)) for weight in weights]
        clock.now += elapsed_ns
        meter.tally()
        assert sum(piece.ns for piece in pieces) == elapsed_ns
        assert all(piece.ns >= 0 for piece in pieces)


class Life(RuleBasedStateMachine):
    """Jobs come and go in any order, pieces of work begin and end in any order, time passes."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        self.meter = Meter(self.clock)
        self.jobs: list[tuple[ExitStack, Job]] = []
        self.pieces: list[Measured] = []
        self.busy_ns = 0

    @rule(ns=st.integers(0, 10**12))
    def time_passes(self, ns: int) -> None:
        self.clock.now += ns
        self.busy_ns += ns if self.pieces else 0

    @rule(count=st.integers(1, 3), weight=st.floats(0, 1e9))
    def work_begins(self, count: int, weight: float) -> None:
        stack = ExitStack()
        job = stack.enter_context(self.meter.job())
        self.jobs.append((stack, job))
        for _ in range(count):
            piece = Measured(job, max(1, round(weight)))
            self.meter.begin(piece)
            self.pieces.append(piece)

    @rule(which=st.integers(0, 10**6))
    def work_ends(self, which: int) -> None:
        if self.pieces:
            self.meter.end(self.pieces.pop(which % len(self.pieces)))

    @rule(kept=st.booleans())
    def a_job_ends(self, kept: bool) -> None:
        """The last first: contexts nest in a test's one task."""
        if not self.jobs:
            return
        stack, job = self.jobs.pop()
        for piece in [one for one in self.pieces if one.job is job]:
            self.meter.end(piece)
            self.pieces.remove(piece)
        if kept:
            job.keep()
        stack.close()

    @invariant()
    def the_parts_are_the_whole(self) -> None:
        tally = self.meter.tally()
        parts = (tally.attributed_ns, tally.wasted_ns, tally.open_ns, tally.idle_ns)
        assert sum(parts) == tally.alive_ns == self.clock.now - 17
        assert min(parts) >= 0
        assert tally.alive_ns - tally.idle_ns == self.busy_ns, "busy is when something is measured, and only then"

    def teardown(self) -> None:
        """What is left open ends in its own context, not whenever it is collected."""
        while self.jobs:
            self.a_job_ends(kept=False)


TestLife = Life.TestCase


class Careless(Meter):
    """A meter that charges everybody the whole moment: what the ledger did before."""

    def _advance(self) -> None:
        now = self._clock()
        elapsed, self._seen = now - self._seen, now
        for piece in self._at_work:
            piece.ns += elapsed
            piece.job.ns += elapsed


def test_the_invariant_would_notice_a_moment_that_is_charged_twice(clock: Clock) -> None:
    meter = Careless(clock)
    with meter.job() as job, job.measure(1), job.measure(1):
        clock.wait(5)
    assert meter.tally().idle_ns < 0
