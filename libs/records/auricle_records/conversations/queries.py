"""Conversations read: as the API shows them, one or pages of many; with where their blobs lie; those that retention no longer keeps."""

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from auricle_contracts import (
    Channel,
    ConversationState,
    ConversationSummary,
    ConversationView,
    Direction,
    MetadataValue,
    Participant,
    Recording,
    TextMatches,
)
from auricle_kit.errors import AuricleError, InvalidRequest
from sqlalchemy import BindParameter, Column, Integer, Row, Select, and_, bindparam, func, literal, select, true, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from auricle_records import tombstones, transcript_texts
from auricle_records.conversations import summaries
from auricle_records.conversations.filters import PROGRESS, Filters
from auricle_records.conversations.models import Body
from auricle_records.database import Database, seconds
from auricle_records.errors import DeletedMeanwhile, NotFound, StillReceiving
from auricle_records.runs.models import RunRow
from auricle_records.runs.queries import of_conversations
from auricle_records.runs.upkeep import named_keys
from auricle_records.storable import Moment, Words
from auricle_records.tables import bodies, conversations, revisions, transcripts, workspaces

_transcript = (
    select(transcripts)
    .where(transcripts.c.conversation_id == conversations.c.id, transcripts.c.revision == conversations.c.revision)
    .order_by(transcripts.c.run_id.desc())
    .limit(1)
    .lateral("heard")
)
_newest_body = and_(revisions.c.conversation_id == conversations.c.id, revisions.c.revision == conversations.c.revision)
SHOWN = (
    select(
        conversations,
        PROGRESS.label("progress"),
        revisions.c.kind,
        revisions.c.blob_key,
        revisions.c.media_type,
        revisions.c.size_bytes,
        revisions.c.sha256,
        _transcript.c.blob_key.label("transcript_key"),
        _transcript.c.peaks_key,
        _transcript.c.language.label("heard_language"),
        _transcript.c.duration_ms,
        _transcript.c.declared_duration_ms,
        _transcript.c.tracks,
        _transcript.c.sample_rate_hz,
        _transcript.c.flags,
    )
    .outerjoin(revisions, _newest_body)
    .outerjoin(_transcript, true())
)
"""A conversation with its newest revision's body and what was heard in it."""


