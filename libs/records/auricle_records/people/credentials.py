"""What opens the door to a person: password, one-time link, second factor, the provider's subject. Writes those columns of `people`.

Looked up by e-mail, subject or link before a workspace is known; nothing here hashes or compares a secret, that is `auricle_identity`'s.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from auricle_kit.sealing import Keyring, Owner, Sealed, Unreadable
from sqlalchemy import Integer, Row, bindparam, func, literal, or_, select, text, update

from auricle_records.database import Database, seconds
from auricle_records.errors import LinkUsedUp, NotFound
from auricle_records.storable import Words
from auricle_records.tables import people, sessions

MOST_WORKSPACES = 20
"""In how many workspaces one e-mail may be looked up; a person of more names the workspace."""
_BY_EMAIL = text("SELECT * FROM auricle_people_by_email(:email, :most)").bindparams(
    bindparam("email", type_=Words), bindparam("most", type_=Integer)
)
_BY_SUBJECT = text("SELECT * FROM auricle_people_by_subject(:issuer, :subject, :most)").bindparams(
    bindparam("issuer", type_=Words), bindparam("subject", type_=Words), bindparam("most", type_=Integer)
)
_BY_RESET = text("SELECT * FROM auricle_person_by_reset(:hash)").bindparams(bindparam("hash", type_=Words))


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a sign-in is checked against. `factor` is the sealed secret of the second factor, `factor_step` the last step that was used."""

    workspace: str
    person_id: str
    email: str
    name: str
    password_hash: str | None
    factor: Sealed | None
    factor_on: bool
    factor_step: int | None
    has_subject: bool


async def by_email(db: Database, email: str) -> Sequence[Credentials]:
    """Active people with this e-mail, one a workspace."""
    async with db.walk() as connection:
        rows = await connection.execute(_BY_EMAIL, {"email": email, "most": MOST_WORKSPACES})
        return [_credentials(row) for row in rows]


async def by_subject(db: Database, issuer: str, subject: str) -> Sequence[Credentials]:
    """Active people whom this provider knows by this subject, one a workspace."""
    async with db.walk() as connection:
        given = {"issuer": issuer, "subject": subject, "most": MOST_WORKSPACES}
        return [_credentials(row) for row in await connection.execute(_BY_SUBJECT, given)]


async def of(db: Database, workspace: str, person_id: str) -> Credentials:
    """Of one active person. Raises NotFound."""
    async with db.transaction(workspace) as connection:
        chosen = select(people, people.c.subject.is_not(None).label("has_subject"))
        row = (await connection.execute(chosen.where(people.c.id == person_id, people.c.active))).one_or_none()
    if row is None:
        raise NotFound(f"no person {person_id}")
    return _credentials(row)


async def bind(db: Database, found: Credentials, issuer: str, subject: str) -> bool:
    """Remember whom the provider knows this person as; an earlier subject is not replaced. Whether it was bound."""
    unbound = (people.c.id == found.person_id) & people.c.subject.is_(None)
    async with db.transaction(found.workspace) as connection:
        done = await connection.execute(update(people).where(unbound).values(issuer=issuer, subject=subject))
        return bool(done.rowcount)


async def make_link(db: Database, workspace: str, person_id: str, link_hash: str, valid_s: float) -> None:
    """Keep the hash of a one-time link, in the place of an earlier one. Raises NotFound."""
    values = {"reset_hash": link_hash, "reset_until": func.now() + seconds(valid_s)}
    async with db.transaction(workspace) as connection:
        chosen = (people.c.id == person_id) & people.c.active
        if (await connection.execute(update(people).where(chosen).values(values))).rowcount == 0:
            raise NotFound(f"no active person {person_id}")


async def by_link(db: Database, link_hash: str) -> Credentials:
    """Whose link it is. Raises LinkUsedUp."""
    async with db.walk() as connection:
        row = (await connection.execute(_BY_RESET, {"hash": link_hash})).one_or_none()
    if row is None:
        raise LinkUsedUp
    return _credentials(row)


