"""What a workspace sends to review. Writes the table `review_settings`."""

from dataclasses import dataclass
from datetime import datetime

from auricle_contracts.review import ReviewSettings
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from auricle_records.database import Database
from auricle_records.tables import review_settings


@dataclass(frozen=True, slots=True)
class ChosenSettings:
    """The settings, and by whom and when they were chosen; None where nobody did."""

    settings: ReviewSettings
    chosen_by: str | None = None
    chosen_at: datetime | None = None


async def get(db: Database, workspace: str) -> ChosenSettings:
    """The defaults where nobody chose."""
    async with db.transaction(workspace) as connection:
        return await load(connection)


async def load(connection: AsyncConnection) -> ChosenSettings:
    """The same, inside of a transaction."""
    row = (await connection.execute(select(review_settings))).one_or_none()
    if row is None:
        return ChosenSettings(ReviewSettings())
    settings = ReviewSettings(**{name: getattr(row, name) for name in ReviewSettings.model_fields})
    return ChosenSettings(settings, row.chosen_by, row.updated_at)


async def choose(db: Database, workspace: str, settings: ReviewSettings, chosen_by: str) -> ChosenSettings:
    """Replace the choice. Holds for evaluations that are triaged from now on."""
    values = settings.model_dump() | {"workspace_id": workspace, "chosen_by": chosen_by}
    put = insert(review_settings).values(values)
    replaced = {name: put.excluded[name] for name in values} | {"updated_at": func.now()}
    async with db.transaction(workspace) as connection:
        await connection.execute(put.on_conflict_do_update(index_elements=["workspace_id"], set_=replaced))
        return await load(connection)
