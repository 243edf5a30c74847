"""A conversation with where its blobs lie: what a worker needs for its run, and the gateway for serving bytes. One query."""

from dataclasses import dataclass
from typing import Any

from auricle_contracts import Channel, ConversationState, Direction, MetadataValue, Participant
from auricle_kit.errors import AuricleError
from sqlalchemy import Integer, Row, bindparam, func, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from auricle_records import tombstones
from auricle_records.conversations.places import Body
from auricle_records.database import Database
from auricle_records.errors import DeletedMeanwhile, NotFound, StillReceiving
from auricle_records.runs.rows import RunRow
from auricle_records.tables import conversations, revisions, transcripts


@dataclass(frozen=True, slots=True)
class Source:
    """The conversation and the body of one revision. `transcript_key` is None until the asr step has heard it; for turns it is the body."""

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


async def load_source(db: Database, run: RunRow) -> Source:
    """Of a run: its revision, and its transcript, of its own recipe where there is one. Raises DeletedMeanwhile."""
    async with db.transaction(run.workspace) as connection:
        row = await _one(connection, run.conversation_id, run.revision, run.recipe)
    if row is None:
        raise DeletedMeanwhile(f"conversation {run.conversation_id} was deleted")
    return _source(row)


async def source_of(db: Database, workspace: str, conversation_id: str, *, revision: int | None = None) -> Source:
    """Of a stored revision (None: the newest), with its newest transcript. Raises NotFound, Gone, StillReceiving."""
    async with db.transaction(workspace) as connection:
        row = await _one(connection, conversation_id, revision, "")
        if row is None:
            raise await _why_none(connection, conversation_id)
    return _source(row)


_HEARD = (
    select(transcripts.c.blob_key, transcripts.c.peaks_key)
    .where(transcripts.c.conversation_id == revisions.c.conversation_id, transcripts.c.revision == revisions.c.revision)
    .order_by((transcripts.c.recipe == bindparam("recipe")).desc(), transcripts.c.run_id.desc())
    .limit(1)
    .lateral("heard")
)
_ONE = (
    select(conversations, revisions, _HEARD.c.blob_key.label("transcript_key"), _HEARD.c.peaks_key)
    .join(revisions, revisions.c.conversation_id == conversations.c.id)
    .outerjoin(_HEARD, true())
    .where(conversations.c.id == bindparam("conversation"), revisions.c.state == ConversationState.STORED)
    .where(revisions.c.revision == func.coalesce(bindparam("number", type_=Integer), conversations.c.revision))
)


async def _one(connection: AsyncConnection, conversation_id: str, revision: int | None, recipe: str) -> Row[Any] | None:
    return (
        await connection.execute(_ONE, {"conversation": conversation_id, "number": revision, "recipe": recipe})
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
    body = Body(row.kind, row.blob_key, row.media_type, row.size_bytes, row.sha256)
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
    )
