"""The oversight record: who answers, who may override, what was overridden, appealed and did harm, as JSON and as files."""

import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal

from auricle_contracts import Moment, Scope
from auricle_contracts.audit import AuditAction
from auricle_contracts.oversight import Overseer, OversightEntry, OversightEntryIn, OversightRecord
from auricle_identity.roles import scopes_of
from auricle_records.callers import Caller
from auricle_records.oversight import entries
from auricle_records.oversight.figures import figures
from auricle_records.people import directory
from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from auricle_gateway.access.callers import Auditor, QualityManager
from auricle_gateway.audit.trail import note
from auricle_gateway.errors import InvalidRequest
from auricle_gateway.oversight import files
from auricle_gateway.parts import Parts, PartsOf
from auricle_gateway.rest import bodies, problem_docs, timestamps

router = APIRouter(tags=["oversight"])
USUAL, LONGEST = timedelta(days=365), timedelta(days=3700)
MOST_PEOPLE = 200
EXAMPLE = {
    "kind": "incident",
    "text": "Ошибки в английских чатах; класс отозван.",
    "happened_at": "2026-11-30T10:00:00Z",
}
BINARY = {"schema": {"type": "string", "format": "binary"}}


class OversightQuery(BaseModel):
    """The period."""

    model_config = ConfigDict(extra="forbid")

    since: Annotated[Moment | None, Field(description="A year before `until` if left out.")] = None
    until: Annotated[Moment | None, Field(description="Excluded; now if left out.")] = None

    def period(self) -> tuple[datetime, datetime]:
        """Raises InvalidRequest."""
        until = timestamps.in_utc(self.until) or datetime.now(UTC)
        since = timestamps.in_utc(self.since) or until - USUAL
        if not since <= until or until - since > LONGEST:
            raise InvalidRequest("`since` is later than `until`, or more than ten years before it")
        return since, until


class OversightFileQuery(OversightQuery):
    """The period, and the file."""

    format: Literal["xlsx", "jsonl"] = "xlsx"
    language: Literal["ru", "en"] = "ru"


@router.get("/oversight", summary="The oversight record", responses=problem_docs.of())
async def get_record(parts: PartsOf, caller: Auditor, query: Annotated[OversightQuery, Query()]) -> OversightRecord:
    """By month and by criterion or error class, with n and intervals; who may override; incidents; what agents were told."""
    return await _record(parts, caller, query)


@router.get(
    "/oversight/export",
    summary="The oversight record as a file",
    response_class=Response,
    responses=problem_docs.of()
    | {
        200: {"description": "The file.", "content": {files.EXCEL: BINARY, files.LINES: {"schema": {"type": "string"}}}}
    },
)
async def export_record(parts: PartsOf, caller: Auditor, query: Annotated[OversightFileQuery, Query()]) -> Response:
    """Excel, or a line of JSON each part. That it was exported is a line of the audit log."""
    record = await _record(parts, caller, query)
    await note(parts.db, caller, AuditAction.EXPORTED, subject="oversight", details={"format": query.format})
    headers = {
        "Content-Disposition": f'attachment; filename="auricle-oversight.{query.format}"',
        "X-Content-Type-Options": "nosniff",
    }
    if query.format == "jsonl":
        return Response(files.lines(record), media_type=files.LINES, headers=headers)
    with tempfile.TemporaryDirectory(prefix="auricle-oversight-") as folder:
        path = Path(folder) / "oversight.xlsx"
        files.excel(record, path, query.language)
        return Response(path.read_bytes(), media_type=files.EXCEL, headers=headers)


@router.post(
    "/oversight/entries",
    status_code=201,
    summary="Write into the oversight record",
    responses=problem_docs.of(413, 415),
    openapi_extra=problem_docs.json_body(OversightEntryIn, EXAMPLE),
)
async def post_entry(request: Request, parts: PartsOf, caller: QualityManager) -> OversightEntry:
    """Who answers for the system, or an incident; for good, a mistake is put right by another entry."""
    wanted = await bodies.read_json(request, OversightEntryIn, bodies.SMALL_BYTES)
    happened = timestamps.in_utc(wanted.happened_at)
    kept = await entries.add(
        parts.db, caller.workspace, wanted.model_copy(update={"happened_at": happened}), caller.actor
    )
    await note(parts.db, caller, AuditAction.OVERSIGHT_ENTERED, subject=kept.id, details={"kind": kept.kind})
    return kept


async def _record(parts: Parts, caller: Caller, query: OversightQuery) -> OversightRecord:
    since, until = query.period()
    found = await figures(parts.db, caller.workspace, since, until)
    return OversightRecord(
        since=since,
        until=until,
        responsible=found.responsible,
        incidents=found.incidents,
        overseers=await _overseers(parts, caller.workspace),
        disclosure=found.disclosure,
        agents=found.agents,
        informed=found.informed,
        rows=found.rows,
        tone=found.tone,
    )


async def _overseers(parts: Parts, workspace: str) -> tuple[Overseer, ...]:
    """Active people whose roles let them judge what the machine judged."""
    found: list[Overseer] = []
    cursor: str | None = None
    while True:
        page = await directory.page(parts.db, workspace, active=True, cursor=cursor, limit=MOST_PEOPLE)
        found += [
            Overseer(person_id=one.id, name=one.name, roles=one.roles)
            for one in page.items
            if scopes_of(one.roles) & {Scope.LABEL, Scope.REVIEW}
        ]
        cursor = page.cursor
        if cursor is None:
            return tuple(found)
