"""Which runs are carried by which stream entries: keeper feeds what no entry carries, and looks for what was lost."""

from auricle_contracts import Priority, RunState, Step
from sqlalchemy import bindparam, case, func, or_, text, update

from auricle_records.database import Database
from auricle_records.runs.rows import RunRow, run_of
from auricle_records.storable import Words
from auricle_records.tables import runs

_COLUMNS = ", ".join(runs.c.keys())
_WAITING = (
    text(f"SELECT {_COLUMNS} FROM auricle_waiting_runs(:step, :priority, make_interval(secs => :older_than_s), :limit)")  # noqa: S608 - names of our own columns
    .bindparams(bindparam("step", type_=Words), bindparam("priority", type_=Words))
    .columns(*runs.c)
)
_FORGOTTEN = (
    text(f"SELECT {_COLUMNS} FROM auricle_quiet_runs(make_interval(secs => :older_than_s), :after, :limit)")  # noqa: S608 - names of our own columns
    .bindparams(bindparam("after", type_=Words))
    .columns(*runs.c)
)


_SET_ENTRY = (
    update(runs)
    .where(
        runs.c.id == bindparam("run"),
        runs.c.state.in_((RunState.WAITING, RunState.WORKING)),
        or_(
            runs.c.entry_id.is_not_distinct_from(bindparam("old")),
            runs.c.entry_id.is_not_distinct_from(bindparam("new")),
        ),
    )
    .values(
        entry_id=bindparam("new"),
        # Forgotten by Redis: it waits for keeper's feeder again, whoever worked on it.
        state=case((bindparam("new", type_=Words).is_(None), RunState.WAITING.value), else_=runs.c.state),
        untidy=or_(runs.c.untidy, bindparam("new", type_=Words).is_(None) & (runs.c.state == RunState.WORKING)),
        updated_at=func.now(),
    )
)


async def set_entry(db: Database, run_id: str, expected: str | None, entry_id: str | None) -> bool:
    """Compare-and-set of the run's entry. True when the row named `expected`, or `entry_id` already; False: the entry is superfluous.

    Without an entry the run waits again, whoever worked on it.
    """
    async with db.transaction_of_run(run_id) as connection:
        done = await connection.execute(_SET_ENTRY, {"run": run_id, "old": expected, "new": entry_id})
        return done.rowcount == 1


async def waiting(
    db: Database, step: Step, priority: Priority, *, limit: int, older_than_s: float = 0.0
) -> list[RunRow]:
    """Runs of all workspaces that wait without an entry, oldest first: what keeper publishes while a stream is below its cap."""
    parameters = {"step": step.value, "priority": priority.value, "older_than_s": older_than_s, "limit": limit}
    async with db.walk() as connection:
        return [run_of(row) for row in await connection.execute(_WAITING, parameters)]


async def forgotten(db: Database, *, older_than_s: float, limit: int, after: str = "") -> list[RunRow]:
    """Runs of all workspaces, `waiting` or `working`, whose row has not changed for a while and names an entry, by id from `after` on.

    The caller asks the stream whether the entry is still there, and republishes with `set_entry(run, run.entry_id, new)` if not.
    """
    parameters = {"older_than_s": older_than_s, "after": after, "limit": limit}
    async with db.walk() as connection:
        return [run_of(row) for row in await connection.execute(_FORGOTTEN, parameters)]
