"""When a workspace wants a training by itself, and within which limits."""

from auricle_contracts.audit import AuditAction
from auricle_contracts.trainings import TrainingSettings, TrainingSettingsView
from auricle_records.trainings import settings
from auricle_records.trainings.settings import ChosenTraining
from fastapi import APIRouter, Request

from auricle_gateway.access.callers import ArtefactReader, Decider
from auricle_gateway.audit.trail import note
from auricle_gateway.parts import Parts, PartsOf
from auricle_gateway.rest import bodies, problem_docs

router = APIRouter(tags=["trainings"])
EXAMPLE = {"base": "gemma_3_270m", "schedule": "weekly", "weekday": 5, "hour": 1, "fewest": 300}


@router.get("/training-settings", summary="When a training starts by itself", responses=problem_docs.of())
async def get_settings(parts: PartsOf, caller: ArtefactReader) -> TrainingSettingsView:
    """Never, where nobody chose. With the bases that may be asked for, and whether this installation starts any."""
    return _view(parts, await settings.get(parts.db, caller.workspace))


@router.put(
    "/training-settings",
    summary="Choose when a training starts by itself",
    responses=problem_docs.of(413, 415),
    openapi_extra=problem_docs.json_body(TrainingSettings, EXAMPLE),
)
async def put_settings(request: Request, parts: PartsOf, caller: Decider) -> TrainingSettingsView:
    """A scheduled training proposes, as any other does; a person promotes. What is left out gets its default."""
    chosen = await bodies.read_json(request, TrainingSettings, bodies.SMALL_BYTES)
    if chosen.base is not None:
        parts.training.base(chosen.base)
    kept = await settings.choose(parts.db, caller.workspace, chosen, caller.id)
    details = chosen.model_dump(mode="json")
    await note(parts.db, caller, AuditAction.TRAINING_SETTINGS_CHANGED, details=details)
    return _view(parts, kept)


def _view(parts: Parts, chosen: ChosenTraining) -> TrainingSettingsView:
    return TrainingSettingsView(
        **chosen.settings.model_dump(), bases=parts.training.views(), starts=parts.training.starts,
        chosen_by=chosen.chosen_by, chosen_at=chosen.chosen_at,
    )  # fmt: skip
