"""How deep a workspace lets its conversations be cut before the model reads them."""

from auricle_contracts import CompressionSettings
from auricle_contracts.audit import AuditAction
from auricle_records import workspaces
from auricle_records.workspaces import Depth
from fastapi import APIRouter, Request

from auricle_gateway.access.callers import Operator
from auricle_gateway.audit.trail import note
from auricle_gateway.parts import PartsOf
from auricle_gateway.rest import bodies, problem_docs
from auricle_gateway.workspace.replies import CompressionView

router = APIRouter(tags=["compression"])
EXAMPLE = {"deepest": "light"}


@router.get("/compression", summary="How deep this workspace lets conversations be cut", responses=problem_docs.of())
async def get_compression(parts: PartsOf, caller: Operator) -> CompressionView:
    """As deep as their density allows, where it made no choice."""
    return _view(await workspaces.depth(parts.db, caller.workspace))


@router.put(
    "/compression",
    summary="Choose how deep conversations are cut",
    responses=problem_docs.of(413, 415),
    openapi_extra=problem_docs.json_body(CompressionSettings, EXAMPLE),
)
async def put_compression(request: Request, parts: PartsOf, caller: Operator) -> CompressionView:
    """Holds for conversations that come in from now on (at other gateways seconds later): the choice is a part of their recipe."""
    chosen = await bodies.read_json(request, CompressionSettings, bodies.SMALL_BYTES)
    depth = await workspaces.choose_depth(parts.db, caller.workspace, chosen.deepest, caller.id)
    parts.pinned.forget_choices(caller.workspace)
    details = {"deepest": chosen.deepest}
    await note(parts.db, caller, AuditAction.COMPRESSION_CHANGED, details=details)
    return _view(depth)


def _view(depth: Depth) -> CompressionView:
    return CompressionView(deepest=depth.deepest, chosen_by=depth.chosen_by, chosen_at=depth.chosen_at)
