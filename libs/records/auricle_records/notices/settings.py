"""What a person wants by mail. Writes `notice_settings`, for the gateway."""

from auricle_contracts.notices import NoticeSettings
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from auricle_records.database import Database
from auricle_records.tables import notice_settings


async def get(db: Database, workspace: str, person_id: str) -> NoticeSettings:
    """Everything, where the person chose nothing."""
    mine = select(notice_settings).where(notice_settings.c.person_id == person_id)
    async with db.transaction(workspace) as connection:
        row = (await connection.execute(mine)).one_or_none()
    return NoticeSettings() if row is None else NoticeSettings(language=row.language, muted=tuple(row.muted))


async def choose(db: Database, workspace: str, person_id: str, chosen: NoticeSettings) -> None:
    """Replace the choice. What waits already is sent all the same."""
    values = {"language": chosen.language, "muted": [kind.value for kind in chosen.muted]}
    put = insert(notice_settings).values(workspace_id=workspace, person_id=person_id, **values)
    replaced = {name: put.excluded[name] for name in values} | {"updated_at": func.now()}
    async with db.transaction(workspace) as connection:
        await connection.execute(put.on_conflict_do_update(index_elements=["person_id"], set_=replaced))
