"""An agent says that a finding about oneself was read."""

from auricle_contracts.agent_pages import Acknowledgement
from auricle_contracts.audit import AuditAction
from auricle_records import conversations, findings
from auricle_records.labels import Author
from fastapi import APIRouter

from auricle_gateway.access.callers import Appellant
from auricle_gateway.audit.trail import note
from auricle_gateway.errors import PersonRequired
from auricle_gateway.parts import PartsOf
from auricle_gateway.rest import problem_docs

router = APIRouter(tags=["findings"])


@router.post(
    "/conversations/{conversation_id}/findings/{finding_id}/acknowledgement",
    summary="Say that one has read a finding",
    responses=problem_docs.of(404, 410),
)
async def post_acknowledgement(
    conversation_id: str, finding_id: str, parts: PartsOf, caller: Appellant
) -> Acknowledgement:
    """By the agent whom it is about; it agrees with nothing, and the finding can still be contested. Sent twice, the first time stands."""
    await conversations.get(parts.db, caller.workspace, conversation_id)
    if caller.kind != "person":
        raise PersonRequired
    author = Author(caller.id, caller.name or caller.id, caller.kind)
    kept, is_first = await findings.acknowledge(parts.db, caller.workspace, conversation_id, finding_id, author)
    if is_first:
        await note(
            parts.db,
            caller,
            AuditAction.FINDING_ACKNOWLEDGED,
            conversation_id=conversation_id,
            subject=finding_id,
        )
    return kept
