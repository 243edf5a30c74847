"""What keeper asks about runs: which no entry carries, which Redis may have lost, which left orphaned blobs, how many are dead.

A worker that died between its blob and its commit leaves a blob that no row names. A run is `untidy` once a try at it did not end well;
its conversation is tidied when nobody works at it, under locks that keep everybody from beginning to: what is listed then and not
named by a row is an orphan.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from auricle_contracts import ConversationState, Priority, RunState, Step
from sqlalchemy import bindparam, exists, func, select, text, union_all, update
from sqlalchemy.ext.asyncio import AsyncConnection

from auricle_records.database import Database
from auricle_records.runs.models import RunRow, run_of
from auricle_records.storable import Words
from auricle_records.tables import conversations, evaluations, outbox, revisions, runs, transcripts

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


_UNTIDY = text("SELECT * FROM auricle_untidy_conversations(make_interval(secs => :older_than_s), :limit)")


@dataclass(frozen=True, slots=True)
class Untidy:
    """A conversation under whose prefix something may lie that no row names."""

    workspace: str
    conversation_id: str


async def untidy(db: Database, *, older_than_s: float = 60.0, limit: int = 100) -> list[Untidy]:
    """Conversations of all workspaces whose runs have ended at least `older_than_s` ago, one of them not at the first try."""
    async with db.walk() as connection:
        rows = await connection.execute(_UNTIDY, {"older_than_s": older_than_s, "limit": limit})
        return [Untidy(row.workspace_id, row.conversation_id) for row in rows]


@asynccontextmanager
async def tidying(db: Database, found: Untidy) -> AsyncIterator[frozenset[str] | None]:
    """The keys that rows name, while nobody can begin to work at the conversation: remove all others. None: leave it, somebody works.

    Ends well → the conversation is tidy.
    """
    mine = runs.c.conversation_id == found.conversation_id
    async with db.transaction(found.workspace) as connection:
        if await _busy(connection, found.conversation_id):
            yield None
            return
        yield frozenset(await named_keys(connection, found.conversation_id))
        await connection.execute(update(runs).where(mine).values(untidy=False))


async def _busy(connection: AsyncConnection, conversation_id: str) -> bool:
    """Lock the conversation and its runs; whether anything is at work or being received all the same, or nothing is left."""
    locked = select(conversations.c.id).where(conversations.c.id == conversation_id).with_for_update()
    if await connection.scalar(locked) is None:
        return True
    states = await connection.scalars(
        select(runs.c.state).where(runs.c.conversation_id == conversation_id).with_for_update()
    )
    receiving = select(revisions.c.revision).filter_by(
        conversation_id=conversation_id, state=ConversationState.RECEIVING
    )
    return {RunState.WAITING, RunState.WORKING} & set(states) != set() or bool(
        await connection.scalar(select(exists(receiving)))
    )


_NAMING = (revisions.c.blob_key, transcripts.c.blob_key, transcripts.c.peaks_key, evaluations.c.digest_key)


async def named_keys(connection: AsyncConnection, conversation_id: str) -> Sequence[str]:
    """All keys; whatever else lies under the conversation's prefix is an orphan, unless somebody has just written it."""
    named = (
        select(column).where(column.table.c.conversation_id == conversation_id, column.is_not(None))
        for column in _NAMING
    )
    return (await connection.scalars(union_all(*named))).all()


@dataclass(frozen=True, slots=True)
class Measures:
    """`unsent_age_s` is the age of the oldest pending event, 0 without one."""

    dead_runs: dict[Step, int]
    unsent_events: int
    unsent_age_s: float


async def measure(db: Database, workspace: str) -> Measures:
    """Three counts over partial indexes."""
    dead = select(runs.c.step, func.count()).where(runs.c.state == RunState.DEAD).group_by(runs.c.step)
    age_s = func.coalesce(func.extract("epoch", func.now() - func.min(outbox.c.created_at)), 0.0)
    unsent = select(func.count(), age_s).where(outbox.c.state == "pending")
    async with db.transaction(workspace) as connection:
        by_step = {Step(step): int(count) for step, count in (await connection.execute(dead)).all()}
        count, oldest_s = (await connection.execute(unsent)).one()
    return Measures(by_step, int(count), float(oldest_s))
