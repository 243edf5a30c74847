"""The life cycle of a run: every change of its state is one statement here, and effects happen once.

    enqueue ──► waiting ──begin──► working ──complete (in the transaction of `results`)──► done
                   ▲                  │
                   ├────── fail ──────┤ attempts + 1;    past MAX_ATTEMPTS, or fatal ──► dead ─┐
                   ├─── lost lease ───┤ lost_leases + 1; past MAX_LOST_LEASES ─────────► dead ─┤
                   └────────────────────────────────────── resend ─────────────────────────────┘

`entry_id` names the stream entry that carries the run; it changes by compare-and-set (`set_entry`), and without one the run waits.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from auricle_contracts import Code, EventData, Priority, RunState, Step
from sqlalchemy import Boolean, Integer, Select, bindparam, case, delete, func, or_, select, text, update
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from auricle_records import outbox, tombstones
from auricle_records.database import Database, new_id
from auricle_records.errors import DeletedMeanwhile, NotDead, NotFound, StoreUnavailable
from auricle_records.runs.models import Begun, RunRow, Start, run_of
from auricle_records.storable import Words, storable
from auricle_records.tables import conversations, runs

MAX_ATTEMPTS = 3
MAX_LOST_LEASES = 10
MAX_ERROR_CHARS = 1000
# Statements are built once: building one costs more than running it (190 µs of CPU against 114).
_RUN = select(runs).where(runs.c.id == bindparam("run"))
_OPEN = runs.c.state.in_((RunState.WAITING, RunState.WORKING))
_ATTEMPTS = runs.c.attempts + bindparam("crashes", type_=Integer)
_LOST_LEASES = runs.c.lost_leases + bindparam("losses", type_=Integer)
_OVER = or_(_ATTEMPTS >= MAX_ATTEMPTS, _LOST_LEASES >= MAX_LOST_LEASES)
_BEGIN = (
    update(runs)
    .where(runs.c.id == bindparam("run"), _OPEN, or_(runs.c.entry_id.is_(None), runs.c.entry_id == bindparam("entry")))
    .values(
        entry_id=bindparam("entry"),
        attempts=_ATTEMPTS,
        lost_leases=_LOST_LEASES,
        state=case((_OVER, RunState.DEAD.value), else_=RunState.WORKING.value),
        untidy=or_(runs.c.untidy, runs.c.state == RunState.WORKING),  # the try before this one did not end
        last_error=case(
            (or_(_OVER, bindparam("crashes", type_=Integer) > 0), bindparam("why")), else_=runs.c.last_error
        ),
        updated_at=func.now(),
    )
    .returning(runs)
)
_DEAD_NOW = or_(bindparam("fatal", type_=Boolean), runs.c.attempts + 1 >= MAX_ATTEMPTS)
_FAIL = (
    update(runs)
    .where(runs.c.id == bindparam("run"), _OPEN)
    .values(
        attempts=runs.c.attempts + 1,
        untidy=True,
        last_error=bindparam("why"),
        state=case((_DEAD_NOW, RunState.DEAD.value), else_=RunState.WAITING.value),
        updated_at=func.now(),
    )
    .returning(runs)
)
_ENQUEUE = insert(runs).on_conflict_do_nothing().returning(runs)
_SET_ENTRY = "SELECT auricle_set_entry($1, $2, $3)"
_RECORD_ENTRIES = text(
    """
    UPDATE runs SET entry_id = added.entry, updated_at = now() FROM unnest(:runs, :entries) AS added(run, entry)
    WHERE runs.id = added.run AND runs.entry_id IS NULL AND runs.state IN ('waiting', 'working')
    """
).bindparams(bindparam("runs", type_=ARRAY(Words)), bindparam("entries", type_=ARRAY(Words)))
# The conversation comes first, as in every transaction that locks both; a deletion holds it and then takes its runs.
_LOCKED = (
    select(conversations.c.id, conversations.c.external_id)
    .where(conversations.c.id == bindparam("conversation"))
    .with_for_update(key_share=True)
    .subquery()
)
_COMPLETE = (
    update(runs)
    .where(runs.c.id == bindparam("run"), runs.c.conversation_id == _LOCKED.c.id)
    .where(runs.c.state.in_((RunState.WAITING, RunState.WORKING)))
    .values(state=RunState.DONE, last_error=None, updated_at=func.now())
    .returning(_LOCKED.c.external_id)
)


@dataclass(frozen=True, slots=True)
class RunRequest:
    """What a run is to do. Two requests that differ in priority only are the same run."""

    conversation_id: str
    revision: int
    step: Step
    recipe: str
    reason: str
    priority: Priority


@dataclass(frozen=True, slots=True)
class Completed:
    """A run that has just become `done`, and what its conversation is called outside."""

    external_id: str | None


async def enqueue(connection: AsyncConnection, workspace: str, requested: RunRequest, traceparent: str) -> RunRow:
    """A waiting run that no entry carries yet; the caller holds the conversation's lock. The same request again gives the same run."""
    values = {
        **asdict(requested),
        "workspace_id": workspace,
        "id": new_id(),
        "state": RunState.WAITING,
        "traceparent": traceparent,
    }
    row = (await connection.execute(_ENQUEUE, values)).one_or_none()
    if row is None:
        same = {name: value for name, value in asdict(requested).items() if name != "priority"}
        row = (await connection.execute(select(runs).filter_by(**same))).one()
    return run_of(row)


