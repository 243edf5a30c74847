"""Coaching: tasks for agents with what came of them, own ones for an agent, and the library of good examples."""

from datetime import datetime, timedelta
from typing import Annotated, Literal
from urllib.parse import quote

from auricle_contracts import Scope
from auricle_contracts.vocabulary import CoachingState
from fastapi import APIRouter, Form, Request
from pydantic import StringConstraints
from starlette.responses import RedirectResponse, Response

from auricle_console.drawing import page
from auricle_console.errors import GatewaySaid
from auricle_console.gateway import Gateway
from auricle_console.routes.callers import GatewayOf, OwnForm, PartsOf, SessionOf, WordsOf, chosen, within
from auricle_console.views import coaching as views
from auricle_console.views.appeals import titles_of
from auricle_console.views.coaching import TaskDraft
from auricle_console.wording import Wording

router = APIRouter()
FILTERS = ("state", "person_id", "overdue", "cursor")
DAYS = 7
REFUSED = 422
Typed = Annotated[str, StringConstraints(max_length=20_000), Form()]
Word = Annotated[str, StringConstraints(max_length=256), Form()]
Note = Annotated[str, StringConstraints(max_length=500), Form()]


@router.get("/coaching")
async def show_tasks(request: Request, session: SessionOf, gateway: GatewayOf, words: WordsOf) -> Response:
    """Newest first."""
    asked = chosen(request, FILTERS)
    found = await gateway.coaching_tasks(asked)
    titles = titles_of(await gateway.error_classes(), words.language)
    return page(
        request,
        "coaching.html",
        tasks=views.cards(found.items, titles, words),
        effect=None,
        coaches=session.may(Scope.REVIEW),
        states=tuple(CoachingState),
        chosen=asked,
        next_cursor=found.next_cursor,
    )


@router.get("/coaching/new")
async def show_form(request: Request, _: SessionOf, gateway: GatewayOf, words: WordsOf) -> Response:
    """From the agent's page: for whom, about what."""
    asked = chosen(request, ("agent", "conversation", "criterion", "finding"))
    due = (datetime.now(words.zone) + timedelta(days=DAYS)).date().isoformat()
    draft = TaskDraft(asked.pop("agent", ""), asked.pop("conversation", ""), **asked, due=due)
    return await _form(request, gateway, words, draft)


@router.get("/coaching/examples")
async def show_examples(request: Request, session: SessionOf, gateway: GatewayOf) -> Response:
    """How it is done well."""
    asked = chosen(request, ("criterion", "cursor"))
    found = await gateway.good_examples(asked)
    return page(
        request,
        "examples.html",
        examples=found.items,
        coaches=session.may(Scope.REVIEW),
        chosen=asked,
        next_cursor=found.next_cursor,
    )


@router.get("/coaching/{task}")
async def show_task(request: Request, session: SessionOf, gateway: GatewayOf, words: WordsOf, task: str) -> Response:
    """With what came of it."""
    found = await gateway.coaching_task(task)
    titles = titles_of(await gateway.error_classes(), words.language) if found.error_class else {}
    return page(
        request,
        "coaching.html",
        tasks=views.cards([found], titles, words),
        effect=views.shown_effect(await gateway.coaching_effect(task), words),
        coaches=session.may(Scope.REVIEW),
        states=(),
        chosen={},
        next_cursor=None,
    )


@router.post("/coaching")
async def give(
    request: Request,
    session: OwnForm,
    parts: PartsOf,
    words: WordsOf,
    agent: Word = "",
    conversation: Word = "",
    criterion: Word = "",
    finding: Word = "",
    text: Typed = "",
    due: Word = "",
) -> Response:
    """On to the task; refused, the form stands there as it was typed."""
    gateway = parts.gateway(session.key)
    fault = "" if text.strip() and len(text.strip()) <= views.TEXT_CHARS else "no_text"
    if not fault:
        person = (await gateway.agent(agent, {})).person_id
        about = {"criterion": criterion} if criterion else {"finding_id": finding}
        until = within({"until": due}, words)["until"]  # the end of that day
        said = about | {"person_id": person, "conversation_id": conversation, "text": text.strip(), "due_at": until}
        try:
            task = await gateway.give_task(said)
            return RedirectResponse(f"/coaching/{task.id}", status_code=303)
        except GatewaySaid as error:
            fault = error.said_code
    draft = TaskDraft(agent, conversation, criterion, finding, text, due, fault)
    return await _form(request, gateway, words, draft)


@router.post("/coaching/examples")
async def add_example(
    session: OwnForm, parts: PartsOf, conversation: Word = "", criterion: Word = "", note: Note = ""
) -> Response:
    """On to the library."""
    said = {"conversation_id": conversation, "criterion": criterion, "note": note}
    await parts.gateway(session.key).add_example(said)
    return RedirectResponse("/coaching/examples", status_code=303)


@router.post("/coaching/examples/{example}/removal")
async def remove_example(session: OwnForm, parts: PartsOf, example: str) -> Response:
    """For good."""
    await parts.gateway(session.key).remove_example(example)
    return RedirectResponse("/coaching/examples", status_code=303)


@router.post("/coaching/{task}/{step}")
async def move(
    session: OwnForm, parts: PartsOf, task: str, step: Literal["acknowledgement", "done", "withdrawal"]
) -> Response:
    """The agent read it; it is done; it is taken back."""
    await parts.gateway(session.key).move_task(task, step)
    return RedirectResponse(f"/coaching/{quote(task, safe='')}", status_code=303)


@router.get("/coaching/{task}/{step}")
async def back(task: str, step: str) -> Response:  # noqa: ARG001 (whatever the step, the task is behind it)
    """The address of a form's answer, loaded again."""
    return RedirectResponse(f"/coaching/{quote(task, safe='')}", status_code=303)


async def _form(request: Request, gateway: Gateway, words: Wording, draft: TaskDraft) -> Response:
    found = await gateway.agent(draft.agent, {})
    error_class = next((one.error_class for one in found.findings if one.finding_id == draft.finding), None)
    titles = {name: title[words.language] for name, title in found.class_titles.items()}
    return page(
        request,
        "coaching_new.html",
        status=REFUSED if draft.fault else 200,
        draft=draft,
        one=found,
        title=views.title_of(draft.criterion, error_class, titles, words),
    )
