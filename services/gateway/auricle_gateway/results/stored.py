"""Results as they are stored, or why there are none yet; for every route that shows or judges them."""

from auricle_contracts import Evaluation, Overall, Transcript
from auricle_criteria import Bundle
from auricle_kit.errors import NotFound
from auricle_records import conversations, labels, recipes, results
from auricle_records.errors import BlobMissing
from auricle_records.results import StoredEvaluation

from auricle_gateway.errors import NotReady
from auricle_gateway.parts import Parts
from auricle_gateway.results.effective import Circumstances, effective_overall, is_judged


async def stored_evaluation(parts: Parts, workspace: str, conversation_id: str) -> StoredEvaluation:
    """The current one. Raises NotReady while there is none."""
    try:
        return await results.load_evaluation(parts.db, workspace, conversation_id)
    except NotFound:
        raise await not_ready(parts, workspace, conversation_id, "evaluation") from None


async def load_transcript(parts: Parts, workspace: str, conversation_id: str) -> Transcript:
    """As heard. Raises NotReady while there is none."""
    try:
        return await results.load_transcript(parts.db, parts.store, workspace, conversation_id)
    except NotFound:
        raise await not_ready(parts, workspace, conversation_id, "transcript") from None


async def transcript_of(parts: Parts, workspace: str, judged: Evaluation) -> Transcript:
    """The turns that its quotes point to; none when they were deleted meanwhile."""
    try:
        return await results.load_transcript(
            parts.db, parts.store, workspace, judged.conversation_id, revision=judged.revision
        )
    except (NotFound, BlobMissing):
        return Transcript(conversation_id=judged.conversation_id, revision=judged.revision, turns=())


async def bundle_of(parts: Parts, workspace: str, evaluation: Evaluation) -> Bundle | None:
    """The scorecard, prompts and classes that it was made with; None where they were not kept."""
    try:
        _, artefacts = await recipes.load_with_artefacts(parts.db, workspace, evaluation.recipe)
    except NotFound:
        return None
    return Bundle.kept(artefacts)


async def overall_of(parts: Parts, workspace: str, evaluation: Evaluation) -> Overall | None:
    """The score by what counts: the model's own while nobody judged, None where its scorecard is not there any more."""
    verdicts = await labels.counting(parts.db, workspace, evaluation.id)
    if not is_judged(evaluation, verdicts):
        return evaluation.overall
    bundle = await bundle_of(parts, workspace, evaluation)
    if bundle is None:
        return None
    view = await conversations.get(parts.db, workspace, evaluation.conversation_id)
    turns = len((await transcript_of(parts, workspace, evaluation)).turns)
    return effective_overall(evaluation, verdicts, bundle, Circumstances(view.channel, view.line, turns))


async def not_ready(parts: Parts, workspace: str, conversation_id: str, what: str) -> NotReady:
    """Why a conversation has no such thing yet. Raises NotFound or Gone when there is no such conversation."""
    view = await conversations.get(parts.db, workspace, conversation_id)
    if view.progress == "dead":
        reasons = [run.last_error for run in view.runs if run.last_error]
        return NotReady(
            f"there is no {what}: {reasons[-1] if reasons else 'its run is dead'}", action="Resend the run."
        )
    return NotReady(f"there is no {what} yet: {view.progress}", action="Ask again later.", headers={"Retry-After": "2"})
