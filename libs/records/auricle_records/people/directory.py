"""People of a workspace, with team, roles and references. Writes `people` (but for what opens the door: `credentials`), `memberships` and
`agent_references`.

A person is a row of one workspace. Whoever works in two has a row in each, with the same e-mail and credentials of its own: an admin of one
workspace can neither read nor reset what opens the other.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from auricle_contracts import MemberRole
from sqlalchemy import Row, delete, exists, func, insert, or_, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from auricle_records.conversations.filters import has_part
from auricle_records.database import Database, new_id
from auricle_records.errors import LastAdmin, NameTaken, NotFound
from auricle_records.tables import agent_references, memberships, people, sessions, teams, workspaces

_TAKEN = {
    "uq_people_workspace_id_email": "somebody of this workspace has this e-mail already",
    "pk_agent_references": "a reference is somebody else's already",
}
_SHOWN = select(
    people,
    teams.c.name.label("team"),
    select(func.array_agg(memberships.c.role))
    .where(memberships.c.person_id == people.c.id)
    .scalar_subquery()
    .label("roles"),
    select(func.array_agg(agent_references.c.reference))
    .where(agent_references.c.person_id == people.c.id)
    .scalar_subquery()
    .label("refs"),
).outerjoin(teams, teams.c.id == people.c.team_id)


@dataclass(frozen=True, slots=True)
class NewPerson:
    """A person as an admin describes one; `email` in lower case."""

    email: str
    name: str
    roles: tuple[MemberRole, ...] = ()
    team_id: str | None = None
    references: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Person:
    """A person as listed: what opens the door is told only as being there."""

    id: str
    email: str
    name: str
    roles: tuple[MemberRole, ...]
    team_id: str | None
    team: str | None
    references: tuple[str, ...]
    active: bool
    has_password: bool
    has_second_factor: bool
    has_provider: bool
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class PersonPage:
    """By id, which is the order of arrival. `cursor` asks for the next page; None on the last."""

    items: tuple[Person, ...]
    cursor: str | None


async def add(db: Database, workspace: str, wanted: NewPerson) -> Person:
    """Raises NameTaken for an e-mail or a reference that somebody has, NotFound for a team that is not there."""
    async with db.transaction(workspace) as connection:
        return await _add(connection, workspace, wanted)


async def _add(connection: AsyncConnection, workspace: str, wanted: NewPerson) -> Person:
    await _check_team(connection, wanted.team_id)
    person_id = new_id()
    values = {"email": wanted.email, "name": wanted.name, "team_id": wanted.team_id}
    try:
        await connection.execute(insert(people).values(workspace_id=workspace, id=person_id, **values))
        await _give(connection, workspace, person_id, wanted.roles, wanted.references)
    except IntegrityError as error:
        raise _taken(error) from None
    return await _get(connection, person_id)


async def get(db: Database, workspace: str, person_id: str) -> Person:
    """Raises NotFound."""
    async with db.transaction(workspace) as connection:
        return await _get(connection, person_id)


async def names(db: Database, workspace: str, person_ids: Iterable[str]) -> dict[str, str]:
    """By id, of those who are or were people here; other ids have none."""
    statement = select(people.c.id, people.c.name).where(people.c.id.in_(set(person_ids)))
    async with db.transaction(workspace) as connection:
        return {row.id: row.name for row in await connection.execute(statement)}


async def known_as(db: Database, workspace: str, reference: str) -> Person | None:
    """Whom telephony knows by the reference; None where it is nobody's."""
    bound = select(agent_references.c.person_id).where(agent_references.c.reference == reference)
    async with db.transaction(workspace) as connection:
        row = (await connection.execute(_SHOWN.where(people.c.id.in_(bound)))).one_or_none()
    return None if row is None else _person(row)


async def references_of_team(db: Database, workspace: str, team_id: str) -> tuple[str, ...]:
    """Of everybody in it."""
    members = select(people.c.id).where(people.c.team_id == team_id)
    bound = select(agent_references.c.reference).where(agent_references.c.person_id.in_(members))
    async with db.transaction(workspace) as connection:
        return tuple((await connection.scalars(bound)).all())


