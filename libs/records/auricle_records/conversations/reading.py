"""Conversations as the API shows them: one, or pages of many."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from auricle_contracts import ConversationView
from auricle_kit.errors import InvalidRequest
from sqlalchemy import BindParameter, Select, bindparam, literal, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from auricle_records import tombstones
from auricle_records.conversations.filters import Filters
from auricle_records.conversations.views import SHOWN, view_of
from auricle_records.database import Database
from auricle_records.naming import named_keys
from auricle_records.runs.reading import of_conversations
from auricle_records.runs.rows import RunRow
from auricle_records.storable import Moment, Words
from auricle_records.tables import conversations

# Made once: SQLAlchemy takes 95 µs to tell a new statement of this size from others, as much as to run it (measured 2026-11).
_ONE = SHOWN.where(conversations.c.id == bindparam("wanted", type_=conversations.c.id.type))


@dataclass(frozen=True, slots=True)
class Page:
    """Newest first. `cursor` asks for the next page; None on the last."""

    items: tuple[ConversationView, ...]
    cursor: str | None


async def get(db: Database, workspace: str, conversation_id: str) -> ConversationView:
    """With its recording and the runs of all revisions. Raises NotFound, Gone."""
    async with db.transaction(workspace) as connection:
        return await shown(connection, conversation_id)


async def shown(
    connection: AsyncConnection, conversation_id: str, runs: Sequence[RunRow] | None = None
) -> ConversationView:
    """As `get`, inside of a transaction. `runs`: all of them, where the caller knows that."""
    row = (await connection.execute(_ONE, {"wanted": conversation_id})).one_or_none()
    if row is None:
        raise await tombstones.absence(connection, conversation_id)
    if runs is None:
        runs = (await of_conversations(connection, [conversation_id]))[conversation_id]
    return view_of(row, runs)


async def find(db: Database, workspace: str, source: str, external_id: str) -> str | None:
    """The id of the conversation that a source knows by its own id."""
    async with db.transaction(workspace) as connection:
        known = select(conversations.c.id).filter_by(source=source, external_id=external_id)
        found: str | None = await connection.scalar(known)
        return found


async def page(
    db: Database, workspace: str, filters: Filters | None = None, *, cursor: str | None = None, limit: int = 50
) -> Page:
    """Raises InvalidRequest for a cursor that we did not make."""
    key = (conversations.c.happened_at, conversations.c.id)
    statement = SHOWN.order_by(*(column.desc() for column in key)).limit(limit + 1)
    statement = statement.where(*(filters or Filters()).conditions())
    if cursor is not None:
        statement = statement.where(tuple_(*key) < tuple_(*_read_cursor(cursor)))
    async with db.transaction(workspace) as connection:
        items = await _views(connection, statement)
    more = len(items) > limit
    return Page(items[:limit], _write_cursor(items[limit - 1]) if more else None)


async def blob_keys(db: Database, workspace: str, conversation_id: str) -> Sequence[str]:
    """Every key that a row of this conversation names; whatever else lies under its prefix is an orphan once no run is at work."""
    async with db.transaction(workspace) as connection:
        return await named_keys(connection, conversation_id)


async def _views(connection: AsyncConnection, statement: Select[Any]) -> tuple[ConversationView, ...]:
    rows = (await connection.execute(statement)).all()
    runs = await of_conversations(connection, [row.id for row in rows]) if rows else {}
    return tuple(view_of(row, runs[row.id]) for row in rows)


def _write_cursor(last: ConversationView) -> str:
    happened_at = last.started_at or last.created_at
    return base64.urlsafe_b64encode(json.dumps([happened_at.isoformat(), last.id]).encode()).decode()


def _read_cursor(cursor: str) -> tuple[BindParameter[datetime], BindParameter[str]]:
    try:
        happened_at, conversation_id = json.loads(base64.urlsafe_b64decode(cursor.encode()))
        return literal(datetime.fromisoformat(happened_at), Moment), literal(str(conversation_id), Words)
    except (ValueError, TypeError, RecursionError, binascii.Error) as error:
        raise InvalidRequest(
            "the cursor is not one of ours", action="Use the cursor of the page before, or none."
        ) from error
