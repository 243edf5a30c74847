"""A workspace's consent to golden items, and how many it wants."""

from auricle_contracts.audit import AuditAction
from auricle_contracts.golden import GoldenSettings
from auricle_records.golden import settings
from auricle_records.golden.settings import ChosenGolden
from fastapi import APIRouter, Request

from auricle_gateway.access.callers import QualityManager, Reviewer
from auricle_gateway.audit.trail import note
from auricle_gateway.golden.replies import GoldenSettingsView
from auricle_gateway.parts import PartsOf
from auricle_gateway.rest import bodies, problem_docs

router = APIRouter(tags=["golden"])
EXAMPLE = {"consent": True, "quota": 300}


@router.get("/golden-settings", summary="Whether golden items are kept", responses=problem_docs.of())
async def get_settings(parts: PartsOf, caller: Reviewer) -> GoldenSettingsView:
    """Without anybody's choice they are not."""
    return _view(await settings.get(parts.db, caller.workspace))


@router.put(
    "/golden-settings",
    summary="Consent to golden items",
    responses=problem_docs.of(413, 415),
    openapi_extra=problem_docs.json_body(GoldenSettings, EXAMPLE),
)
async def put_settings(request: Request, parts: PartsOf, caller: QualityManager) -> GoldenSettingsView:
    """Copies are masked and outlive retention. Without consent nothing is added; what is kept already stays until it is removed."""
    chosen = await bodies.read_json(request, GoldenSettings, bodies.SMALL_BYTES)
    kept = await settings.choose(parts.db, caller.workspace, chosen, caller.id)
    details = chosen.model_dump(mode="json")
    await note(parts.db, caller, AuditAction.GOLDEN_SETTINGS_CHANGED, details=details)
    return _view(kept)


def _view(chosen: ChosenGolden) -> GoldenSettingsView:
    return GoldenSettingsView(**chosen.settings.model_dump(), chosen_by=chosen.chosen_by, chosen_at=chosen.chosen_at)
