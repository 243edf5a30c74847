"""What agents wrote, masked, the newest of each agent. Writes `agent_messages`; a deleted conversation's go with it."""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from sqlalchemy import BigInteger, all_, any_, bindparam, delete, insert, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection

from auricle_records.database import Database
from auricle_records.runs.rows import RunRow
from auricle_records.tables import agent_messages


@dataclass(frozen=True, slots=True)
class AgentMessage:
    """A message to keep; `agent` is the caller's reference, `terms` are what the index knows of it."""

    agent: str
    text: str
    terms: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """A message that is still kept."""

    id: int
    conversation_id: str
    text: str


async def replace(connection: AsyncConnection, run: RunRow, messages: Sequence[AgentMessage], *, keep: int) -> None:
    """The conversation's messages instead of those of an evaluation before; of each agent the newest `keep` stay."""
    mine = agent_messages.c.conversation_id == run.conversation_id
    await connection.execute(delete(agent_messages).where(mine))
    if not messages:
        return
    own = {"workspace_id": run.workspace, "conversation_id": run.conversation_id}
    rows = [{**own, "agent": one.agent, "text": one.text, "terms": list(one.terms)} for one in messages]
    await connection.execute(insert(agent_messages), rows)
    for agent in sorted({one.agent for one in messages}):
        await _trim(connection, agent, keep)


async def _trim(connection: AsyncConnection, agent: str, keep: int) -> None:
    whose = agent_messages.c.agent == agent
    last = select(agent_messages.c.id).where(whose).order_by(agent_messages.c.id.desc()).offset(keep).limit(1)
    await connection.execute(delete(agent_messages).where(whose, agent_messages.c.id <= last.scalar_subquery()))


@dataclass(frozen=True, slots=True)
class Shelf:
    """What is kept, read in one transaction."""

    connection: AsyncConnection

    async def terms_after(
        self, agent: str, after: int, *, but: Sequence[int] = (), limit: int
    ) -> list[tuple[int, Sequence[int]]]:
        """Ids and terms of an agent's messages with a larger id, without those named, the newest first."""
        asked = {"agent": agent, "after": after, "but": list(but), "limit": limit}
        return [(row.id, row.terms) for row in (await self.connection.execute(_TERMS_AFTER, asked)).all()]

    async def kept(self, ids: Iterable[int], *, before: str) -> dict[int, Kept]:
        """Those that are still there, of conversations that came in before this one."""
        rows = (await self.connection.execute(_KEPT, {"ids": list(ids), "before": before})).all()
        return {row.id: Kept(row.id, row.conversation_id, row.text) for row in rows}


@asynccontextmanager
async def shelf(db: Database, workspace: str) -> AsyncIterator[Shelf]:
    """The workspace's messages."""
    async with db.transaction(workspace) as connection:
        yield Shelf(connection)


_TERMS_AFTER = (
    select(agent_messages.c.id, agent_messages.c.terms)
    .where(agent_messages.c.agent == bindparam("agent"), agent_messages.c.id > bindparam("after"))
    .where(agent_messages.c.id != all_(bindparam("but", type_=ARRAY(BigInteger))))
    .order_by(agent_messages.c.id.desc())
    .limit(bindparam("limit"))
)
_KEPT = select(agent_messages.c.id, agent_messages.c.conversation_id, agent_messages.c.text).where(
    agent_messages.c.id == any_(bindparam("ids", type_=ARRAY(BigInteger))),
    agent_messages.c.conversation_id < bindparam("before"),
)