async def use_link(db: Database, found: Credentials, link_hash: str, password_hash: str) -> None:
    """Set the password, use the link up, and end every session that the old password began. Raises LinkUsedUp for the second of two."""
    chosen = (people.c.id == found.person_id) & (people.c.reset_hash == link_hash)
    values = {"password_hash": password_hash, "reset_hash": None, "reset_until": None, "updated_at": func.now()}
    async with db.transaction(found.workspace) as connection:
        if (await connection.execute(update(people).where(chosen).values(values))).rowcount == 0:
            raise LinkUsedUp
        begun = (sessions.c.person_id == found.person_id) & sessions.c.ended_at.is_(None)
        await connection.execute(update(sessions).where(begun).values(ended_at=func.now()))


async def rehash(db: Database, found: Credentials, password_hash: str) -> None:
    """The same password under today's parameters, unless it was changed meanwhile."""
    chosen = (people.c.id == found.person_id) & (people.c.password_hash == found.password_hash)
    async with db.transaction(found.workspace) as connection:
        await connection.execute(update(people).where(chosen).values(password_hash=password_hash))


async def prepare_factor(db: Database, found: Credentials, sealed: Sealed) -> None:
    """A secret that counts only when a code of it came back."""
    values = {"factor_key_id": sealed.key_id, "sealed_factor": sealed.body, "factor_step": None}
    chosen = (people.c.id == found.person_id) & ~people.c.factor_on
    async with db.transaction(found.workspace) as connection:
        await connection.execute(update(people).where(chosen).values(values))


async def use_factor_step(db: Database, found: Credentials, step: int) -> bool:
    """Use a code's time step, which also switches a prepared factor on. False for the second of two that bring the same code."""
    unused = or_(people.c.factor_step.is_(None), people.c.factor_step < literal(step))
    chosen = (people.c.id == found.person_id) & people.c.sealed_factor.is_not(None) & unused
    async with db.transaction(found.workspace) as connection:
        done = await connection.execute(update(people).where(chosen).values(factor_step=step, factor_on=True))
        return bool(done.rowcount)


async def drop_factor(db: Database, workspace: str, person_id: str) -> None:
    """No second factor any more. Raises NotFound."""
    values = {"factor_key_id": None, "sealed_factor": None, "factor_on": False, "factor_step": None}
    async with db.transaction(workspace) as connection:
        if (await connection.execute(update(people).where(people.c.id == person_id).values(values))).rowcount == 0:
            raise NotFound(f"no person {person_id}")


def factor_owner(workspace: str, person_id: str) -> Owner:
    """Whose secret of a second factor it is."""
    return Owner(workspace, "second factor", person_id)


async def reseal_factors(db: Database, workspace: str, keyring: Keyring) -> int:
    """Seal what is under an older key anew; how many. What does not open is left as it is."""
    stale = select(people.c.id, people.c.factor_key_id, people.c.sealed_factor).where(
        people.c.sealed_factor.is_not(None), people.c.factor_key_id != keyring.seals_with
    )
    sealed = 0
    async with db.transaction(workspace) as connection:
        for row in (await connection.execute(stale.with_for_update())).all():
            whose = factor_owner(workspace, row.id)
            try:
                again = keyring.seal(keyring.open(Sealed(row.factor_key_id, row.sealed_factor), whose), whose)
            except Unreadable:
                continue
            values = {"factor_key_id": again.key_id, "sealed_factor": again.body}
            await connection.execute(update(people).where(people.c.id == row.id).values(values))
            sealed += 1
    return sealed


async def counts_by_key(db: Database, workspace: str) -> dict[str, int]:
    """How many second factors each key seals."""
    sealed = people.c.sealed_factor.is_not(None)
    counted = select(people.c.factor_key_id, func.count()).where(sealed).group_by(people.c.factor_key_id)
    async with db.transaction(workspace) as connection:
        return {key_id: int(count) for key_id, count in (await connection.execute(counted)).all()}


def _credentials(row: Row[Any]) -> Credentials:
    sealed = Sealed(row.factor_key_id, row.sealed_factor) if row.sealed_factor is not None else None
    return Credentials(
        workspace=row.workspace_id,
        person_id=row.id,
        email=row.email,
        name=row.name,
        password_hash=row.password_hash,
        factor=sealed,
        factor_on=row.factor_on,
        factor_step=row.factor_step,
        has_subject=row.has_subject,
    )
