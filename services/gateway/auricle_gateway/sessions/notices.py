"""What reaches a person by mail: chosen by the person alone."""

from auricle_contracts.audit import AuditAction
from auricle_contracts.notices import NoticeSettings
from auricle_records.notices import settings
from fastapi import APIRouter, Request

from auricle_gateway.access.callers import Anyone, Person
from auricle_gateway.audit.trail import note
from auricle_gateway.parts import PartsOf
from auricle_gateway.rest import bodies, problem_docs

router = APIRouter(tags=["sessions"])
EXAMPLE = {"language": "ru", "muted": ["findings"]}


@router.get("/me/notices", summary="What reaches one by mail", responses=problem_docs.of())
async def get_notices(parts: PartsOf, caller: Anyone) -> NoticeSettings:
    """Everything, where the person chose nothing. A key is written to by nobody."""
    return await settings.get(parts.db, caller.workspace, caller.id)


@router.put(
    "/me/notices",
    summary="Choose what reaches one by mail",
    responses=problem_docs.of(413, 415),
    openapi_extra=problem_docs.json_body(NoticeSettings, EXAMPLE),
)
async def put_notices(request: Request, parts: PartsOf, caller: Person) -> NoticeSettings:
    """Holds for what happens from now on. That somebody reset how one signs in is always sent."""
    chosen = await bodies.read_json(request, NoticeSettings, bodies.SMALL_BYTES)
    await settings.choose(parts.db, caller.workspace, caller.id, chosen)
    await note(parts.db, caller, AuditAction.NOTICES_CHOSEN, details={"muted": [kind.value for kind in chosen.muted]})
    return chosen
