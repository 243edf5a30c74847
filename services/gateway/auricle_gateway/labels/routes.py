"""What people say about answers: one label from a page, many from an edited sheet, and the list of them."""

import asyncio
from collections.abc import Sequence
from typing import Annotated

from auricle_contracts import Answer, Label, LabelIn
from auricle_contracts.conversations import Reference
from auricle_kit import log
from auricle_kit.errors import NotFound
from auricle_kit.workbooks import xlsx
from auricle_records import labels, results
from auricle_records.labels import Author, NewLabel
from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from auricle_gateway.access.callers import Labeller, Reader, author_of
from auricle_gateway.errors import UnsupportedMediaType
from auricle_gateway.labels import answer_cells, import_
from auricle_gateway.labels.answer_cells import AnswerCells, Unread
from auricle_gateway.labels.fitting import fitting
from auricle_gateway.labels.import_ import Import
from auricle_gateway.labels.replies import ImportedLabel, LabelImport, LabelPage, UnreadCell
from auricle_gateway.parts import Parts, PartsOf
from auricle_gateway.rest import bodies, problem_docs

router = APIRouter(tags=["labels"])
logger = log.get("labels")
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_LISTED = 1000
BYTES = "application/octet-stream"
SHEET_BODY = {
    "requestBody": {"required": True, "content": {BYTES: {"schema": {"type": "string", "format": "binary"}}}},
}
EXAMPLE = {
    "conversation_id": "0193…",
    "criterion": "politeness",
    "state": "answered",
    "value": 55,
    "comment": "Перебил.",
}


class ImportQuery(BaseModel):
    """Whose labels these are, and whether to write them."""

    model_config = ConfigDict(extra="forbid")

    author: Annotated[
        Reference | None,
        Field(description="A name to show beside the labels; whose they are, the key or the session says."),
    ] = None
    dry_run: Annotated[bool, Field(description="Say what would come of it, and write nothing.")] = False


class LabelQuery(BaseModel):
    """All given ones must hold."""

    model_config = ConfigDict(extra="forbid")

    conversation_id: Reference | None = None
    criterion: Reference | None = None
    author: Reference | None = None
    cursor: Annotated[str | None, Field(max_length=512, description="`next_cursor` of the page before.")] = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50


@router.get("/labels", summary="What people say about answers", responses=problem_docs.of())
async def list_labels(parts: PartsOf, caller: Reader, query: Annotated[LabelQuery, Query()]) -> LabelPage:
    """Newest first, page by page, without personal data."""
    page = await labels.page(parts.db, caller.workspace, **query.model_dump())
    shown = await parts.privacy.masked_labels(caller.workspace, page.items)
    return LabelPage(items=shown, next_cursor=page.cursor)


@router.post(
    "/labels",
    status_code=201,
    summary="Contest or confirm an answer",
    responses=problem_docs.of(404, 409, 410, 413, 415),
    openapi_extra=problem_docs.json_body(LabelIn, EXAMPLE),
)
async def post_label(request: Request, parts: PartsOf, caller: Labeller) -> Label:
    """The newest verdict is what counts; the model's answer and earlier verdicts stay beside it. The author is who asks."""
    wanted = await bodies.read_json(request, LabelIn, bodies.SMALL_BYTES)
    answer, evaluation_id = await _answer(parts, caller.workspace, wanted)
    choices = await parts.pinned.choices(parts.db, caller.workspace)
    value = fitting(answer, wanted.state, wanted.value, choices.get(answer.criterion, ()))
    author = author_of(caller, wanted.author)
    asked = NewLabel(evaluation_id, answer.criterion, wanted.state, value, wanted.comment)
    await labels.put(parts.db, caller.workspace, [asked], author=author, source=wanted.source)
    return await labels.get(parts.db, caller.workspace, evaluation_id, answer.criterion, author)


