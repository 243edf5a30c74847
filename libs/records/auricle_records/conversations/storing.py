"""The door closes: the blob is there, so the body is `stored` and its first run waits. Or nothing came, and the place is given up."""

from auricle_contracts import ConversationIn, ConversationState, Priority, Step
from sqlalchemy import bindparam, delete, func, select, update

from auricle_records import tombstones
from auricle_records.conversations.columns import grown_by
from auricle_records.conversations.places import Body, Received, Stored
from auricle_records.conversations.reading import shown
from auricle_records.database import Database
from auricle_records.errors import Gone
from auricle_records.outbox import seconds
from auricle_records.runs import making
from auricle_records.runs.making import Wanted
from auricle_records.tables import conversations, revisions

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
            await connection.execute(
                update(conversations).where(conversations.c.id == conversation_id).values(grown_by(grown))
            )
        reason = "ingest" if number == 1 else "revision"
        run = await making.add(
            connection,
            workspace,
            Wanted(conversation_id, number, step, recipe, reason, Priority(row.priority)),
            traceparent,
        )
        known = (run,) if number == 1 else None  # what is only now stored had no run before
        return Stored(conversation_id, number, (run,), await shown(connection, conversation_id, known))


async def abandon(db: Database, workspace: str, conversation_id: str, revision: int = 1) -> bool:
    """Forget a revision that is still `receiving` (the first one with its conversation). False when it is not any more.

    The first one leaves a tombstone, since its writer may be slow rather than dead: what it still writes is swept.
    """
    receiving = revisions.c.state == ConversationState.RECEIVING
    later = delete(revisions).where(
        revisions.c.conversation_id == conversation_id, revisions.c.revision == revision, receiving
    )
    first = delete(conversations).where(
        conversations.c.id == conversation_id, conversations.c.state == ConversationState.RECEIVING
    )
    async with db.transaction(workspace) as connection:
        gone = (await connection.execute(first if revision == 1 else later)).rowcount == 1
        if gone and revision == 1:
            await tombstones.add(connection, workspace, conversation_id)
    return gone


async def stale_receiving(db: Database, workspace: str, *, older_than_s: float, limit: int = 100) -> list[Received]:
    """Revisions that have been `receiving` for too long: `abandon` each, then delete its prefix."""
    statement = (
        select(revisions)
        .where(
            revisions.c.state == ConversationState.RECEIVING,
            revisions.c.updated_at < func.now() - seconds(older_than_s),
        )
        .order_by(revisions.c.updated_at)
        .limit(limit)
    )
    async with db.transaction(workspace) as connection:
        rows = (await connection.execute(statement)).all()
    return [Received(row.conversation_id, row.revision, fresh=False, body_hash=row.body_hash) for row in rows]
