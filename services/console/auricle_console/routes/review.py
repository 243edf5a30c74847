"""The review queue: the list, the next item, and what a reviewer does with the one at hand."""

import asyncio
from datetime import datetime
from typing import Annotated
from urllib.parse import quote, urlencode

from auricle_contracts import Scope
from auricle_contracts.review import ReviewReason, ReviewSettings, ReviewState, SkipReason
from fastapi import APIRouter, Form, Request
from pydantic import StringConstraints, ValidationError
from starlette.responses import RedirectResponse, Response

from auricle_console.drawing import page
from auricle_console.errors import GatewaySaid
from auricle_console.gateway import Gateway
from auricle_console.review_queue import ReviewItem, ReviewQueue
from auricle_console.routes.callers import (
    ClassWordsOf,
    GatewayOf,
    OwnForm,
    PartsOf,
    SessionOf,
    chosen,
    within,
    words_of_classes,
)
from auricle_console.sessions import Session
from auricle_console.views.review import QueueRow, gap_rows, measured, queue_row, queue_rows, today

router = APIRouter()
NARROWING = ("reason", "line", "agent", "channel", "subject", "subject_state")
FILTERS = ("state", "assignee", *NARROWING)
PAGE_SIZE = "25"
MOST_GAPS = 100
TOLD = frozenset(
    {
        "finished",
        "assigned_elsewhere",
        "review_closed",
        "note_missing",
        "not_found",
        "forbidden",
        "golden_consent_missing",
    }
)
"""What another page may have this one say."""
Line = Annotated[str, StringConstraints(max_length=500, strip_whitespace=True), Form()]


@router.get("/review")
async def show_queue(request: Request, session: SessionOf, gateway: GatewayOf, words: ClassWordsOf) -> Response:
    """By risk, with what was done today."""
    if not session.may(Scope.REVIEW):
        return page(request, "review.html", found=None, today=None, chosen={})
    asked, cursor = chosen(request, FILTERS), request.query_params.get("cursor")
    queue, since = ReviewQueue(gateway), within({"since": datetime.now(words.zone).date().isoformat()}, words)["since"]
    query = {**asked, "limit": PAGE_SIZE} | ({"cursor": cursor} if cursor else {})
    found, progress = await asyncio.gather(queue.page(query), queue.progress(since))
    return page(
        request,
        "review.html",
        found=found,
        rows=queue_rows(found.items, words),
        words=words,
        today=today(progress),
        chosen=asked,
        narrowing=narrowing_query(request),
        reasons=tuple(ReviewReason),
        states=tuple(ReviewState),
        told=told(request),
        paged=cursor is not None,
        may_assign=session.may(Scope.AUDIT),
    )


@router.post("/review/next")
async def take_next(request: Request, session: OwnForm, parts: PartsOf) -> Response:
    """The next item, which becomes one's own; back to the list where nothing waits."""
    return await _next(request, parts.gateway(session.key))


@router.post("/review/{item}/done")
async def done(
    request: Request, item: str, session: OwnForm, parts: PartsOf, conversation: Line = "", golden: Line = ""
) -> Response:
    """Reviewed, and where `golden` says so copied into the golden set; on to the next."""
    gateway = parts.gateway(session.key)
    queue = ReviewQueue(gateway)
    try:
        if golden:
            await queue.to_golden(conversation)
        await queue.done(item)
    except GatewaySaid as error:
        return _refused(request, error)
    return await _next(request, gateway)


@router.post("/review/{item}/skip")
async def skip(
    request: Request,
    item: str,
    session: OwnForm,
    parts: PartsOf,
    conversation: Line = "",
    reason: Line = "",
    note: Line = "",
) -> Response:
    """Not reviewed, and why; on to the next. `other` without words comes back to the conversation."""
    gateway = parts.gateway(session.key)
    if reason == SkipReason.OTHER and not note:
        return _to(
            f"/conversations/{quote(conversation, safe='')}", _narrowing(request), review=item, told="note_missing"
        )
    try:
        await ReviewQueue(gateway).skip(item, reason, note)
    except GatewaySaid as error:
        return _refused(request, error)
    return await _next(request, gateway)


@router.post("/review/{item}/assign")
async def assign(request: Request, item: str, session: OwnForm, parts: PartsOf, person: Line = "") -> Response:
    """To a person or to nobody; the list as it was comes back."""
    try:
        await ReviewQueue(parts.gateway(session.key)).assign(item, person)
    except GatewaySaid as error:
        return _refused(request, error)
    return _to("/review", chosen(request, FILTERS))


@router.get("/review/gaps")
async def show_gaps(request: Request, session: SessionOf, gateway: GatewayOf, words: ClassWordsOf) -> Response:
    """What labels the golden set lacks, and where such conversations wait."""
    if not session.may(Scope.REVIEW):
        return page(request, "review_gaps.html", found=None)
    asked = chosen(request, ("kind", "channel"))
    found = await ReviewQueue(gateway).gaps()
    rows = gap_rows(found, asked, words)
    shown = rows[:MOST_GAPS]
    return page(
        request, "review_gaps.html", found=found, rows=shown, more=len(rows) - len(shown), chosen=asked, words=words
    )


