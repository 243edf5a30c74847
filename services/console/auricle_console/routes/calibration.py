"""Calibration: sessions, the blind form of a conversation, and the comparison of a closed session."""

import asyncio
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Annotated, Any
from urllib.parse import quote

from auricle_contracts import Scope
from auricle_contracts.calibration import MOST_CONVERSATIONS
from auricle_contracts.vocabulary import CalibrationState
from fastapi import APIRouter, Form, Request
from pydantic import StringConstraints
from starlette.responses import RedirectResponse, Response

from auricle_console.calibration_sessions import CalibrationSessions
from auricle_console.drawing import page
from auricle_console.errors import GatewaySaid
from auricle_console.gateway import Gateway
from auricle_console.review_queue import ReviewerProgress, ReviewQueue
from auricle_console.routes.callers import GatewayOf, OwnForm, PartsOf, SessionOf, WordsOf, chosen, within
from auricle_console.sessions import Session
from auricle_console.views import calibration as views
from auricle_console.views.listing import title_of
from auricle_console.wording import Wording

router = APIRouter()
DAYS, SAMPLE = 7, 10
REFUSED = 422
Word = Annotated[str, StringConstraints(max_length=256, strip_whitespace=True), Form()]
Lines = Annotated[str, StringConstraints(max_length=4000), Form()]
Ids = Annotated[tuple[str, ...], Form(max_length=50)]


@router.get("/calibrations")
async def show_sessions(request: Request, session: SessionOf, gateway: GatewayOf, words: WordsOf) -> Response:
    """Newest first, with the form for who opens one."""
    return await _listed(request, session, gateway, words)


@router.post("/calibrations")
async def open_session(
    request: Request,
    session: OwnForm,
    parts: PartsOf,
    words: WordsOf,
    title: Word = "",
    sample: Word = "",
    conversations: Lines = "",
    reviewers: Ids = (),
    expert: Word = "",
    due: Word = "",
) -> Response:
    """On to the session; refused, the form stands there as it was filled in."""
    gateway = parts.gateway(session.key)
    named = conversations.split()
    said: dict[str, Any] = {"title": title, "reviewer_ids": reviewers, "expert_id": expert or None}
    said |= {"due_at": within({"until": due}, words)["until"]}
    said |= (
        {"conversation_ids": named}
        if named
        else {"sample": int(sample) if sample.isascii() and sample.isdigit() else 0}
    )
    try:
        made = await CalibrationSessions(gateway).open(said)
    except GatewaySaid as error:
        draft = {"title": title, "sample": sample, "conversations": conversations, "reviewers": reviewers}
        draft |= {"expert": expert, "due": due}
        return await _listed(request, session, gateway, words, draft=draft, fault=error)
    return RedirectResponse(f"/calibrations/{made.id}", status_code=303)


@router.get("/calibrations/{calibration}")
async def show_session(
    request: Request, session: SessionOf, gateway: GatewayOf, words: WordsOf, calibration: str
) -> Response:
    """What is left to judge; of a closed one, how far everybody agrees."""
    return await _session(request, session, gateway, words, calibration)


@router.post("/calibrations/{calibration}/additions")
async def extend(
    request: Request,
    session: OwnForm,
    parts: PartsOf,
    words: WordsOf,
    calibration: str,
    conversations: Lines = "",
    reviewers: Ids = (),
) -> Response:
    """Back to the session; refused, it says why."""
    gateway = parts.gateway(session.key)
    said = {"conversation_ids": conversations.split(), "reviewer_ids": reviewers}
    try:
        await CalibrationSessions(gateway).extend(calibration, said)
    except GatewaySaid as error:
        return await _session(request, session, gateway, words, calibration, fault=error.said_code)
    return RedirectResponse(f"/calibrations/{quote(calibration, safe='')}", status_code=303)


@router.post("/calibrations/{calibration}/closing")
async def close(session: OwnForm, parts: PartsOf, calibration: str) -> Response:
    """On to the comparison."""
    await CalibrationSessions(parts.gateway(session.key)).close(calibration)
    return RedirectResponse(f"/calibrations/{quote(calibration, safe='')}", status_code=303)


@router.get("/calibrations/{calibration}/additions")
@router.get("/calibrations/{calibration}/closing")
async def back(calibration: str) -> Response:
    """The address of a form's answer, loaded again."""
    return RedirectResponse(f"/calibrations/{quote(calibration, safe='')}", status_code=303)


@router.get("/calibrations/{calibration}/{conversation}")
async def show_conversation(
    request: Request, _: SessionOf, gateway: GatewayOf, words: WordsOf, calibration: str, conversation: str
) -> Response:
    """Its words and the questions, and nothing that anybody answered but oneself."""
    return await _judging(request, gateway, words, calibration, conversation)


