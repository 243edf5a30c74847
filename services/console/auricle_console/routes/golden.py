"""The golden set by the page: dialogues with what is right about them, what contradicts settled, quotas and the workspace's consent."""

import asyncio
from typing import Annotated
from urllib.parse import quote

from auricle_contracts import Channel, Scope
from auricle_contracts.artefacts import ArtefactKind, ArtefactState
from auricle_contracts.golden import GoldenKind, GoldenSettings, GoldenSplit, GoldenState, GoldenStatus
from fastapi import APIRouter, Form, Request
from starlette.responses import RedirectResponse, Response

from auricle_console.drawing import page
from auricle_console.errors import GatewaySaid
from auricle_console.gateway import Gateway
from auricle_console.golden_set import GoldenSet, Quotas
from auricle_console.routes.callers import ClassWordsOf, GatewayOf, OwnForm, PartsOf, SessionOf, chosen
from auricle_console.routes.streaming import passed_on
from auricle_console.sessions import Session
from auricle_console.views.golden import examples_of, item_shown, quota_rows, rows, subject_title
from auricle_console.wording import Wording

router = APIRouter()
LIST = "/golden"
FILTERS = ("subject", "state", "channel", "split", "status", "contested", "conversation_id", "cursor")
EXPORTED = ("subject", "state", "channel", "split")
PASSED_ON = ("content-type", "content-disposition")
PAGE_SIZE = "25"
CLASS = f"{GoldenKind.ERROR_CLASS.value}."
Labels = Annotated[list[str], Form(max_length=500)]


def may_settle(session: Session) -> bool:
    """Who decides what is golden."""
    return session.may(Scope.REVIEW) and session.may(Scope.AUDIT)


@router.get(LIST)
async def show_items(request: Request, session: SessionOf, gateway: GatewayOf, words: ClassWordsOf) -> Response:
    """Newest first."""
    if not session.may(Scope.TRAIN):
        return page(request, "golden.html", found=None)
    asked = chosen(request, FILTERS)
    found, quotas = await asyncio.gather(
        GoldenSet(gateway).page(asked | {"limit": PAGE_SIZE}), _quotas(gateway, session)
    )
    shown = rows(found.items, words)
    criteria = {one.subject for row in shown for one in row.item.labels if one.kind is GoldenKind.CRITERION}
    criteria |= {one.subject for one in (quotas.items if quotas else ()) if one.kind is GoldenKind.CRITERION}
    subject = asked.get("subject", "")
    criteria |= {subject} if subject and f"{CLASS}{subject}" not in words.texts else set()
    return page(
        request,
        "golden.html",
        found=found,
        rows=shown,
        chosen=asked,
        classes=_classes(words),
        criteria=sorted((subject_title(GoldenKind.CRITERION, one, words), one) for one in criteria),
        splits=[one for one in GoldenSplit if one is not GoldenSplit.TEST or session.may(Scope.AUDIT)],
        states=tuple(GoldenState),
        statuses=tuple(GoldenStatus),
        channels=tuple(Channel),
        contested=sum(one.contested for one in quotas.items) if quotas else 0,
        settles=may_settle(session),
    )


@router.get(LIST + "/export")
async def export(request: Request, session: SessionOf, gateway: GatewayOf) -> Response:  # noqa: ARG001 - signed in
    """What counts, of what is shown, as JSONL. It is a line of the audit log."""
    return await passed_on(GoldenSet(gateway).export(chosen(request, EXPORTED)), PASSED_ON)


@router.get(LIST + "/quotas")
async def show_quotas(request: Request, session: SessionOf, gateway: GatewayOf, words: ClassWordsOf) -> Response:
    """What there is and what is missing, by class and channel, and the workspace's choice."""
    return await _quotas_drawn(request, session, gateway, words)


@router.post(LIST + "/settings")
async def choose(
    request: Request,
    session: OwnForm,
    parts: PartsOf,
    words: ClassWordsOf,
    quota: Annotated[int, Form(ge=1, le=100_000)],
    consent: Annotated[bool, Form()] = False,
    gate_required: Annotated[bool, Form()] = False,
) -> Response:
    """Consent, quota, and whether versions have to pass their gate."""
    gateway = parts.gateway(session.key)
    try:
        await GoldenSet(gateway).choose(GoldenSettings(consent=consent, quota=quota, gate_required=gate_required))
    except GatewaySaid as error:
        return await _quotas_drawn(request, session, gateway, words, refused=error)
    return RedirectResponse(f"{LIST}/quotas", status_code=303)