@router.get("/review/settings")
async def show_settings(request: Request, session: SessionOf, gateway: GatewayOf) -> Response:
    """What is sampled."""
    if not session.may(Scope.REVIEW):
        return _settings(request, None)
    return _settings(request, await ReviewQueue(gateway).settings(), saved="saved" in request.query_params)


@router.post("/review/settings")
async def choose_settings(
    request: Request,
    session: OwnForm,
    parts: PartsOf,
    audited_percent: Line = "",
    unsure_percent: Line = "",
    agent_week: Line = "",
    rare_class_below: Line = "",
    hunted_week: Line = "",
    disagree_points: Line = "",
    disagreeing_week: Line = "",
    outliers_week: Line = "",
    blind_percent: Line = "",
) -> Response:
    """Shares are written in per cent. What cannot be read comes back with a word."""
    queue = ReviewQueue(parts.gateway(session.key))
    try:
        wanted = ReviewSettings(
            audited_share=_share(audited_percent),
            unsure_below=_share(unsure_percent),
            agent_week=int(agent_week),
            rare_class_below=int(rare_class_below),
            hunted_week=int(hunted_week),
            disagree_points=float(disagree_points.replace(",", ".")),
            disagreeing_week=int(disagreeing_week),
            outliers_week=int(outliers_week),
            blind_share=_share(blind_percent),
            weights=await _weights(request),
        )
    except (ValueError, ValidationError):
        return _settings(request, await queue.settings(), wrong=True)
    await queue.choose(wanted)
    return RedirectResponse("/review/settings?saved", status_code=303)


@router.get("/review/accuracy")
async def show_accuracy(request: Request, session: SessionOf, gateway: GatewayOf, words: ClassWordsOf) -> Response:
    """How often reviewers are right, by items that they could not tell from others; a reviewer sees the own figures."""
    if not session.may(Scope.REVIEW):
        return page(request, "review_accuracy.html", measured=None)
    found = await ReviewQueue(gateway).accuracy()
    return page(
        request,
        "review_accuracy.html",
        measured=measured(found, words),
        few=found.few,
        sees_all=session.may(Scope.AUDIT),
    )


def _settings(
    request: Request, settings: ReviewSettings | None, *, saved: bool = False, wrong: bool = False
) -> Response:
    status = 422 if wrong else 200
    told = {"settings": settings, "saved": saved, "wrong": wrong, "reasons": tuple(one.value for one in ReviewReason)}
    return page(request, "review_settings.html", status=status, **told)


async def at_hand(request: Request, session: Session, gateway: Gateway) -> tuple[QueueRow, ...]:
    """The item that the conversation's page is opened for, and behind it what waits beside it; empty where it is opened for none."""
    item = request.query_params.get("review", "")[:256]
    if not item or not session.may(Scope.REVIEW):
        return ()
    queue = ReviewQueue(gateway)
    found, beside, words = await asyncio.gather(
        _item(queue, item),
        queue.page({**_narrowing(request), "limit": PAGE_SIZE}),
        words_of_classes(request, gateway),
    )
    return (queue_row(found, words), *queue_rows(beside.items, words)) if found else ()


async def keeps_golden(request: Request, session: Session, gateway: Gateway) -> bool:
    """Whether a conversation that is reviewed here may be copied into the golden set."""
    if not request.query_params.get("review") or not session.may(Scope.REVIEW):
        return False
    return await ReviewQueue(gateway).keeps_golden()


def narrowing_query(request: Request) -> str:
    """What narrows the queue, for the links of a page."""
    return urlencode(_narrowing(request))


async def _item(queue: ReviewQueue, item: str) -> ReviewItem | None:
    try:
        return await queue.get(item)
    except GatewaySaid:
        return None


async def _next(request: Request, gateway: Gateway) -> Response:
    narrowing = _narrowing(request)
    item = await ReviewQueue(gateway).take_next(narrowing)
    if item is None:
        return _to("/review", narrowing, told="finished")
    return _to(f"/conversations/{quote(item.conversation_id, safe='')}", narrowing, review=item.id)


def _refused(request: Request, error: GatewaySaid) -> Response:
    """Raises the error where the list has no word for it."""
    if error.said_code not in TOLD:
        raise error
    return _to("/review", _narrowing(request), told=error.said_code)


def _narrowing(request: Request) -> dict[str, str]:
    return chosen(request, NARROWING)


def told(request: Request) -> str:
    """What a page is to say of the review; empty for what is no word of it."""
    given = request.query_params.get("told", "")
    return given if given in TOLD else ""


def _share(percent: str) -> float:
    return float(percent.replace(",", ".")) / 100


async def _weights(request: Request) -> dict[ReviewReason, float]:
    """Of the reasons whose field was filled in."""
    form = await request.form()
    given = {reason: str(form.get(f"weight_{reason}", ""))[:16].strip() for reason in ReviewReason}
    return {reason: round(_share(percent), 4) for reason, percent in given.items() if percent}


def _to(path: str, *queries: dict[str, str], **more: str) -> Response:
    query = {name: value for one in (*queries, more) for name, value in one.items()}
    return RedirectResponse(f"{path}?{urlencode(query)}" if query else path, status_code=303)
