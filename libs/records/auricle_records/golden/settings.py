"""Whether a workspace consents to golden items, and how many it wants. Writes the table `golden_settings`."""

from dataclasses import dataclass
from datetime import datetime

from auricle_contracts.golden import GoldenSettings
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from auricle_records.database import Database
from auricle_records.errors import GoldenConsentMissing
from auricle_records.tables import golden_settings


@dataclass(frozen=True, slots=True)
class ChosenGolden:
    """The settings, and by whom and when they were chosen; None where nobody did: then there is no consent."""

    settings: GoldenSettings
    chosen_by: str | None = None
    chosen_at: datetime | None = None


async def get(db: Database, workspace: str) -> ChosenGolden:
    """The defaults where nobody chose."""
    async with db.transaction(workspace) as connection:
        return await load(connection)


async def load(connection: AsyncConnection) -> ChosenGolden:
    """The same, inside of a transaction."""
    row = (await connection.execute(select(golden_settings))).one_or_none()
    if row is None:
        return ChosenGolden(GoldenSettings())
    settings = GoldenSettings(**{name: getattr(row, name) for name in GoldenSettings.model_fields})
    return ChosenGolden(settings, row.chosen_by, row.updated_at)


async def require_consent(connection: AsyncConnection) -> None:
    """Raises GoldenConsentMissing."""
    if not (await load(connection)).settings.consent:
        raise GoldenConsentMissing


async def choose(db: Database, workspace: str, chosen: GoldenSettings, chosen_by: str) -> ChosenGolden:
    """Replace the choice. What is kept already stays, and can be removed item by item."""
    values = chosen.model_dump() | {"workspace_id": workspace, "chosen_by": chosen_by}
    put = insert(golden_settings).values(values)
    replaced = {name: put.excluded[name] for name in values} | {"updated_at": func.now()}
    async with db.transaction(workspace) as connection:
        await connection.execute(put.on_conflict_do_update(index_elements=["workspace_id"], set_=replaced))
        return await load(connection)
