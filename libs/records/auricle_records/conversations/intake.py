"""Intake: a row before the blob, so that a crash leaves nothing that is not found again; late CRM data; deletion.

    receive ─► (blob is written) ─► store ─► runs to publish
       │                              └──── Gone: deleted or cleaned away meanwhile
       └─ abandon: the body never came

The row is simply inserted; only when the database refuses it does anybody look why. So an ordinary recording takes one statement, and
of any number of equal requests exactly one gets through.
"""

from collections.abc import Mapping

from auricle_contracts import (
    ConversationIn,
    ConversationPatch,
    ConversationState,
    ConversationView,
    EventData,
    Priority,
    Step,
)
from auricle_contracts.conversations import bounded_metadata
from auricle_kit.errors import InvalidRequest
from sqlalchemy import bindparam, func, insert, literal, select, update
from sqlalchemy import delete as delete_from
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from auricle_records import outbox, tombstones
from auricle_records.conversations.models import DESCRIBED, Body, Received, Stored, described, grown_by, patched
from auricle_records.conversations.queries import get, shown
from auricle_records.conversations.reservations import RECEIVING_STALE_S, abandon
from auricle_records.database import Database, new_id, violated
from auricle_records.errors import ExternalIdConflict, Gone, RevisionConflict, StillReceiving
from auricle_records.runs.lifecycle import RunRequest, enqueue
from auricle_records.tables import conversations, revisions

_SAME_KEY = "uq_revisions_workspace_id_idempotency_key"
_TRIES = 3
RACES = (_SAME_KEY, "uq_conversations_workspace_id_source_external_id")
"""What another request may have taken at the same moment; a breach of anything else is a fault of ours, and told as one."""
_OPENED = (
    insert(conversations)
    .values(
        {
            name: bindparam(f"new_{name}", type_=conversations.c[name].type)
            for name in ("workspace_id", "id", *DESCRIBED)
        }
    )
    .values(state=ConversationState.RECEIVING, revision=1)
    .returning(conversations.c.workspace_id, conversations.c.id)
    .cte("opened")
)
_OPEN = insert(revisions).from_select(
    ("workspace_id", "conversation_id", "revision", "state", "idempotency_key", "body_hash"),
    select(
        _OPENED.c.workspace_id,
        _OPENED.c.id,
        literal(1),
        literal(ConversationState.RECEIVING.value),
        bindparam("key", type_=revisions.c.idempotency_key.type),
        bindparam("hash", type_=revisions.c.body_hash.type),
    ),
)


async def receive(
    db: Database,
    workspace: str,
    conversation: ConversationIn,
    *,
    idempotency_key: str | None = None,
    body_hash: str | None = None,
    stale_s: float = RECEIVING_STALE_S,
) -> Received:
    """Open a conversation in state `receiving`. `body_hash` covers all that the caller sent; None while it is still unknown.

    An earlier request with this key or external id whose writer died (its reservation was not renewed for `stale_s` seconds) is given up.
    Raises StillReceiving, IdempotencyConflict, ExternalIdConflict.
    """
    received = Received(new_id(), 1, fresh=True)
    new = {"workspace_id": workspace, "id": received.conversation_id, **described(conversation)}
    parameters = {**{f"new_{name}": value for name, value in new.items()}, "key": idempotency_key, "hash": body_hash}
    for _ in range(_TRIES):
        try:
            async with db.transaction(workspace) as connection:
                await connection.execute(_OPEN, parameters)
            return received
        except IntegrityError as error:
            if violated(error) not in RACES:
                raise
        try:
            async with db.transaction(workspace) as connection:
                if earlier := await _earlier(connection, idempotency_key, body_hash):
                    return earlier
                await _refuse_known(connection, conversation.source, conversation.external_id)
        except StillReceiving as waiting:
            if waiting.conversation_id is None or not await abandon(
                db, workspace, waiting.conversation_id, older_than_s=stale_s
            ):
                raise
    raise StillReceiving("other requests for the same conversation come and go")


async def earlier(db: Database, workspace: str, idempotency_key: str, body_hash: str | None = None) -> Received | None:
    """What an earlier request with this idempotency key left. Raises IdempotencyConflict for another `body_hash`, StillReceiving."""
    async with db.transaction(workspace) as connection:
        return await _earlier(connection, idempotency_key, body_hash)


