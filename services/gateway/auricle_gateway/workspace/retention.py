"""How long a workspace keeps its conversations."""

from typing import Annotated

from auricle_contracts.audit import AuditAction
from auricle_records import workspaces
from fastapi import APIRouter, Query, Request

from auricle_gateway.access.callers import Operator, RetentionKeeper
from auricle_gateway.audit.trail import note
from auricle_gateway.parts import Parts, PartsOf
from auricle_gateway.rest import bodies, problem_docs
from auricle_gateway.workspace.replies import MOST_DAYS, Retention, RetentionView

router = APIRouter(tags=["retention"])
EXAMPLE = {"days": 180}


@router.get("/retention", summary="How long conversations are kept", responses=problem_docs.of())
async def get_retention(
    parts: PartsOf,
    caller: Operator,
    days: Annotated[int | None, Query(ge=1, le=MOST_DAYS, description="Count `older` by this choice instead.")] = None,
) -> RetentionView:
    """What holds, and how many conversations are older than it, or than `days`."""
    chosen = (await workspaces.get(parts.db, caller.workspace)).retention_days
    return await _view(parts, caller.workspace, chosen, asked=days)


@router.put(
    "/retention",
    summary="Choose how long conversations are kept",
    responses=problem_docs.of(413, 415),
    openapi_extra=problem_docs.json_body(Retention, EXAMPLE),
)
async def put_retention(request: Request, parts: PartsOf, caller: RetentionKeeper) -> RetentionView:
    """What is older is deleted within minutes, for good: recording, transcript, reports. Golden copies stay. Null keeps everything."""
    chosen = await bodies.read_json(request, Retention, bodies.SMALL_BYTES)
    before = (await workspaces.get(parts.db, caller.workspace)).retention_days
    await workspaces.retain(parts.db, caller.workspace, chosen.days)
    await note(parts.db, caller, AuditAction.RETENTION_CHANGED, details={"before": before, "days": chosen.days})
    return await _view(parts, caller.workspace, chosen.days)


async def _view(parts: Parts, workspace: str, days: int | None, *, asked: int | None = None) -> RetentionView:
    counted = asked or days
    older = await workspaces.older_than(parts.db, workspace, counted) if counted else 0
    return RetentionView(days=days, older=older)
