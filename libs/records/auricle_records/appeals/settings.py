"""How long a workspace takes appeals, and within what time they are decided. Writes the table `appeal_settings`."""

from auricle_contracts.appeals import AppealSettings
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from auricle_records.database import Database
from auricle_records.tables import appeal_settings


async def get(db: Database, workspace: str) -> AppealSettings:
    """The defaults where nobody chose."""
    async with db.transaction(workspace) as connection:
        return await load(connection)


async def load(connection: AsyncConnection) -> AppealSettings:
    """The same, inside of a transaction."""
    row = (await connection.execute(select(appeal_settings))).one_or_none()
    return AppealSettings(window_days=row.window_days, answer_days=row.answer_days) if row else AppealSettings()


async def choose(db: Database, workspace: str, chosen: AppealSettings) -> None:
    """Replace the choice. Appeals that are open keep their deadline."""
    put = insert(appeal_settings).values(workspace_id=workspace, **chosen.model_dump())
    replaced = {name: put.excluded[name] for name in chosen.model_dump()} | {"updated_at": func.now()}
    async with db.transaction(workspace) as connection:
        await connection.execute(put.on_conflict_do_update(index_elements=["workspace_id"], set_=replaced))
