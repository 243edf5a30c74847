"""One conversation judged again by what is live now."""

from auricle_contracts import Priority, RunView, Step
from auricle_contracts.audit import AuditAction
from auricle_kit import tracing
from auricle_records import runs
from auricle_records.runs import RunRequest
from fastapi import APIRouter

from auricle_gateway.access.callers import KnowledgeEditor
from auricle_gateway.audit.trail import note
from auricle_gateway.parts import PartsOf
from auricle_gateway.rest import problem_docs
from auricle_gateway.results.stored import stored_evaluation

router = APIRouter(tags=["results"])


@router.post(
    "/conversations/{conversation_id}/judge-again",
    status_code=202,
    summary="Judge it again by what is live",
    responses=problem_docs.of(404, 409, 410),
)
async def judge_again(conversation_id: str, parts: PartsOf, caller: KnowledgeEditor) -> RunView:
    """An evaluation anew under the live recipe, behind all fresh work. Asked for twice of one evaluation and recipe, it is one run.

    409 while it has no evaluation.
    """
    stored = await stored_evaluation(parts, caller.workspace, conversation_id)
    recipe = await parts.pinned.for_workspace(parts.db, caller.workspace)
    wanted = RunRequest(
        conversation_id, stored.evaluation.revision, Step.EVALUATE, recipe, f"asked {stored.evaluation.id}", Priority.BACKFILL
    )  # fmt: skip
    run = await runs.request(parts.db, caller.workspace, wanted, traceparent=tracing.traceparent())
    parts.publisher.publish(run)
    details = {"run": run.id}
    await note(
        parts.db, caller, AuditAction.CONVERSATION_JUDGED_AGAIN, conversation_id=conversation_id, details=details
    )
    return run.view()
