"""What decides how conversations are judged: what is live, each version with its history, a new one written, promotion and going back."""

import asyncio
from collections.abc import Mapping
from typing import Annotated, Any
from urllib.parse import quote

from auricle_contracts import Channel, Scope
from auricle_contracts.artefacts import ArtefactKind, ArtefactState
from auricle_contracts.golden import GoldenItem
from fastapi import APIRouter, Form, Request
from pydantic import StringConstraints
from starlette.responses import RedirectResponse, Response

from auricle_console.drawing import page
from auricle_console.errors import GatewaySaid
from auricle_console.gateway import Gateway
from auricle_console.replies import Artefact, ArtefactText
from auricle_console.routes.callers import GatewayOf, OwnForm, PartsOf, SessionOf, WordsOf, chosen, words_of_classes
from auricle_console.sessions import Session
from auricle_console.views import appeals
from auricle_console.views.appeals import ShownAppeal
from auricle_console.views.ceilings import ceilings
from auricle_console.views.gates import MOST_ITEMS, GateView, gate_view
from auricle_console.views.prevalence import prevalence
from auricle_console.views.thresholds import ThresholdTable, threshold_table
from auricle_console.wording import Wording

router = APIRouter()
FILTERS = ("kind", "state", "search", "cursor")
LIST = "/settings/artefacts"
Reason = Annotated[str, StringConstraints(max_length=1000, strip_whitespace=True), Form()]
Text = Annotated[str, StringConstraints(max_length=400_000), Form()]


@router.get(LIST)
async def show_artefacts(request: Request, session: SessionOf, gateway: GatewayOf) -> Response:  # noqa: ARG001 - signed in
    """What is live of one kind, scorecards first; or versions of another state."""
    asked = {"kind": ArtefactKind.SCORECARD.value, "state": ArtefactState.LIVE.value} | chosen(request, FILTERS)
    return page(
        request,
        "artefacts.html",
        found=await gateway.artefacts(asked),
        chosen=asked,
        kinds=tuple(ArtefactKind),
        states=tuple(ArtefactState),
    )


@router.get(LIST + "/{artefact}")
async def show_artefact(
    request: Request, artefact: str, session: SessionOf, gateway: GatewayOf, words: WordsOf
) -> Response:
    """One version: what it changes of what is live, or of the version `against`, its text, its name's versions, who made which live."""
    return await drawn(request, session, gateway, words, artefact)


@router.get(LIST + "/{artefact}/edit")
async def edit_artefact(request: Request, artefact: str, session: SessionOf, gateway: GatewayOf) -> Response:  # noqa: ARG001
    """Its text, to become another version."""
    version = await gateway.artefact(artefact)
    return page(request, "artefact_edit.html", one=version, text=version.text, refused=None)


@router.get(LIST + "/{artefact}/gate-traces/{item}")
async def show_trace(request: Request, artefact: str, item: str, session: SessionOf, gateway: GatewayOf) -> Response:  # noqa: ARG001
    """What its gate asked of a golden item, and what it was answered."""
    version = await gateway.artefact(artefact)
    found, golden = await asyncio.gather(gateway.gate_trace(artefact, item), gateway.golden_item(item))
    return page(request, "gate_trace.html", status=200 if found else 404, one=version, trace=found, item=golden)


@router.post(LIST + "/{artefact}/edit")
async def add_version(request: Request, artefact: str, session: OwnForm, parts: PartsOf, text: Text = "") -> Response:
    """A candidate, shown beside what is live; what is refused comes back as it was typed, with line and field of each fault."""
    gateway = parts.gateway(session.key)
    version = await gateway.artefact(artefact)
    said = {"kind": version.kind.value, "text": text.replace("\r\n", "\n"), "state": ArtefactState.CANDIDATE.value}
    try:
        added = (await gateway.ask("POST", "/v1/artefacts", json=said)).json()
    except GatewaySaid as error:
        return page(request, "artefact_edit.html", status=error.said_status, one=version, text=text, refused=error)
    return RedirectResponse(f"{LIST}/{quote(str(added['id']), safe='')}", status_code=303)


