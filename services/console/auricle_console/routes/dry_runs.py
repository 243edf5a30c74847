"""Dry runs by the page: a version is tried on past conversations, followed, and read before it is made live."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form, Request
from pydantic import StringConstraints
from starlette.responses import RedirectResponse, Response

from auricle_console.drawing import page
from auricle_console.errors import GatewaySaid
from auricle_console.routes.artefacts import LIST, drawn
from auricle_console.routes.callers import GatewayOf, OwnForm, PartsOf, SessionOf, WordsOf, within
from auricle_console.views.dry_runs import dry_run_page

router = APIRouter()
Few = Annotated[int, Form(ge=1, le=200)]
Line = Annotated[str, StringConstraints(max_length=200, strip_whitespace=True), Form()]

Day = Annotated[str, StringConstraints(pattern=r"^(\d{4}-\d{2}-\d{2})?$"), Form()]
Digits = Annotated[str, StringConstraints(pattern=r"^\d{0,12}$"), Form()]


@router.post(LIST + "/{artefact}/dry-runs")
async def start_dry_run(
    request: Request,
    artefact: str,
    session: OwnForm,
    parts: PartsOf,
    words: WordsOf,
    conversations: Few = 50,
    channel: Annotated[str, Form(max_length=16)] = "",
    line: Line = "",
    since: Day = "",
    until: Day = "",
    budget_tokens: Digits = "",
) -> Response:
    """Its page; what is refused is said on the version's. Days are whole ones of the page's zone."""
    gateway = parts.gateway(session.key)
    days = within({name: value for name, value in (("since", since), ("until", until)) if value}, words)
    given = (("channel", channel), ("line", line), ("budget_tokens", budget_tokens), *days.items())
    narrowed: dict[str, str] = {name: value for name, value in given if value}
    if days:
        narrowed["drawn"] = "random"
    try:
        started = await gateway.start_dry_run(artefact, {"conversations": conversations} | narrowed)
    except GatewaySaid as error:
        return await drawn(request, session, gateway, words, artefact, refused=error)
    return RedirectResponse(_address(artefact, started.id), status_code=303)


@router.post(LIST + "/{artefact}/shadows")
async def start_shadow(
    request: Request,
    artefact: str,
    session: OwnForm,
    parts: PartsOf,
    words: WordsOf,
    share: Annotated[int, Form(ge=1, le=100)] = 10,
    per_day: Annotated[int, Form(ge=1, le=500)] = 50,
    days: Annotated[int, Form(ge=1, le=30)] = 7,
) -> Response:
    """Its page; what is refused is said on the version's."""
    gateway = parts.gateway(session.key)
    try:
        started = await gateway.start_shadow(artefact, {"share": share, "conversations_per_day": per_day, "days": days})
    except GatewaySaid as error:
        return await drawn(request, session, gateway, words, artefact, refused=error)
    return RedirectResponse(_address(artefact, started.id), status_code=303)


@router.post(LIST + "/{artefact}/dry-runs/{dry_run}/end")
async def end_shadow(
    request: Request, artefact: str, dry_run: str, session: OwnForm, parts: PartsOf, words: WordsOf
) -> Response:
    """It takes up nothing more."""
    gateway = parts.gateway(session.key)
    try:
        await gateway.end_shadow(dry_run)
    except GatewaySaid as error:
        return await drawn(request, session, gateway, words, artefact, refused=error)
    return RedirectResponse(_address(artefact, dry_run), status_code=303)


@router.get(LIST + "/{artefact}/shadows")
@router.get(LIST + "/{artefact}/dry-runs")
async def back(artefact: str) -> Response:
    """The address of a form's answer, loaded again."""
    return RedirectResponse(f"{LIST}/{quote(artefact, safe='')}", status_code=303)


@router.get(LIST + "/{artefact}/dry-runs/{dry_run}")
async def show_dry_run(
    request: Request,
    artefact: str,
    dry_run: str,
    session: SessionOf,  # noqa: ARG001 - signed in
    gateway: GatewayOf,
    words: WordsOf,
) -> Response:
    """What is judged so far; the page looks again by itself until all is."""
    report = await gateway.dry_run(dry_run)
    version = await gateway.artefact(artefact)
    return page(request, "dry_run.html", one=version, shown=dry_run_page(report, words))


@router.post(LIST + "/{artefact}/dry-runs/{dry_run}/stopping")
async def stop(artefact: str, dry_run: str, session: OwnForm, parts: PartsOf) -> Response:
    """Back to what is judged by then."""
    await parts.gateway(session.key).stop_dry_run(dry_run)
    return RedirectResponse(_address(artefact, dry_run), status_code=303)


@router.get(LIST + "/{artefact}/dry-runs/{dry_run}/stopping")
async def back_to_dry_run(artefact: str, dry_run: str) -> Response:
    """The address of a form's answer, loaded again."""
    return RedirectResponse(_address(artefact, dry_run), status_code=303)


def _address(artefact: str, dry_run: str) -> str:
    return f"{LIST}/{quote(artefact, safe='')}/dry-runs/{quote(dry_run, safe='')}"
