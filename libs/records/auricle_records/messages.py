"""What agents wrote, masked, the newest of each agent. Writes `agent_messages`; a deleted conversation's go with it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import BigInteger, all_, any_, bindparam, delete, insert, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncConnection

from auricle_records.database import Database
from auricle_records.runs.models import RunRow
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


async def replace(connection: AsyncConnection, run: RunRow, messages: Sequence[AgentMessage]) -> None:
    """The conversation's messages instead of those of an evaluation before."""
    await connection.execute(_FORGET, {"conversation": run.conversation_id})
    if not messages:
        return
    own = {"workspace_id": run.workspace, "conversation_id": run.conversation_id}
    rows = [{**own, "agent": one.agent, "text": one.text, "terms": list(one.terms)} for one in messages]
    await connection.execute(insert(agent_messages), rows)


async def trim(db: Database, workspace: str, agent: str, keep: int) -> None:
    """Of an agent the newest `keep` stay. Reads as many index entries, so it is no part of anybody's commit."""
    whose = agent_messages.c.agent == agent
    last = select(agent_messages.c.id).where(whose).order_by(agent_messages.c.id.desc()).offset(keep).limit(1)
    async with db.transaction(workspace) as connection:
        await connection.execute(delete(agent_messages).where(whose, agent_messages.c.id <= last.scalar_subquery()))


async def terms_after(
    db: Database, workspace: str, agent: str, after: int, *, but: Sequence[int] = (), limit: int
) -> list[tuple[int, Sequence[int]]]:
    """Ids and terms of an agent's messages with a larger id, without those named, the newest first."""
    asked = {"agent": agent, "after": after, "but": list(but), "limit": limit}
    async with db.transaction(workspace) as connection:
        return [(row.id, row.terms) for row in (await connection.execute(_TERMS_AFTER, asked)).all()]


async def kept(db: Database, workspace: str, ids: Iterable[int], *, before: str) -> dict[int, Kept]:
    """Those that are still there, of conversations that came in before this one."""
    async with db.transaction(workspace) as connection:
        rows = (await connection.execute(_KEPT, {"ids": list(ids), "before": before})).all()
    return {row.id: Kept(row.id, row.conversation_id, row.text) for row in rows}


_FORGET = delete(agent_messages).where(agent_messages.c.conversation_id == bindparam("conversation"))
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
