"""Any life of any workers, through real rows: what Postgres gives back adds up to the time that passed, in seconds and by worker."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import ExitStack
from contextvars import Context
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import pytest
from auricle_gateway.costs.prices import PriceBook
from auricle_gateway.costs.spending import by_worker
from auricle_kit.metering import NS_PER_S, Job, Measured, Meter, Tally
from auricle_records import worker_uptime
from auricle_records.database import Database
from auricle_records.worker_uptime import WorkerIdentity, WorkerUptime
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

PRICES = PriceBook.read(Path(__file__).parents[3] / "prompts" / "prices")
Result = TypeVar("Result")
Event = tuple[str, int]
EVENTS = ("pass", "pass", "begin", "begin", "end", "keep", "lose", "report")
LIVES = st.lists(st.lists(st.tuples(st.sampled_from(EVENTS), st.integers(0, 10**13)), max_size=25), min_size=1, max_size=4)  # fmt: skip


@dataclass
class Ledger:
    """The rows of one workspace."""

    runner: asyncio.Runner
    db: Database
    workspace: str

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        return self.runner.run(work)

    def write(self, post: WorkerIdentity, tally: Tally, *, ended: bool = False) -> None:
        self.run(worker_uptime.report(self.db, post, tally, ended=ended, workspace=self.workspace))

    def rows(self, posts: Sequence[WorkerIdentity]) -> dict[str, WorkerUptime]:
        found = self.run(worker_uptime.between(self.db, self.workspace, limit=100_000))
        return {one.id: one for one in found if one.id in {post.id for post in posts}}

    def silence(self, post: WorkerIdentity) -> None:
        """The process died some time ago."""
        self.run(self._silence(post.id))

    async def _silence(self, post: str) -> None:
        change = text("UPDATE shifts SET seen_at = now() - make_interval(secs => :s) WHERE id = :id")
        async with self.db.transaction(self.workspace) as connection:
            await connection.execute(change, {"s": worker_uptime.SILENT_S + 1, "id": post})


@pytest.fixture(scope="module")
def ledger(session_postgres_url: str) -> Iterator[Ledger]:
    with asyncio.Runner() as runner:
        connecting = Database.connect(session_postgres_url)
        yield Ledger(runner, runner.run(connecting.__aenter__()), "lives")
        runner.run(connecting.__aexit__(None, None, None))


@dataclass
class Life:
    """A worker that does what it is told; beside its meter it counts for itself."""

    post: WorkerIdentity
    device: str
    now: int = 0
    busy_ns: int = 0
    kept_ns: int = 0
    jobs: list[tuple[Callable[[], None], Job, Measured]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.meter = Meter(lambda: self.now)
        self.at_work: list[Measured] = []

    def happens(self, what: str, number: int) -> None:
        if what == "pass":
            self.now += number
            self.busy_ns += number if self.at_work else 0
        elif what == "begin":
            self.begin(number)
        elif what == "end" and self.at_work:
            self.meter.end(self.at_work.pop(number % len(self.at_work)))
        elif what in ("keep", "lose") and self.jobs:
            self.close(number % len(self.jobs), kept=what == "keep")

    def begin(self, weight: int) -> None:
        stack, inside = ExitStack(), Context()  # jobs end in any order: each is the current one of a context of its own
        job = inside.run(stack.enter_context, self.meter.job())
        piece = Measured(job, weight + 1)
        self.meter.begin(piece)
        self.jobs.append((partial(inside.run, stack.close), job, piece))
        self.at_work.append(piece)

    def close(self, which: int, *, kept: bool) -> None:
        leave, job, piece = self.jobs.pop(which)
        if piece in self.at_work:
            self.at_work.remove(piece)
            self.meter.end(piece)
        if kept:
            job.keep()
            self.kept_ns += job.ns
        leave()


def lived(ledger: Ledger, events: Sequence[Event], device: str) -> Life:
    """Told over the wire as often as it says so, and once at the end of the story."""
    life = Life(WorkerIdentity.now("scorer", lambda: device), device)
    for what, number in events:
        life.happens(what, number)
        if what == "report":
            ledger.write(life.post, life.meter.tally())
    ledger.write(life.post, life.meter.tally())
    for leave, _, _ in life.jobs:  # open for the ledger for ever: nothing is told any more
        leave()
    return life


@settings(max_examples=40)
@given(LIVES)
def test_rows_of_any_life_add_up(ledger: Ledger, stories: list[list[Event]]) -> None:
    lives = [lived(ledger, story, "NVIDIA L4" if at % 2 else "cpu") for at, story in enumerate(stories)]
    for life in lives[1:]:
        ledger.silence(life.post)
    rows = ledger.rows([life.post for life in lives])
    for at, life in enumerate(lives):
        row = rows[life.post.id]
        assert row.tally.attributed_ns + row.wasted_ns + row.open_ns + row.tally.idle_ns == life.now
        assert (row.tally.attributed_ns, row.tally.idle_ns) == (life.kept_ns, life.now - life.busy_ns)
        assert row.over is (at > 0)
        assert not row.over or row.open_ns == 0
    total = by_worker(rows.values(), PRICES)
    parts = sum(one.attributed_seconds + one.wasted_seconds + one.open_seconds + one.idle_seconds for one in total)
    assert parts == pytest.approx(sum(life.now for life in lives) / NS_PER_S)
    assert all(one.idle_usd is None for one in total if one.device == "cpu")


def test_a_second_that_nobody_had_is_noticed(ledger: Ledger) -> None:
    """The case in which the property must fail: a row whose idle time was counted as work."""
    life = lived(ledger, [("begin", 1), ("pass", 10**9), ("keep", 0), ("pass", 10**9)], "cpu")
    honest = life.meter.tally()
    ledger.write(life.post, Tally(honest.alive_ns, honest.attributed_ns + honest.idle_ns, 0, 0))
    row = ledger.rows([life.post])[life.post.id]
    assert (row.tally.attributed_ns, row.tally.idle_ns) != (life.kept_ns, life.now - life.busy_ns)