@router.post("/calibrations/{calibration}/{conversation}")
async def answer(
    request: Request, session: OwnForm, parts: PartsOf, words: WordsOf, calibration: str, conversation: str
) -> Response:
    """All fields that say something; on to the next conversation with a question left. What does not fit is told in the form."""
    gateway = parts.gateway(session.key)
    sessions = CalibrationSessions(gateway)
    asked = await sessions.questions(calibration)
    one = next((each for each in asked if each.conversation_id == conversation), None)
    if one is None:
        raise GatewaySaid(404, "not_found", "the session has no such conversation", ())
    form = {name: str(value)[:256] for name, value in (await request.form()).items()}
    try:
        for said in views.answers(one, form):
            await sessions.answer(calibration, said)
    except GatewaySaid as error:
        if error.said_status != REFUSED:
            raise
        return await _judging(request, gateway, words, calibration, conversation, form=form)
    onto, following = f"/calibrations/{quote(calibration, safe='')}", views.following(asked, conversation)
    return RedirectResponse(f"{onto}/{quote(following, safe='')}" if following else onto, status_code=303)


async def _session(
    request: Request, session: Session, gateway: Gateway, words: Wording, calibration: str, fault: str = ""
) -> Response:
    sessions = CalibrationSessions(gateway)
    found = await sessions.get(calibration)
    asked = await sessions.questions(calibration)
    titles = await _titles(gateway, (one.conversation_id for one in asked), words)
    manages = session.may(Scope.REVIEW) and session.may(Scope.AUDIT)
    may_extend = manages and found.state is CalibrationState.OPEN
    told = await sessions.comparison(calibration) if found.state is CalibrationState.CLOSED else None
    mine = (await gateway.whoami()).person
    people = [one.person_id for one in found.reviewers]
    return page(
        request,
        "calibration.html",
        status=REFUSED if fault else 200,
        fault=fault,
        others=await _others(gateway, people, words) if may_extend else None,
        one=found,
        takes_part=mine is not None and mine.id in people,
        manages=manages,
        conversations=views.progress(asked, titles),
        told=told,
        compared=views.compared(told, words) if told else (),
        rows=views.rows(told, people, titles, words) if told else (),
    )


async def _judging(
    request: Request,
    gateway: Gateway,
    words: Wording,
    calibration: str,
    conversation: str,
    form: dict[str, str] | None = None,
) -> Response:
    sessions = CalibrationSessions(gateway)
    found, asked = await asyncio.gather(sessions.get(calibration), sessions.questions(calibration))
    one = next((each for each in asked if each.conversation_id == conversation), None)
    if one is None:
        raise GatewaySaid(404, "not_found", "the session has no such conversation", ())
    transcript = await gateway.transcript(conversation)
    views_of = await gateway.named([conversation], summaries=False)
    heard = any(view.recording for view in views_of)
    return page(
        request,
        "calibration_form.html",
        status=REFUSED if form else 200,
        one=found,
        conversation=conversation,
        title=title_of(views_of[0], words) if views_of else conversation,
        recording=f"/conversations/{quote(conversation, safe='')}/recording?masked=true" if heard else "",
        turns=transcript.turns if transcript else (),
        questions=views.questions(one, words),
        form=form or {},
    )


async def _listed(
    request: Request,
    session: Session,
    gateway: Gateway,
    words: Wording,
    *,
    draft: dict[str, Any] | None = None,
    fault: GatewaySaid | None = None,
) -> Response:
    manages = session.may(Scope.REVIEW) and session.may(Scope.AUDIT)
    asked = chosen(request, ("cursor",))
    found = await CalibrationSessions(gateway).page(asked)
    now = datetime.now(words.zone)
    people = (await ReviewQueue(gateway).progress(now.isoformat())).reviewers if manages else ()
    named = request.query_params.get("conversations", "")[:4000]
    usual = {"sample": "" if named else str(SAMPLE), "conversations": named, "reviewers": ()}
    usual |= {"due": (now + timedelta(days=DAYS)).date().isoformat()}
    return page(
        request,
        "calibrations.html",
        status=fault.said_status if fault else 200,
        sessions=found.items,
        next_cursor=found.next_cursor,
        manages=manages,
        people=people,
        draft=draft or usual,
        fault=fault,
        most=MOST_CONVERSATIONS,
    )


async def _others(gateway: Gateway, taking_part: Iterable[str], words: Wording) -> list[ReviewerProgress]:
    """Who reviews and takes no part yet."""
    people = (await ReviewQueue(gateway).progress(datetime.now(words.zone).isoformat())).reviewers
    return [one for one in people if one.id not in set(taking_part)]


async def _titles(gateway: Gateway, conversations: Iterable[str], words: Wording) -> dict[str, str]:
    named = await gateway.named(conversations, summaries=False)
    return {view.id: title_of(view, words) for view in named}
