"""API keys of a workspace: made, listed without their tokens, ended."""

from dataclasses import asdict

from auricle_contracts.audit import AuditAction
from auricle_records import keys
from fastapi import APIRouter, Request

from auricle_gateway.access.callers import PeopleAdmin
from auricle_gateway.audit.trail import note
from auricle_gateway.errors import Forbidden
from auricle_gateway.parts import PartsOf
from auricle_gateway.rest import bodies, problem_docs
from auricle_gateway.workspace.replies import ApiKeyIn, ApiKeyList, ApiKeyView, NewApiKey

router = APIRouter(tags=["keys"])
EXAMPLE = {"name": "CRM", "scopes": ["ingest", "read"]}


@router.get("/api-keys", summary="API keys", responses=problem_docs.of())
async def list_keys(parts: PartsOf, caller: PeopleAdmin) -> ApiKeyList:
    """Oldest first, ended ones too; no token."""
    found = await keys.list_keys(parts.db, caller.workspace)
    return ApiKeyList(items=tuple(ApiKeyView.model_validate(asdict(one)) for one in found))


@router.post(
    "/api-keys",
    status_code=201,
    summary="Make an API key",
    responses=problem_docs.of(413, 415),
    openapi_extra=problem_docs.json_body(ApiKeyIn, EXAMPLE),
)
async def post_key(request: Request, parts: PartsOf, caller: PeopleAdmin) -> NewApiKey:
    """The only answer that holds the token. Nobody gives a scope that they do not have: 403."""
    wanted = await bodies.read_json(request, ApiKeyIn, bodies.SMALL_BYTES)
    for scope in wanted.scopes:
        if scope not in caller.scopes:
            raise Forbidden(scope)
    by = caller.name or caller.id
    made = await keys.create_key(parts.db, caller.workspace, name=wanted.name, scopes=wanted.scopes, made_by=by)
    details = {"scopes": sorted(scope.value for scope in made.row.scopes)}
    await note(parts.db, caller, AuditAction.KEY_ADDED, subject=made.row.id, details=details)
    return NewApiKey(**asdict(made.row), token=made.token)


@router.delete("/api-keys/{key_id}", summary="End an API key", responses=problem_docs.of(404))
async def delete_key(key_id: str, parts: PartsOf, caller: PeopleAdmin) -> ApiKeyView:
    """For good; other gateways know within five seconds. Its line stays."""
    ended = await keys.revoke(parts.db, caller.workspace, key_id)
    parts.callers.forget(person_id=key_id)
    await note(parts.db, caller, AuditAction.KEY_ENDED, subject=key_id)
    return ApiKeyView.model_validate(asdict(ended))
