"""Appeals: own ones for an agent, all of them and the form to decide for who reviews."""

from typing import Annotated
from urllib.parse import quote

from auricle_contracts import Scope
from fastapi import APIRouter, Form, Request
from pydantic import StringConstraints
from starlette.responses import RedirectResponse, Response

from auricle_console.drawing import page
from auricle_console.errors import GatewaySaid
from auricle_console.gateway import Gateway
from auricle_console.routes.callers import GatewayOf, OwnForm, PartsOf, SessionOf, WordsOf, chosen
from auricle_console.sessions import Session
from auricle_console.views import appeals as views
from auricle_console.views.appeals import AppealDraft
from auricle_console.wording import Wording

router = APIRouter()
FILTERS = ("state", "owner", "overdue", "cursor")
REFUSED = 422
Typed = Annotated[str, StringConstraints(max_length=20_000), Form()]
Word = Annotated[str, StringConstraints(max_length=256), Form()]


@router.get("/appeals")
async def show_appeals(request: Request, session: SessionOf, gateway: GatewayOf, words: WordsOf) -> Response:
    """Open ones first, by their deadline."""
    return await _drawn(request, session, gateway, words)


@router.post("/conversations/{conversation}/appeals")
async def contest(
    session: OwnForm,
    parts: PartsOf,
    conversation: str,
    text: Typed = "",
    criterion: Word = "",
    finding: Word = "",
) -> Response:
    """An appeal from the card of what is contested; what is refused is told on the card."""
    there = f"/conversations/{quote(conversation, safe='')}"
    anchor = f"#c-{quote(criterion)}" if criterion else f"#c-finding-{quote(finding)}"
    about = {"criterion": criterion} if criterion else {"finding_id": finding}
    fault = "" if text.strip() and len(text.strip()) <= views.TEXT_CHARS else "no_text"
    if not fault:
        try:
            await parts.gateway(session.key).contest(conversation, about | {"text": text.strip()})
        except GatewaySaid as error:
            fault = error.said_code
    return RedirectResponse(f"{there}?{'appeal_fault=' + quote(fault) if fault else ''}{anchor}", status_code=303)


@router.get("/conversations/{conversation}/appeals")
async def back(conversation: str) -> Response:
    """The address of a form's answer, loaded again, is the conversation's."""
    return RedirectResponse(f"/conversations/{quote(conversation, safe='')}", status_code=303)


@router.post("/appeals/{appeal}/decision")
async def decide(
    request: Request,
    session: OwnForm,
    parts: PartsOf,
    appeal: str,
    words: WordsOf,
    verdict: Word = "",
    reason: Typed = "",
    value: Word = "",
    criterion: Word = "",
) -> Response:
    """How it ends; refused, the form stands there as it was typed."""
    gateway = parts.gateway(session.key)
    draft = AppealDraft(appeal, reason, verdict, value)
    fault = views.fault_of(draft, about_answer=bool(criterion))
    if not fault:
        try:
            await gateway.decide_appeal(appeal, views.decision(draft, about_answer=bool(criterion)))
            return RedirectResponse("/appeals", status_code=303)
        except GatewaySaid as error:
            fault = "no_value" if error.said_status == REFUSED else error.said_code
    refused = AppealDraft(appeal, reason, verdict, value, fault)
    return await _drawn(request, session, gateway, words, draft=refused)


@router.post("/appeals/{appeal}/withdrawal")
async def withdraw(session: OwnForm, parts: PartsOf, appeal: str) -> Response:
    """By who opened it."""
    await parts.gateway(session.key).withdraw_appeal(appeal)
    return RedirectResponse("/appeals", status_code=303)


@router.post("/appeals/{appeal}/owner")
async def take(session: OwnForm, parts: PartsOf, appeal: str) -> Response:
    """The one who asks is to decide it."""
    gateway = parts.gateway(session.key)
    person = (await gateway.whoami()).person
    await gateway.own_appeal(appeal, person.id if person else None)
    return RedirectResponse("/appeals", status_code=303)


@router.get("/appeals/{appeal}/decision")
@router.get("/appeals/{appeal}/withdrawal")
@router.get("/appeals/{appeal}/owner")
async def back_to_list(appeal: str) -> Response:  # noqa: ARG001 (one page shows all of them)
    """The address of a form's answer, loaded again."""
    return RedirectResponse("/appeals", status_code=303)


async def _drawn(
    request: Request, session: Session, gateway: Gateway, words: Wording, draft: AppealDraft | None = None
) -> Response:
    asked = chosen(request, FILTERS)
    found = await gateway.appeals(asked)
    titles = views.titles_of(await gateway.error_classes(), words.language)
    reviews = session.may(Scope.REVIEW)
    counts = await gateway.appeal_statistics() if reviews else ()
    return page(
        request,
        "appeals.html",
        status=REFUSED if draft else 200,
        appeals=views.shown(found.items, titles, words),
        statistics=views.rows(counts, titles, words),
        reviews=reviews,
        draft=draft,
        chosen=asked,
        next_cursor=found.next_cursor,
    )
