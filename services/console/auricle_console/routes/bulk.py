"""Many conversations at once: how many and what with them, then batch after batch, with what was refused."""

from datetime import datetime
from typing import Annotated
from urllib.parse import urlencode

from auricle_contracts import Scope
from fastapi import APIRouter, Form, Query, Request
from pydantic import StringConstraints
from starlette.responses import RedirectResponse, Response

from auricle_console import bulk_actions, narrowing
from auricle_console.bulk_actions import BATCH, MOST, WORKED_THROUGH, Action, Refused
from auricle_console.drawing import page
from auricle_console.errors import GatewaySaid
from auricle_console.gateway import MOST_NAMED, Gateway
from auricle_console.review_queue import ReviewQueue
from auricle_console.routes.callers import GatewayOf, OwnForm, PartsOf, SessionOf, WordsOf, within
from auricle_console.routes.streaming import passed_on
from auricle_console.sessions import Session
from auricle_console.views.bulk import Progress, Row
from auricle_console.views.listing import title_of
from auricle_console.wording import Wording

router = APIRouter()
PASSED_ON = ("content-type", "content-length", "content-disposition")
MOST_CHARS = 100_000
Id = Annotated[str, StringConstraints(max_length=256)]
Ids = Annotated[tuple[Id, ...], Form(max_length=MOST_NAMED)]
Named = Annotated[tuple[Id, ...], Query(max_length=MOST_NAMED)]
Line = Annotated[str, StringConstraints(max_length=300, strip_whitespace=True), Form()]
Text = Annotated[str, StringConstraints(max_length=MOST_CHARS), Form()]
Number = Annotated[int, Form(ge=0, le=MOST)]


@router.get("/bulk")
@router.get("/bulk/work")
async def back(_: SessionOf) -> Response:
    """The address of a form's answer, opened or loaded again, is the list's."""
    return RedirectResponse("/conversations", status_code=303)


@router.post("/bulk")
async def choose(
    request: Request,
    session: OwnForm,
    parts: PartsOf,
    words: WordsOf,
    action: Line = "",
    id: Ids = (),  # noqa: A002
    matching: Line = "",
    query: Text = "",
) -> Response:
    """How many, and what is asked before anything is done; `matching`: all that the list is narrowed to, on all of its pages."""
    gateway, allowed = parts.gateway(session.key), bulk_actions.actions_of(session)
    asked = narrowing.read(query)
    ids, more = tuple(dict.fromkeys(id)), False
    if matching:
        ids, more = await bulk_actions.matching(gateway, bulk_actions.narrowed(within(asked, words)))
    wanted = next((one for one in allowed if one.value == action), None)
    if wanted is Action.EXPORT and matching:
        return RedirectResponse(f"/export?{urlencode(asked)}", status_code=303)
    if wanted is Action.EXPORT and ids:
        return RedirectResponse(f"/bulk/export?{urlencode([('id', one) for one in ids])}", status_code=303)
    if wanted is Action.CALIBRATE and ids:
        return RedirectResponse(f"/calibrations?{urlencode({'conversations': ' '.join(ids)})}", status_code=303)
    people = await _people(gateway, session, words) if wanted is Action.REVIEW else ()
    return page(
        request, "bulk.html", action=wanted, ids=ids, more=more, most=MOST, people=people, back=urlencode(asked),
        status=200 if wanted and ids else 422,
    )  # fmt: skip


@router.post("/bulk/work")
async def work(
    request: Request,
    session: OwnForm,
    parts: PartsOf,
    words: WordsOf,
    action: Line = "",
    left: Text = "",
    refused: Text = "",
    done: Number = 0,
    total: Number = 0,
    note: Line = "",
    person: Line = "",
    back: Text = "",
) -> Response:
    """The next batch; the answer goes on by itself while something is left, and is a form for whoever has no script."""
    gateway, ids = parts.gateway(session.key), left.split()[:MOST]
    wanted = next((one for one in WORKED_THROUGH if one.value == action), None)
    now, rest = ids[:BATCH], ids[BATCH:]
    fault, failed = "", tuple[Refused, ...]()
    if wanted is None or wanted not in bulk_actions.actions_of(session):
        fault, now, rest = "forbidden", [], ids
    else:
        try:
            failed = await bulk_actions.work(gateway, wanted, now, note=note, person=person)
        except GatewaySaid as error:
            fault, rest = error.said_code, ids
    rows = (*_read(refused), *await _rows(gateway, failed, words))
    worked = done + (0 if fault else len(now) - len(failed))
    progress = Progress(action, worked, total or len(ids), tuple(rest), rows, fault, note, person)
    template = "_bulk.html" if "hx-request" in request.headers else "bulk_progress.html"
    return page(request, template, progress=progress, back=urlencode(narrowing.read(back)))


@router.get("/bulk/export")
async def export(_: SessionOf, gateway: GatewayOf, words: WordsOf, id: Named = ()) -> Response:  # noqa: A002
    """The workbook of the chosen ones."""
    query: dict[str, str | list[str]] = {"id": list(id), "format": "xlsx", "language": words.language}
    return await passed_on(gateway.export(query), PASSED_ON)


async def _people(gateway: Gateway, session: Session, words: Wording) -> tuple[object, ...]:
    if not session.may(Scope.REVIEW):
        return ()
    return (await ReviewQueue(gateway).progress(datetime.now(words.zone).isoformat())).reviewers


async def _rows(gateway: Gateway, failed: tuple[Refused, ...], words: Wording) -> tuple[Row, ...]:
    """With the titles of those that are still there."""
    named = await gateway.named([one.conversation for one in failed], summaries=False)
    titles = {view.id: title_of(view, words) for view in named}
    return tuple(Row(one.conversation, titles.get(one.conversation, one.conversation), one.why) for one in failed)


def _read(lines: str) -> tuple[Row, ...]:
    """As they came along from the batches before: an id, a code and a title a line."""
    parts = (line.split("\t", 2) for line in lines.splitlines()[:MOST])
    return tuple(Row(one[0], one[2], one[1]) for one in parts if len(one) == 3)
