"""When a workspace wants a training by itself. Writes the table `training_settings`."""

from dataclasses import dataclass
from datetime import datetime

from auricle_contracts.trainings import TrainingSettings
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from auricle_records.database import Database
from auricle_records.tables import training_settings


@dataclass(frozen=True, slots=True)
class ChosenTraining:
    """The settings, and by whom and when they were chosen; None where nobody did."""

    settings: TrainingSettings
    chosen_by: str | None = None
    chosen_at: datetime | None = None


async def get(db: Database, workspace: str) -> ChosenTraining:
    """The defaults where nobody chose: no schedule."""
    async with db.transaction(workspace) as connection:
        return await load(connection)


async def load(connection: AsyncConnection) -> ChosenTraining:
    """The same, inside of a transaction."""
    row = (await connection.execute(select(training_settings))).one_or_none()
    if row is None:
        return ChosenTraining(TrainingSettings())
    settings = TrainingSettings.model_validate({name: getattr(row, name) for name in TrainingSettings.model_fields})
    return ChosenTraining(settings, row.chosen_by, row.updated_at)


async def choose(db: Database, workspace: str, chosen: TrainingSettings, chosen_by: str) -> ChosenTraining:
    """Replace the choice; a training that is under way goes on."""
    values = chosen.model_dump() | {"workspace_id": workspace, "chosen_by": chosen_by}
    put = insert(training_settings).values(values)
    replaced = {name: put.excluded[name] for name in values} | {"updated_at": func.now()}
    async with db.transaction(workspace) as connection:
        await connection.execute(put.on_conflict_do_update(index_elements=["workspace_id"], set_=replaced))
        return await load(connection)