def view_of(row: Row[Any], runs: Sequence[RunRow]) -> ConversationView:
    """From a row of SHOWN and the conversation's runs."""
    return ConversationView(
        id=row.id,
        workspace=row.workspace_id,
        channel=row.channel,
        source=row.source,
        external_id=row.external_id,
        direction=row.direction,
        line=row.line,
        language=row.language or row.heard_language,
        state=row.state,
        revision=row.revision,
        participants=tuple(Participant.model_validate(participant) for participant in row.participants),
        metadata=row.metadata,
        recording=_recording(row) if row.kind == "recording" else None,
        runs=tuple(run.view() for run in runs),
        progress=row.progress,
        started_at=row.started_at,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def _recording(row: Row[Any]) -> Recording:
    return Recording(
        media_type=row.media_type,
        size_bytes=row.size_bytes,
        sha256=row.sha256,
        duration_ms=row.duration_ms,
        declared_duration_ms=row.declared_duration_ms,
        tracks=row.tracks,
        sample_rate_hz=row.sample_rate_hz,
        flags=tuple(row.flags or ()),
    )


# Made once: SQLAlchemy takes 95 µs to tell a new statement of this size from others, as much as to run it (measured 2026-11).
_SHOWN_BY_ID = SHOWN.where(conversations.c.id == bindparam("wanted", type_=conversations.c.id.type))


class Order(StrEnum):
    """How a list is ordered: by when it happened, or by when it came in."""

    NEWEST = "newest"
    OLDEST = "oldest"
    ADDED = "added"


_BY: Mapping[Order, Column[datetime]] = {
    Order.NEWEST: conversations.c.happened_at,
    Order.OLDEST: conversations.c.happened_at,
    Order.ADDED: conversations.c.created_at,
}


@dataclass(frozen=True, slots=True)
class Page:
    """In the order that was asked for. `cursor` asks for the next page; None on the last. `summaries` and `matches` are by conversation."""

    items: tuple[ConversationView, ...]
    cursor: str | None
    summaries: Mapping[str, ConversationSummary] = field(default_factory=dict)
    matches: Mapping[str, TextMatches] = field(default_factory=dict)


async def get(db: Database, workspace: str, conversation_id: str) -> ConversationView:
    """With its recording and the runs of all revisions. Raises NotFound, Gone."""
    async with db.transaction(workspace) as connection:
        return await shown(connection, conversation_id)


async def shown(
    connection: AsyncConnection, conversation_id: str, runs: Sequence[RunRow] | None = None
) -> ConversationView:
    """As `get`, inside of a transaction. `runs`: all of them, where the caller knows that."""
    row = (await connection.execute(_SHOWN_BY_ID, {"wanted": conversation_id})).one_or_none()
    if row is None:
        raise await tombstones.absence(connection, conversation_id)
    if runs is None:
        runs = (await of_conversations(connection, [conversation_id]))[conversation_id]
    return view_of(row, runs)


async def views(connection: AsyncConnection, conversation_ids: Sequence[str]) -> dict[str, ConversationView]:
    """Those of them that are there, by id, inside of a transaction."""
    found = await _views(connection, SHOWN.where(conversations.c.id.in_(conversation_ids)))
    return {view.id: view for view in found}


async def find(db: Database, workspace: str, source: str, external_id: str) -> str | None:
    """The id of the conversation that a source knows by its own id."""
    async with db.transaction(workspace) as connection:
        known = select(conversations.c.id).filter_by(source=source, external_id=external_id)
        found: str | None = await connection.scalar(known)
        return found


async def page(
    db: Database,
    workspace: str,
    filters: Filters | None = None,
    *,
    order: Order = Order.NEWEST,
    cursor: str | None = None,
    limit: int = 50,
    with_summaries: bool = False,
    with_matches: bool = True,
) -> Page:
    """Two statements; with summaries one more, and one more where a text is searched for.

    Raises InvalidRequest for a cursor that we did not make, or of another order.
    """
    wanted = filters or Filters()
    key = (_BY[order], conversations.c.id)
    directed = [column.asc() if order is Order.OLDEST else column.desc() for column in key]
    statement = SHOWN.where(*wanted.conditions()).order_by(*directed).limit(limit + 1)
    if cursor is not None:
        last = tuple_(*_read_cursor(cursor, order))
        statement = statement.where(tuple_(*key) > last if order is Order.OLDEST else tuple_(*key) < last)
    async with db.transaction(workspace) as connection:
        found = await _views(connection, statement)
        items = found[:limit]
        ids = [view.id for view in items]
        summed = await summaries.of(connection, ids) if with_summaries and ids else {}
        said = (
            await transcript_texts.matches(connection, ids, wanted.text) if wanted.text and with_matches and ids else {}
        )
    return Page(items, _write_cursor(items[-1], order) if len(found) > limit else None, summed, said)


async def blob_keys(db: Database, workspace: str, conversation_id: str) -> Sequence[str]:
    """Every key that a row of this conversation names; whatever else lies under its prefix is an orphan once no run is at work."""
    async with db.transaction(workspace) as connection:
        return await named_keys(connection, conversation_id)


async def _views(connection: AsyncConnection, statement: Select[Any]) -> tuple[ConversationView, ...]:
    rows = (await connection.execute(statement)).all()
    runs = await of_conversations(connection, [row.id for row in rows]) if rows else {}
    return tuple(view_of(row, runs[row.id]) for row in rows)


def _write_cursor(last: ConversationView, order: Order) -> str:
    moment = last.created_at if order is Order.ADDED else last.started_at or last.created_at
    return base64.urlsafe_b64encode(json.dumps([moment.isoformat(), last.id, order]).encode()).decode()


def _read_cursor(cursor: str, order: Order) -> tuple[BindParameter[datetime], BindParameter[str]]:
    try:
        moment, conversation_id, *of = json.loads(base64.urlsafe_b64decode(cursor.encode()))
        if of and of != [order]:
            raise ValueError("a cursor of another order")
        return literal(datetime.fromisoformat(moment), Moment), literal(str(conversation_id), Words)
    except (ValueError, TypeError, RecursionError, binascii.Error) as error:
        raise InvalidRequest(
            "the cursor is not one of ours, or of another order", action="Use the cursor of the page before, or none."
        ) from error


@dataclass(frozen=True, slots=True)
class Source:
    """The conversation and the body of one revision. `transcript_key` is None until the asr step has heard it; for turns it is
    the body's, or `inline` is the body itself where no blob holds it.
    """

    conversation_id: str
    revision: int
    channel: Channel
    direction: Direction
    external_id: str | None
    line: str | None
    language: str | None
    participants: tuple[Participant, ...]
    metadata: dict[str, MetadataValue]
    body: Body
    transcript_key: str | None
    peaks_key: str | None
    inline: bytes | None = None


async def load_source(db: Database, run: RunRow) -> Source:
    """Of a run: its revision, and its transcript, of its own recipe where there is one. Raises DeletedMeanwhile."""
    async with db.transaction(run.workspace) as connection:
        row = await _source_row(connection, run.conversation_id, run.revision, run.recipe)
    if row is None:
        raise DeletedMeanwhile(f"conversation {run.conversation_id} was deleted")
    return _source(row)


async def source_of(db: Database, workspace: str, conversation_id: str, *, revision: int | None = None) -> Source:
    """Of a stored revision (None: the newest), with its newest transcript. Raises NotFound, Gone, StillReceiving."""
    async with db.transaction(workspace) as connection:
        row = await _source_row(connection, conversation_id, revision, "")
        if row is None:
            raise await _why_none(connection, conversation_id)
    return _source(row)


_TRANSCRIPT_OF_RECIPE = (
    select(transcripts.c.blob_key, transcripts.c.peaks_key)
    .where(transcripts.c.conversation_id == revisions.c.conversation_id, transcripts.c.revision == revisions.c.revision)
    .order_by((transcripts.c.recipe == bindparam("recipe")).desc(), transcripts.c.run_id.desc())
    .limit(1)
    .lateral("heard")
)
_SOURCE = (
    select(
        conversations,
        revisions,
        bodies.c.body,
        _TRANSCRIPT_OF_RECIPE.c.blob_key.label("transcript_key"),
        _TRANSCRIPT_OF_RECIPE.c.peaks_key,
    )
    .join(revisions, revisions.c.conversation_id == conversations.c.id)
    .outerjoin(
        bodies,
        and_(bodies.c.conversation_id == revisions.c.conversation_id, bodies.c.revision == revisions.c.revision),
    )
    .outerjoin(_TRANSCRIPT_OF_RECIPE, true())
    .where(conversations.c.id == bindparam("conversation"), revisions.c.state == ConversationState.STORED)
    .where(revisions.c.revision == func.coalesce(bindparam("number", type_=Integer), conversations.c.revision))
)


async def _source_row(
    connection: AsyncConnection, conversation_id: str, revision: int | None, recipe: str
) -> Row[Any] | None:
    return (
        await connection.execute(_SOURCE, {"conversation": conversation_id, "number": revision, "recipe": recipe})
    ).one_or_none()


async def _why_none(connection: AsyncConnection, conversation_id: str) -> AuricleError:
    state = await connection.scalar(select(conversations.c.state).where(conversations.c.id == conversation_id))
    if state is None:
        return await tombstones.absence(connection, conversation_id)
    if state == ConversationState.RECEIVING:
        return StillReceiving(f"conversation {conversation_id} is still received")
    return NotFound(f"conversation {conversation_id} has no such revision")


def _source(row: Row[Any]) -> Source:
    columns = row._mapping  # noqa: SLF001 (SQLAlchemy's public name for it)
    body = Body(row.kind, row.blob_key or "", row.media_type, row.size_bytes, row.sha256)
    return Source(
        conversation_id=row.id,
        revision=columns[revisions.c.revision],
        channel=Channel(row.channel),
        direction=Direction(row.direction),
        external_id=row.external_id,
        line=row.line,
        language=row.language,
        participants=tuple(Participant.model_validate(participant) for participant in row.participants),
        metadata=row.metadata,
        body=body,
        transcript_key=row.blob_key if row.kind == "turns" else row.transcript_key,
        peaks_key=row.peaks_key,
        inline=row.body,
    )


_DAY_S = 86_400.0


async def expired(db: Database, workspace: str, *, limit: int = 100) -> list[str]:
    """Ids of conversations that came in before the workspace's `retention_days`, oldest first; none without the setting. Delete each."""
    kept_since = func.now() - workspaces.c.retention_days * seconds(_DAY_S)
    statement = (
        select(conversations.c.id)
        .join(workspaces, workspaces.c.workspace_id == conversations.c.workspace_id)
        .where(workspaces.c.retention_days.is_not(None), conversations.c.created_at < kept_since)
        .order_by(conversations.c.created_at)
        .limit(limit)
    )
    async with db.transaction(workspace) as connection:
        return list((await connection.scalars(statement)).all())