@router.get(LIST + "/settings")
async def back_to_quotas() -> Response:
    """The address of a form's answer, loaded again."""
    return RedirectResponse(f"{LIST}/quotas", status_code=303)


@router.get(LIST + "/items/{item}")
async def show_item(
    request: Request, item: str, session: SessionOf, gateway: GatewayOf, words: ClassWordsOf
) -> Response:
    """A dialogue with its labels."""
    return await _one(request, session, gateway, words, item)


@router.post(LIST + "/items/{item}/settle")
async def settle(
    request: Request,
    item: str,
    session: OwnForm,
    parts: PartsOf,
    words: ClassWordsOf,
    status: Annotated[GoldenStatus, Form()],
    label: Labels = [],  # noqa: B006 - FastAPI copies it
) -> Response:
    """Proposals become golden, or labels are withdrawn."""
    gateway = parts.gateway(session.key)
    try:
        await GoldenSet(gateway).settle(item, status, label)
    except GatewaySaid as error:
        return await _one(request, session, gateway, words, item, refused=error)
    return RedirectResponse(_address(item), status_code=303)


@router.post(LIST + "/items/{item}/removal")
async def remove(request: Request, item: str, session: OwnForm, parts: PartsOf, words: ClassWordsOf) -> Response:
    """For good, with its labels."""
    gateway = parts.gateway(session.key)
    try:
        await GoldenSet(gateway).remove(item)
    except GatewaySaid as error:
        return await _one(request, session, gateway, words, item, refused=error)
    return RedirectResponse(LIST, status_code=303)


@router.get(LIST + "/items/{item}/settle")
@router.get(LIST + "/items/{item}/removal")
async def back_to_item(item: str) -> Response:
    """The address of a form's answer, loaded again."""
    return RedirectResponse(_address(item), status_code=303)


async def _one(
    request: Request,
    session: Session,
    gateway: Gateway,
    words: Wording,
    item: str,
    *,
    refused: GatewaySaid | None = None,
) -> Response:
    found, consent, flows = await asyncio.gather(
        GoldenSet(gateway).item(item), _consent(gateway, session), _examples(gateway, words)
    )
    return page(
        request,
        "golden_item.html",
        status=refused.said_status if refused else 200,
        shown=item_shown(found, words, consent=consent),
        flows=flows,
        at=_address(found.id),
        refused=refused,
        settles=may_settle(session),
    )


async def _quotas_drawn(
    request: Request, session: Session, gateway: Gateway, words: Wording, *, refused: GatewaySaid | None = None
) -> Response:
    found = await _quotas(gateway, session)
    if found is None:
        return page(request, "golden_quotas.html", found=None)
    return page(
        request,
        "golden_quotas.html",
        status=refused.said_status if refused else 200,
        found=found,
        rows=quota_rows(found.items, words),
        untouched=sorted(words.known(f"{CLASS}{one}", one) for one in found.untouched),
        settings=await GoldenSet(gateway).settings(),
        refused=refused,
        settles=may_settle(session),
    )


async def _quotas(gateway: Gateway, session: Session) -> Quotas | None:
    """None for whoever does not review."""
    return await GoldenSet(gateway).quotas() if session.may(Scope.REVIEW) else None


async def _consent(gateway: Gateway, session: Session) -> bool | None:
    """None for whoever does not review."""
    return (await GoldenSet(gateway).settings()).consent if session.may(Scope.REVIEW) else None


async def _examples(gateway: Gateway, words: Wording) -> tuple[tuple[str, int], ...]:
    """The flows by which conversations are judged now that show golden cases."""
    live = await gateway.artefacts({"kind": ArtefactKind.FLOW.value, "state": ArtefactState.LIVE.value})
    used = await asyncio.gather(*(gateway.artefact(one.id) for one in live.items if one.in_use))
    return examples_of(used, words.language)


def _classes(words: Wording) -> list[tuple[str, str]]:
    """Titles and ids of the workspace's error classes, by title."""
    named = ((str(title), key.removeprefix(CLASS)) for key, title in words.texts.items() if key.startswith(CLASS))
    return sorted(named)


def _address(item: str) -> str:
    return f"{LIST}/items/{quote(item, safe='')}"
