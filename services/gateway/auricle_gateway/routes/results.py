"""What came of a conversation: transcript, evaluation with its costs, digest, recipe."""

from dataclasses import dataclass

from auricle_contracts import Digest, Evaluation, EvaluationReport, Recipe, Transcript
from auricle_kit.errors import NotFound
from auricle_records import conversations, recipes, results
from auricle_records.errors import BlobMissing
from auricle_records.keys import Caller
from auricle_records.results import StoredEvaluation
from fastapi import APIRouter

from auricle_gateway import problem_docs
from auricle_gateway.callers import Reader
from auricle_gateway.errors import NotReady
from auricle_gateway.parts import Parts, PartsOf
from auricle_gateway.privacy import (
    Unmasked,
    masked_digest,
    masked_evaluation,
    revealed_digest,
    revealed_evaluation,
)
from auricle_gateway.spending import by_criterion

router = APIRouter(tags=["results"])
PROBLEMS = problem_docs.of(404, 409, 410)


@router.get("/conversations/{conversation_id}/transcript", summary="Its turns", responses=PROBLEMS)
async def get_transcript(
    conversation_id: str, parts: PartsOf, caller: Reader, *, unmasked: Unmasked = False
) -> Transcript:
    """As heard, or as received in text channels, without personal data. 409 while there is none."""
    transcript = await load_transcript(parts, caller.workspace, conversation_id)
    chosen = await parts.privacy.hides(caller, conversation_id, "transcript", unmasked=unmasked)
    if chosen is None:
        return transcript
    return (await parts.privacy.mask(caller.workspace, transcript, chosen)).transcript


@router.get(
    "/conversations/{conversation_id}/evaluation", summary="Its current evaluation with costs", responses=PROBLEMS
)
async def get_evaluation(
    conversation_id: str, parts: PartsOf, caller: Reader, *, unmasked: Unmasked = False
) -> EvaluationReport:
    """Answers and findings with their quotes, the digest that the model read, and what each step cost."""
    stored = await _evaluation(parts, caller.workspace, conversation_id)
    shown = await _shown(parts, caller, stored, conversation_id, unmasked=unmasked)
    costs = parts.prices.cost(stored.usages, stored.evaluation.created_at.date())
    return EvaluationReport(
        evaluation=shown.evaluation,
        digest=shown.digest,
        costs=costs,
        criteria=by_criterion(costs),
        choices=dict(parts.pinned.choices),
    )


@router.get("/conversations/{conversation_id}/digest", summary="What the model read", responses=PROBLEMS)
async def get_digest(conversation_id: str, parts: PartsOf, caller: Reader, *, unmasked: Unmasked = False) -> Digest:
    """The transcript after compression, with every turn that was dropped and why."""
    stored = await _evaluation(parts, caller.workspace, conversation_id)
    shown = await _shown(parts, caller, stored, conversation_id, unmasked=unmasked)
    if shown.digest is None:
        raise NotFound("the current evaluation was made without a digest")
    return shown.digest


@router.get(
    "/conversations/{conversation_id}/recipe", summary="What its current evaluation was made with", responses=PROBLEMS
)
async def get_recipe(conversation_id: str, parts: PartsOf, caller: Reader) -> Recipe:
    """Scorecard, prompts, models and rules, each pinned."""
    stored = await _evaluation(parts, caller.workspace, conversation_id)
    return await recipes.load(parts.db, caller.workspace, stored.evaluation.recipe)


@dataclass(frozen=True)
class Shown:
    """An evaluation and its digest as the caller may see them."""

    evaluation: Evaluation
    digest: Digest | None


async def _shown(
    parts: Parts, caller: Caller, stored: StoredEvaluation, conversation_id: str, *, unmasked: bool
) -> Shown:
    """Masked, unless the caller asked for more and may have it: then what the model wrote is put back into words too."""
    chosen = await parts.privacy.hides(caller, conversation_id, "evaluation", unmasked=unmasked)
    digest = await _digest(parts, stored)
    if chosen is None:
        secrets = (await parts.privacy.secrets(caller.workspace, [conversation_id])).get(conversation_id)
        secrets = secrets if unmasked else None
        return Shown(
            revealed_evaluation(stored.evaluation, secrets), revealed_digest(digest, secrets) if digest else None
        )
    hidden = await parts.privacy.mask(caller.workspace, await _transcript_of(parts, caller, stored), chosen)
    return Shown(masked_evaluation(stored.evaluation, hidden), masked_digest(digest, hidden) if digest else None)


async def _transcript_of(parts: Parts, caller: Caller, stored: StoredEvaluation) -> Transcript:
    """The turns that the quotes point to; none when they were deleted meanwhile."""
    judged = stored.evaluation
    try:
        return await results.load_transcript(
            parts.db, parts.store, caller.workspace, judged.conversation_id, revision=judged.revision
        )
    except (NotFound, BlobMissing):
        return Transcript(conversation_id=judged.conversation_id, revision=judged.revision, turns=())


async def load_transcript(parts: Parts, workspace: str, conversation_id: str) -> Transcript:
    """As heard. Raises NotReady while there is none."""
    try:
        return await results.load_transcript(parts.db, parts.store, workspace, conversation_id)
    except NotFound:
        raise await not_ready(parts, workspace, conversation_id, "transcript") from None


async def _evaluation(parts: Parts, workspace: str, conversation_id: str) -> StoredEvaluation:
    try:
        return await results.load_evaluation(parts.db, workspace, conversation_id)
    except NotFound:
        raise await not_ready(parts, workspace, conversation_id, "evaluation") from None


async def _digest(parts: Parts, stored: StoredEvaluation) -> Digest | None:
    if stored.digest_key is None:
        return None
    try:
        return Digest.model_validate_json(await parts.store.get_bytes(stored.digest_key))
    except BlobMissing:  # it was deleted between the row and the blob
        return None


async def not_ready(parts: Parts, workspace: str, conversation_id: str, what: str) -> NotReady:
    """Why a conversation has no such thing yet. Raises NotFound or Gone when there is no such conversation."""
    view = await conversations.get(parts.db, workspace, conversation_id)
    if view.progress == "dead":
        reasons = [run.last_error for run in view.runs if run.last_error]
        return NotReady(
            f"there is no {what}: {reasons[-1] if reasons else 'its run is dead'}", action="Resend the run."
        )
    return NotReady(f"there is no {what} yet: {view.progress}", action="Ask again later.", headers={"Retry-After": "2"})
