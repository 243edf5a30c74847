"""Quizzes: own ones to answer, and for who runs quality how they are made, given and what came of them."""

from datetime import datetime, timedelta
from typing import Annotated
from urllib.parse import quote

from auricle_contracts import Scope
from fastapi import APIRouter, Form, Request
from pydantic import StringConstraints
from starlette.responses import RedirectResponse, Response

from auricle_console.drawing import page
from auricle_console.errors import GatewaySaid
from auricle_console.gateway import Gateway
from auricle_console.quizzes import Quizzes
from auricle_console.routes.callers import GatewayOf, OwnForm, PartsOf, SessionOf, WordsOf, chosen, within
from auricle_console.views import quizzes as views
from auricle_console.views.appeals import titles_of
from auricle_console.wording import Wording

router = APIRouter()
DAYS = 7
REFUSED = 422
Word = Annotated[str, StringConstraints(max_length=256), Form()]
Picked = Annotated[tuple[str, ...], Form(max_length=200)]


@router.get("/coaching/quizzes")
async def show_quizzes(request: Request, session: SessionOf, gateway: GatewayOf) -> Response:
    """Own ones; for who reviews all of the workspace."""
    quizzes, asked = Quizzes(gateway), chosen(request, ("cursor",))
    coaches = session.may(Scope.REVIEW)
    found = await quizzes.page(asked) if coaches else None
    own = await quizzes.own() if session.person else ()
    return page(
        request,
        "quizzes.html",
        quizzes=found.items if found else (),
        next_cursor=found.next_cursor if found else None,
        own=views.own_rows(own),
        coaches=coaches,
        may_make=session.may(Scope.REVIEW) and session.may(Scope.AUDIT),
    )


@router.get("/coaching/quizzes/new")
async def show_form(request: Request, _: SessionOf, gateway: GatewayOf, words: WordsOf) -> Response:
    """What people judged, to pick from."""
    return await _form(request, gateway, words)


@router.post("/coaching/quizzes")
async def make(
    request: Request,
    session: OwnForm,
    parts: PartsOf,
    words: WordsOf,
    picked: Picked = (),
    title: Word = "",
) -> Response:
    """On to the quiz; refused, the form stands there with its title."""
    gateway = parts.gateway(session.key)
    sources = [dict(zip(("conversation_id", "finding_id"), one.split(" ", 1), strict=False)) for one in picked]
    try:
        made = await Quizzes(gateway).make(title, sources)
    except GatewaySaid as error:
        return await _form(request, gateway, words, title=title, fault=error.said_code)
    return RedirectResponse(f"/coaching/quizzes/{made.id}", status_code=303)


@router.get("/coaching/quizzes/{quiz}")
async def show_quiz(request: Request, session: SessionOf, gateway: GatewayOf, words: WordsOf, quiz: str) -> Response:
    """With what is right and how many knew."""
    return await _quiz(request, gateway, words, quiz, may_give=session.may(Scope.AUDIT))


@router.post("/coaching/quizzes/{quiz}/assignments")
async def give(
    request: Request,
    session: OwnForm,
    parts: PartsOf,
    words: WordsOf,
    quiz: str,
    people: Picked = (),
    team: Word = "",
    due: Word = "",
) -> Response:
    """To the people that were ticked, or to a team; refused, the quiz says so."""
    gateway = parts.gateway(session.key)
    until = within({"until": due}, words).get("until")
    said = {"due_at": until} | ({"team_id": team} if team else {"person_ids": people})
    try:
        await Quizzes(gateway).give(quiz, said)
    except GatewaySaid as error:
        return await _quiz(request, gateway, words, quiz, may_give=True, fault=error.said_code)
    return _to(f"/coaching/quizzes/{quote(quiz, safe='')}")


@router.post("/coaching/quizzes/{quiz}/removal")
async def remove(session: OwnForm, parts: PartsOf, quiz: str) -> Response:
    """For good."""
    await Quizzes(parts.gateway(session.key)).remove(quiz)
    return _to("/coaching/quizzes")


@router.get("/coaching/quizzes/{quiz}/{step}")
async def back(quiz: str, step: str) -> Response:  # noqa: ARG001 (whatever the step, the quiz is behind it)
    """The address of a form's answer, loaded again."""
    return _to(f"/coaching/quizzes/{quote(quiz, safe='')}")


@router.get("/quizzes/{assignment}")
async def show_own(request: Request, _: SessionOf, gateway: GatewayOf, words: WordsOf, assignment: str) -> Response:
    """One's own: the first question that is left, and those that were answered with what is right."""
    found = await Quizzes(gateway).own_quiz(assignment)
    titles = titles_of(await gateway.error_classes(), words.language)
    questions = views.asked(found.items, titles, words)
    return page(
        request,
        "quiz_own.html",
        row=views.own_row(found.assignment),
        left=next((one for one in questions if one.is_right is None), None),
        answered=tuple(one for one in reversed(questions) if one.is_right is not None),
    )


@router.post("/quizzes/{assignment}")
async def answer(session: OwnForm, parts: PartsOf, assignment: str, question: Word = "", choice: Word = "") -> Response:
    """Back to the quiz, at what is right."""
    try:
        await Quizzes(parts.gateway(session.key)).answer(assignment, question, choice or None)
    except GatewaySaid as error:
        if error.said_code != "quiz_answered":
            raise
    return _to(f"/quizzes/{quote(assignment, safe='')}#q-{quote(question, safe='')}")


async def _form(request: Request, gateway: Gateway, words: Wording, *, title: str = "", fault: str = "") -> Response:
    asked = chosen(request, ("error_class",))
    titles = titles_of(await gateway.error_classes(), words.language)
    return page(
        request,
        "quiz_new.html",
        status=REFUSED if fault else 200,
        sources=await Quizzes(gateway).sources(asked),
        titles=titles,
        chosen=asked,
        title=title,
        fault=fault,
    )


async def _quiz(
    request: Request, gateway: Gateway, words: Wording, quiz: str, *, may_give: bool, fault: str = ""
) -> Response:
    quizzes = Quizzes(gateway)
    found, results = await quizzes.get(quiz), await quizzes.results(quiz)
    recipients = await quizzes.recipients() if may_give else ()
    titles = titles_of(await gateway.error_classes(), words.language)
    return page(
        request,
        "quiz.html",
        status=REFUSED if fault else 200,
        quiz=found.quiz,
        questions=views.solved(found.items, results, titles, words),
        results=results,
        overall=views.share(results.overall, words),
        may_give=may_give,
        recipients=recipients,
        teams={one.team_id: one.team for one in recipients if one.team_id},
        due=(datetime.now(words.zone) + timedelta(days=DAYS)).date().isoformat(),
        fault=fault,
    )


def _to(path: str) -> RedirectResponse:
    return RedirectResponse(path, status_code=303)
