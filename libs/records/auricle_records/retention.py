"""What a workspace no longer keeps."""

from sqlalchemy import func, select

from auricle_records.database import Database
from auricle_records.outbox import seconds
from auricle_records.tables import conversations, workspaces

_DAY_S = 86_400.0


async def expired(db: Database, workspace: str, *, limit: int = 100) -> list[str]:
    """Ids of conversations that came in before the workspace's `retention_days`, oldest first; none without the setting. Delete each."""
    kept_since = func.now() - workspaces.c.retention_days * seconds(_DAY_S)
    statement = (
        select(conversations.c.id)
        .join(workspaces, workspaces.c.workspace_id == conversations.c.workspace_id)
        .where(workspaces.c.retention_days.is_not(None), conversations.c.created_at < kept_since)
        .order_by(conversations.c.created_at)
        .limit(limit)
    )
    async with db.transaction(workspace) as connection:
        return list((await connection.scalars(statement)).all())
