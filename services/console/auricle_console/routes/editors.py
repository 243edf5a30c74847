"""Scorecards and error classes written in fields: each press of a button shows what is wrong, and keeping makes a candidate."""

import json
from collections.abc import Sequence
from urllib.parse import quote

from auricle_contracts.artefacts import ArtefactKind, ArtefactState
from fastapi import APIRouter, Request
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response

from auricle_console.drawing import page
from auricle_console.errors import GatewaySaid
from auricle_console.forms import Body, acted, overlaid
from auricle_console.gateway import Gateway
from auricle_console.routes.artefacts import LIST
from auricle_console.routes.callers import GatewayOf, OwnForm, PartsOf, SessionOf
from auricle_console.views.editors import BLANKS, NEW, WITH_FORM, editor, next_version, talk

router = APIRouter()
FORMS = "/settings/artefact-forms"
MOST_CHARS = 400_000
NOT_FIELDS = frozenset({"form_token", "body", "do"})


@router.get(FORMS + "/new")
async def new_artefact(request: Request, session: SessionOf, gateway: GatewayOf, kind: ArtefactKind) -> Response:  # noqa: ARG001 - signed in
    """An empty scorecard or class. Others have no form."""
    if kind not in NEW:
        raise HTTPException(404)
    return await _drawn(request, gateway, kind, dict(NEW[kind]), f"{FORMS}/new?kind={kind.value}", checked=False)


@router.post(FORMS + "/new")
async def write_new(request: Request, session: OwnForm, parts: PartsOf, kind: ArtefactKind) -> Response:
    """A step of writing one, or its end."""
    if kind not in NEW:
        raise HTTPException(404)
    return await _written(request, parts.gateway(session.key), kind, f"{FORMS}/new?kind={kind.value}")


@router.get(FORMS + "/{artefact}")
async def edit_in_fields(request: Request, artefact: str, session: SessionOf, gateway: GatewayOf) -> Response:  # noqa: ARG001
    """The version's fields, to become another version."""
    version = await gateway.artefact(artefact)
    if version.kind not in WITH_FORM:
        return RedirectResponse(f"{LIST}/{quote(artefact, safe='')}/edit", status_code=303)
    return await _drawn(request, gateway, version.kind, next_version(version.body), _address(artefact), checked=False)


@router.post(FORMS + "/{artefact}")
async def write_in_fields(request: Request, artefact: str, session: OwnForm, parts: PartsOf) -> Response:
    """A step of changing it, or its end."""
    gateway = parts.gateway(session.key)
    return await _written(request, gateway, (await gateway.artefact(artefact)).kind, _address(artefact))


async def _written(request: Request, gateway: Gateway, kind: ArtefactKind, address: str) -> Response:
    form = await request.form()
    body = acted(overlaid(_body(form), _given(form)), does := str(form.get("do", "")), BLANKS)
    if does != "keep":
        return await _drawn(request, gateway, kind, body, address, at=does.partition(":")[2])
    said = {"kind": kind.value, "text": _as_text(body), "state": ArtefactState.CANDIDATE.value}
    try:
        added = (await gateway.ask("POST", "/v1/artefacts", json=said)).json()
    except GatewaySaid as error:
        return await _drawn(request, gateway, kind, body, address, status=error.said_status)
    return RedirectResponse(f"{LIST}/{quote(str(added['id']), safe='')}", status_code=303)


async def _drawn(
    request: Request,
    gateway: Gateway,
    kind: ArtefactKind,
    body: Body,
    address: str,
    *,
    status: int = 200,
    checked: bool = True,
    at: str = "",
) -> Response:
    """The form, with what is wrong with it; `at` is the part that a button was about, which stays open."""
    check = await gateway.check_artefact(kind.value, _as_text(body)) if checked else None
    return page(
        request,
        "artefact_form.html",
        status=status,
        form=editor(body, kind, await gateway.artefact_choices(), check),
        body=json.dumps(body, ensure_ascii=False),
        address=address,
        at=at,
        talk=talk,
    )


def _address(artefact: str) -> str:
    return f"{FORMS}/{quote(artefact, safe='')}"


def _given(form: FormData) -> dict[str, Sequence[str]]:
    return {name: [str(one) for one in form.getlist(name)] for name in form if name not in NOT_FIELDS}


def _body(form: FormData) -> Body:
    """What the fields were drawn from. Raises HTTPException for what this page never sent."""
    text = str(form.get("body", ""))
    try:
        found = json.loads(text) if len(text) <= MOST_CHARS else None
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise HTTPException(422)
    return found


def _as_text(body: Body) -> str:
    """JSON is YAML."""
    return json.dumps(body, ensure_ascii=False, indent=1)
