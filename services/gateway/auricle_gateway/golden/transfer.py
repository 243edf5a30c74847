"""Golden items in and out: JSONL and analysts' workbooks come in, JSONL goes out, and what is missing to the quotas."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from typing import Annotated

from auricle_contracts.audit import AuditAction
from auricle_contracts.golden import GoldenDialogue, GoldenKind, GoldenSource, GoldenSplit, GoldenStatus
from auricle_criteria import ClassState
from auricle_kit import log
from auricle_kit.errors import InvalidRequest
from auricle_kit.workbooks import xlsx
from auricle_masking.golden import masked
from auricle_quality import golden_lines as lines
from auricle_quality import golden_sheets as sheets
from auricle_quality.golden_lines import Line
from auricle_quality.golden_sheets import GoldenColumns
from auricle_records.callers import Caller
from auricle_records.golden import items, quotas, settings
from auricle_records.golden.models import AddedItem, NewItem, counting
from auricle_records.golden.quotas import GoldenQuota
from fastapi import APIRouter, Query, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from auricle_gateway.access.callers import GoldenReader, QualityManager, Reviewer
from auricle_gateway.audit.trail import note
from auricle_gateway.errors import UnsupportedMediaType
from auricle_gateway.golden.items import GoldenQuery
from auricle_gateway.golden.replies import (
    ContestedLine,
    GoldenImport,
    GoldenQuotaList,
    GoldenQuotaView,
    RefusedLine,
)
from auricle_gateway.labels.routes import BYTES, EXCEL
from auricle_gateway.parts import Parts, PartsOf
from auricle_gateway.rest import bodies, problem_docs

router = APIRouter(tags=["golden"])
logger = log.get("gateway.golden")
JSONL = "application/x-ndjson"
MAX_BYTES = 16 * 1024 * 1024
MOST_LISTED = 1000
MOST_COLUMNS = 5_000  # characters: of four bytes each, escaped, they still fit into the 64 KiB of a request line
BINARY = {"schema": {"type": "string", "format": "binary"}}
ZIP_MAGIC = b"PK"
JURY = "jury:"
BODY = {"requestBody": {"required": True, "content": {BYTES: BINARY}}}


class GoldenImportQuery(BaseModel):
    """How to read it, and whether to write it."""

    model_config = ConfigDict(extra="forbid")

    columns: Annotated[
        str | None, Field(max_length=MOST_COLUMNS, description="Of a workbook: JSON that says which column holds what.")
    ] = None
    proposed: Annotated[
        bool,
        Field(
            description="Labels are a jury's: proposals, under a name that is nobody's, until somebody settles them."
        ),
    ] = False
    dry_run: Annotated[bool, Field(description="Say what would come of it, and write nothing.")] = False


@router.post(
    "/golden-imports",
    summary="Bring golden items",
    responses=problem_docs.of(409, 413, 415),
    openapi_extra=BODY,
)
async def post_import(
    request: Request, parts: PartsOf, caller: QualityManager, query: Annotated[GoldenImportQuery, Query()]
) -> GoldenImport:
    """A dialogue a line of JSONL (`application/x-ndjson`), as the export writes it, or an .xlsx with `columns`. Texts are masked first.

    Sent twice, it doubles nothing. Lines that are no dialogues, and classes that do not exist, are refused one by one.
    """
    async with parts.body_slots.taken(request):
        read = await _read(request, query)
    classes = set(await parts.pinned.classes(parts.db, caller.workspace))
    masked = await asyncio.to_thread(lambda: [_masked(parts, one, classes) for one in read])
    written = [] if query.dry_run else await _written(parts, caller, masked, proposed=query.proposed)
    reply = _told(masked, written, dry_run=query.dry_run)
    if not query.dry_run:
        details = {"added": reply.added, "labels": reply.labels, "refused": reply.refused}
        await note(parts.db, caller, AuditAction.GOLDEN_IMPORTED, details=details)
        logger.info("golden_imported", **details)
    return reply


@router.get(
    "/golden-export",
    summary="Golden items as JSONL",
    response_class=StreamingResponse,
    responses=problem_docs.of() | {200: {"description": "A dialogue a line.", "content": {JSONL: BINARY}}},
)
async def get_export(parts: PartsOf, caller: GoldenReader, query: Annotated[GoldenQuery, Query()]) -> StreamingResponse:
    """With the labels that count: golden, and not contested; `status` is not asked. Without `audit` nothing of the test split."""
    filters = query.of(caller)
    details = query.model_dump(mode="json", exclude_none=True)
    await note(parts.db, caller, AuditAction.GOLDEN_EXPORTED, details=details)

    async def written() -> AsyncIterator[bytes]:
        async for item in items.iterate(parts.db, caller.workspace, filters):
            dialogue = counting(item)
            if dialogue.labels:
                yield lines.as_line(dialogue)

    headers = {"Content-Disposition": 'attachment; filename="golden.jsonl"', "X-Content-Type-Options": "nosniff"}
    return StreamingResponse(written(), media_type=JSONL, headers=headers)


@router.get("/golden-quotas", summary="What the golden set lacks", responses=problem_docs.of())
async def get_quotas(parts: PartsOf, caller: Reviewer) -> GoldenQuotaList:
    """By error class or criterion, and channel. Numbers only, of all splits."""
    counted = await quotas.count(parts.db, caller.workspace)
    classes = await parts.pinned.classes(parts.db, caller.workspace)
    touched = {row.subject for row in counted.rows if row.kind is GoldenKind.ERROR_CLASS}
    looked_for = (one.id for one in classes.values() if one.state is not ClassState.PLANNED)
    return GoldenQuotaList(
        quota=counted.quota,
        items=tuple(quota_view(row, counted.quota) for row in counted.rows),
        untouched=tuple(sorted(set(looked_for) - touched)),
        duplicates=counted.duplicates,
    )


def quota_view(row: GoldenQuota, wanted: int) -> GoldenQuotaView:
    """With what is missing of each side."""
    told = {name: getattr(row, name) for name in GoldenQuota.__slots__}
    return GoldenQuotaView(
        **told,
        missing_with_it=max(0, wanted - row.with_it),
        missing_without_it=max(0, wanted - row.without_it),
    )


async def _read(request: Request, query: GoldenImportQuery) -> Sequence[Line]:
    kind = bodies.media_type(request)
    if kind not in (JSONL, EXCEL, BYTES):
        raise UnsupportedMediaType("neither JSONL nor a workbook", action=f"Send Content-Type: {JSONL} or {EXCEL}.")
    raw = await bodies.read_bytes(request, MAX_BYTES)
    if kind == JSONL or (kind == BYTES and not raw.startswith(ZIP_MAGIC)):
        return await asyncio.to_thread(lambda: list(lines.read(raw)))
    if query.columns is None:
        raise InvalidRequest("a workbook needs `columns`", action="Say which column holds what (docs/golden.md).")
    columns = bodies.parse(GoldenColumns, query.columns.encode())
    return await asyncio.to_thread(_of_sheet, raw, columns)


def _of_sheet(raw: bytes, columns: GoldenColumns) -> Sequence[Line]:
    with xlsx.opened(raw) as book:
        return list(sheets.read(book, columns))


def _masked(parts: Parts, line: Line, classes: set[str]) -> Line:
    """The line with its dialogue masked, or why it is refused."""
    if line.dialogue is None:
        return line
    named = {one.subject for one in line.dialogue.labels if one.kind is GoldenKind.ERROR_CLASS}
    if named - classes:
        return Line(line.number, None, f"there is no error class {', '.join(sorted(named - classes))}")
    try:
        return Line(line.number, masked(line.dialogue, parts.privacy.detector))
    except InvalidRequest as error:
        return Line(line.number, None, error.detail)


async def _written(
    parts: Parts, caller: Caller, found: Sequence[Line], *, proposed: bool
) -> list[tuple[int, AddedItem]]:
    new = _proposed if proposed else _new
    async with parts.db.transaction(caller.workspace) as connection:
        await settings.require_consent(connection)
    return [
        (one.number, await items.add(parts.db, caller.workspace, new(one.dialogue, caller)))
        for one in found
        if one.dialogue is not None
    ]


def _new(dialogue: GoldenDialogue, caller: Caller) -> NewItem:
    return NewItem(dialogue, GoldenSource.IMPORT, GoldenStatus.GOLDEN, caller.id)


def _proposed(dialogue: GoldenDialogue, caller: Caller) -> NewItem:
    """Whatever name a label brings: a proposal stands in the place of no person's label."""
    names = [one.decided_by or caller.id for one in dialogue.labels]
    labels = tuple(
        one.model_copy(update={"decided_by": f"{JURY} {name.removeprefix(JURY).strip()}"[:256]})
        for one, name in zip(dialogue.labels, names, strict=True)
    )
    proposal = dialogue.model_copy(update={"labels": labels})
    return NewItem(proposal, GoldenSource.IMPORT, GoldenStatus.PROPOSED, caller.id)


def _told(found: Sequence[Line], written: Sequence[tuple[int, AddedItem]], *, dry_run: bool) -> GoldenImport:
    refused = [RefusedLine(line=one.number, why=one.why) for one in found if one.dialogue is None]
    contested = [
        ContestedLine(line=number, item_id=one.id, subjects=one.contested) for number, one in written if one.contested
    ]
    fresh = [one for _, one in written if one.is_new]
    splits: Counter[GoldenSplit] = Counter(one.split for one in fresh)
    return GoldenImport(
        dry_run=dry_run,
        read=len(found),
        added=len(fresh),
        present=len(written) - len(fresh),
        labels=sum(one.labels for _, one in written),
        same=sum(one.same for _, one in written),
        refused=len(refused),
        refused_lines=tuple(refused[:MOST_LISTED]),
        contested=tuple(contested[:MOST_LISTED]),
        by_split=dict(splits),
    )
