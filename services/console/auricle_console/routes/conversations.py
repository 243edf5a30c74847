"""The list with its filters and live states, one conversation, and its recording."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Literal
from urllib.parse import quote, urlencode, urlsplit

from auricle_contracts import CriterionKind, Label, Scope
from auricle_contracts.appeals import Appeal
from fastapi import APIRouter, Form, Query, Request
from pydantic import BaseModel, ConfigDict, StringConstraints
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, RedirectResponse, Response

from auricle_console import narrowing
from auricle_console.bulk_actions import actions_of
from auricle_console.drawing import page
from auricle_console.errors import GatewaySaid
from auricle_console.gateway import MOST_NAMED, Gateway
from auricle_console.routes import review
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
from auricle_console.routes.streaming import passed_on
from auricle_console.sessions import Session
from auricle_console.views.conversation import Material, conversation_page
from auricle_console.views.findings import FindingDraft
from auricle_console.views.labels import Draft, fault_of, typed
from auricle_console.views.listing import Listing, filters, listing, state_of
from auricle_console.views.review import QueueRow
from auricle_console.views.shell import KEYS, REVIEW_KEYS, query_of
from auricle_console.wording import Wording

router = APIRouter()
PAGE_SIZE = "25"
ORDER = "order"
COLUMNS = "columns"
MOST_COLUMNS = 20
FILTERS = (ORDER, COLUMNS, *narrowing.NAMES)
PASSED_ON = ("content-type", "content-length", "content-range", "accept-ranges", "etag")
ASKED_WITH = ("range", "if-range")
MOST_TYPED = 100_000
REFUSED = 422


Ids = Annotated[tuple[Annotated[str, StringConstraints(max_length=256)], ...], Query(max_length=MOST_NAMED)]

Columns = Annotated[str, Query(max_length=2048)]


class Said(BaseModel):
    """The form under an answer. What is too long is told beside its field, so nothing but the whole is bounded here."""

    model_config = ConfigDict(extra="ignore")

    criterion: Annotated[str, StringConstraints(max_length=256)]
    evaluation_id: Annotated[str, StringConstraints(max_length=256)]
    kind: CriterionKind = CriterionKind.TEXT
    state: Annotated[str, StringConstraints(max_length=32)] = ""
    value: Annotated[str, StringConstraints(max_length=MOST_TYPED)] = ""
    comment: Annotated[str, StringConstraints(max_length=MOST_TYPED)] = ""
    author: Annotated[str, StringConstraints(max_length=MOST_TYPED)] = ""

    def as_label(self, conversation: str) -> dict[str, object]:
        """As the gateway takes it."""
        return {
            "conversation_id": conversation, "evaluation_id": self.evaluation_id, "criterion": self.criterion,
            "state": self.state, "value": typed(self.kind, self.state, self.value), "comment": self.comment.strip() or None,
            "author": self.author.strip() or None, "source": "page",
        }  # fmt: skip

    def draft(self) -> Draft:
        """As it goes back into the form."""
        return Draft(self.criterion, self.state, self.value, self.comment, self.author)


@router.get("/")
async def home(_: SessionOf) -> Response:
    """Where everybody begins."""
    return RedirectResponse("/conversations", status_code=303)


@router.get("/conversations")
async def show_list(request: Request, session: SessionOf, gateway: GatewayOf, words: WordsOf) -> Response:
    """Newest first."""
    asked, cursor = chosen(request, FILTERS), request.query_params.get("cursor")
    if picked := request.query_params.getlist("column"):
        asked[COLUMNS] = " ".join(list(dict.fromkeys(picked))[:MOST_COLUMNS])
        return RedirectResponse(f"/conversations?{urlencode(asked)}", status_code=303)
    if added := narrowing.with_condition(asked, chosen(request, narrowing.CONDITION)):
        return RedirectResponse(f"/conversations?{urlencode(added)}", status_code=303)
    rows, next_cursor = await _listing(gateway, asked, cursor, words)
    return page(
        request,
        "list.html",
        signs=narrowing.SIGNS,
        unsure_below=narrowing.UNSURE_BELOW,
        told=request.query_params.get("view", ""),
        chosen=asked,
        query=urlencode(query_of(asked, cursor)),
        filters=filters(asked, words),
        period=period_told(asked, words),
        periods=periods(words),
        listing=rows,
        next_cursor=next_cursor,
        paged="cursor" in request.query_params,
        may_export=session.may(Scope.EXPORT),
        actions=actions_of(session),
    )


@router.get("/rows")
async def show_rows(
    request: Request,
    session: SessionOf,
    gateway: GatewayOf,
    words: WordsOf,
    id: Ids = (),  # noqa: A002
    columns: Columns = "",
) -> Response:
    """The table alone, or of it the rows that are named, with the columns that the page has."""
    asked, cursor = chosen(request, FILTERS), request.query_params.get("cursor")
    if id:
        rows = listing(await gateway.named(id), words, columns=columns.split())
    else:
        rows, _cursor = await _listing(gateway, asked, cursor, words)
    query = urlencode(query_of(asked, cursor))
    return page(request, "_rows.html", listing=rows, chosen=asked, query=query, actions=actions_of(session))


@router.get("/progress")
async def progress(_: SessionOf, gateway: GatewayOf, id: Ids = ()) -> JSONResponse:  # noqa: A002
    """How the named conversations stand, for pages that follow it: the word and what is waited for, by id."""
    return JSONResponse({view.id: state_of(view) for view in await gateway.named(id, summaries=False)})


@router.get("/suggestions")
async def suggestions(request: Request, _: SessionOf, gateway: GatewayOf) -> Response:
    """What the filters may name."""
    found, classes = await asyncio.gather(gateway.suggestions(), gateway.error_classes())
    return page(request, "_suggestions.html", found=found, classes=classes)


@router.get("/conversations/{conversation}")
async def show_conversation(
    request: Request, session: SessionOf, conversation: str, gateway: GatewayOf, words: WordsOf
) -> Response:
    """Everything about one conversation."""
    found, beside, waiting, golden = await asyncio.gather(
        material(gateway, conversation),
        beside_of(request, gateway, words),
        review.at_hand(request, session, gateway),
        review.keeps_golden(request, session, gateway),
    )
    return await run_in_threadpool(drawn, request, session, found, beside, words, waiting=waiting, golden=golden)


@router.post("/conversations/{conversation}/unmasked")
async def unmask(request: Request, session: OwnForm, parts: PartsOf, conversation: str, words: WordsOf) -> Response:
    """The same page with what is hidden: for keys with `unmask`, and the gateway writes down each look. Raises GatewaySaid."""
    gateway = parts.gateway(session.key)
    found, beside = await asyncio.gather(
        material(gateway, conversation, unmasked=True), beside_of(request, gateway, words)
    )
    return await run_in_threadpool(drawn, request, session, found, beside, words)


@router.get("/conversations/{conversation}/unmasked")
@router.get("/conversations/{conversation}/labels")
async def back(conversation: str) -> Response:
    """The address of a form's answer, opened or loaded again, is the conversation's."""
    return RedirectResponse(f"/conversations/{quote(conversation, safe='')}", status_code=303)


@router.post("/conversations/{conversation}/labels")
async def contest(
    request: Request, session: OwnForm, parts: PartsOf, conversation: str, said: Annotated[Said, Form()], words: WordsOf
) -> Response:
    """A person's answer beside the model's; one that cannot be kept comes back in its form, with the reason at its field."""
    gateway, draft = parts.gateway(session.key), said.draft()
    field, fault = fault_of(said.kind, draft)
    if not fault:
        try:
            await gateway.label(said.as_label(conversation))
        except GatewaySaid as error:
            field, fault = ("value", "refused") if error.said_status == REFUSED else ("", "not_kept")
    asked_for_row = "hx-request" in request.headers
    if not fault and not asked_for_row:
        query = urlsplit(request.headers.get("referer", "")).query
        there = f"/conversations/{quote(conversation, safe='')}{f'?{query}' if query else ''}#c-{quote(said.criterion)}"
        return RedirectResponse(there, status_code=303)
    refused = replace(draft, field=field, fault=fault) if fault else None
    found = await material(gateway, conversation)
    if asked_for_row:
        return await run_in_threadpool(_row_drawn, request, found, said.criterion, words, refused)
    beside = await beside_of(request, gateway, words)
    return await run_in_threadpool(drawn, request, session, found, beside, words, refused)


def drawn(
    request: Request,
    session: Session,
    found: Material,
    beside: Listing,
    words: Wording,
    draft: Draft | None = None,
    *,
    missed: FindingDraft | None = None,
    groups: object = (),
    waiting: Sequence[QueueRow] = (),
    golden: bool = False,
) -> Response:
    """In a thread: a conversation of thousands of turns takes seconds to draw."""
    shown = conversation_page(
        found,
        words,
        may_label=session.may(Scope.LABEL),
        may_operate=session.may(Scope.OPERATE),
        draft=draft,
        missed=missed,
        may_appeal=bool(session.person) and session.may(Scope.APPEAL) and not session.may(Scope.LABEL),
        appeal_fault=request.query_params.get("appeal_fault", "")[:64],
    )
    previous, following = ("", "") if waiting else beside.beside(found.view.id)
    asked = query_of(chosen(request, FILTERS), request.query_params.get("cursor"))
    return page(
        request,
        "conversation.html",
        status=REFUSED if draft or missed else 200,
        page=shown,
        groups=groups,
        audio=sound_of(found),
        neighbours=beside,
        previous=previous,
        following=following,
        query=urlencode(asked),
        keys=REVIEW_KEYS if waiting else KEYS,
        at_hand=waiting[0] if waiting else None,
        waiting=waiting[1:],
        golden=golden,
        narrowing=review.narrowing_query(request),
        told=review.told(request),
        section="review" if waiting else "conversations",
    )


def _row_drawn(
    request: Request, found: Material, criterion: str, words: Wording, draft: Draft | None = None
) -> Response:
    """The answer alone, as it counts now, for the page that it stands on."""
    shown = conversation_page(found, words, may_label=True, draft=draft)
    one = next((one for one in (*shown.judged, *shown.established) if one.answer.criterion == criterion), None)
    if one is None:
        raise HTTPException(404)
    return page(request, "answer.html", status=REFUSED if draft else 200, page=shown, one=one, audio=sound_of(found))


def sound_of(found: Material) -> str:
    """Where its recording is; one hears what one sees.

    That is WAV, once it was transcribed with tones where something is hidden, or a format with an index: in MP3 of a variable rate browsers
    seek by a table of a hundred places, which at 60 minutes is seconds off.
    """
    if not found.view.recording:
        return ""
    source = f"/conversations/{quote(found.view.id, safe='')}/recording"
    return source + ("?masked=true" if found.transcript and not found.unmasked else "?seekable=true")


async def beside_of(request: Request, gateway: Gateway, words: Wording) -> Listing:
    """The list that this conversation was opened from."""
    rows, _cursor = await _listing(gateway, chosen(request, FILTERS), request.query_params.get("cursor"), words)
    return rows


@router.get("/conversations/{conversation}/recording")
async def play(
    request: Request,
    _: SessionOf,
    conversation: str,
    gateway: GatewayOf,
    *,
    masked: bool = False,
    seekable: bool = False,
) -> Response:
    """The recording, range by range as the player asks; `masked` with tones over what is hidden, `seekable` in a form to seek in."""
    asked = {name: request.headers[name] for name in ASKED_WITH if name in request.headers}
    return await passed_on(gateway.recording(conversation, asked, masked=masked, seekable=seekable), PASSED_ON)


@router.get("/export")
async def export(
    request: Request,
    _: SessionOf,
    gateway: GatewayOf,
    words: WordsOf,
    format: Literal["xlsx", "csv", "parquet"] = "xlsx",  # noqa: A002
    sheet: Literal["", "list"] = "",
) -> Response:
    """The workbook of what the list shows, all pages of it; `list`: its rows and columns alone."""
    asked = chosen(request, FILTERS)
    query = narrowing.query(within(asked, words)) | {"format": format, "language": words.language}
    if sheet:
        query |= {"sheet": sheet, "column": asked.get(COLUMNS, "").split(), "sort": asked.get(ORDER, "newest")}
        if format == "csv" and words.language == "ru":
            query["separator"] = "semicolon"
    return await passed_on(gateway.export(query), (*PASSED_ON, "content-disposition"))


async def _listing(
    gateway: Gateway, asked: Mapping[str, str], cursor: str | None, words: Wording
) -> tuple[Listing, str | None]:
    query = narrowing.query(within(asked, words)) | {"limit": PAGE_SIZE, "include": "summary"}
    query |= {"sort": asked[ORDER]} if ORDER in asked else {}
    query |= {"cursor": cursor} if cursor else {}
    found = await gateway.conversations(query)
    return listing(found.items, words, columns=asked.get(COLUMNS, "").split()), found.next_cursor


async def material(gateway: Gateway, conversation: str, *, unmasked: bool = False) -> Material:
    """Everything that the gateway has of a conversation. Raises GatewaySaid when it has none, or hides it from this key."""
    view = await gateway.conversation(conversation)
    listed, transcript, report, recipe, (labels, appeals), peaks = await asyncio.gather(
        gateway.conversations({"id": view.id, "include": "summary"}),
        gateway.transcript(view.id, unmasked=unmasked),
        gateway.report(view.id, unmasked=unmasked),
        gateway.recipe(view.id),
        _labels_and_appeals(gateway, view.id),
        gateway.peaks(view.id) if view.recording else _nothing(),
    )
    summary = next((one.summary for one in listed.items), None)
    return Material(view, transcript, report, peaks, recipe, labels, summary, unmasked, appeals)


async def _labels_and_appeals(gateway: Gateway, conversation: str) -> tuple[tuple[Label, ...], tuple[Appeal, ...]]:
    """What people said about it."""
    return await asyncio.gather(gateway.labels(conversation), gateway.appeals_of(conversation))


async def _nothing() -> None:
    return None
