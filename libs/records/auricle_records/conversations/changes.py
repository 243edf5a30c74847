"""What happens to a conversation after it was stored: late CRM data, and deletion."""

from auricle_contracts import ConversationPatch, ConversationView, EventData
from sqlalchemy import delete as delete_from
from sqlalchemy import func, select, update

from auricle_records import outbox, tombstones
from auricle_records.conversations.columns import patched
from auricle_records.conversations.reading import get
from auricle_records.database import Database
from auricle_records.errors import Gone
from auricle_records.tables import conversations


async def patch(db: Database, workspace: str, conversation_id: str, change: ConversationPatch) -> ConversationView:
    """Fields that the caller set replace the old ones; metadata keys are merged, a null removes its key. Raises NotFound, Gone."""
    statement = update(conversations).where(conversations.c.id == conversation_id)
    async with db.transaction(workspace) as connection:
        done = await connection.execute(statement.values(updated_at=func.now(), **patched(change)))
        if done.rowcount == 0:
            raise await tombstones.absence(connection, conversation_id)
    return await get(db, workspace, conversation_id)


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
