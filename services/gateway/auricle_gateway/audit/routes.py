"""Who did what: looks at what is hidden, verdicts, exports, sign-ins, changes of people and settings."""

import csv
import io
import json
from collections.abc import AsyncIterator
from typing import Annotated, Any

from auricle_contracts import Moment
from auricle_contracts.audit import AuditAction
from auricle_contracts.conversations import Reference
from auricle_records import audit
from auricle_records.audit import AuditEvent, AuditFilters
from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, Field

from auricle_gateway.access.callers import Auditor
from auricle_gateway.audit.replies import AuditList, AuditView
from auricle_gateway.audit.trail import note
from auricle_gateway.parts import PartsOf
from auricle_gateway.rest import problem_docs, timestamps

router = APIRouter(tags=["audit"])
COLUMNS = ("created_at", "actor_kind", "actor", "actor_name", "action", "conversation_id", "subject", "details", "id")
# What a spreadsheet would take for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


class AuditQuery(BaseModel):
    """All given ones must hold; `until` is excluded."""

    model_config = ConfigDict(extra="forbid")

    actor: Annotated[Reference | None, Field(description="A key's or a person's id.")] = None
    action: AuditAction | None = None
    conversation_id: Reference | None = None
    search: Annotated[Reference | None, Field(description="A part of the actor's id or name, or of the subject.")] = (
        None
    )
    since: Moment | None = None
    until: Moment | None = None

    def filters(self) -> AuditFilters:
        """As records take them."""
        given = self.model_dump(include=set(AuditQuery.model_fields) - {"since", "until"})
        return AuditFilters(**given, since=timestamps.in_utc(self.since), until=timestamps.in_utc(self.until))


class AuditPageQuery(AuditQuery):
    """Filters, and where to go on."""

    cursor: Annotated[str | None, Field(max_length=512, description="`next_cursor` of the page before.")] = None
    limit: Annotated[int, Field(ge=1, le=200)] = 100


@router.get("/audit", summary="Who did what", responses=problem_docs.of())
async def list_audit(parts: PartsOf, caller: Auditor, query: Annotated[AuditPageQuery, Query()]) -> AuditList:
    """Newest first, page by page to the first line: nothing is cut off, and nobody can change or delete a line."""
    page = await audit.page(parts.db, caller.workspace, query.filters(), cursor=query.cursor, limit=query.limit)
    return AuditList(items=tuple(_view(one) for one in page.items), next_cursor=page.cursor)


@router.get(
    "/audit/export",
    summary="The audit log as CSV",
    response_class=StreamingResponse,
    responses=problem_docs.of() | {200: {"content": {"text/csv": {}}, "description": "All lines, newest first."}},
)
async def export_audit(parts: PartsOf, caller: Auditor, query: Annotated[AuditQuery, Query()]) -> StreamingResponse:
    """All that the filters leave. That it was exported is a line of the log as well."""
    await note(parts.db, caller, AuditAction.EXPORTED, subject="audit")
    lines = _lines(audit.whole(parts.db, caller.workspace, query.filters()))
    headers = {"Content-Disposition": 'attachment; filename="auricle-audit.csv"', "X-Content-Type-Options": "nosniff"}
    return StreamingResponse(lines, media_type="text/csv; charset=utf-8", headers=headers)


async def _lines(events: AsyncIterator[AuditEvent]) -> AsyncIterator[str]:
    yield _row(COLUMNS)
    async for event in events:
        shown = _view(event).model_dump(mode="json")
        shown["details"] = json.dumps(shown["details"], ensure_ascii=False)
        yield _row([shown[name] for name in COLUMNS])


def _row(cells: Any) -> str:
    line = io.StringIO()
    csv.writer(line).writerow([_harmless(cell) for cell in cells])
    return line.getvalue()


def _harmless(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell


def _view(event: AuditEvent) -> AuditView:
    return AuditView.model_validate(
        {
            "id": event.id,
            "actor_kind": event.actor.kind,
            "actor": event.actor.id,
            "actor_name": event.actor.name,
            "action": event.action,
            "conversation_id": event.conversation_id,
            "subject": event.subject,
            "details": dict(event.details),
            "created_at": event.created_at,
        }
    )
