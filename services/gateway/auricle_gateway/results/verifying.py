"""The route that makes a stored report again."""

from auricle_contracts import Recipe
from auricle_contracts.verification import ReportVerification
from auricle_criteria import Bundle
from auricle_kit.errors import NotFound
from auricle_records import conversations, recipes
from auricle_records.dry_runs import Past
from fastapi import APIRouter

from auricle_gateway.access.callers import Reader
from auricle_gateway.parts import Parts, PartsOf
from auricle_gateway.rest import problem_docs
from auricle_gateway.results.stored import stored_evaluation, transcript_of
from auricle_gateway.results.verification import Inputs, verified

router = APIRouter(tags=["results"])


@router.get(
    "/conversations/{conversation_id}/verification",
    summary="Whether its report follows from what is stored",
    responses=problem_docs.of(404, 409, 410),
)
async def get_verification(conversation_id: str, parts: PartsOf, caller: Reader) -> ReportVerification:
    """The model's own report, without people's verdicts: its recipe by hash, its quotes in the transcript, its score reckoned anew by the
    scorecard that it was made with. 409 while there is none.
    """
    evaluation = (await stored_evaluation(parts, caller.workspace, conversation_id)).evaluation
    about = await conversations.get(parts.db, caller.workspace, conversation_id)
    recipe, bundle = await _pinned(parts, caller.workspace, evaluation.recipe)
    transcript = await transcript_of(parts, caller.workspace, evaluation)
    happened_at = about.started_at or about.created_at
    past = Past(conversation_id, about.external_id, happened_at, about.channel, about.line, evaluation)
    return verified(past, Inputs(recipe, bundle, transcript))


async def _pinned(parts: Parts, workspace: str, recipe: str) -> tuple[Recipe | None, Bundle | None]:
    try:
        found, artefacts = await recipes.load_with_artefacts(parts.db, workspace, recipe)
    except NotFound:
        return None, None
    return found, Bundle.kept(artefacts)
