"""The recording itself, piece by piece as a player asks for it, and the peaks that draw its waveform."""

from dataclasses import dataclass
from typing import Annotated

from auricle_contracts import Recording
from auricle_kit.errors import NotFound
from auricle_records import conversations, masking, paths
from auricle_records.errors import BlobMissing
from fastapi import APIRouter, Query, Request
from fastapi.responses import Response, StreamingResponse

from auricle_gateway.access.callers import Reader
from auricle_gateway.media import seeking
from auricle_gateway.parts import Parts, PartsOf
from auricle_gateway.redaction.audio import Redaction
from auricle_gateway.rest import problem_docs, ranges
from auricle_gateway.results.stored import load_transcript, not_ready

router = APIRouter(tags=["recordings"])
Masked = Annotated[bool, Query(description="WAV with a tone over everything personal.")]
Seekable = Annotated[
    bool, Query(description="WAV as well where a player would not find a place by its time (MP3, AAC, AMR).")
]
AUDIO = {"audio/*": {"schema": {"type": "string", "format": "binary"}}}


@router.get(
    "/conversations/{conversation_id}/recording",
    summary="Its recording",
    response_class=StreamingResponse,
    responses=problem_docs.of(404, 409, 410, 416)
    | {
        200: {"description": "The whole recording.", "content": AUDIO},
        206: {"description": "One range of it.", "content": AUDIO},
    },
)
@router.head("/conversations/{conversation_id}/recording", include_in_schema=False)
async def get_recording(
    conversation_id: str,
    request: Request,
    parts: PartsOf,
    caller: Reader,
    *,
    masked: Masked = False,
    seekable: Seekable = False,
) -> Response:
    """As received for keys with `unmask` (audited), for others as WAV with tones, unless the workspace chose otherwise.

    One byte range a request is honoured, as players ask for it.
    """
    recording = await _recording(parts, caller.workspace, conversation_id)
    key = paths.recording(caller.workspace, conversation_id)
    if masked or await parts.privacy.hides_recording(caller, conversation_id):
        redaction = await _redaction(parts, caller.workspace, conversation_id, recording)
        blob = await _made(parts, caller.workspace, conversation_id, redaction)
    elif seekable and not await seeking.is_exact(parts.store, key, recording.size_bytes):
        blob = await _made(parts, caller.workspace, conversation_id, Redaction.nothing(recording.sha256))
    else:
        blob = Blob(key, recording.size_bytes, recording.media_type, recording.sha256, "private, max-age=3600")
    return _ranged(request, parts, blob)


@dataclass(frozen=True)
class Blob:
    """What is played: as received, or redacted."""

    key: str
    size: int
    media_type: str
    sha256: str
    cache_control: str


def _ranged(request: Request, parts: Parts, blob: Blob) -> Response:
    headers = _headers(blob)
    whole = request.headers.get("if-range", headers["ETag"]) != headers["ETag"]
    part = None if whole else ranges.parse(request.headers.get("range"), blob.size)
    start, end = (part.start, part.end) if part else (0, blob.size)
    headers["Content-Length"] = str(end - start)
    if part:
        headers["Content-Range"] = part.content_range(blob.size)
    status = 206 if part else 200
    if request.method == "HEAD":
        return Response(status_code=status, headers=headers, media_type=blob.media_type)
    chunks = parts.store.read(blob.key, start, end)
    return StreamingResponse(chunks, status_code=status, headers=headers, media_type=blob.media_type)


async def _made(parts: Parts, workspace: str, conversation_id: str, redaction: Redaction) -> Blob:
    """A tone over everything that it hides, made where it is not there yet. Its ETag changes with what is hidden."""
    size = await parts.redacted_audio.size(workspace, conversation_id, redaction)
    key = redaction.key(workspace, conversation_id)
    return Blob(key, size, "audio/wav", redaction.digest, "no-store")


async def _redaction(parts: Parts, workspace: str, conversation_id: str, recording: Recording) -> Redaction:
    """What is hidden now, from the word times (409 until there are any); asked again within seconds, what was hidden then."""
    chosen = await masking.settings(parts.db, workspace)
    named = (workspace, conversation_id, recording.sha256, chosen.model_dump_json())
    redaction = parts.redacted_audio.known(*named)
    if redaction is None:
        transcript = await load_transcript(parts, workspace, conversation_id)
        redaction = Redaction.of(await parts.privacy.mask(workspace, transcript, chosen), recording.sha256)
        parts.redacted_audio.remember(redaction, *named)
    return redaction


async def _recording(parts: Parts, workspace: str, conversation_id: str) -> Recording:
    view = await conversations.get(parts.db, workspace, conversation_id)
    if view.recording is None:
        if view.progress == "receiving":
            raise await not_ready(parts, workspace, conversation_id, "recording")
        raise NotFound("this conversation has no recording")
    return view.recording


def _headers(blob: Blob) -> dict[str, str]:
    """It is the caller's bytes under the caller's type: no browser may take it for a page of ours."""
    return {
        "Accept-Ranges": "bytes",
        "ETag": f'"{blob.sha256}"',
        "Cache-Control": blob.cache_control,
        "Content-Disposition": 'inline; filename="recording"',
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
    }


@router.get(
    "/conversations/{conversation_id}/recording/peaks",
    summary="Its waveform",
    response_class=Response,
    responses=problem_docs.of(404, 409, 410)
    | {200: {"description": "As the asr step wrote it.", "content": {"application/json": {}}}},
)
async def get_peaks(conversation_id: str, parts: PartsOf, caller: Reader) -> Response:
    """Peaks by track and time step. 409 until the recording was decoded."""
    await _recording(parts, caller.workspace, conversation_id)
    try:
        body = await parts.store.get_bytes(paths.peaks(caller.workspace, conversation_id))
    except BlobMissing:
        raise await not_ready(parts, caller.workspace, conversation_id, "waveform") from None
    return Response(body, media_type="application/json")
