"""What came of a conversation: transcript, evaluation with its costs, digest, recipe."""

from collections.abc import Mapping
from dataclasses import dataclass

from auricle_contracts import Digest, Evaluation, EvaluationReport, Recipe, Transcript
from auricle_criteria import ErrorClass
from auricle_kit.errors import NotFound
from auricle_records import recipes
from auricle_records.callers import Caller
from auricle_records.errors import BlobMissing
from auricle_records.results import StoredEvaluation
from fastapi import APIRouter

from auricle_gateway.access.callers import Reader
from auricle_gateway.costs.spending import by_criterion
from auricle_gateway.parts import Parts, PartsOf
from auricle_gateway.redaction.privacy import (
    Unmasked,
    masked_digest,
    masked_evaluation,
    revealed_digest,
    revealed_evaluation,
)
from auricle_gateway.rest import problem_docs
from auricle_gateway.results.stored import load_transcript, overall_of, stored_evaluation, transcript_of

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
    """Answers and findings with their quotes, the digest that the model read, and what each step cost.

    Answers are the model's own; findings have people's verdicts, a rejected one too, and those that people added stand behind them.
    """
    stored = await stored_evaluation(parts, caller.workspace, conversation_id)
    shown = await _shown(parts, caller, stored, conversation_id, unmasked=unmasked)
    costs = parts.prices.cost(stored.usages, stored.evaluation.created_at.date())
    return EvaluationReport(
        evaluation=shown.evaluation,
        digest=shown.digest,
        costs=costs,
        criteria=by_criterion(costs),
        choices=dict(await parts.pinned.choices(parts.db, caller.workspace)),
        class_titles=_titles(shown.evaluation, await parts.pinned.classes(parts.db, caller.workspace)),
        overall=await overall_of(parts, caller.workspace, stored.evaluation),
    )


@router.get("/conversations/{conversation_id}/digest", summary="What the model read", responses=PROBLEMS)
async def get_digest(conversation_id: str, parts: PartsOf, caller: Reader, *, unmasked: Unmasked = False) -> Digest:
    """The transcript after compression, with every turn that was dropped and why."""
    stored = await stored_evaluation(parts, caller.workspace, conversation_id)
    shown = await _shown(parts, caller, stored, conversation_id, unmasked=unmasked)
    if shown.digest is None:
        raise NotFound("the current evaluation was made without a digest")
    return shown.digest


@router.get(
    "/conversations/{conversation_id}/recipe", summary="What its current evaluation was made with", responses=PROBLEMS
)
async def get_recipe(conversation_id: str, parts: PartsOf, caller: Reader) -> Recipe:
    """Scorecard, prompts, models and rules, each pinned."""
    stored = await stored_evaluation(parts, caller.workspace, conversation_id)
    return await recipes.load(parts.db, caller.workspace, stored.evaluation.recipe)


def _titles(evaluation: Evaluation, classes: Mapping[str, ErrorClass]) -> dict[str, dict[str, str]]:
    """Of the classes that were found, by language."""
    known = ((one.error_class, classes.get(one.error_class)) for one in evaluation.findings)
    return {name: {"ru": one.title.ru, "en": one.title.en} for name, one in known if one is not None}


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
    hidden = await parts.privacy.mask(
        caller.workspace, await transcript_of(parts, caller.workspace, stored.evaluation), chosen
    )
    return Shown(masked_evaluation(stored.evaluation, hidden), masked_digest(digest, hidden) if digest else None)


async def _digest(parts: Parts, stored: StoredEvaluation) -> Digest | None:
    if stored.digest_key is None:
        return None
    try:
        return Digest.model_validate_json(await parts.store.get_bytes(stored.digest_key))
    except BlobMissing:  # it was deleted between the row and the blob
        return None
