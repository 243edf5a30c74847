"""Recordings sent ahead of their conversation: straight to S3 by a presigned form, or to us under a signed URL."""

from collections.abc import AsyncIterator
from typing import Annotated

from auricle_records import uploads
from auricle_records.uploads import Upload
from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from auricle_gateway.access.callers import Ingester
from auricle_gateway.errors import BodyMissing, BodyTooLarge, LengthMismatch, Unauthenticated
from auricle_gateway.parts import Parts, PartsOf
from auricle_gateway.rest import bodies, problem_docs
from auricle_gateway.uploads.replies import UploadIn, UploadView

router = APIRouter(tags=["uploads"])


@router.post(
    "/uploads",
    status_code=201,
    summary="Reserve an upload",
    responses=problem_docs.of(413, 415, 507),
    openapi_extra=problem_docs.json_body(UploadIn, {"size_bytes": 480_044}),
)
async def post_upload(request: Request, parts: PartsOf, caller: Ingester) -> UploadView:
    """Bound to this workspace, good for one recording and for a few minutes."""
    wanted = await bodies.read_json(request, UploadIn, bodies.SMALL_BYTES)
    limit = parts.limits.recording_bytes
    if wanted.size_bytes is not None and wanted.size_bytes > limit:
        raise BodyTooLarge(f"a recording may have {limit} bytes")
    await parts.storage_quota.check(caller.workspace)
    seconds = parts.limits.upload_seconds
    upload = await uploads.create(parts.db, caller.workspace, max_bytes=wanted.size_bytes or limit, expires_s=seconds)
    return await _view(parts, caller.workspace, upload, seconds)


async def _view(parts: Parts, workspace: str, upload: Upload, seconds: int) -> UploadView:
    form = await parts.store.presign_post(upload.blob_key, max_bytes=upload.max_bytes, expires_s=seconds)
    url = form.url if form else parts.signer.url(workspace, upload.id, int(upload.expires_at.timestamp()))
    return UploadView(
        id=upload.id,
        url=url,
        method="POST" if form else "PUT",
        fields=dict(form.fields) if form else {},
        max_bytes=upload.max_bytes,
        expires_at=upload.expires_at,
    )


@router.put(
    "/uploads/{upload_id}",
    status_code=204,
    summary="Upload under a signed URL",
    responses=problem_docs.of(404, 413),
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
async def put_upload(
    upload_id: str,
    request: Request,
    parts: PartsOf,
    workspace: Annotated[str, Query(max_length=256)],
    expires: Annotated[int, Query(ge=0, le=1 << 40)],
    signature: Annotated[str, Query(max_length=128)],
) -> Response:
    """The URL is the permission; no key goes with it."""
    if not parts.signer.is_valid(workspace, upload_id, expires, signature):
        raise Unauthenticated
    upload = await uploads.get(parts.db, workspace, upload_id)
    stored = await parts.store.put(upload.blob_key, _exact(request, upload, parts.limits.recording_bytes))
    if stored.size == 0:
        await parts.store.delete(upload.blob_key)
        raise BodyMissing("the recording is empty")
    return Response(status_code=204)


async def _exact(request: Request, upload: Upload, limit: int) -> AsyncIterator[bytes]:
    """The body; one that ends too early, where a size was announced, leaves nothing behind."""
    size = 0
    async for chunk in bodies.limited(request, upload.max_bytes).stream():
        size += len(chunk)
        yield chunk
    if size and upload.max_bytes < limit and size != upload.max_bytes:
        raise LengthMismatch(f"{upload.max_bytes} bytes were announced, {size} came")
