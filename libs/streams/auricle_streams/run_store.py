"""What the worker's loop asks of the truth in Postgres: whether to work on a run, and where to write that it failed.

One run has one entry. `begin` adopts the entry's id where the row has none, and refuses an entry that is not the row's: so a
run that was published twice (a crash between XADD and the row's update) is still worked on once.

    begin(entry) ─┬─ row unknown, deleted, dead, or another entry's   → run None: the entry is finished, nothing happens
                  ├─ row done                                          → done: the unpublished next runs are passed on
                  ├─ the count of this delivery reached its limit      → the row is dead now; run None
                  └─ else                                              → run: the handler works on it
"""

from collections.abc import Sequence
from typing import Protocol, TypeVar

from auricle_contracts import Code

NextRun = tuple[str, str]
"""A run that is to be published: its id, and the stream that carries it."""


class Run(Protocol):
    """What the loop itself reads of a run; handlers see the whole row."""

    @property
    def id(self) -> str: ...
    @property
    def attempts(self) -> int: ...
    @property
    def lost_leases(self) -> int: ...


RunT_co = TypeVar("RunT_co", bound=Run, covariant=True)


class Begun(Protocol[RunT_co]):
    """What `begin` found. `run` is None where there is nothing to work on; `next_runs` waits to be published."""

    @property
    def run(self) -> RunT_co | None: ...
    @property
    def next_runs(self) -> Sequence[NextRun]: ...


class RunStore(Protocol[RunT_co]):
    """Runs as a worker changes them: `auricle_records.runs.PostgresRunStore`, or a small SQLite twin in the tests of this library."""

    async def begin(self, run_id: str, *, entry_id: str, lost_lease: bool, crash: str | None) -> Begun[RunT_co]:
        """Set the run to `working` and count what ended the delivery before this one.

        `crash` ("SIGKILL", "exit 1", "deadline") counts as an attempt, `lost_lease` has its own, higher limit.
        Adopts `entry_id` if the row has none. Raises StoreUnavailable.
        """
        ...

    async def fail(self, run_id: str, *, code: Code, detail: str, fatal: bool) -> bool:
        """Count an attempt and write why; True when the run is dead now (`fatal` is dead at once), False when it waits."""
        ...

    async def published(self, run_id: str, *, expected: str | None, entry_id: str | None) -> bool:
        """Compare-and-set of the row's entry; True also when it is `entry_id` already. False: the entry is superfluous."""
        ...
