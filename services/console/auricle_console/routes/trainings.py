"""Trainings by the page: asked for with the estimate before one's eyes, followed, stopped, and what they propose promoted or refused."""

from typing import Annotated, Any
from urllib.parse import quote

from auricle_contracts import Scope
from auricle_contracts.trainings import TrainingSchedule
from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from auricle_console.drawing import page
from auricle_console.errors import GatewaySaid
from auricle_console.gateway import Gateway
from auricle_console.routes.artefacts import Reason
from auricle_console.routes.callers import (
    GatewayOf,
    OwnForm,
    PartsOf,
    SessionOf,
    WordsOf,
    chosen,
    words_of_classes,
)
from auricle_console.sessions import Session
from auricle_console.views.trainings import estimate_shown, share_of, training_page
from auricle_console.wording import Wording

router = APIRouter()
LIST = "/settings/trainings"
Whole = Annotated[int, Form(ge=0, le=1_000_000)]


@router.get(LIST)
async def show_trainings(request: Request, session: SessionOf, gateway: GatewayOf, words: WordsOf) -> Response:
    """Those there were, and for who may: what another one would take, the button, and the schedule."""
    asked = chosen(request, ("base", "passes", "most"))
    said = {
        "base": asked.get("base"),
        "passes": _number(asked.get("passes"), 2.0),
        "most": int(_number(asked.get("most"), 0)),
    }
    return await _drawn(request, session, gateway, words, said)


@router.post(LIST)
async def ask(
    request: Request,
    session: OwnForm,
    parts: PartsOf,
    words: WordsOf,
    base: Annotated[str, Form(max_length=64)] = "",
    passes: Annotated[float, Form(gt=0, le=50)] = 2.0,
    most: Whole = 0,
) -> Response:
    """What is refused is said on the page, with what was chosen."""
    gateway = parts.gateway(session.key)
    said = {"base": base or None, "passes": passes, "most": most}
    try:
        training = await gateway.ask_training(_body(said))
    except GatewaySaid as error:
        return await _drawn(request, session, gateway, words, said, refused=error)
    return RedirectResponse(_address(training.id), status_code=303)


@router.post(LIST + "/settings")
async def choose(
    request: Request,
    session: OwnForm,
    parts: PartsOf,
    words: WordsOf,
    base: Annotated[str, Form(max_length=64)] = "",
    schedule: Annotated[TrainingSchedule, Form()] = TrainingSchedule.OFF,
    weekday: Whole = 5,
    hour: Whole = 1,
    new_labels: Whole = 500,
    fewest: Whole = 100,
    most_hours: Whole = 12,
) -> Response:
    """The workspace's schedule and limits."""
    gateway = parts.gateway(session.key)
    wanted = {
        "base": base or None, "schedule": schedule.value, "weekday": weekday, "hour": hour, "new_labels": new_labels,
        "fewest": fewest, "most_hours": most_hours,
    }  # fmt: skip
    try:
        await gateway.ask("PUT", "/v1/training-settings", json=wanted)
    except GatewaySaid as error:
        return await _drawn(request, session, gateway, words, {}, unkept=error)
    return RedirectResponse(f"{LIST}?base={quote(base)}#schedule", status_code=303)


@router.get(LIST + "/settings")
async def back() -> Response:
    """The address of a form's answer, loaded again."""
    return RedirectResponse(LIST, status_code=303)


@router.get(LIST + "/{training}")
async def show_training(
    request: Request,
    training: str,
    session: SessionOf,  # noqa: ARG001 - signed in
    gateway: GatewayOf,
    words: WordsOf,
) -> Response:
    """How far it is, its states, and what it proposes."""
    return await _one(request, gateway, words, training)


@router.post(LIST + "/{training}/stop")
async def stop(request: Request, training: str, session: OwnForm, parts: PartsOf, words: WordsOf) -> Response:
    """For good."""
    return await _moved(
        request, parts.gateway(session.key), words, training, "DELETE", f"/v1/trainings/{_part(training)}"
    )


@router.post(LIST + "/{training}/refuse")
async def refuse(
    request: Request, training: str, session: OwnForm, parts: PartsOf, words: WordsOf, reason: Reason = ""
) -> Response:
    """Its version is retired."""
    said = {"reason": reason}
    path = f"/v1/trainings/{_part(training)}/refusal"
    return await _moved(request, parts.gateway(session.key), words, training, "POST", path, said)


@router.post(LIST + "/{training}/promote")
async def promote(
    request: Request, training: str, session: OwnForm, parts: PartsOf, words: WordsOf, reason: Reason = ""
) -> Response:
    """Its version judges what comes in from now on."""
    gateway = parts.gateway(session.key)
    found = await gateway.training(training)
    path = f"/v1/artefacts/{_part(found.artefact_id or '')}/promote"
    return await _moved(request, gateway, words, training, "POST", path, {"reason": reason})


@router.get(LIST + "/{training}/stop")
@router.get(LIST + "/{training}/refuse")
@router.get(LIST + "/{training}/promote")
async def back_to(training: str) -> Response:
    """The address of a form's answer, loaded again."""
    return RedirectResponse(_address(training), status_code=303)


async def _moved(
    request: Request, gateway: Gateway, words: Wording, training: str, method: str, path: str, said: dict[str, Any] | None = None
) -> Response:  # fmt: skip
    try:
        await gateway.ask(method, path, json=said)
    except GatewaySaid as error:
        return await _one(request, gateway, words, training, refused=error)
    return RedirectResponse(_address(training), status_code=303)


async def _one(
    request: Request, gateway: Gateway, words: Wording, training: str, *, refused: GatewaySaid | None = None
) -> Response:
    words = await words_of_classes(request, gateway)
    shown = training_page(await gateway.training(training), words)
    status = refused.said_status if refused else 200
    return page(
        request, "training.html", status=status, words=words, shown=shown, refused=refused, at=_address(training)
    )


async def _drawn(
    request: Request,
    session: Session,
    gateway: Gateway,
    words: Wording,
    said: dict[str, Any],
    *,
    refused: GatewaySaid | None = None,
    unkept: GatewaySaid | None = None,
) -> Response:
    settings, found = await gateway.training_settings(), await gateway.trainings()
    said = {"base": None, "passes": 2.0, "most": 0} | said
    said["base"] = said["base"] or settings.base or (settings.bases[0].name if settings.bases else None)
    estimate, doubtful = None, None
    if session.may(Scope.PROMOTE) and settings.starts and said["base"]:
        try:
            estimate = estimate_shown(await gateway.training_estimate(_body(said)), words)
        except GatewaySaid as error:
            doubtful = error
    wrong = refused or unkept
    return page(
        request,
        "trainings.html",
        status=wrong.said_status if wrong else 200,
        settings=settings,
        found=found,
        bases_by_name={one.name: one.title for one in settings.bases},
        shares={one.id: share_of(one) for one in found},
        said=said,
        estimate=estimate,
        refused=refused or doubtful,
        unkept=unkept,
        schedules=tuple(TrainingSchedule),
    )


def _body(said: dict[str, Any]) -> dict[str, Any]:
    return {"base": said["base"], "numbers": {"passes": said["passes"], "most": said["most"]}}


def _number(given: str | None, otherwise: float) -> float:
    """What was typed into an address, as far as it is a number."""
    try:
        found = float(given) if given else otherwise
    except ValueError:
        return otherwise
    return found if 0 <= found <= 1_000_000 else otherwise


def _part(name: str) -> str:
    return quote(name, safe="")


def _address(training: str) -> str:
    return f"{LIST}/{_part(training)}"
