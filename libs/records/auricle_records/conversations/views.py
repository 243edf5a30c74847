"""From rows to what the API shows."""

from collections.abc import Sequence
from typing import Any

from auricle_contracts import ConversationView, Participant, Recording
from sqlalchemy import Row, and_, select, true

from auricle_records.conversations.filters import PROGRESS
from auricle_records.runs.rows import RunRow
from auricle_records.tables import conversations, revisions, transcripts

_heard = (
    select(transcripts)
    .where(transcripts.c.conversation_id == conversations.c.id, transcripts.c.revision == conversations.c.revision)
    .order_by(transcripts.c.run_id.desc())
    .limit(1)
    .lateral("heard")
)
_body = and_(revisions.c.conversation_id == conversations.c.id, revisions.c.revision == conversations.c.revision)
SHOWN = (
    select(
        conversations,
        PROGRESS.label("progress"),
        revisions.c.kind,
        revisions.c.blob_key,
        revisions.c.media_type,
        revisions.c.size_bytes,
        revisions.c.sha256,
        _heard.c.blob_key.label("transcript_key"),
        _heard.c.peaks_key,
        _heard.c.language.label("heard_language"),
        _heard.c.duration_ms,
        _heard.c.declared_duration_ms,
        _heard.c.tracks,
        _heard.c.sample_rate_hz,
        _heard.c.flags,
    )
    .outerjoin(revisions, _body)
    .outerjoin(_heard, true())
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