async def page(
    db: Database,
    workspace: str,
    *,
    role: MemberRole | None = None,
    team_id: str | None = None,
    active: bool | None = None,
    search: str | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> PersonPage:
    """`search` is a part of a name, an e-mail or a reference. One statement."""
    statement = _SHOWN.order_by(people.c.id).limit(limit + 1)
    if role is not None:
        statement = statement.where(exists().where(memberships.c.person_id == people.c.id, memberships.c.role == role))
    if team_id is not None:
        statement = statement.where(people.c.team_id == team_id)
    if active is not None:
        statement = statement.where(people.c.active == active)
    if search is not None:
        known_as = exists().where(
            agent_references.c.person_id == people.c.id, has_part(agent_references.c.reference, search)
        )
        statement = statement.where(or_(has_part(people.c.name, search), has_part(people.c.email, search), known_as))
    if cursor is not None:
        statement = statement.where(people.c.id > cursor)
    async with db.transaction(workspace) as connection:
        found = [_person(row) for row in await connection.execute(statement)]
    return PersonPage(tuple(found[:limit]), found[limit - 1].id if len(found) > limit else None)


async def change(
    db: Database,
    workspace: str,
    person_id: str,
    changes: Mapping[str, Any],
    *,
    roles: Iterable[MemberRole] | None = None,
    references: Iterable[str] | None = None,
) -> Person:
    """`changes` are columns (email, name, team_id, active); roles and references replace all. Who becomes inactive is signed out at once.

    Raises NotFound, NameTaken, LastAdmin.
    """
    async with db.transaction(workspace) as connection:
        await _lock(connection)
        before = await _get(connection, person_id)
        await _check_team(connection, changes.get("team_id"))
        try:
            await connection.execute(
                update(people).where(people.c.id == person_id).values(**changes, updated_at=func.now())
            )
            await _replace(connection, workspace, person_id, roles, references)
        except IntegrityError as error:
            raise _taken(error) from None
        after = await _get(connection, person_id)
        await _check_admins(connection, before, after)
        if not after.active:
            await _sign_out(connection, person_id)
        return after


async def _replace(
    connection: AsyncConnection,
    workspace: str,
    person_id: str,
    roles: Iterable[MemberRole] | None,
    references: Iterable[str] | None,
) -> None:
    if roles is not None:
        await connection.execute(delete(memberships).where(memberships.c.person_id == person_id))
    if references is not None:
        await connection.execute(delete(agent_references).where(agent_references.c.person_id == person_id))
    await _give(connection, workspace, person_id, roles or (), references or ())


async def _give(
    connection: AsyncConnection,
    workspace: str,
    person_id: str,
    roles: Iterable[MemberRole],
    references: Iterable[str],
) -> None:
    row = {"workspace_id": workspace, "person_id": person_id}
    if granted := [row | {"role": role} for role in sorted(set(roles))]:
        await connection.execute(insert(memberships), granted)
    if bound := [row | {"reference": reference} for reference in sorted(set(references))]:
        await connection.execute(insert(agent_references), bound)


async def _lock(connection: AsyncConnection) -> None:
    """Two admins who take each other's role at once come one after the other."""
    await connection.execute(select(workspaces.c.workspace_id).with_for_update(key_share=True))


async def _check_admins(connection: AsyncConnection, before: Person, after: Person) -> None:
    was, still = (one.active and MemberRole.ADMIN in one.roles for one in (before, after))
    if not was or still:
        return
    admins = (
        select(func.count())
        .select_from(people.join(memberships, memberships.c.person_id == people.c.id))
        .where(people.c.active, memberships.c.role == MemberRole.ADMIN)
    )
    if not await connection.scalar(admins):
        raise LastAdmin("this is the last active admin of the workspace")


async def _sign_out(connection: AsyncConnection, person_id: str) -> None:
    open_ones = (sessions.c.person_id == person_id) & sessions.c.ended_at.is_(None)
    await connection.execute(update(sessions).where(open_ones).values(ended_at=func.now()))


async def _check_team(connection: AsyncConnection, team_id: str | None) -> None:
    if team_id is not None and await connection.scalar(select(teams.c.id).where(teams.c.id == team_id)) is None:
        raise NotFound(f"no team {team_id}")


async def _get(connection: AsyncConnection, person_id: str) -> Person:
    row = (await connection.execute(_SHOWN.where(people.c.id == person_id))).one_or_none()
    if row is None:
        raise NotFound(f"no person {person_id}")
    return _person(row)


def _taken(error: IntegrityError) -> NameTaken:
    """Raises the error itself where it is another one."""
    for constraint, detail in _TAKEN.items():
        if constraint in str(error.orig):
            return NameTaken(detail)
    raise error


def _person(row: Row[Any]) -> Person:
    return Person(
        id=row.id,
        email=row.email,
        name=row.name,
        roles=tuple(sorted(MemberRole(role) for role in row.roles or ())),
        team_id=row.team_id,
        team=row.team,
        references=tuple(sorted(row.refs or ())),
        active=row.active,
        has_password=row.password_hash is not None,
        has_second_factor=row.factor_on,
        has_provider=row.subject is not None,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


@dataclass(frozen=True, slots=True)
class Import:
    """What came of a list: e-mails added, changed and left as they were, and rows that stopped, by e-mail, with the reason."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    same: tuple[str, ...]
    refused: Mapping[str, str]


async def bring(
    db: Database, workspace: str, listed: Iterable[tuple[NewPerson, str | None]], *, dry_run: bool
) -> Import:
    """Each person with the name of a team, which is made where it is not there. A person who is there gets what the list says, and keeps
    what it does not. A row that collides changes nothing; a dry run changes nothing at all.
    """
    outcome: dict[str, list[str]] = {"added": [], "changed": [], "same": []}
    refused: dict[str, str] = {}
    async with db.transaction(workspace) as connection:
        await connection.execute(text("SAVEPOINT list"))
        await _lock(connection)
        for wanted, team in listed:
            await connection.execute(text("SAVEPOINT person"))
            try:
                outcome[await _bring(connection, workspace, wanted, team)].append(wanted.email)
                await connection.execute(text("RELEASE SAVEPOINT person"))
            except (NameTaken, LastAdmin) as error:
                await connection.execute(text("ROLLBACK TO SAVEPOINT person"))
                refused[wanted.email] = error.detail
        if dry_run:
            await connection.execute(text("ROLLBACK TO SAVEPOINT list"))
    return Import(tuple(outcome["added"]), tuple(outcome["changed"]), tuple(outcome["same"]), refused)


async def _bring(connection: AsyncConnection, workspace: str, wanted: NewPerson, team: str | None) -> str:
    team_id = await _team_of(connection, workspace, team) if team else None
    found = (await connection.execute(_SHOWN.where(people.c.email == wanted.email))).one_or_none()
    if found is None:
        described = NewPerson(wanted.email, wanted.name, wanted.roles, team_id, wanted.references)
        await _add(connection, workspace, described)
        return "added"
    before = _person(found)
    roles, references = wanted.roles or before.roles, wanted.references or before.references
    name = wanted.name if wanted.name != wanted.email else before.name
    if (name, team_id or before.team_id, set(roles), set(references)) == (
        before.name, before.team_id, set(before.roles), set(before.references),
    ):  # fmt: skip
        return "same"
    try:
        changed = {"name": name, "team_id": team_id or before.team_id, "updated_at": func.now()}
        await connection.execute(update(people).where(people.c.id == before.id).values(changed))
        await _replace(connection, workspace, before.id, roles, references)
    except IntegrityError as error:
        raise _taken(error) from None
    await _check_admins(connection, before, await _get(connection, before.id))
    return "changed"


async def _team_of(connection: AsyncConnection, workspace: str, name: str) -> str:
    found = await connection.scalar(select(teams.c.id).where(teams.c.name == name))
    if found is not None:
        return str(found)
    team_id = new_id()
    await connection.execute(insert(teams).values(workspace_id=workspace, id=team_id, name=name))
    return team_id
