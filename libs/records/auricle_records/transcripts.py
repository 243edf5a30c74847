"""What the asr step heard. Writes the table `transcripts`, for asr."""

from dataclasses import dataclass

from auricle_contracts import Transcript
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from auricle_records.runs.models import RunRow
from auricle_records.tables import transcripts


@dataclass(frozen=True, slots=True)
class Heard:
    """A transcript that lies in the blob store under `blob_key`, and what decoding found out about the recording."""

    transcript: Transcript
    blob_key: str
    peaks_key: str | None = None
    duration_ms: int | None = None
    declared_duration_ms: int | None = None
    tracks: int | None = None
    sample_rate_hz: int | None = None
    flags: tuple[str, ...] = ()


async def add(connection: AsyncConnection, run: RunRow, heard: Heard) -> None:
    """Write the row of a run that has just become `done`."""
    transcript = heard.transcript
    values = {
        "workspace_id": run.workspace,
        "run_id": run.id,
        "conversation_id": run.conversation_id,
        "revision": run.revision,
        "recipe": run.recipe,
        "blob_key": heard.blob_key,
        "peaks_key": heard.peaks_key,
        "language": transcript.language,
        "engine": transcript.engine,
        "demo_weights": transcript.demo_weights,
        "turns": len(transcript.turns),
        "duration_ms": heard.duration_ms if heard.duration_ms is not None else transcript.duration_ms,
        "declared_duration_ms": heard.declared_duration_ms,
        "tracks": heard.tracks,
        "sample_rate_hz": heard.sample_rate_hz,
        "flags": list(dict.fromkeys((*heard.flags, *transcript.flags))),
    }
    await connection.execute(insert(transcripts), values)
