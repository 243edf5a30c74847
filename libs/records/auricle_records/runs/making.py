"""New runs: the first of a stored body, the next of a committed result, and one that a person or a new recipe asks for."""

from dataclasses import asdict, dataclass, replace

from auricle_contracts import Priority, RunState, Step
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from auricle_records import tombstones
from auricle_records.database import Database
from auricle_records.ids import new_id
from auricle_records.runs.rows import RunRow, run_of
from auricle_records.tables import conversations, runs

_ADD = insert(runs).on_conflict_do_nothing().returning(runs)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a run is to do. Two wishes that differ in priority only are the same run."""

    conversation_id: str
    revision: int
    step: Step
    recipe: str
    reason: str
    priority: Priority


async def add(connection: AsyncConnection, workspace: str, wanted: Wanted, traceparent: str) -> RunRow:
    """A waiting run that no entry carries yet; the caller holds the conversation's lock. The same wish again gives the same run."""
    values = {
        **asdict(wanted),
        "workspace_id": workspace,
        "id": new_id(),
        "state": RunState.WAITING,
        "traceparent": traceparent,
    }
    row = (await connection.execute(_ADD, values)).one_or_none()
    if row is None:
        wish = {name: value for name, value in asdict(wanted).items() if name != "priority"}
        row = (await connection.execute(select(runs).filter_by(**wish))).one()
    return run_of(row)


async def follow(connection: AsyncConnection, run: RunRow, step: Step, traceparent: str) -> RunRow:
    """The run after this one: same revision, recipe, reason and priority."""
    wanted = Wanted(run.conversation_id, run.revision, step, run.recipe, run.reason, run.priority)
    return await add(connection, run.workspace, wanted, traceparent)


async def request(db: Database, workspace: str, wanted: Wanted, *, traceparent: str = "") -> RunRow:
    """A run beyond the first ones. `revision` 0 means the newest. Raises NotFound, Gone."""
    locked = (
        select(conversations.c.revision)
        .where(conversations.c.id == wanted.conversation_id)
        .with_for_update(key_share=True)
    )
    async with db.transaction(workspace) as connection:
        newest = await connection.scalar(locked)
        if newest is None:
            raise await tombstones.absence(connection, wanted.conversation_id)
        return await add(connection, workspace, replace(wanted, revision=wanted.revision or newest), traceparent)
