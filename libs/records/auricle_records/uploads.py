"""Recordings that are sent ahead of their conversation. Writes the table `uploads`."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, func, insert, or_, select, update

from auricle_records import paths
from auricle_records.database import Database, new_id, seconds
from auricle_records.errors import Gone, NotFound
from auricle_records.tables import uploads


@dataclass(frozen=True, slots=True)
class Upload:
    """A place to upload to. `conversation_id` is set once a conversation has claimed it."""

    id: str
    blob_key: str
    max_bytes: int
    expires_at: datetime
    conversation_id: str | None


async def create(db: Database, workspace: str, *, max_bytes: int, expires_s: float) -> Upload:
    """Reserve a key for `expires_s` seconds."""
    upload_id = new_id()
    values = {
        "workspace_id": workspace,
        "id": upload_id,
        "blob_key": paths.upload(workspace, upload_id),
        "max_bytes": max_bytes,
    }
    statement = insert(uploads).values(**values, expires_at=func.now() + seconds(expires_s)).returning(uploads)
    async with db.transaction(workspace) as connection:
        return _upload((await connection.execute(statement)).one())


async def get(db: Database, workspace: str, upload_id: str) -> Upload:
    """Raises NotFound, also for one that has expired."""
    alive = select(uploads).where(uploads.c.id == upload_id, uploads.c.expires_at > func.now())
    async with db.transaction(workspace) as connection:
        row = (await connection.execute(alive)).one_or_none()
    if row is None:
        raise NotFound(f"no upload {upload_id}")
    return _upload(row)


async def claim(db: Database, workspace: str, upload_id: str, conversation_id: str) -> Upload:
    """Bind it to one conversation (again for the same one is fine). Raises NotFound, or Gone when another has it."""
    free = or_(uploads.c.conversation_id.is_(None), uploads.c.conversation_id == conversation_id)
    statement = (
        update(uploads)
        .where(uploads.c.id == upload_id, uploads.c.expires_at > func.now(), free)
        .values(conversation_id=conversation_id)
        .returning(uploads)
    )
    async with db.transaction(workspace) as connection:
        row = (await connection.execute(statement)).one_or_none()
    if row is not None:
        return _upload(row)
    claimed = await get(db, workspace, upload_id)
    raise Gone(f"upload {upload_id} belongs to conversation {claimed.conversation_id}")


async def expired(db: Database, workspace: str, *, limit: int = 100) -> list[Upload]:
    """Uploads whose time is over, claimed or not; delete the blob, then `remove` the row."""
    over = select(uploads).where(uploads.c.expires_at <= func.now()).order_by(uploads.c.expires_at).limit(limit)
    async with db.transaction(workspace) as connection:
        return [_upload(row) for row in await connection.execute(over)]


async def remove(db: Database, workspace: str, upload_id: str) -> None:
    """Forget an upload; a missing one is fine."""
    async with db.transaction(workspace) as connection:
        await connection.execute(delete(uploads).where(uploads.c.id == upload_id))


def _upload(row: Row[Any]) -> Upload:
    return Upload(row.id, row.blob_key, row.max_bytes, row.expires_at, row.conversation_id)
