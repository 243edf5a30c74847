"""Who may sign in, as what, and which agent's references are theirs: for those with the scope `people`."""

from collections.abc import Mapping
from typing import Annotated
from urllib.parse import quote

from auricle_contracts import MemberRole, Scope
from fastapi import APIRouter, Form, Request
from pydantic import StringConstraints
from starlette.responses import RedirectResponse, Response

from auricle_console.drawing import page
from auricle_console.errors import GatewaySaid
from auricle_console.gateway import Gateway
from auricle_console.replies import OneTimeLink
from auricle_console.routes.callers import GatewayOf, OwnForm, PartsOf, SessionOf, chosen

router = APIRouter()
FILTERS = ("search", "role", "cursor")
Line = Annotated[str, StringConstraints(max_length=400, strip_whitespace=True), Form()]
Roles = Annotated[tuple[MemberRole, ...], Form(max_length=len(MemberRole))]


@router.get("/settings/people")
async def show_people(request: Request, session: SessionOf, gateway: GatewayOf) -> Response:
    """In the order in which they were added."""
    if not session.may(Scope.PEOPLE):
        return page(request, "people.html", found=None, chosen={})
    return await _drawn(request, gateway)


@router.post("/settings/people")
async def add_person(
    request: Request,
    session: OwnForm,
    parts: PartsOf,
    email: Line = "",
    name: Line = "",
    roles: Roles = (),
    references: Line = "",
) -> Response:
    """Nobody signs in before a one-time link, or the identity provider, gave a password; what is refused comes back as it was typed."""
    gateway = parts.gateway(session.key)
    said = {"email": email, "name": name, "roles": list(roles), "references": _listed(references)}
    try:
        await gateway.ask("POST", "/v1/people", json=said)
    except GatewaySaid as error:
        return await _drawn(request, gateway, refused=error, draft={**said, "references": references})
    return RedirectResponse("/settings/people", status_code=303)


@router.post("/settings/people/{person}")
async def change_person(
    request: Request,
    person: str,
    session: OwnForm,
    parts: PartsOf,
    roles: Roles = (),
    references: Line = "",
    active: Annotated[bool, Form()] = False,
) -> Response:
    """Holds from the next request on. The last admin stays one."""
    gateway = parts.gateway(session.key)
    said = {"roles": list(roles), "references": _listed(references), "active": active}
    try:
        await gateway.ask("PATCH", f"/v1/people/{quote(person, safe='')}", json=said)
    except GatewaySaid as error:
        return await _drawn(request, gateway, refused=error)
    return RedirectResponse("/settings/people", status_code=303)


@router.post("/settings/people/{person}/link")
async def make_link(request: Request, person: str, session: OwnForm, parts: PartsOf) -> Response:
    """The answer shows it, this once."""
    gateway = parts.gateway(session.key)
    reply = await gateway.ask("POST", f"/v1/people/{quote(person, safe='')}/link")
    return await _drawn(request, gateway, link=OneTimeLink.model_validate_json(reply.content))


@router.post("/settings/people/{person}/second-factor")
async def remove_factor(person: str, session: OwnForm, parts: PartsOf) -> Response:
    """For who lost the authenticator app."""
    await parts.gateway(session.key).ask("DELETE", f"/v1/people/{quote(person, safe='')}/second-factor")
    return RedirectResponse("/settings/people", status_code=303)


@router.get("/settings/people/{person}")
@router.get("/settings/people/{person}/link")
async def back(person: str) -> Response:  # noqa: ARG001 (one page shows everybody)
    """The address of a form's answer, loaded again."""
    return RedirectResponse("/settings/people", status_code=303)


def _listed(references: str) -> list[str]:
    return [one.strip() for one in references.split(",") if one.strip()]


async def _drawn(
    request: Request,
    gateway: Gateway,
    *,
    link: OneTimeLink | None = None,
    refused: GatewaySaid | None = None,
    draft: Mapping[str, object] | None = None,
) -> Response:
    asked = chosen(request, FILTERS)
    return page(
        request,
        "people.html",
        status=refused.said_status if refused else 200,
        found=await gateway.people(asked),
        chosen=asked,
        roles=tuple(MemberRole),
        link=link,
        address=str(request.base_url).rstrip("/"),
        refused=refused,
        draft=draft or {},
    )
