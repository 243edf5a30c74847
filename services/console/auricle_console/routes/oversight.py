"""Human oversight: the disclosure that people at work read, and the record with its files for who answers for the system."""

from datetime import datetime
from typing import Annotated, Literal

from auricle_contracts import Scope
from auricle_contracts.oversight import OversightEntryKind
from fastapi import APIRouter, Form, Request
from pydantic import StringConstraints
from starlette.responses import RedirectResponse, Response

from auricle_console.drawing import page
from auricle_console.errors import GatewaySaid
from auricle_console.gateway import Gateway
from auricle_console.routes.callers import (
    GatewayOf,
    OwnForm,
    PartsOf,
    SessionOf,
    WordsOf,
    chosen,
    period_told,
    periods,
    within,
)
from auricle_console.routes.streaming import passed_on
from auricle_console.sessions import Session
from auricle_console.views import oversight as views
from auricle_console.views.appeals import titles_of
from auricle_console.wording import LANGUAGES, Wording, wording

router = APIRouter()
RECORD = "/settings/oversight"
FILTERS = ("since", "until")
PASSED_ON = ("content-type", "content-length", "content-disposition")
Long = Annotated[str, StringConstraints(max_length=40_000), Form()]
Short = Annotated[str, StringConstraints(max_length=32), Form()]


@router.get("/disclosure")
async def show_disclosure(request: Request, session: SessionOf, gateway: GatewayOf) -> Response:
    """What people at work are told; the button says that it was read."""
    return page(request, "disclosure.html", own=await gateway.disclosure(), reads=bool(session.person), refused=None)


@router.post("/disclosure/acknowledgement")
async def acknowledge(
    request: Request, session: OwnForm, parts: PartsOf, version: Annotated[int, Form(ge=1)]
) -> Response:
    """On to the own page; another version by now is shown instead."""
    gateway = parts.gateway(session.key)
    try:
        await gateway.acknowledge_disclosure(version)
    except GatewaySaid as error:
        own = await gateway.disclosure()
        return page(request, "disclosure.html", status=error.said_status, own=own, reads=True, refused=error)
    return RedirectResponse("/me" if session.may(Scope.APPEAL) else "/disclosure", status_code=303)


@router.get("/disclosure/acknowledgement")
async def back() -> Response:
    """The address of a form's answer, loaded again."""
    return RedirectResponse("/disclosure", status_code=303)


@router.get(RECORD)
async def show_record(request: Request, session: SessionOf, gateway: GatewayOf, words: WordsOf) -> Response:
    """Of a year, or of the days that were chosen."""
    return await _drawn(request, session, gateway, words)


@router.post(RECORD)
async def write(
    request: Request,
    session: OwnForm,
    parts: PartsOf,
    words: WordsOf,
    kind: Annotated[Literal["disclosure", "responsible", "incident"], Form()],
    text: Long = "",
    ru: Long = "",
    en: Long = "",
    day: Short = "",
) -> Response:
    """The disclosure's next version, who answers, or an incident; what is refused comes back as it was typed."""
    gateway = parts.gateway(session.key)
    try:
        if kind == "disclosure":
            await gateway.write_disclosure({"ru": _lines(ru), "en": _lines(en)})
        else:
            happened = within({"since": day}, words)["since"] if day else datetime.now(words.zone).isoformat()
            await gateway.enter_oversight({"kind": kind, "text": _lines(text), "happened_at": happened})
    except GatewaySaid as error:
        typed = {"kind": kind, "text": text, "ru": ru, "en": en, "day": day}
        return await _drawn(request, session, gateway, words, refused=error, typed=typed)
    return RedirectResponse(f"{RECORD}#{kind}", status_code=303)


@router.get(RECORD + "/export")
async def export(
    request: Request,
    _: SessionOf,
    gateway: GatewayOf,
    words: WordsOf,
    format: Literal["xlsx", "jsonl"] = "xlsx",  # noqa: A002
) -> Response:
    """The record as a file; that it was exported is a line of the log."""
    asked = within(chosen(request, FILTERS), words) | {"format": format, "language": words.language}
    return await passed_on(gateway.oversight_export(asked), PASSED_ON)


def _lines(typed: str) -> str:
    return typed.replace("\r\n", "\n").strip()


async def _drawn(
    request: Request,
    session: Session,
    gateway: Gateway,
    words: Wording,
    *,
    refused: GatewaySaid | None = None,
    typed: dict[str, str] | None = None,
) -> Response:
    if not session.may(Scope.AUDIT):
        return page(request, "oversight.html", found=None)
    asked = chosen(request, FILTERS)
    found = await gateway.oversight(within(asked, words))
    disclosure = found.disclosure
    texts = (
        {"ru": disclosure.ru, "en": disclosure.en}
        if disclosure
        else {one: wording(one)(views.DRAFT) for one in LANGUAGES}
    )
    return page(
        request,
        "oversight.html",
        status=refused.said_status if refused else 200,
        found=found,
        rows=views.shown(found, titles_of(await gateway.error_classes(), words.language), words),
        months=views.months(found, words),
        writes=session.may(Scope.REVIEW),
        kinds=tuple(OversightEntryKind),
        texts=texts,
        typed=typed or {},
        refused=refused,
        chosen=asked,
        periods=periods(words),
        period=period_told(asked, words, "oversight.a_year"),
    )
