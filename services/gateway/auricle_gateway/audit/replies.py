"""Replies of the audit routes."""

from datetime import datetime
from typing import Literal

from auricle_contracts import Contract
from auricle_contracts.audit import AuditAction
from pydantic import JsonValue


class AuditView(Contract):
    """Somebody did something. `subject` is what was acted on where it is no conversation: a person, a session, a criterion, a look."""

    id: str
    actor_kind: Literal["api_key", "person", "name"]
    actor: str
    actor_name: str | None
    action: AuditAction
    conversation_id: str | None
    subject: str | None
    details: dict[str, JsonValue]
    created_at: datetime


class AuditList(Contract):
    """Newest first. `next_cursor` asks for the next page; null on the last."""

    items: tuple[AuditView, ...]
    next_cursor: str | None
