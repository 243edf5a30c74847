"""What a workspace chooses (masking, compression, retention, webhooks), and the log of who did what."""

from collections.abc import Mapping
from typing import Annotated, get_args

from auricle_contracts import CompressionSettings, Level, Scope
from auricle_contracts.masking import MaskingSettings, PersonalKind
from auricle_contracts.webhooks import EventType
from fastapi import APIRouter, Form, Request
from pydantic import StringConstraints
from starlette.responses import RedirectResponse, Response

from auricle_console.drawing import page
from auricle_console.errors import GatewaySaid
from auricle_console.gateway import Gateway
from auricle_console.replies import NewWebhook
from auricle_console.routes.callers import GatewayOf, OwnForm, PartsOf, SessionOf, chosen
from auricle_console.routes.streaming import passed_on

router = APIRouter()
EVENTS: tuple[str, ...] = get_args(EventType)
REFUSED = 422
PASSED_ON = ("content-type", "content-length")
Address = Annotated[str, StringConstraints(max_length=2048, strip_whitespace=True), Form()]


@router.get("/settings")
async def show_settings(request: Request, session: SessionOf, gateway: GatewayOf) -> Response:
    """Everything that holds now."""
    if not session.may(Scope.OPERATE):
        return page(request, "settings.html", allowed=False, saved="")
    return await _drawn(request, gateway, saved=request.query_params.get("saved", "")[:32])


@router.post("/settings/masking")
async def choose_masking(
    session: OwnForm,
    parts: PartsOf,
    kinds: Annotated[tuple[PersonalKind, ...], Form()] = (),
    where: Annotated[tuple[str, ...], Form(max_length=8)] = (),
) -> Response:
    """Holds for what is read, exported and prompted from now on."""
    places = {name: name in where for name in ("prompts", "exports", "views", "recordings")}
    await parts.gateway(session.key).choose_masking(MaskingSettings(kinds=kinds, **places))
    return RedirectResponse("/settings?saved=masking", status_code=303)


@router.post("/settings/compression")
async def choose_compression(session: OwnForm, parts: PartsOf, deepest: Annotated[Level, Form()]) -> Response:
    """Holds for conversations that come in from now on."""
    await parts.gateway(session.key).choose_compression(CompressionSettings(deepest=deepest))
    return RedirectResponse("/settings?saved=compression", status_code=303)


@router.post("/settings/vocabulary")
async def choose_vocabulary(
    request: Request, session: OwnForm, parts: PartsOf, terms: Annotated[str, Form(max_length=20_000)] = ""
) -> Response:
    """A term a line; what is refused comes back as it was typed."""
    gateway = parts.gateway(session.key)
    said = [row.strip() for row in terms.splitlines() if row.strip()]
    try:
        await gateway.choose_vocabulary(said)
    except GatewaySaid as error:
        return await _drawn(request, gateway, typed="\n".join(said), wrong=error)
    return RedirectResponse("/settings?saved=vocabulary", status_code=303)


@router.post("/settings/retention")
async def choose_retention(
    request: Request,
    session: OwnForm,
    parts: PartsOf,
    days: Annotated[str, Form(max_length=8)] = "",
    confirmed: Annotated[str, Form(max_length=8)] = "",
) -> Response:
    """Empty keeps everything. What would delete something is told first, with how much, and asked again."""
    gateway = parts.gateway(session.key)
    said = days.strip()
    wanted = int(said) if said.isascii() and said.isdigit() else None
    if said and not wanted:
        return await _drawn(request, gateway, days=said, days_wrong=True)
    try:
        older = (await gateway.retention(said)).older if wanted else 0
        if older and confirmed != said:
            return await _drawn(request, gateway, days=said, older=older)
        await gateway.choose_retention(wanted)
    except GatewaySaid as error:
        if error.said_status != REFUSED:
            raise
        return await _drawn(request, gateway, days=said, days_wrong=True)
    return RedirectResponse("/settings?saved=retention", status_code=303)


@router.post("/settings/webhooks")
async def add_webhook(
    request: Request,
    session: OwnForm,
    parts: PartsOf,
    url: Address = "",
    events: Annotated[tuple[str, ...], Form(max_length=len(EVENTS))] = (),
) -> Response:
    """The answer shows the secret, this once; an address that is refused comes back in its field."""
    gateway = parts.gateway(session.key)
    try:
        added = await gateway.add_webhook(url, events)
    except GatewaySaid as error:
        refused = {"url": url, "code": error.said_code, "detail": error.detail}
        return await _drawn(request, gateway, refused=refused)
    return await _drawn(request, gateway, added=added)


@router.post("/settings/webhooks/{webhook}/remove")
async def remove_webhook(webhook: str, session: OwnForm, parts: PartsOf) -> Response:
    """With its unsent events."""
    await parts.gateway(session.key).remove_webhook(webhook)
    return RedirectResponse("/settings?saved=webhooks", status_code=303)


@router.get("/settings/retention")
@router.get("/settings/vocabulary")
@router.get("/settings/webhooks")
async def back() -> Response:
    """The address of a form's answer, loaded again."""
    return RedirectResponse("/settings", status_code=303)


@router.get("/settings/audit")
async def show_audit(request: Request, session: SessionOf, gateway: GatewayOf) -> Response:
    """Newest first, to the first line."""
    asked = chosen(request, ("search", "cursor"))
    found = await gateway.audit(asked) if session.may(Scope.AUDIT) else None
    return page(request, "audit.html", found=found, chosen=asked)


@router.get("/settings/audit/export")
async def export_audit(request: Request, _: SessionOf, gateway: GatewayOf) -> Response:
    """The whole of what the search leaves, as CSV; that it was exported is a line as well."""
    return await passed_on(gateway.audit_export(chosen(request, ("search",))), (*PASSED_ON, "content-disposition"))


async def _drawn(
    request: Request,
    gateway: Gateway,
    *,
    saved: str = "",
    added: NewWebhook | None = None,
    refused: Mapping[str, str] | None = None,
    typed: str = "",
    wrong: GatewaySaid | None = None,
    days: str = "",
    older: int = 0,
    days_wrong: bool = False,
) -> Response:
    vocabulary = await gateway.vocabulary()
    return page(
        request,
        "settings.html",
        status=REFUSED if refused or wrong or days_wrong else 200,
        allowed=True,
        masking=await gateway.masking(),
        retention=await gateway.retention(),
        days=days,
        older=older,
        days_wrong=days_wrong,
        compression=await gateway.compression(),
        webhooks=await gateway.webhooks(),
        kinds=tuple(PersonalKind),
        levels=tuple(Level),
        events=EVENTS,
        saved=saved,
        added=added,
        refused=refused,
        vocabulary=vocabulary,
        terms=typed or "\n".join(vocabulary.terms),
        wrong=wrong,
    )
