"""A worker that died between its blob and its commit leaves a blob that no row names. keeper removes it, here it learns where and when.

A run is `untidy` once a try at it did not end well. Its conversation is tidied when nobody works at it, under locks that keep everybody
from beginning to: what is listed then and not named is an orphan.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from auricle_contracts import ConversationState, RunState
from sqlalchemy import exists, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from auricle_records.database import Database
from auricle_records.naming import named_keys
from auricle_records.tables import conversations, revisions, runs

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
