"""How long a workspace takes appeals, and within what time they are to be decided."""

from auricle_contracts.appeals import AppealSettings
from auricle_contracts.audit import AuditAction
from auricle_records.appeals import settings
from fastapi import APIRouter, Request

from auricle_gateway.access.callers import QualityManager, Reader
from auricle_gateway.audit.trail import note
from auricle_gateway.parts import PartsOf
from auricle_gateway.rest import bodies, problem_docs

router = APIRouter(tags=["appeals"])
EXAMPLE = AppealSettings().model_dump()


@router.get("/appeal-settings", summary="How long appeals are taken", responses=problem_docs.of())
async def get_appeal_settings(parts: PartsOf, caller: Reader) -> AppealSettings:
    """The defaults, where nobody chose."""
    return await settings.get(parts.db, caller.workspace)


@router.put(
    "/appeal-settings",
    summary="Choose how long appeals are taken",
    responses=problem_docs.of(413, 415),
    openapi_extra=problem_docs.json_body(AppealSettings, EXAMPLE),
)
async def put_appeal_settings(request: Request, parts: PartsOf, caller: QualityManager) -> AppealSettings:
    """Holds from now on; appeals that are open keep their deadline."""
    chosen = await bodies.read_json(request, AppealSettings, bodies.SMALL_BYTES)
    await settings.choose(parts.db, caller.workspace, chosen)
    await note(parts.db, caller, AuditAction.APPEAL_SETTINGS_CHANGED, details=chosen.model_dump())
    return chosen
