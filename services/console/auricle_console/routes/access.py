"""What opens the door: API keys of the workspace, and sessions that are open."""

from typing import Annotated

from auricle_contracts import Scope
from fastapi import APIRouter, Form, Request
from pydantic import StringConstraints
from starlette.responses import RedirectResponse, Response

from auricle_console import sessions
from auricle_console.drawing import page
from auricle_console.errors import GatewaySaid
from auricle_console.gateway import Gateway
from auricle_console.replies import NewApiKey
from auricle_console.routes.callers import GatewayOf, OwnForm, PartsOf, SessionOf
from auricle_console.sessions import Session

router = APIRouter()
REFUSED = 422
Name = Annotated[str, StringConstraints(max_length=100, strip_whitespace=True), Form()]
Scopes = Annotated[tuple[Scope, ...], Form(max_length=len(Scope))]


@router.get("/settings/keys")
async def show_keys(request: Request, session: SessionOf, gateway: GatewayOf) -> Response:
    """Without their tokens."""
    return await _keys(request, session, gateway)


@router.post("/settings/keys")
async def add_key(request: Request, session: OwnForm, parts: PartsOf, name: Name = "", scopes: Scopes = ()) -> Response:
    """The answer shows the token, this once."""
    gateway = parts.gateway(session.key)
    try:
        made = await gateway.add_key(name, [scope.value for scope in scopes])
    except GatewaySaid as error:
        return await _keys(request, session, gateway, fault=error, name=name, chosen_scopes=scopes)
    return await _keys(request, session, gateway, made=made)


@router.post("/settings/keys/{key}/ending")
async def end_key(session: OwnForm, parts: PartsOf, key: str) -> Response:
    """For good."""
    await parts.gateway(session.key).end_key(key)
    return RedirectResponse("/settings/keys", status_code=303)


@router.get("/settings/keys/{key}/ending")
async def back(key: str) -> Response:  # noqa: ARG001 (one page shows all of them)
    """The address of a form's answer, loaded again."""
    return RedirectResponse("/settings/keys", status_code=303)


@router.get("/me/sessions")
async def show_sessions(request: Request, session: SessionOf, gateway: GatewayOf) -> Response:
    """One's own; everybody's for who manages people."""
    everybody = session.may(Scope.PEOPLE)
    return page(request, "sessions.html", found=await gateway.sessions(everybody=everybody), everybody=everybody)


@router.post("/me/sessions/{ended}/ending")
async def end_session(session: OwnForm, parts: PartsOf, ended: str) -> Response:
    """Back to the list; one's own is signing out."""
    await parts.gateway(session.key).end_session(ended)
    if ended != session.session_id:
        return RedirectResponse("/me/sessions", status_code=303)
    answer = RedirectResponse("/login", status_code=303)
    answer.delete_cookie(sessions.COOKIE)
    return answer


@router.get("/me/sessions/{ended}/ending")
async def back_to_sessions(ended: str) -> Response:  # noqa: ARG001 (one page shows all of them)
    """The address of a form's answer, loaded again."""
    return RedirectResponse("/me/sessions", status_code=303)


async def _keys(
    request: Request,
    session: Session,
    gateway: Gateway,
    *,
    made: NewApiKey | None = None,
    fault: GatewaySaid | None = None,
    name: str = "",
    chosen_scopes: tuple[Scope, ...] = (),
) -> Response:
    allowed = session.may(Scope.PEOPLE)
    return page(
        request,
        "keys.html",
        status=REFUSED if fault else 200,
        keys=await gateway.api_keys() if allowed else None,
        scopes=tuple(scope for scope in Scope if session.may(scope)),
        made=made,
        fault=fault,
        name=name,
        chosen_scopes=chosen_scopes,
    )
