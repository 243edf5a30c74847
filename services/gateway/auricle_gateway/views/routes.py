"""Saved views: one's own, and those that somebody shared in the workspace."""

from auricle_contracts import Scope
from auricle_contracts.audit import AuditAction
from auricle_contracts.views import SavedView, SavedViews, ViewIn
from auricle_records import saved_views
from auricle_records.callers import Actor, Caller
from auricle_records.conversations import Order
from auricle_records.saved_views import KeptView
from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import ValidationError

from auricle_gateway.access.callers import Reader
from auricle_gateway.audit.trail import note
from auricle_gateway.conversations.routes import FilterQuery
from auricle_gateway.errors import Forbidden, InvalidRequest, OwnOnly
from auricle_gateway.parts import PartsOf
from auricle_gateway.rest import bodies, problem_docs

router = APIRouter(tags=["views"])
EXAMPLE = {
    "name": "Низкая вежливость", "query": {"answer": ["politeness<50"], "line": ["sales"]}, "days": 7, "columns": ["politeness", "stage"],
}  # fmt: skip
BODY = problem_docs.json_body(ViewIn, EXAMPLE)


class _Narrowing(FilterQuery):
    """What a view may hold."""

    sort: Order = Order.NEWEST


_SEVERAL = ("id", "answer", "error_class", "flag")


@router.get("/views", summary="Saved views of the list", responses=problem_docs.of())
async def list_views(parts: PartsOf, caller: Reader) -> SavedViews:
    """One's own and the shared ones, by name."""
    found = await saved_views.seen_by(parts.db, caller.workspace, caller.id)
    return SavedViews(items=tuple(_shown(one, caller) for one in found))


@router.post(
    "/views", status_code=201, summary="Save a view", responses=problem_docs.of(409, 413, 415), openapi_extra=BODY
)
async def add_view(request: Request, parts: PartsOf, caller: Reader) -> SavedView:
    """Filters are checked as those of the list. Whoever reads own conversations only shares nothing."""
    view = _checked(await bodies.read_json(request, ViewIn, bodies.SMALL_BYTES), caller)
    kept = await saved_views.add(parts.db, caller.workspace, view, Actor(caller.kind, caller.id, caller.name))
    if view.is_shared:
        await note(parts.db, caller, AuditAction.VIEW_SHARED, subject=kept.id, details={"name": view.name})
    return _shown(kept, caller)


@router.put(
    "/views/{view_id}", summary="Change a view", responses=problem_docs.of(404, 409, 413, 415), openapi_extra=BODY
)
async def put_view(view_id: str, request: Request, parts: PartsOf, caller: Reader) -> SavedView:
    """One's own; another one's shared view with the scope `audit`. What is left out gets its default."""
    view = _checked(await bodies.read_json(request, ViewIn, bodies.SMALL_BYTES), caller)
    before = await _changeable(parts, caller, view_id)
    kept = await saved_views.change(parts.db, caller.workspace, view_id, view, caller.id)
    if before.view.is_shared or view.is_shared:
        await note(parts.db, caller, AuditAction.VIEW_CHANGED, subject=view_id, details={"name": view.name})
    return _shown(kept, caller)


@router.delete("/views/{view_id}", status_code=204, summary="Remove a view", responses=problem_docs.of(404))
async def remove_view(view_id: str, parts: PartsOf, caller: Reader) -> Response:
    """One's own; another one's shared view with the scope `audit`."""
    before = await _changeable(parts, caller, view_id)
    await saved_views.remove(parts.db, caller.workspace, view_id, caller.id)
    if before.view.is_shared:
        await note(parts.db, caller, AuditAction.VIEW_REMOVED, subject=view_id, details={"name": before.view.name})
    return Response(status_code=204)


async def _changeable(parts: PartsOf, caller: Caller, view_id: str) -> KeptView:
    """Raises NotFound, Forbidden."""
    found = await saved_views.get(parts.db, caller.workspace, view_id, caller.id)
    if found.owner != caller.id and Scope.AUDIT not in caller.scopes:
        raise Forbidden(Scope.AUDIT)
    return found


def _checked(view: ViewIn, caller: Caller) -> ViewIn:
    """Raises InvalidRequest for what is no filter, OwnOnly for who may not share."""
    if view.is_shared and caller.is_limited:
        raise OwnOnly
    given = {name: values if name in _SEVERAL else values[0] for name, values in view.query.items() if values}
    try:
        _Narrowing.model_validate(given, strict=False).filters()
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise InvalidRequest(
            f"query.{where}: {first['msg']}", action="Use the filters of GET /v1/conversations."
        ) from None
    return view


def _shown(kept: KeptView, caller: Caller) -> SavedView:
    is_mine = kept.owner == caller.id
    return SavedView(**dict(kept.view), id=kept.id, is_mine=is_mine, owner=kept.owner_name, updated_at=kept.updated_at)