@router.post(LIST + "/{artefact}/promote")
async def promote(
    request: Request,
    artefact: str,
    session: OwnForm,
    parts: PartsOf,
    words: WordsOf,
    reason: Reason = "",
    expected: Annotated[str, Form(max_length=64)] = "",
    answered: Annotated[list[str] | None, Form(alias="appeals")] = None,
) -> Response:
    """Judges what comes in from now on; another version that became live meanwhile is not overtaken."""
    said = {"reason": reason, "appeals": answered or []} | ({"expected": expected} if expected else {})
    return await _moved(request, session, parts.gateway(session.key), words, artefact, "promote", said)


@router.post(LIST + "/{artefact}/rollback")
async def roll_back(
    request: Request, artefact: str, session: OwnForm, parts: PartsOf, words: WordsOf, reason: Reason = ""
) -> Response:
    """What was live before is live again."""
    return await _moved(request, session, parts.gateway(session.key), words, artefact, "rollback", {"reason": reason})


@router.get(LIST + "/{artefact}/promote")
@router.get(LIST + "/{artefact}/rollback")
async def back(artefact: str) -> Response:
    """The address of a form's answer, loaded again."""
    return RedirectResponse(f"{LIST}/{quote(artefact, safe='')}", status_code=303)


async def _moved(
    request: Request, session: Session, gateway: Gateway, words: Wording, artefact: str, move: str, said: dict[str, Any]
) -> Response:
    address = f"{LIST}/{quote(artefact, safe='')}"
    try:
        await gateway.ask("POST", f"/v1/artefacts/{quote(artefact, safe='')}/{move}", json=said)
    except GatewaySaid as error:
        return await drawn(request, session, gateway, words, artefact, refused=error, said=said)
    return RedirectResponse(address, status_code=303)


async def _dialogues(gateway: Gateway, gate: GateView) -> dict[str, GoldenItem]:
    """The first items against the version, as far as they are there and may be read."""
    ids = list(dict.fromkeys(one.id for one in gate.against if one.id))[:MOST_ITEMS]
    found = await asyncio.gather(*map(gateway.golden_item, ids))
    return {one.id: one for one in found if one is not None}


async def drawn(
    request: Request,
    session: Session,
    gateway: Gateway,
    words: Wording,
    artefact: str,
    *,
    refused: GatewaySaid | None = None,
    said: Mapping[str, Any] = {},
) -> Response:
    """The page of a version, with what was refused of a form on it."""
    words = await words_of_classes(request, gateway)
    version = await gateway.artefact(artefact)
    history = await gateway.artefact_history(artefact)
    live = next((one for one in history.versions if one.state is ArtefactState.LIVE), None)
    against = request.query_params.get("against", "")[:64]
    compared = against or (live is not None and live.id != version.id)
    gate = gate_view(version.figures)
    return page(
        request,
        "artefact.html",
        status=refused.said_status if refused else 200,
        words=words,
        one=version,
        live=live,
        diff=await gateway.artefact_diff(artefact, against) if compared else None,
        history=history,
        gate=gate,
        thresholds=await _thresholds(gateway, version, words),
        prevalence=await _prevalence(gateway, version, words),
        ceilings=ceilings(await gateway.human_agreement(), words),
        dry_runs=await gateway.dry_runs(artefact),
        canaries=await gateway.canaries(artefact),
        channels=tuple(Channel),
        dialogues=await _dialogues(gateway, gate) if gate and session.may(Scope.TRAIN) else {},
        refused=refused,
        reason=said.get("reason", ""),
        waiting=await _waiting(gateway, session, version, words),
        answered=said.get("appeals", ()),
    )


async def _thresholds(gateway: Gateway, version: ArtefactText, words: Wording) -> ThresholdTable | None:
    if "thresholds" not in version.body:
        return None
    return threshold_table(version.body, appeals.titles_of(await gateway.error_classes(), words.language), words)


async def _prevalence(gateway: Gateway, version: Artefact, words: Wording) -> str:
    if version.kind is not ArtefactKind.ERROR_CLASS:
        return ""
    return prevalence(await gateway.class_prevalence(version.name), words)


async def _waiting(gateway: Gateway, session: Session, version: Artefact, words: Wording) -> tuple[ShownAppeal, ...]:
    """Accepted appeals that a promotion of this version may answer, for who may promote it."""
    if not session.may(Scope.PROMOTE):
        return ()
    found = await gateway.appeals({"for_artefact": version.id})
    titles = appeals.titles_of(await gateway.error_classes(), words.language) if found.items else {}
    return appeals.shown(found.items, titles, words)
