"""Teams of a workspace. Writes the table `teams`."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from auricle_records.database import Database, new_id
from auricle_records.errors import NameTaken, NotFound
from auricle_records.tables import people, teams


@dataclass(frozen=True, slots=True)
class Team:
    """A team and how many active people are in it."""

    id: str
    name: str
    people: int
    created_at: datetime


_SHOWN = select(
    teams,
    select(func.count())
    .select_from(people)
    .where(people.c.team_id == teams.c.id, people.c.active)
    .scalar_subquery()
    .label("size"),
)


async def add(db: Database, workspace: str, name: str) -> Team:
    """Raises NameTaken."""
    team_id = new_id()
    try:
        async with db.transaction(workspace) as connection:
            await connection.execute(insert(teams).values(workspace_id=workspace, id=team_id, name=name))
    except IntegrityError:
        raise NameTaken("a team has this name already") from None
    return await get(db, workspace, team_id)


async def rename(db: Database, workspace: str, team_id: str, name: str) -> Team:
    """Raises NotFound, NameTaken."""
    try:
        async with db.transaction(workspace) as connection:
            await connection.execute(update(teams).where(teams.c.id == team_id).values(name=name))
    except IntegrityError:
        raise NameTaken("a team has this name already") from None
    return await get(db, workspace, team_id)


async def get(db: Database, workspace: str, team_id: str) -> Team:
    """Raises NotFound."""
    async with db.transaction(workspace) as connection:
        row = (await connection.execute(_SHOWN.where(teams.c.id == team_id))).one_or_none()
    if row is None:
        raise NotFound(f"no team {team_id}")
    return Team(row.id, row.name, row.size, row.created_at)


async def list_teams(db: Database, workspace: str, *, limit: int = 1000) -> list[Team]:
    """By name."""
    async with db.transaction(workspace) as connection:
        rows = await connection.execute(_SHOWN.order_by(teams.c.name).limit(limit))
        return [Team(row.id, row.name, row.size, row.created_at) for row in rows]


async def remove(db: Database, workspace: str, team_id: str) -> None:
    """Its people stay, without a team. Raises NotFound."""
    async with db.transaction(workspace) as connection:
        if (await connection.execute(delete(teams).where(teams.c.id == team_id))).rowcount == 0:
            raise NotFound(f"no team {team_id}")
