"""The page of one agent: the own one, or for whoever sees the workspace anybody's; and the agent's word that a finding was read."""

from typing import Annotated
from urllib.parse import quote

from auricle_contracts import Scope
from fastapi import APIRouter, Form, Request
from pydantic import StringConstraints
from starlette.responses import RedirectResponse, Response

from auricle_console.drawing import page
from auricle_console.gateway import Gateway
from auricle_console.quizzes import Quizzes
from auricle_console.routes.callers import (
    GatewayOf,
    OwnForm,
    PartsOf,
    SessionOf,
    WordsOf,
    chosen,
    period_told,
    periods,
    within,
)
from auricle_console.sessions import Session
from auricle_console.views import appeals
from auricle_console.views.agent_page import agent_view
from auricle_console.views.coaching import cards
from auricle_console.views.quizzes import own_rows
from auricle_console.wording import Wording

router = APIRouter()
FILTERS = ("since", "until")
ME = "me"
Address = Annotated[str, StringConstraints(max_length=2048), Form()]


@router.get("/me")
async def show_own(request: Request, session: SessionOf, gateway: GatewayOf, words: WordsOf) -> Response:
    """Of whoever is signed in; a key is told that it is nobody."""
    if not session.person:
        return page(request, "agent.html", one=None, own=True, chosen={})
    return await _drawn(request, session, gateway, words, ME)


@router.get("/agents/{agent:path}")
async def show_agent(request: Request, session: SessionOf, gateway: GatewayOf, words: WordsOf, agent: str) -> Response:
    """By a reference."""
    return await _drawn(request, session, gateway, words, agent)


@router.post("/conversations/{conversation}/findings/{finding}/acknowledgement")
async def acknowledge(session: OwnForm, parts: PartsOf, conversation: str, finding: str) -> Response:
    """Back to the finding on the own page."""
    await parts.gateway(session.key).acknowledge(conversation, finding)
    return RedirectResponse(f"/me#f-{quote(finding)}", status_code=303)


@router.get("/conversations/{conversation}/findings/{finding}/acknowledgement")
async def back(conversation: str, finding: str) -> Response:  # noqa: ARG001 (one page shows all of them)
    """The address of a form's answer, loaded again."""
    return RedirectResponse("/me", status_code=303)


async def _drawn(request: Request, session: Session, gateway: Gateway, words: Wording, agent: str) -> Response:
    asked = chosen(request, FILTERS)
    found = await gateway.agent(agent, within(asked, words))
    contested = (await gateway.appeals({"opened_by": found.person_id})).items if found.person_id else ()
    given = (await gateway.coaching_tasks({"person_id": found.person_id})).items if found.person_id else ()
    titles = {name: title[words.language] for name, title in found.class_titles.items()}
    if contested or given:
        titles |= appeals.titles_of(await gateway.error_classes(), words.language)
    return page(
        request,
        "agent.html",
        one=agent_view(found, words),
        own=agent == ME,
        disclosure=await gateway.disclosure() if agent == ME else None,
        coaches=session.may(Scope.REVIEW) and agent != ME,
        tasks=tuple(task for task in cards(given, titles, words) if task.waiting),
        quizzes=own_rows(await Quizzes(gateway).own()) if agent == ME else (),
        may_acknowledge=agent == ME and session.may(Scope.APPEAL),
        address="/me" if agent == ME else f"/agents/{quote(agent, safe='')}",
        appeals=appeals.shown(contested, titles, words),
        chosen=asked,
        periods=periods(words),
        period=period_told(asked, words, "agent.twelve_weeks"),
    )
