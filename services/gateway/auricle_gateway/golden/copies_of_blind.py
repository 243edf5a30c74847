"""The answer to a reviewer who copies a blind item into the golden set, where it stands already: as of any other, and nothing is written
but a line of the audit log.
"""

from auricle_contracts.audit import AuditAction
from auricle_contracts.golden import GoldenStatus
from auricle_records import audit
from auricle_records.audit import AuditFilters
from auricle_records.callers import Caller
from auricle_records.database import new_id

from auricle_gateway.audit.trail import note
from auricle_gateway.golden.replies import GoldenAdded
from auricle_gateway.parts import Parts


async def pretended(parts: Parts, caller: Caller, conversation_id: str, labels: int) -> GoldenAdded:
    """What adding would say: a new item the first time, the same one and no label the second."""
    asked = AuditFilters(actor=caller.id, action=AuditAction.GOLDEN_ADDED, conversation_id=conversation_id)
    earlier = (await audit.page(parts.db, caller.workspace, asked, limit=1)).items
    item_id = (earlier[0].subject if earlier else None) or new_id()
    details = {"labels": 0, "status": GoldenStatus.PROPOSED, "blind": True}
    await note(
        parts.db, caller, AuditAction.GOLDEN_ADDED, conversation_id=conversation_id, subject=item_id, details=details
    )
    return GoldenAdded(
        id=item_id,
        is_new=not earlier,
        status=GoldenStatus.PROPOSED,
        labels=0 if earlier else labels,
        same=labels if earlier else 0,
        contested=(),
    )