async def follow(connection: AsyncConnection, run: RunRow, step: Step, traceparent: str) -> RunRow:
    """The run after this one: same revision, recipe, reason and priority."""
    requested = RunRequest(run.conversation_id, run.revision, step, run.recipe, run.reason, run.priority)
    return await enqueue(connection, run.workspace, requested, traceparent)


async def leave_out(connection: AsyncConnection, chosen: Select[Any]) -> int:
    """Remove those of the `chosen` ids that still wait, and tell how many: an entry of one that comes to a worker finds no run."""
    waiting = delete(runs).where(runs.c.id.in_(chosen), runs.c.state == RunState.WAITING)
    return (await connection.execute(waiting)).rowcount


async def request(db: Database, workspace: str, requested: RunRequest, *, traceparent: str = "") -> RunRow:
    """A run beyond the first ones. `revision` 0 means the newest. Raises NotFound, Gone."""
    locked = (
        select(conversations.c.revision)
        .where(conversations.c.id == requested.conversation_id)
        .with_for_update(key_share=True)
    )
    async with db.transaction(workspace) as connection:
        newest = await connection.scalar(locked)
        if newest is None:
            raise await tombstones.absence(connection, requested.conversation_id)
        return await enqueue(
            connection, workspace, replace(requested, revision=requested.revision or newest), traceparent
        )


async def begin(
    db: Database, run_id: str, *, entry_id: str, lost_lease: bool = False, crash: str | None = None
) -> Begun:
    """Take up a delivered run: `working`, unless it is done, dead, gone or carried by another entry. Adopts `entry_id` if it has none.

    `lost_lease`: its last worker vanished (counted on its own, higher limit). `crash`: its last worker died of this while it held the
    run ("SIGKILL", "exit 1"); that is an attempt.
    """
    counted = {"crashes": int(crash is not None), "losses": int(lost_lease), "why": _why(crash)}
    async with db.transaction_of_run(run_id) as connection:
        row = (await connection.execute(_BEGIN, {"run": run_id, "entry": entry_id, **counted})).one_or_none()
        if row is None:
            return await _why_not(connection, run_id)
        run = run_of(row)
        if run.state is RunState.DEAD:
            await _announce_death(connection, run)
            return Begun(Start.DEAD)
        return Begun(Start.WORK, run)


def _why(crash: str | None) -> str:
    """What a run is told to have died of, should this delivery be one too many."""
    if crash is not None:
        return error_text(Code.WORKER_CRASHED, f"the worker died of {crash}")
    return error_text(Code.LEASES_LOST, "its workers vanished, one after the other")


async def _why_not(connection: AsyncConnection, run_id: str) -> Begun:
    row = (await connection.execute(_RUN, {"run": run_id})).one_or_none()
    if row is None:
        return Begun(Start.GONE)
    run = run_of(row)
    if run.state is RunState.DONE:
        return Begun(Start.DONE, next=await successors(connection, run))
    return Begun(Start.DEAD if run.state is RunState.DEAD else Start.ELSEWHERE)


async def successors(connection: AsyncConnection, run: RunRow) -> tuple[RunRow, ...]:
    """The runs that follow this one and that no entry carries yet."""
    if run.step is not Step.TRANSCRIBE:
        return ()
    statement = select(runs).where(
        runs.c.conversation_id == run.conversation_id,
        runs.c.revision == run.revision,
        runs.c.step == Step.EVALUATE,
        runs.c.recipe == run.recipe,
        runs.c.reason == run.reason,
        runs.c.state == RunState.WAITING,
        runs.c.entry_id.is_(None),
    )
    return tuple(run_of(row) for row in await connection.execute(statement))


