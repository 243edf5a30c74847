"""Who did what. Writes `audit_events`, which the application may neither change nor delete; reads `audit_trail`, page by page and whole.

Details are ids, numbers and closed words, never content of a conversation nor a secret.
"""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from auricle_contracts.audit import AuditAction
from sqlalchemy import Row, insert, or_, select

from auricle_records.callers import Actor
from auricle_records.conversations.filters import has_part
from auricle_records.database import Database, new_id
from auricle_records.tables import audit_events, audit_trail

CHUNK = 500


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """One line. `subject` is what was acted on where it is no conversation: a person, a session, a criterion, a kind of look."""

    id: str
    actor: Actor
    action: AuditAction
    conversation_id: str | None
    subject: str | None
    details: Mapping[str, Any]
    created_at: datetime


@dataclass(frozen=True, slots=True)
class AuditFilters:
    """All given ones must hold. `search` is a part of the actor's id or name, or of the subject; `until` is excluded."""

    actor: str | None = None
    action: AuditAction | None = None
    conversation_id: str | None = None
    search: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class AuditPage:
    """Newest first. `cursor` asks for the next page; None on the last."""

    items: tuple[AuditEvent, ...]
    cursor: str | None


async def write(
    db: Database,
    workspace: str,
    actor: Actor,
    action: AuditAction,
    *,
    conversation_id: str | None = None,
    subject: str | None = None,
    details: Mapping[str, Any] | None = None,
) -> None:
    """One line, for good."""
    values = {
        "workspace_id": workspace,
        "id": new_id(),
        "actor_kind": actor.kind,
        "actor": actor.id,
        "actor_name": actor.name,
        "action": action,
        "conversation_id": conversation_id,
        "subject": subject,
        "details": dict(details or {}),
    }
    async with db.transaction(workspace) as connection:
        await connection.execute(insert(audit_events).values(values))


async def page(
    db: Database, workspace: str, filters: AuditFilters, *, cursor: str | None = None, limit: int = 100
) -> AuditPage:
    """The cursor is the last line's id; a strange one gives the page that would follow it."""
    trail = audit_trail.c
    equal = {"actor": filters.actor, "action": filters.action, "conversation_id": filters.conversation_id}
    statement = select(audit_trail).order_by(trail.id.desc()).limit(limit + 1)
    statement = statement.where(*(trail[name] == value for name, value in equal.items() if value is not None))
    if filters.search is not None:
        parts = (has_part(column, filters.search) for column in (trail.actor, trail.actor_name, trail.subject))
        statement = statement.where(or_(*parts))
    if filters.since is not None:
        statement = statement.where(trail.created_at >= filters.since)
    if filters.until is not None:
        statement = statement.where(trail.created_at < filters.until)
    if cursor is not None:
        statement = statement.where(trail.id < cursor)
    async with db.transaction(workspace) as connection:
        found = [_event(row) for row in await connection.execute(statement)]
    return AuditPage(tuple(found[:limit]), found[limit - 1].id if len(found) > limit else None)


async def whole(db: Database, workspace: str, filters: AuditFilters) -> AsyncIterator[AuditEvent]:
    """Every line, newest first, a chunk at a time."""
    cursor: str | None = None
    while True:
        chunk = await page(db, workspace, filters, cursor=cursor, limit=CHUNK)
        for event in chunk.items:
            yield event
        if chunk.cursor is None:
            return
        cursor = chunk.cursor


def _event(row: Row[Any]) -> AuditEvent:
    return AuditEvent(
        id=row.id,
        actor=Actor(row.actor_kind, row.actor, row.actor_name),
        action=AuditAction(row.action),
        conversation_id=row.conversation_id,
        subject=row.subject,
        details=row.details,
        created_at=row.created_at,
    )
