"""Labelled dialogues into the golden set by the page: a file is looked at first, its columns are chosen, and it is written by a click."""

import asyncio
import base64
import binascii
from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated

from auricle_kit.errors import InvalidRequest
from fastapi import APIRouter, File, Request, UploadFile
from starlette.datastructures import FormData
from starlette.responses import Response

from auricle_console.drawing import page
from auricle_console.errors import GatewaySaid
from auricle_console.gateway import Gateway
from auricle_console.golden_set import GoldenImport, GoldenSet
from auricle_console.routes.callers import GatewayOf, OwnForm, PartsOf, SessionOf
from auricle_console.routes.golden import LIST, may_settle
from auricle_console.sessions import Session
from auricle_console.views.golden_import import FIELDS, Draft, columns_of, guessed, read_sheet

router = APIRouter()
IMPORT = LIST + "/import"
MOST_BYTES = 4 << 20
"""Of a file: it comes back with the page, to be written by a click. Larger ones go by the command."""
MOST_FIELD = 20_000
ZIP_MAGIC = b"PK"


@router.get(IMPORT)
async def show_import(request: Request, session: SessionOf, gateway: GatewayOf) -> Response:
    """The form alone."""
    return await _drawn(request, session, gateway)


@router.post(IMPORT)
async def look(request: Request, session: OwnForm, parts: PartsOf, file: Annotated[UploadFile, File()]) -> Response:
    """What a file would bring; of a workbook as far as the titles of its columns tell."""
    raw = await file.read(MOST_BYTES + 1)
    gateway, name = parts.gateway(session.key), (file.filename or "")[:200]
    if len(raw) > MOST_BYTES:
        return await _drawn(request, session, gateway, Draft(name), fault="too_large_to_look")
    return await _looked(request, session, gateway, raw, name, {}, dry_run=True)


@router.post(IMPORT + "/columns")
async def look_again(request: Request, session: OwnForm, parts: PartsOf) -> Response:
    """The same file with columns as they were chosen, looked at or, by the other button, written."""
    form = await request.form()
    said = {name: _field(form, name) for name in FIELDS}
    gateway, name = parts.gateway(session.key), _field(form, "name")
    try:
        raw = base64.b64decode(_field(form, "body", 2 * MOST_BYTES), validate=True)
    except binascii.Error:
        return await _drawn(request, session, gateway, Draft(name), fault="invalid_request")
    return await _looked(request, session, gateway, raw, name, said, dry_run=_field(form, "does") != "write")


@router.get(IMPORT + "/columns")
async def back(request: Request, session: SessionOf, gateway: GatewayOf) -> Response:
    """The address of a form's answer, loaded again: the form alone."""
    return await _drawn(request, session, gateway)


async def _looked(
    request: Request,
    session: Session,
    gateway: Gateway,
    raw: bytes,
    name: str,
    said: Mapping[str, str],
    *,
    dry_run: bool,
) -> Response:
    draft = Draft(name, base64.b64encode(raw).decode())
    try:
        if raw.startswith(ZIP_MAGIC):
            sheet = await asyncio.to_thread(read_sheet, raw, said.get("sheet", ""))
            form = said if said.get("sheet") == sheet.name else guessed(sheet, await _classes(gateway))
            draft = replace(draft, sheet=sheet, form=form)
        if draft.lacking:
            return await _drawn(request, session, gateway, draft)
        columns = columns_of(draft.form) if draft.sheet else None
        result = await GoldenSet(gateway).bring(raw, columns, dry_run=dry_run)
    except InvalidRequest as error:
        return await _drawn(request, session, gateway, Draft(name), fault=error.code, detail=error.detail)
    except GatewaySaid as error:
        return await _drawn(request, session, gateway, draft, fault=error.said_code, detail=error.detail)
    return await _drawn(request, session, gateway, draft, result=result)


async def _drawn(
    request: Request,
    session: Session,
    gateway: Gateway,
    draft: Draft | None = None,
    *,
    result: GoldenImport | None = None,
    fault: str = "",
    detail: str = "",
) -> Response:
    settings = await GoldenSet(gateway).settings() if may_settle(session) else None
    return page(
        request,
        "golden_import.html",
        settings=settings,
        draft=draft or Draft(),
        result=result,
        fault=fault,
        detail=detail,
    )


async def _classes(gateway: Gateway) -> dict[str, str]:
    """By title in either language, and by id: analysts write any of them."""
    return {said: one.id for one in await gateway.error_classes() for said in (*one.title.values(), one.id)}


def _field(form: FormData, name: str, most: int = MOST_FIELD) -> str:
    found = form.get(name, "")
    return found[:most].strip() if isinstance(found, str) else ""
