"""Short texts are accepted by one call to the database: conversation, revision, body and first run, in one trip and one commit.

No row waits for a blob, so there is nothing to give up and nothing to sweep. Whatever somebody else was first with (an idempotency key,
an external id) is left to the longer way of `intake`, which tells one case from another.
"""

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import asyncpg
from auricle_contracts import ConversationIn, ConversationState, ConversationView, Participant, Priority, RunState, Step

from auricle_records.conversations.intake import RACES
from auricle_records.conversations.models import Received, Stored, described
from auricle_records.conversations.queries import get
from auricle_records.database import Database, new_id
from auricle_records.errors import StoreUnavailable
from auricle_records.runs.models import RunRow
from auricle_records.storable import cleaned, storable, to_json

MAX_BYTES = 256 * 1024
JSON = "application/json"
_ACCEPT = "SELECT auricle_accept($1, $2, $3, $4, $5, $6, $7, $8, $9)"


async def accept(
    db: Database,
    workspace: str,
    conversation: ConversationIn,
    body_of: Callable[[Received], bytes],
    *,
    recipe: str,
    conversation_id: str | None = None,
    idempotency_key: str | None = None,
    body_hash: str | None = None,
    traceparent: str = "",
) -> Stored | None:
    """The stored text and its waiting `evaluate` run. `body_of` makes the body (a Transcript in JSON) of the place; the id is made here
    where the caller has not made it.

    None, and nothing is written, where the body is longer than MAX_BYTES or another request has taken the key or the external id.
    """
    place, run_id = Received(conversation_id or new_id(), 1, fresh=True), new_id()
    body = body_of(place)
    if len(body) > MAX_BYTES:
        return None
    row = cleaned({"workspace_id": workspace, "id": place.conversation_id, **_as_json(conversation)})
    given = (
        to_json(row),
        _text(idempotency_key),
        body_hash,
        body,
        hashlib.sha256(body).hexdigest(),
        JSON,
        run_id,
        recipe,
        traceparent,
    )
    try:
        moment = await _called(db, given)
    except asyncpg.UniqueViolationError as error:
        if error.constraint_name in RACES:
            return None
        raise
    if moment is None:
        view = await get(db, workspace, place.conversation_id)
        return Stored(place.conversation_id, 1, (), view)
    run = _run(workspace, place.conversation_id, run_id, recipe, conversation.priority, traceparent, moment)
    return Stored(place.conversation_id, 1, (run,), _view(row, run, moment))


async def _called(db: Database, given: tuple[object, ...]) -> datetime | None:
    """When it was accepted. A connection that was lost says nothing of the commit, so the same ids are sent again: None, they are there."""
    try:
        moment: datetime = await db.call(_ACCEPT, *given)
    except StoreUnavailable:
        try:
            moment = await db.call(_ACCEPT, *given)
        except asyncpg.UniqueViolationError as error:
            if error.constraint_name != "pk_conversations":
                raise
            return None
    return moment


def _text(value: str | None) -> str | None:
    return None if value is None else storable(value)


def _as_json(conversation: ConversationIn) -> dict[str, object]:
    started_at = conversation.started_at
    return {**described(conversation), "started_at": started_at.isoformat() if started_at else None}


def _run(
    workspace: str,
    conversation_id: str,
    run_id: str,
    recipe: str,
    priority: Priority,
    traceparent: str,
    moment: datetime,
) -> RunRow:
    return RunRow(
        id=run_id,
        workspace=workspace,
        conversation_id=conversation_id,
        revision=1,
        step=Step.EVALUATE,
        recipe=recipe,
        reason="ingest",
        priority=priority,
        state=RunState.WAITING,
        attempts=0,
        lost_leases=0,
        last_error=None,
        entry_id=None,
        traceparent=traceparent,
        created_at=moment,
        updated_at=moment,
    )


def _view(row: Mapping[str, Any], run: RunRow, moment: datetime) -> ConversationView:
    """What a query would show of it now, from what was written."""
    shown = {
        name: row[name]
        for name in ("id", "channel", "source", "external_id", "direction", "line", "language", "metadata")
    }
    return ConversationView.model_validate(
        {
            **shown,
            "workspace": run.workspace,
            "state": ConversationState.STORED,
            "revision": 1,
            "participants": [Participant.model_validate(one) for one in row["participants"]],
            "runs": (run.view(),),
            "progress": "waiting",
            "started_at": row["started_at"],
            "created_at": moment,
            "updated_at": moment,
        },
        strict=False,
    )
