"""An appeal that changed something becomes a proposal for the golden set, where the workspace consents."""

from auricle_contracts.appeals import Appeal
from auricle_contracts.audit import AuditAction
from auricle_contracts.golden import GoldenSource, GoldenStatus
from auricle_contracts.vocabulary import AppealVerdict
from auricle_kit import log
from auricle_kit.errors import AuricleError
from auricle_records.callers import Caller
from auricle_records.golden import items, settings
from auricle_records.golden.models import NewItem

from auricle_gateway.audit.trail import note
from auricle_gateway.golden.copies import copy_of
from auricle_gateway.parts import Parts

logger = log.get("gateway.golden")
_CHANGED = (AppealVerdict.ACCEPTED.value, AppealVerdict.PARTLY.value)


async def propose(parts: Parts, caller: Caller, appeal: Appeal) -> None:
    """The contested subject as it counts now. Written behind the decision, which stands whatever becomes of it."""
    if appeal.state.value not in _CHANGED:
        return
    try:
        if not (await settings.get(parts.db, caller.workspace)).settings.consent:
            return
        subject = appeal.criterion or appeal.error_class
        dialogue = await copy_of(parts, caller.workspace, appeal.conversation_id, whole=False, only=subject)
        if not dialogue.turns or not dialogue.labels:
            return
        new = NewItem(dialogue, GoldenSource.APPEAL, GoldenStatus.PROPOSED, caller.id, appeal.conversation_id)
        added = await items.add(parts.db, caller.workspace, new)
    except AuricleError as error:
        logger.warning("golden_proposal_failed", appeal=appeal.id, code=error.code)
        return
    details = {"labels": added.labels, "status": GoldenStatus.PROPOSED, "appeal": appeal.id}
    await note(
        parts.db, caller, AuditAction.GOLDEN_ADDED, conversation_id=appeal.conversation_id, subject=added.id, details=details
    )  # fmt: skip