async def _answer(parts: Parts, workspace: str, wanted: LabelIn) -> tuple[Answer, str]:
    """The answer that is judged, and its evaluation's id. Raises NotFound, Gone."""
    if wanted.evaluation_id is None:
        evaluation = (await results.load_evaluation(parts.db, workspace, wanted.conversation_id)).evaluation
    else:
        evaluations, _ = await labels.judged(parts.db, workspace, [wanted.evaluation_id])
        found = evaluations.get(wanted.evaluation_id)
        if found is None or found.conversation_id != wanted.conversation_id:
            raise NotFound("the conversation has no such evaluation")
        evaluation = found
    answer = next((one for one in evaluation.answers if one.criterion == wanted.criterion), None)
    if answer is None:
        raise NotFound("the evaluation has no such answer")
    return answer, evaluation.id


@router.post(
    "/labels/import",
    summary="An edited sheet comes back as labels",
    responses=problem_docs.of(413, 415),
    openapi_extra=SHEET_BODY,
)
async def import_labels(
    request: Request, parts: PartsOf, caller: Labeller, query: Annotated[ImportQuery, Query()]
) -> LabelImport:
    """The .xlsx of GET /v1/export, edited in its brown columns; its own content type is taken as well. Sent twice, it doubles nothing."""
    if bodies.media_type(request) not in (EXCEL, BYTES):
        raise UnsupportedMediaType("this is not an Excel file's content type", action=f"Send Content-Type: {EXCEL}.")
    async with parts.body_slots.taken(request):
        cells = await asyncio.to_thread(_cells, await bodies.read_bytes(request, xlsx.MAX_BYTES))
    judged = await labels.judged(parts.db, caller.workspace, {spot.evaluation_id for spot in cells.spots})
    choices = await parts.pinned.choices(parts.db, caller.workspace)
    weighed = await asyncio.to_thread(import_.weigh, cells, *judged, choices)
    author = author_of(caller, query.author)
    reply = await _written(parts, caller.workspace, weighed, author, dry_run=query.dry_run)
    logger.info("labels_imported", read=reply.answers_read, new=reply.new, changed=reply.changed, refused=reply.refused)
    return reply


def _cells(raw: bytes) -> AnswerCells:
    with xlsx.opened(raw) as book:
        return answer_cells.read_sheets(book)


async def _written(parts: Parts, workspace: str, weighed: Import, author: Author, *, dry_run: bool) -> LabelImport:
    found = list(weighed.found.values())
    kept: dict[tuple[str, str], labels.LabelOutcome] = {}
    if not dry_run:
        wanted = [one.wanted for one in found]
        kept = await labels.put(parts.db, workspace, wanted, author=author, source="sheet")
    counts = {word: sum(one is word for one in kept.values()) for word in labels.LabelOutcome}
    refused, ignored = (sum(one.cells for one in unread) for unread in (weighed.refused, weighed.ignored))
    return LabelImport(
        author=author.id,
        author_name=author.name,
        dry_run=dry_run,
        cells=weighed.read + refused + ignored,
        answers_read=weighed.read,
        unchanged=weighed.unchanged,
        new=counts[labels.LabelOutcome.NEW],
        changed=counts[labels.LabelOutcome.CHANGED],
        same=counts[labels.LabelOutcome.SAME],
        refused=refused,
        ignored=ignored,
        labels=tuple(_imported(one, kept) for one in found[:MOST_LISTED]),
        refused_cells=_unread(weighed.refused),
        ignored_cells=_unread(weighed.ignored),
    )


def _unread(cells: Sequence[Unread]) -> tuple[UnreadCell, ...]:
    return tuple(UnreadCell(cell=one.place, why=one.why, cells=one.cells) for one in cells[:MOST_LISTED])


def _imported(one: import_.Found, kept: dict[tuple[str, str], labels.LabelOutcome]) -> ImportedLabel:
    written = kept.get(one.wanted.answer)
    return ImportedLabel(
        cell=one.place,
        conversation_id=one.conversation_id,
        evaluation_id=one.wanted.evaluation_id,
        criterion=one.wanted.criterion,
        old_state=one.answer.state,
        old_value=one.answer.value,
        state=one.wanted.state,
        value=one.wanted.value,
        kept=written.value if written else None,
    )