async def fail(db: Database, run_id: str, code: Code, detail: str, *, fatal: bool = False) -> RunRow | None:
    """Count an attempt: back to `waiting`, or `dead` past the limit or when it is `fatal` (then `conversation.dead` is sent).

    The row as it is now; a run that is done or dead stays as it is. None when it is gone.
    """
    async with db.transaction_of_run(run_id) as connection:
        parameters = {"run": run_id, "fatal": fatal, "why": error_text(code, detail)}
        row = (await connection.execute(_FAIL, parameters)).one_or_none()
        if row is None:
            row = (await connection.execute(_RUN, {"run": run_id})).one_or_none()
            return run_of(row) if row is not None else None
        run = run_of(row)
        if run.state is RunState.DEAD:
            await _announce_death(connection, run)
        return run


def error_text(code: Code, detail: str) -> str:
    """How `last_error` is written."""
    return f"{code.value}: {detail}"[:MAX_ERROR_CHARS]


async def _announce_death(connection: AsyncConnection, run: RunRow) -> None:
    """Of a dry run nobody outside hears: its conversation was judged before."""
    if run.dry_run is not None:
        return
    external_id = await connection.scalar(
        select(conversations.c.external_id).where(conversations.c.id == run.conversation_id)
    )
    data = EventData(
        workspace=run.workspace,
        conversation_id=run.conversation_id,
        external_id=external_id,
        run_id=run.id,
        error=(run.last_error or "").partition(":")[0],
    )
    # A run that is resent can die again: each death is an event of its own.
    await outbox.add(connection, "conversation.dead", f"evt_{new_id()}", data, traceparent=run.traceparent)


async def resend(
    db: Database, workspace: str, run_id: str, *, traceparent: str = "", current_recipe: str | None = None
) -> RunRow:
    """A dead run waits again with its counts at zero and no entry; publish it. Raises NotFound, NotDead.

    One whose recipe could not be had any more gets the `current_recipe`.
    """
    gone = runs.c.last_error.like(f"{Code.RECIPE_UNAVAILABLE.value}:%")
    statement = (
        update(runs)
        .where(runs.c.id == run_id, runs.c.state == RunState.DEAD)
        .values(
            state=RunState.WAITING,
            attempts=0,
            lost_leases=0,
            recipe=runs.c.recipe if current_recipe is None else case((gone, current_recipe), else_=runs.c.recipe),
            entry_id=None,
            traceparent=traceparent,
            updated_at=func.now(),
        )
        .returning(runs)
    )
    async with db.transaction(workspace) as connection:
        try:
            row = (await connection.execute(statement)).one_or_none()
        except IntegrityError:
            raise NotDead(f"run {run_id} was made again under the current recipe", action="Look at that run.") from None
        if row is not None:
            return run_of(row)
        if await connection.scalar(select(runs.c.id).where(runs.c.id == run_id)) is None:
            raise NotFound(f"no run {run_id}")
        raise NotDead(f"run {run_id} is not dead", action="Only dead runs are resent; ask for its state.")


async def set_entry(db: Database, run_id: str, expected: str | None, entry_id: str | None) -> bool:
    """Compare-and-set of the run's entry. True when the row named `expected`, or `entry_id` already; False: the entry is superfluous.

    Without an entry the run waits again, whoever worked on it.
    """
    given = (storable(run_id), expected, entry_id)
    try:
        return bool(await db.call(_SET_ENTRY, *given))
    except StoreUnavailable:  # a lost connection says nothing of the commit; the same again is fine
        return bool(await db.call(_SET_ENTRY, *given))


async def record_entries(db: Database, workspace: str, entries: Sequence[tuple[str, str]]) -> None:
    """Compare-and-set of the entries of runs that had none, by (run, entry). One that a worker took up meanwhile has its entry already."""
    async with db.transaction(workspace) as connection:
        ids, names = [run for run, _ in entries], [entry for _, entry in entries]
        await connection.execute(_RECORD_ENTRIES, {"runs": ids, "entries": names})


async def complete(connection: AsyncConnection, run: RunRow) -> Completed | None:
    """Lock the conversation, then set the run `done`. None when somebody was first. Raises DeletedMeanwhile."""
    row = (await connection.execute(_COMPLETE, {"conversation": run.conversation_id, "run": run.id})).one_or_none()
    if row is not None:
        return Completed(row.external_id)
    if await connection.scalar(select(runs.c.id).where(runs.c.id == run.id)) is None:
        raise DeletedMeanwhile(f"conversation {run.conversation_id} was deleted")
    return None
