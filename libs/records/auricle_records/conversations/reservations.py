"""Reservations: rows in state `receiving`, whose body is on its way. A living writer renews its own; one that is not renewed is given up.

Nobody else can tell a slow upload from one whose gateway was killed, and until that is known its key and external id are taken.
"""

from auricle_contracts import ConversationState
from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy import delete as delete_from

from auricle_records import tombstones
from auricle_records.conversations.models import Received
from auricle_records.database import Database, seconds
from auricle_records.tables import conversations, revisions

RECEIVING_STALE_S = 60.0
"""Without a renewal for that long a writer counts as dead."""
_RECEIVING = revisions.c.state == ConversationState.RECEIVING


async def renew(db: Database, workspace: str, received: Received) -> bool:
    """Its writer lives. False when it is `receiving` no more: stored, deleted, or given up."""
    mine = (revisions.c.conversation_id == received.conversation_id, revisions.c.revision == received.revision)
    async with db.transaction(workspace) as connection:
        renewed = await connection.execute(update(revisions).where(*mine, _RECEIVING).values(updated_at=func.now()))
        return renewed.rowcount == 1


async def abandon(
    db: Database, workspace: str, conversation_id: str, revision: int = 1, *, older_than_s: float | None = None
) -> bool:
    """Forget a revision that is still `receiving` (the first one with its conversation). False when it is not any more, or when it was
    renewed within `older_than_s` seconds.

    The first one leaves a tombstone, since its writer may be slow rather than dead: what it still writes is swept.
    """
    given_up = [revisions.c.conversation_id == conversation_id, revisions.c.revision == revision, _RECEIVING]
    if older_than_s is not None:
        given_up.append(_not_renewed(older_than_s))
    later = delete_from(revisions).where(*given_up)
    first = delete_from(conversations).where(
        conversations.c.id == conversation_id,
        conversations.c.state == ConversationState.RECEIVING,
        select(revisions.c.revision).where(*given_up).exists(),
    )
    async with db.transaction(workspace) as connection:
        gone = (await connection.execute(first if revision == 1 else later)).rowcount == 1
        if gone and revision == 1:
            await tombstones.add(connection, workspace, conversation_id)
    return gone


async def stale_receiving(db: Database, workspace: str, *, older_than_s: float, limit: int = 100) -> list[Received]:
    """Revisions that were not renewed for too long, the oldest first: `abandon` each, then delete its prefix."""
    statement = select(revisions).where(_RECEIVING, _not_renewed(older_than_s))
    async with db.transaction(workspace) as connection:
        rows = (await connection.execute(statement.order_by(revisions.c.updated_at).limit(limit))).all()
    return [Received(row.conversation_id, row.revision, fresh=False, body_hash=row.body_hash) for row in rows]


def _not_renewed(for_s: float) -> ColumnElement[bool]:
    return revisions.c.updated_at < func.now() - seconds(for_s)
