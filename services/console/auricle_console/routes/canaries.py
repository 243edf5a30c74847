"""A version on a share of live traffic by the page: started, followed, changed and ended."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from auricle_console.drawing import page
from auricle_console.errors import GatewaySaid
from auricle_console.routes.artefacts import LIST, Reason, drawn
from auricle_console.routes.callers import GatewayOf, OwnForm, PartsOf, SessionOf, WordsOf
from auricle_console.views.canaries import canary_page

router = APIRouter()
Share = Annotated[int, Form(ge=0, le=50)]


@router.post(LIST + "/{artefact}/canaries")
async def start_canary(
    request: Request, artefact: str, session: OwnForm, parts: PartsOf, words: WordsOf, share: Share, reason: Reason = ""
) -> Response:
    """What is refused is said on the version's page."""
    gateway = parts.gateway(session.key)
    try:
        await gateway.start_canary(artefact, share, reason)
    except GatewaySaid as error:
        return await drawn(request, session, gateway, words, artefact, refused=error, said={"reason": reason})
    return RedirectResponse(f"{_address(artefact)}#canary", status_code=303)


@router.get(LIST + "/{artefact}/canaries")
async def back(artefact: str) -> Response:
    """The address of a form's answer, loaded again."""
    return RedirectResponse(_address(artefact), status_code=303)


@router.get(LIST + "/{artefact}/canaries/{canary}")
async def show_canary(
    request: Request,
    artefact: str,
    canary: str,
    session: SessionOf,  # noqa: ARG001 - signed in
    gateway: GatewayOf,
    words: WordsOf,
) -> Response:
    """What differs between the two groups so far."""
    report = await gateway.canary(canary)
    version = await gateway.artefact(artefact)
    return page(request, "canary.html", one=version, shown=canary_page(report, words), refused=None)


@router.post(LIST + "/{artefact}/canaries/{canary}")
async def change_canary(
    request: Request,
    artefact: str,
    canary: str,
    session: OwnForm,
    parts: PartsOf,
    words: WordsOf,
    reason: Reason = "",
    share: Annotated[int | None, Form(ge=0, le=50)] = None,
) -> Response:
    """Another share; without one it ends."""
    gateway = parts.gateway(session.key)
    try:
        await gateway.change_canary(canary, share, reason)
    except GatewaySaid as error:
        report, version = await gateway.canary(canary), await gateway.artefact(artefact)
        shown = canary_page(report, words)
        return page(request, "canary.html", status=error.said_status, one=version, shown=shown, refused=error)
    return RedirectResponse(f"{_address(artefact)}/canaries/{quote(canary, safe='')}", status_code=303)


def _address(artefact: str) -> str:
    return f"{LIST}/{quote(artefact, safe='')}"
