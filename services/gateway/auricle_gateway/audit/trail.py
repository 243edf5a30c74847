"""The line that a route writes about what its caller did."""

from collections.abc import Mapping
from typing import Any

from auricle_contracts.audit import AuditAction
from auricle_records import audit
from auricle_records.callers import Caller
from auricle_records.database import Database


async def note(
    db: Database,
    caller: Caller,
    action: AuditAction,
    *,
    conversation_id: str | None = None,
    subject: str | None = None,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Under the caller's identity."""
    await audit.write(
        db, caller.workspace, caller.actor, action, conversation_id=conversation_id, subject=subject, details=details
    )
