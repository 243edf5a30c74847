"""The recording itself, piece by piece as a player asks for it, and the peaks that draw its waveform."""

import hashlib
from typing import Annotated

from auricle_contracts import Recording
from auricle_kit.errors import NotFound
from auricle_masking import Mask, hidden_ms
from auricle_records import conversations, masking, paths
from auricle_records.errors import BlobMissing
from fastapi import APIRouter, Query, Request
from fastapi.responses import FileResponse, Response, StreamingResponse
from starlette.background import BackgroundTask

from auricle_gateway import masked_sound, problem_docs, ranges
from auricle_gateway.callers import Reader
from auricle_gateway.parts import Parts, PartsOf
from auricle_gateway.routes.results import load_transcript, not_ready

router = APIRouter(tags=["recordings"])
Masked = Annotated[bool, Query(description="WAV with a tone over everything personal.")]
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
    conversation_id: str, request: Request, parts: PartsOf, caller: Reader, *, masked: Masked = False
) -> Response:
    """As received for keys with `unmask` (audited), for others as WAV with tones, unless the workspace chose otherwise.

    One byte range a request is honoured, as players ask for it.
    """
    recording = await _recording(parts, caller.workspace, conversation_id)
    if masked or await parts.privacy.hides_recording(caller, conversation_id):
        return await _masked(parts, caller.workspace, conversation_id, recording)
    headers = _headers(recording)
    whole = request.headers.get("if-range", headers["ETag"]) != headers["ETag"]
    part = None if whole else ranges.parse(request.headers.get("range"), recording.size_bytes)
    start, end = (part.start, part.end) if part else (0, recording.size_bytes)
    headers["Content-Length"] = str(end - start)
    if part:
        headers["Content-Range"] = part.content_range(recording.size_bytes)
    status = 206 if part else 200
    if request.method == "HEAD":
        return Response(status_code=status, headers=headers, media_type=recording.media_type)
    chunks = parts.store.read(paths.recording(caller.workspace, conversation_id), start, end)
    return StreamingResponse(chunks, status_code=status, headers=headers, media_type=recording.media_type)


async def _masked(parts: Parts, workspace: str, conversation_id: str, recording: Recording) -> Response:
    """A tone over everything personal, from the word times; 409 until there are any."""
    transcript = await load_transcript(parts, workspace, conversation_id)
    hidden = await parts.privacy.mask(workspace, transcript, await masking.settings(parts.db, workspace))
    key = paths.recording(workspace, conversation_id)
    async with parts.privacy.decoders:
        sound = await masked_sound.make(parts.store, key, recording.size_bytes, hidden)
    headers = _headers(recording) | {"Cache-Control": "no-store", "ETag": _masked_etag(recording, hidden)}
    done = BackgroundTask(sound.folder.cleanup)
    return FileResponse(sound.path, media_type="audio/wav", headers=headers, background=done)


def _masked_etag(recording: Recording, hidden: Mask) -> str:
    """The same for the same tones: a player that asks for ranges must be told when what is hidden has changed in between."""
    spans = [(span.start, span.end) for span in hidden_ms(hidden)]
    return f'"{hashlib.sha256(f"{recording.sha256} {spans}".encode()).hexdigest()}"'


async def _recording(parts: Parts, workspace: str, conversation_id: str) -> Recording:
    view = await conversations.get(parts.db, workspace, conversation_id)
    if view.recording is None:
        if view.progress == "receiving":
            raise await not_ready(parts, workspace, conversation_id, "recording")
        raise NotFound("this conversation has no recording")
    return view.recording


def _headers(recording: Recording) -> dict[str, str]:
    """It is the caller's bytes under the caller's type: no browser may take it for a page of ours."""
    return {
        "Accept-Ranges": "bytes",
        "ETag": f'"{recording.sha256}"',
        "Cache-Control": "private, max-age=3600",
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
