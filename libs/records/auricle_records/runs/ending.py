"""How a run becomes `done`: only inside the transaction that writes its result (see `results`)."""

from dataclasses import dataclass

from auricle_contracts import RunState
from sqlalchemy import bindparam, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from auricle_records.errors import DeletedMeanwhile
from auricle_records.runs.rows import RunRow
from auricle_records.tables import conversations, runs


@dataclass(frozen=True, slots=True)
class Ended:
    """A run that has just become `done`, and what its conversation is called outside."""

    external_id: str | None


# The conversation comes first, as in every transaction that locks both; a deletion holds it and then takes its runs.
_LOCKED = (
    select(conversations.c.id, conversations.c.external_id)
    .where(conversations.c.id == bindparam("conversation"))
    .with_for_update(key_share=True)
    .subquery()
)
_FINISH = (
    update(runs)
    .where(runs.c.id == bindparam("run"), runs.c.conversation_id == _LOCKED.c.id)
    .where(runs.c.state.in_((RunState.WAITING, RunState.WORKING)))
    .values(state=RunState.DONE, last_error=None, updated_at=func.now())
    .returning(_LOCKED.c.external_id)
)


async def finish(connection: AsyncConnection, run: RunRow) -> Ended | None:
    """Lock the conversation, then set the run `done`. None when somebody was first. Raises DeletedMeanwhile."""
    row = (await connection.execute(_FINISH, {"conversation": run.conversation_id, "run": run.id})).one_or_none()
    if row is not None:
        return Ended(row.external_id)
    if await connection.scalar(select(runs.c.id).where(runs.c.id == run.id)) is None:
        raise DeletedMeanwhile(f"conversation {run.conversation_id} was deleted")
    return None