async def _earlier(connection: AsyncConnection, key: str | None, body_hash: str | None) -> Received | None:
    """What an earlier request with this idempotency key left."""
    if key is None:
        return None
    row = (await connection.execute(select(revisions).where(revisions.c.idempotency_key == key))).one_or_none()
    if row is None:
        return None
    earlier = Received(row.conversation_id, row.revision, fresh=False, body_hash=row.body_hash)
    if body_hash is not None:
        earlier.check_body(body_hash)
    if row.state == ConversationState.RECEIVING:
        raise StillReceiving(
            f"the first request with this Idempotency-Key is still received: conversation {row.conversation_id}",
            conversation_id=row.conversation_id if row.revision == 1 else None,
        )
    return earlier


async def _refuse_known(connection: AsyncConnection, source: str, external_id: str | None) -> None:
    if external_id is None:
        return
    known = select(conversations.c.id, conversations.c.state).filter_by(source=source, external_id=external_id)
    row = (await connection.execute(known)).one_or_none()
    if row is not None and row.state == ConversationState.RECEIVING:
        raise StillReceiving(
            f"an earlier request for this external_id is still received: conversation {row.id}", conversation_id=row.id
        )
    if row is not None:
        raise ExternalIdConflict(row.id)


async def receive_revision(
    db: Database,
    workspace: str,
    conversation_id: str,
    *,
    expected_revision: int | None = None,
    idempotency_key: str | None = None,
    body_hash: str | None = None,
) -> Received:
    """Open the next revision of a grown chat or thread. With `expected_revision` it must be the newest one.

    Raises NotFound, Gone, StillReceiving (also while the first revision is), IdempotencyConflict, RevisionConflict.
    """
    newest = select(func.max(revisions.c.revision)).where(revisions.c.conversation_id == conversation_id)
    try:
        async with db.transaction(workspace) as connection:
            if idempotency_key is not None and (earlier := await _earlier(connection, idempotency_key, body_hash)):
                return earlier
            await _lock_stored(connection, conversation_id, expected_revision)
            number = (await connection.scalar(newest) or 0) + 1
            values = {
                "workspace_id": workspace,
                "conversation_id": conversation_id,
                "revision": number,
                "state": ConversationState.RECEIVING,
                "idempotency_key": idempotency_key,
                "body_hash": body_hash,
            }
            await connection.execute(insert(revisions), values)
    except IntegrityError as error:
        if violated(error) != _SAME_KEY:
            raise
        raise StillReceiving("another request with this Idempotency-Key is still received") from error
    return Received(conversation_id, number, fresh=True)


async def _lock_stored(connection: AsyncConnection, conversation_id: str, expected_revision: int | None) -> None:
    locked = select(conversations.c.state, conversations.c.revision).where(conversations.c.id == conversation_id)
    row = (await connection.execute(locked.with_for_update(key_share=True))).one_or_none()
    if row is None:
        raise await tombstones.absence(connection, conversation_id)
    if row.state == ConversationState.RECEIVING:
        raise StillReceiving(f"conversation {conversation_id} is still received")
    if expected_revision is not None and expected_revision != row.revision:
        raise RevisionConflict(f"conversation {conversation_id} is at revision {row.revision}, not {expected_revision}")


# The conversation comes first: it holds the lock that a deletion takes first too.
_CONVERSATION = (
    update(conversations)
    .where(conversations.c.id == bindparam("conversation"))
    .values(
        state=ConversationState.STORED,
        revision=func.greatest(conversations.c.revision, bindparam("number", type_=conversations.c.revision.type)),
        updated_at=func.now(),
    )
    .returning(conversations.c.id, conversations.c.revision, conversations.c.priority)
    .cte("conversation_row")
)
_BODY = ("kind", "blob_key", "media_type", "size_bytes", "sha256")
_STORE = (
    update(revisions)
    .where(revisions.c.conversation_id == _CONVERSATION.c.id)
    .where(revisions.c.revision == bindparam("number", type_=revisions.c.revision.type))
    .where(revisions.c.state == ConversationState.RECEIVING)
    .values({name: bindparam(f"body_{name}", type_=revisions.c[name].type) for name in _BODY})
    .values(
        state=ConversationState.STORED,
        body_hash=func.coalesce(bindparam("hash", type_=revisions.c.body_hash.type), revisions.c.body_hash),
        updated_at=func.now(),
    )
    .returning(_CONVERSATION.c.revision.label("newest"), _CONVERSATION.c.priority)
)


