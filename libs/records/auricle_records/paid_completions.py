"""Completions that were paid for in attempts that did not end well, by the hash of what was asked: nobody pays twice for an answer."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import bindparam, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from auricle_records.database import Database
from auricle_records.runs.models import RunRow
from auricle_records.tables import conversations, paid_completions

Body = Mapping[str, Any]
MINE = paid_completions.c
# Built once: building a statement costs more than running it.
_OF_RUN = (MINE.conversation_id == bindparam("conversation")) & (MINE.revision == bindparam("of_revision"))
_LOAD = select(MINE.request, MINE.body).where(_OF_RUN)
_FORGET = delete(paid_completions).where(_OF_RUN)


async def load(db: Database, run: RunRow) -> dict[str, Body]:
    """Of the run's conversation and revision, by request."""
    async with db.transaction(run.workspace) as connection:
        return {row.request: row.body for row in await connection.execute(_LOAD, _named(run))}


async def keep(db: Database, run: RunRow, completions: Mapping[str, Body]) -> None:
    """Keep these; those that are kept already stay. Nothing of a conversation that was deleted meanwhile."""
    if not completions:
        return
    known = {"workspace_id": run.workspace, "conversation_id": run.conversation_id, "revision": run.revision}
    rows = [{**known, "request": request, "body": dict(body)} for request, body in completions.items()]
    alive = select(func.count()).select_from(conversations).where(conversations.c.id == run.conversation_id)
    async with db.transaction(run.workspace) as connection:
        if await connection.scalar(alive):
            await connection.execute(insert(paid_completions).on_conflict_do_nothing(), rows)


async def forget(connection: AsyncConnection, run: RunRow) -> None:
    """In the transaction that ends the run well."""
    await connection.execute(_FORGET, _named(run))


def _named(run: RunRow) -> dict[str, Any]:
    return {"conversation": run.conversation_id, "of_revision": run.revision}
