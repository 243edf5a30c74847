"""Value objects of runs, as the services see them."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from auricle_contracts import Message, Priority, RunState, RunView, Step, stream_of
from sqlalchemy import Row

DRY_RUN = "dry "
"""How the reason of a run begins whose result changes nothing: the id of the dry run follows."""


@dataclass(frozen=True, slots=True)
class RunRow:
    """One row of `runs`. `entry_id` is the stream entry that carries it, `last_error` an error code with its detail."""

    id: str
    workspace: str
    conversation_id: str
    revision: int
    step: Step
    recipe: str
    reason: str
    priority: Priority
    state: RunState
    attempts: int
    lost_leases: int
    last_error: str | None
    entry_id: str | None
    traceparent: str
    created_at: datetime
    updated_at: datetime

    @property
    def stream(self) -> str:
        """The stream that carries it."""
        return stream_of(self.step, self.priority)

    @property
    def dry_run(self) -> str | None:
        """The dry run that it is a part of; None where its result is the conversation's."""
        return self.reason.removeprefix(DRY_RUN) if self.reason.startswith(DRY_RUN) else None

    @property
    def message(self) -> Message:
        """What Redis carries of it."""
        return Message(run_id=self.id, traceparent=self.traceparent)

    def view(self) -> RunView:
        """As the API shows it."""
        return RunView(
            id=self.id,
            conversation_id=self.conversation_id,
            step=self.step,
            recipe=self.recipe,
            reason=self.reason,
            priority=self.priority,
            state=self.state,
            attempts=self.attempts,
            lost_leases=self.lost_leases,
            last_error=self.last_error,
            updated_at=self.updated_at,
        )


def run_of(row: Row[Any]) -> RunRow:
    """A row of the table `runs`, as Python sees it."""
    return RunRow(
        id=row.id,
        workspace=row.workspace_id,
        conversation_id=row.conversation_id,
        revision=row.revision,
        step=Step(row.step),
        recipe=row.recipe,
        reason=row.reason,
        priority=Priority(row.priority),
        state=RunState(row.state),
        attempts=row.attempts,
        lost_leases=row.lost_leases,
        last_error=row.last_error,
        entry_id=row.entry_id,
        traceparent=row.traceparent,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


class Start(StrEnum):
    """What a worker does with a delivered run."""

    WORK = "work"  # do it
    DONE = "done"  # somebody did: pass `next_runs` on, touch no engine
    DEAD = "dead"  # over a limit, now or before: drop the entry
    GONE = "gone"  # deleted: drop the entry
    ELSEWHERE = "elsewhere"  # another entry carries it: drop this one


@dataclass(frozen=True, slots=True)
class Begun:
    """`run` is set only where there is work to do; `next` are a done run's successors that still wait to be published."""

    start: Start
    run: RunRow | None = None
    next: tuple[RunRow, ...] = ()

    @property
    def next_runs(self) -> tuple[tuple[str, str], ...]:
        """`next` as (run id, stream), the way auricle_streams publishes."""
        return tuple((run.id, run.stream) for run in self.next)
