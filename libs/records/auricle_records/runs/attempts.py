"""The counting of attempts: begin, fail, resend. One statement each where all goes well."""

from auricle_contracts import Code, EventData, RunState, Step
from sqlalchemy import Boolean, Integer, bindparam, case, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from auricle_records import outbox
from auricle_records.database import Database
from auricle_records.errors import NotDead, NotFound
from auricle_records.ids import new_id
from auricle_records.runs.rows import Begun, RunRow, Start, run_of
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


async def resend(db: Database, workspace: str, run_id: str, *, traceparent: str = "") -> RunRow:
    """A dead run waits again with its counts at zero and no entry; publish it. Raises NotFound, NotDead."""
    statement = (
        update(runs)
        .where(runs.c.id == run_id, runs.c.state == RunState.DEAD)
        .values(
            state=RunState.WAITING,
            attempts=0,
            lost_leases=0,
            entry_id=None,
            traceparent=traceparent,
            updated_at=func.now(),
        )
        .returning(runs)
    )
    async with db.transaction(workspace) as connection:
        row = (await connection.execute(statement)).one_or_none()
        if row is not None:
            return run_of(row)
        if await connection.scalar(select(runs.c.id).where(runs.c.id == run_id)) is None:
            raise NotFound(f"no run {run_id}")
        raise NotDead(f"run {run_id} is not dead", action="Only dead runs are resent; ask for its state.")
