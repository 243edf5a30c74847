"""The door opens: a row before the blob, so that a crash leaves nothing that is not found again.

The row is simply inserted; only when the database refuses it does anybody look why. So an ordinary recording takes one statement, and
of any number of equal requests exactly one gets through.
"""

from auricle_contracts import ConversationIn, ConversationState
from sqlalchemy import bindparam, func, insert, literal, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from auricle_records import tombstones
from auricle_records.conversations.columns import DESCRIBED, described
from auricle_records.conversations.places import Received
from auricle_records.database import Database
from auricle_records.errors import ExternalIdConflict, RevisionConflict, StillReceiving
from auricle_records.ids import new_id
from auricle_records.tables import conversations, revisions

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
) -> Received:
    """Open a conversation in state `receiving`. `body_hash` covers all that the caller sent; None while it is still unknown.

    Raises StillReceiving, IdempotencyConflict, ExternalIdConflict.
    """
    received = Received(new_id(), 1, fresh=True)
    new = {"workspace_id": workspace, "id": received.conversation_id, **described(conversation)}
    parameters = {**{f"new_{name}": value for name, value in new.items()}, "key": idempotency_key, "hash": body_hash}
    for _ in range(2):
        try:
            async with db.transaction(workspace) as connection:
                await connection.execute(_OPEN, parameters)
            return received
        except IntegrityError:
            async with db.transaction(workspace) as connection:
                if earlier := await _earlier(connection, idempotency_key, body_hash):
                    return earlier
                await _refuse_known(connection, conversation.source, conversation.external_id)
    raise StillReceiving("other requests for the same conversation come and go")


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
            f"the first request with this Idempotency-Key is still received: conversation {row.conversation_id}"
        )
    return earlier


async def _refuse_known(connection: AsyncConnection, source: str, external_id: str | None) -> None:
    if external_id is None:
        return
    known = select(conversations.c.id, conversations.c.state).filter_by(source=source, external_id=external_id)
    row = (await connection.execute(known)).one_or_none()
    if row is not None and row.state == ConversationState.RECEIVING:
        raise StillReceiving(f"an earlier request for this external_id is still received: conversation {row.id}")
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
    except IntegrityError as error:  # the same key, at once, for another conversation
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
