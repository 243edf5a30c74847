"""What a workspace sends to review."""

from auricle_contracts.audit import AuditAction
from auricle_contracts.review import ReviewSettings
from auricle_records.review import settings
from auricle_records.review.settings import ChosenSettings
from fastapi import APIRouter, Request

from auricle_gateway.access.callers import QualityManager, Reviewer
from auricle_gateway.audit.trail import note
from auricle_gateway.parts import PartsOf
from auricle_gateway.rest import bodies, problem_docs
from auricle_gateway.review.replies import ReviewSettingsView

router = APIRouter(tags=["review"])
EXAMPLE = ReviewSettings().model_dump()


@router.get("/review-settings", summary="What this workspace sends to review", responses=problem_docs.of())
async def get_settings(parts: PartsOf, caller: Reviewer) -> ReviewSettingsView:
    """The defaults, where nobody chose."""
    return _view(await settings.get(parts.db, caller.workspace))


@router.put(
    "/review-settings",
    summary="Choose what goes to review",
    responses=problem_docs.of(413, 415),
    openapi_extra=problem_docs.json_body(ReviewSettings, EXAMPLE),
)
async def put_settings(request: Request, parts: PartsOf, caller: QualityManager) -> ReviewSettingsView:
    """Holds for evaluations from now on; what waits already goes on waiting. What is left out gets its default."""
    chosen = await bodies.read_json(request, ReviewSettings, bodies.SMALL_BYTES)
    kept = await settings.choose(parts.db, caller.workspace, chosen, caller.id)
    await note(parts.db, caller, AuditAction.REVIEW_SETTINGS_CHANGED, details=chosen.model_dump(mode="json"))
    return _view(kept)


def _view(chosen: ChosenSettings) -> ReviewSettingsView:
    return ReviewSettingsView(**chosen.settings.model_dump(), chosen_by=chosen.chosen_by, chosen_at=chosen.chosen_at)