async def store(
    db: Database,
    workspace: str,
    received: Received,
    body: Body,
    *,
    recipe: str,
    body_hash: str | None = None,
    grown: ConversationIn | None = None,
    traceparent: str = "",
) -> Stored:
    """One transaction: the body is `stored` and its first run waits (a recording is transcribed, turns are evaluated).

    `grown` renews participants and metadata of a later revision. Raises Gone when the row was deleted or cleaned away meanwhile:
    the caller removes the blob. A revision that comes after a newer one is kept, and is not evaluated.
    """
    conversation_id, number = received.conversation_id, received.revision
    parameters = {f"body_{name}": getattr(body, name) for name in _BODY}
    step = Step.TRANSCRIBE if body.kind == "recording" else Step.EVALUATE
    async with db.transaction(workspace) as connection:
        row = (
            await connection.execute(
                _STORE, {**parameters, "conversation": conversation_id, "number": number, "hash": body_hash}
            )
        ).one_or_none()
        if row is None:
            raise Gone(f"conversation {conversation_id} was deleted or given up while its body was received")
        if row.newest > number:
            return Stored(conversation_id, number, (), await shown(connection, conversation_id))
        if grown is not None:
            await _describe(connection, conversation_id, grown_by(grown))
        reason = "ingest" if number == 1 else "revision"
        run = await enqueue(
            connection,
            workspace,
            RunRequest(conversation_id, number, step, recipe, reason, Priority(row.priority)),
            traceparent,
        )
        known = (run,) if number == 1 else None  # what is only now stored had no run before
        return Stored(conversation_id, number, (run,), await shown(connection, conversation_id, known))


async def patch(db: Database, workspace: str, conversation_id: str, change: ConversationPatch) -> ConversationView:
    """Fields that the caller set replace the old ones; metadata keys are merged, a null removes its key. Raises NotFound, Gone."""
    async with db.transaction(workspace) as connection:
        if not await _describe(connection, conversation_id, {"updated_at": func.now(), **patched(change)}):
            raise await tombstones.absence(connection, conversation_id)
    return await get(db, workspace, conversation_id)


async def _describe(connection: AsyncConnection, conversation_id: str, changes: Mapping[str, object]) -> bool:
    """Whether there is such a conversation. Raises InvalidRequest where merged metadata outgrows its bounds."""
    statement = update(conversations).where(conversations.c.id == conversation_id).values(changes)
    row = (await connection.execute(statement.returning(conversations.c.metadata))).one_or_none()
    if row is not None and "metadata" in changes:
        try:
            bounded_metadata(row.metadata)
        except ValueError as error:
            raise InvalidRequest(
                f"with what is there already, {error}", action="Remove keys: send them as null."
            ) from None
    return row is not None


async def delete(db: Database, workspace: str, conversation_id: str, *, traceparent: str = "") -> None:
    """One transaction: all rows of the conversation go but the ledger's, a tombstone and a `conversation.deleted` event come.

    Waits for a result that is being committed; later ones fail on the tombstone. Deleting a deleted one is fine. Raises NotFound.
    """
    locked = select(conversations.c.external_id).where(conversations.c.id == conversation_id).with_for_update()
    async with db.transaction(workspace) as connection:
        row = (await connection.execute(locked)).one_or_none()
        if row is None:
            reason = await tombstones.absence(connection, conversation_id)
            if isinstance(reason, Gone):
                return
            raise reason
        data = EventData(workspace=workspace, conversation_id=conversation_id, external_id=row.external_id)
        await tombstones.add(connection, workspace, conversation_id)
        await outbox.add(
            connection, "conversation.deleted", f"evt_{conversation_id}_deleted", data, traceparent=traceparent
        )
        await connection.execute(delete_from(conversations).where(conversations.c.id == conversation_id))
