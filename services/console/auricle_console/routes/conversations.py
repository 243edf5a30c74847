"""The list with its filters and live states, one conversation, and its recording."""

import asyncio
from collections.abc import Mapping
from typing import Annotated
from urllib.parse import quote

from auricle_contracts import ConversationView, EvaluationReport, Scope
from fastapi import APIRouter, Form, Request
from pydantic import BaseModel, ConfigDict, StringConstraints
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from auricle_console.drawing import page
from auricle_console.gateway import Gateway
from auricle_console.routes.callers import GatewayOf, OwnForm, PartsOf, SessionOf, WordsOf, chosen
from auricle_console.routes.streaming import passed_on
from auricle_console.views.conversation import Material, conversation_page
from auricle_console.views.labels import typed
from auricle_console.views.listing import Listing, listing
from auricle_console.wording import Wording

router = APIRouter()
PAGE_SIZE = "25"
FILTERS = ("channel", "direction", "progress", "line", "agent", "external_id", "since", "until")
PASSED_ON = ("content-type", "content-length", "content-range", "accept-ranges", "etag")
ASKED_WITH = ("range", "if-range")


class Said(BaseModel):
    """The form under an answer."""

    model_config = ConfigDict(extra="ignore")

    criterion: Annotated[str, StringConstraints(max_length=256)]
    evaluation_id: Annotated[str, StringConstraints(max_length=256)]
    kind: Annotated[str, StringConstraints(max_length=16)] = ""
    state: Annotated[str, StringConstraints(max_length=32)] = ""
    value: Annotated[str, StringConstraints(max_length=4000)] = ""
    comment: Annotated[str, StringConstraints(max_length=4000)] = ""
    author: Annotated[str, StringConstraints(max_length=256)] = ""

    def as_label(self, conversation: str) -> dict[str, object]:
        """As the gateway takes it."""
        return {
            "conversation_id": conversation, "evaluation_id": self.evaluation_id, "criterion": self.criterion,
            "state": self.state, "value": typed(self.kind, self.state, self.value), "comment": self.comment.strip() or None,
            "author": self.author.strip() or None, "source": "page",
        }  # fmt: skip


@router.get("/")
async def show_list(request: Request, session: SessionOf, gateway: GatewayOf, words: WordsOf) -> Response:
    """Newest first."""
    asked = chosen(request, FILTERS)
    rows, next_cursor = await _listing(gateway, asked, request.query_params.get("cursor"), words)
    return page(
        request,
        "list.html",
        chosen=asked,
        listing=rows,
        next_cursor=next_cursor,
        paged="cursor" in request.query_params,
        may_export=session.may(Scope.EXPORT),
    )


@router.get("/rows")
async def show_rows(request: Request, _: SessionOf, gateway: GatewayOf, words: WordsOf) -> Response:
    """The rows alone, for a list that follows the states."""
    rows, _cursor = await _listing(gateway, chosen(request, FILTERS), request.query_params.get("cursor"), words)
    return page(request, "_rows.html", listing=rows)


@router.get("/conversations/{conversation}")
async def show_conversation(
    request: Request, session: SessionOf, conversation: str, gateway: GatewayOf, words: WordsOf
) -> Response:
    """Everything about one conversation."""
    found = await material(gateway, conversation)
    return await run_in_threadpool(_drawn, request, found, words, session.may(Scope.LABEL))


@router.post("/conversations/{conversation}/unmasked")
async def unmask(request: Request, session: OwnForm, parts: PartsOf, conversation: str, words: WordsOf) -> Response:
    """The same page with what is hidden: for keys with `unmask`, and the gateway writes down each look. Raises GatewaySaid."""
    found = await material(parts.gateway(session.key), conversation, unmasked=True)
    return await run_in_threadpool(_drawn, request, found, words, session.may(Scope.LABEL))


def _drawn(request: Request, found: Material, words: Wording, may_label: bool) -> Response:
    """In a thread: a conversation of thousands of turns takes seconds to draw. One hears what one sees."""
    source = f"/conversations/{found.view.id}/recording" if found.view.recording else ""
    source += "?masked=true" if source and found.hides else ""
    shown = conversation_page(found, words, may_label=may_label)
    return page(request, "conversation.html", page=shown, audio=source)


@router.post("/conversations/{conversation}/labels")
async def contest(session: OwnForm, parts: PartsOf, conversation: str, said: Annotated[Said, Form()]) -> Response:
    """A person's answer beside the model's; the same that an edited sheet brings."""
    await parts.gateway(session.key).label(said.as_label(conversation))
    return RedirectResponse(f"/conversations/{quote(conversation, safe='')}#c-{quote(said.criterion)}", status_code=303)


@router.get("/conversations/{conversation}/recording")
async def play(
    request: Request, _: SessionOf, conversation: str, gateway: GatewayOf, *, masked: bool = False
) -> Response:
    """The recording, range by range as the player asks; `masked` with tones over what is hidden."""
    asked = {name: request.headers[name] for name in ASKED_WITH if name in request.headers}
    return await passed_on(gateway.recording(conversation, asked, masked=masked), PASSED_ON)


@router.get("/export")
async def export(request: Request, _: SessionOf, gateway: GatewayOf, words: WordsOf) -> Response:
    """The Excel file of what the list shows, all pages of it."""
    query = chosen(request, FILTERS) | {"format": "xlsx", "language": words.language}
    return await passed_on(gateway.export(query), (*PASSED_ON, "content-disposition"))


async def _listing(
    gateway: Gateway, asked: Mapping[str, str], cursor: str | None, words: Wording
) -> tuple[Listing, str | None]:
    query = {**asked, "limit": PAGE_SIZE} | ({"cursor": cursor} if cursor else {})
    found = await gateway.conversations(query)
    reports = await asyncio.gather(*(report_of(gateway, view) for view in found.items))
    return listing(list(zip(found.items, reports, strict=True)), words), found.next_cursor


async def report_of(gateway: Gateway, view: ConversationView) -> EvaluationReport | None:
    """The report of a conversation that has one."""
    return await gateway.report(view.id) if view.progress == "done" else None


async def material(gateway: Gateway, conversation: str, *, unmasked: bool = False) -> Material:
    """Everything that the gateway has of a conversation. Raises GatewaySaid when it has none, or hides it from this key."""
    view = await gateway.conversation(conversation)
    transcript, report, recipe, labels, peaks = await asyncio.gather(
        gateway.transcript(view.id, unmasked=unmasked),
        gateway.report(view.id, unmasked=unmasked),
        gateway.recipe(view.id),
        gateway.labels(view.id),
        gateway.peaks(view.id) if view.recording else _nothing(),
    )
    return Material(view, transcript, report, peaks, recipe, labels, unmasked)


async def _nothing() -> None:
    return None
