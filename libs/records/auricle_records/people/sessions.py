"""Sessions of people: a token's hash with a sliding and an absolute end. Writes the table `sessions`.

begun ──► seen (moves the sliding end, at most once a minute) ──► ended by its person or an admin
                                                               └─► over: idle too long, or the absolute end
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from auricle_contracts import MemberRole
from sqlalchemy import Row, bindparam, delete, func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from auricle_records.database import Database, new_id, seconds
from auricle_records.errors import NotFound
from auricle_records.storable import Words
from auricle_records.tables import people, sessions

Method = Literal["password", "oidc"]
SEEN_EVERY_S = 60
KEPT_S = 30 * 86_400.0
_LOOK_UP = text("SELECT * FROM auricle_session(:hash)").bindparams(bindparam("hash", type_=Words))
_OPEN = sessions.c.ended_at.is_(None) & (sessions.c.idle_until > func.now()) & (sessions.c.until > func.now())


@dataclass(frozen=True, slots=True)
class Lifetime:
    """How long a session lives without a request, and how long at most."""

    idle_s: float
    absolute_s: float


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who a valid session's token speaks for."""

    session_id: str
    workspace: str
    person_id: str
    name: str
    roles: tuple[MemberRole, ...]
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Session:
    """A session as listed; `client` is what the browser calls itself."""

    id: str
    person_id: str
    person_name: str
    client: str
    method: str
    created_at: datetime
    seen_at: datetime
    until: datetime


async def begin(
    db: Database, workspace: str, person_id: str, *, token_hash: str, client: str, method: Method, lifetime: Lifetime
) -> Session:
    """A session of an active person; those that were over a month ago are cleared away."""
    values = {
        "workspace_id": workspace,
        "id": new_id(),
        "person_id": person_id,
        "hash": token_hash,
        "client": client,
        "method": method,
        "idle_until": func.now() + seconds(lifetime.idle_s),
        "until": func.now() + seconds(lifetime.absolute_s),
    }
    async with db.transaction(workspace) as connection:
        await connection.execute(insert(sessions).values(values))
        over = (sessions.c.person_id == person_id) & (sessions.c.until < func.now() - seconds(KEPT_S))
        await connection.execute(delete(sessions).where(over))
        row = (await connection.execute(_shown().where(sessions.c.id == values["id"]))).one()
    return _session(row)


async def authenticate(db: Database, token_hash: str) -> SignedIn | None:
    """None for a token that is unknown, ended or over, of an inactive person or workspace."""
    async with db.walk() as connection:
        row = (await connection.execute(_LOOK_UP, {"hash": token_hash})).one_or_none()
    if row is None:
        return None
    roles = tuple(MemberRole(role) for role in row.roles)
    return SignedIn(row.id, row.workspace_id, row.person_id, row.name, roles, row.seen_at)


async def seen(db: Database, found: SignedIn, lifetime: Lifetime) -> None:
    """Move the sliding end, at most once a minute."""
    if (datetime.now(UTC) - found.seen_at).total_seconds() < SEEN_EVERY_S:
        return
    stale = sessions.c.seen_at < func.now() - seconds(SEEN_EVERY_S)
    moved = {"seen_at": func.now(), "idle_until": func.now() + seconds(lifetime.idle_s)}
    async with db.transaction(found.workspace) as connection:
        await connection.execute(update(sessions).where(sessions.c.id == found.session_id, stale).values(moved))


async def list_open(db: Database, workspace: str, *, person_id: str | None = None, limit: int = 200) -> list[Session]:
    """Open ones, the last seen first, of one person or of all."""
    chosen = _shown().where(_OPEN).order_by(sessions.c.seen_at.desc(), sessions.c.id).limit(limit)
    if person_id is not None:
        chosen = chosen.where(sessions.c.person_id == person_id)
    async with db.transaction(workspace) as connection:
        return [_session(row) for row in await connection.execute(chosen)]


async def end(db: Database, workspace: str, session_id: str, *, person_id: str | None = None) -> None:
    """For good; again is fine. `person_id`: only where it is this person's. Raises NotFound."""
    chosen = update(sessions).where(sessions.c.id == session_id)
    if person_id is not None:
        chosen = chosen.where(sessions.c.person_id == person_id)
    ended = chosen.values(ended_at=func.coalesce(sessions.c.ended_at, func.now()))
    async with db.transaction(workspace) as connection:
        if (await connection.execute(ended)).rowcount == 0:
            raise NotFound(f"no session {session_id}")


async def valid(connection: AsyncConnection, session_ids: Iterable[str]) -> frozenset[str]:
    """Those of a workspace's sessions that are open, inside of a transaction."""
    wanted = list(session_ids)
    if not wanted:
        return frozenset()
    asked = select(sessions.c.id).where(sessions.c.id.in_(wanted), _OPEN)
    return frozenset((await connection.execute(asked)).scalars())


def _shown() -> Any:
    return select(sessions, people.c.name.label("person_name")).join(people, people.c.id == sessions.c.person_id)


def _session(row: Row[Any]) -> Session:
    return Session(
        row.id, row.person_id, row.person_name, row.client, row.method, row.created_at, row.seen_at, row.until
    )
