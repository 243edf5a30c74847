"""Recordings, e-mails and edited sheets by the page: each file is passed on to the gateway, and each says what became of it."""

import base64
import binascii
import hashlib
from collections.abc import AsyncIterator
from pathlib import PurePath
from typing import Annotated

from fastapi import APIRouter, File, Form, Request, UploadFile
from starlette.responses import RedirectResponse, Response

from auricle_console.drawing import page
from auricle_console.errors import GatewaySaid
from auricle_console.gateway import Gateway
from auricle_console.routes.callers import OwnForm, PartsOf, SessionOf
from auricle_console.views.uploads import SHEET, Sent, media_type_of

router = APIRouter()
MOST_FILES = 20
CHUNK_BYTES = 1 << 20
MOST_LOOKED_AT = 4 << 20
"""Bytes of a sheet that is looked at first: it comes back with the page, to be written by a click."""


@router.get("/upload")
async def show_upload(request: Request, _: SessionOf) -> Response:
    """The form alone."""
    return _drawn(request)


@router.post("/upload")
async def upload(
    request: Request,
    session: OwnForm,
    parts: PartsOf,
    files: Annotated[list[UploadFile], File(max_length=MOST_FILES)],
    look: Annotated[bool, Form()] = False,
) -> Response:
    """One after another; what is refused stops nothing. Sent twice, a file is one conversation. With `look` sheets are only looked at."""
    gateway = parts.gateway(session.key)
    take = _looked_at if look else _passed_on
    sent = tuple([await take(gateway, one) for one in files if one.filename])
    return _drawn(request, sent=sent)


@router.post("/upload/sheet")
async def write_sheet(
    request: Request,
    session: OwnForm,
    parts: PartsOf,
    sheet: Annotated[str, Form(max_length=2 * MOST_LOOKED_AT)],
    name: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """The sheet that was looked at, written."""
    try:
        raw = base64.b64decode(sheet, validate=True)
        sent = Sent(name, labels=await parts.gateway(session.key).import_labels(raw))
    except binascii.Error:
        sent = Sent(name, fault="invalid_request")
    except GatewaySaid as error:
        sent = Sent(name, fault=error.said_code)
    return _drawn(request, sent=(sent,))


@router.get("/upload/sheet")
async def back() -> Response:
    """The address of a form's answer, loaded again."""
    return RedirectResponse("/upload", status_code=303)


def _drawn(request: Request, *, sent: tuple[Sent, ...] = ()) -> Response:
    return page(request, "upload.html", sent=sent, most=MOST_FILES)


async def _passed_on(gateway: Gateway, file: UploadFile) -> Sent:
    name = PurePath((file.filename or "").replace("\\", "/")).name[:200]
    media_type = media_type_of(name)
    if not media_type:
        return Sent(name, fault="unsupported_media_type")
    try:
        if media_type == SHEET:
            return Sent(name, labels=await gateway.import_labels(_chunks(file)))
        view = await gateway.hand_in(name, media_type, _chunks(file), await _digest(file))
    except GatewaySaid as error:
        return Sent(name, fault=error.said_code)
    return Sent(name, conversation=view.id)


async def _looked_at(gateway: Gateway, file: UploadFile) -> Sent:
    """What a sheet would write. Other files are left alone."""
    name = PurePath((file.filename or "").replace("\\", "/")).name[:200]
    if media_type_of(name) != SHEET:
        return Sent(name, fault="only_sheets")
    raw = await file.read(MOST_LOOKED_AT + 1)
    if len(raw) > MOST_LOOKED_AT:
        return Sent(name, fault="too_large_to_look")
    try:
        return Sent(name, labels=await gateway.import_labels(raw, dry_run=True), sheet=base64.b64encode(raw).decode())
    except GatewaySaid as error:
        return Sent(name, fault=error.said_code)


async def _digest(file: UploadFile) -> str:
    """Of the whole file: the key by which the gateway knows it again."""
    digest = hashlib.sha256()
    async for chunk in _chunks(file):
        digest.update(chunk)
    await file.seek(0)
    return digest.hexdigest()


async def _chunks(file: UploadFile) -> AsyncIterator[bytes]:
    while chunk := await file.read(CHUNK_BYTES):
        yield chunk
