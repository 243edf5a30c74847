"""API keys: a high-entropy token, of which only the SHA-256 is kept. Writes the table `api_keys`.

A token is `auricle_<prefix>_<secret>`: 8 hex digits that may be shown and are looked up, and 256 random bits. A slow hash would
add nothing to that entropy and a denial of service to every request.
"""

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from auricle_contracts import Scope
from sqlalchemy import Row, bindparam, func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from auricle_records.callers import Caller
from auricle_records.database import Database, new_id
from auricle_records.errors import NotFound
from auricle_records.storable import Words
from auricle_records.tables import api_keys

_TOKEN = re.compile(r"auricle_([0-9a-f]{8})_[A-Za-z0-9_-]{43}", re.ASCII)
_LOOK_UP = text("SELECT * FROM auricle_caller(:prefix, :hash)").bindparams(
    bindparam("prefix", type_=Words), bindparam("hash", type_=Words)
)


@dataclass(frozen=True, slots=True)
class KeyRow:
    """A key as it is listed: `prefix` is the token's public beginning. `last_used_at` is told to within an hour; None: never.

    `made_by_name` is None of a key that a command made.
    """

    id: str
    name: str
    prefix: str
    scopes: frozenset[Scope]
    created_at: datetime
    revoked_at: datetime | None
    made_by_name: str | None
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key just made; the only moment at which the token is known."""

    token: str
    row: KeyRow


async def create_key(
    db: Database, workspace: str, *, name: str, scopes: Iterable[Scope], made_by: str | None = None
) -> NewKey:
    """Make a key for an existing workspace; `made_by` is a person's name."""
    prefix = secrets.token_hex(4)
    token = f"auricle_{prefix}_{secrets.token_urlsafe(32)}"
    values = {
        "workspace_id": workspace,
        "id": new_id(),
        "name": name,
        "prefix": prefix,
        "hash": _hash(token),
        "scopes": sorted({Scope(scope).value for scope in scopes}),
        "made_by_name": made_by,
    }
    async with db.transaction(workspace) as connection:
        row = (await connection.execute(insert(api_keys).values(values).returning(api_keys))).one()
    return NewKey(token, _key(row))


async def adopt(connection: AsyncConnection, workspace: str, token: str, *, name: str, scopes: Iterable[Scope]) -> str:
    """A key whose token was made elsewhere (`derived`), inside of a transaction; its id."""
    parts = _TOKEN.fullmatch(token)
    assert parts is not None
    values = {
        "workspace_id": workspace, "id": new_id(), "name": name, "prefix": parts[1], "hash": _hash(token),
        "scopes": sorted({Scope(scope).value for scope in scopes}),
    }  # fmt: skip
    await connection.execute(insert(api_keys).values(values))
    return str(values["id"])


async def widen(connection: AsyncConnection, key_id: str, scopes: Iterable[Scope]) -> None:
    """These scopes in place of those that it had, inside of a transaction."""
    widened = sorted({Scope(scope).value for scope in scopes})
    await connection.execute(update(api_keys).where(api_keys.c.id == key_id).values(scopes=widened))


async def end(connection: AsyncConnection, key_id: str) -> None:
    """Revoke it, inside of a transaction."""
    ended = update(api_keys).where(api_keys.c.id == key_id, api_keys.c.revoked_at.is_(None))
    await connection.execute(ended.values(revoked_at=func.now()))


async def authenticate(db: Database, token: str) -> Caller | None:
    """None for a token that is malformed, unknown or revoked, or of an inactive workspace. Takes any string."""
    parts = _TOKEN.fullmatch(token)
    if parts is None:
        return None
    async with db.walk() as connection:
        row = (await connection.execute(_LOOK_UP, {"prefix": parts[1], "hash": _hash(token)})).one_or_none()
    return Caller(row.workspace_id, _scopes(row), row.id) if row is not None else None


async def used(db: Database, workspace: str, key_id: str) -> None:
    """Write down that it is used now."""
    seen = update(api_keys).where(api_keys.c.id == key_id).values(last_used_at=func.now())
    async with db.transaction(workspace) as connection:
        await connection.execute(seen)


async def valid(connection: AsyncConnection, key_ids: Iterable[str]) -> frozenset[str]:
    """Those of a workspace's keys that were not revoked, inside of a transaction."""
    asked = select(api_keys.c.id).where(api_keys.c.id.in_(list(key_ids)), api_keys.c.revoked_at.is_(None))
    return frozenset((await connection.execute(asked)).scalars())


async def list_keys(db: Database, workspace: str) -> list[KeyRow]:
    """All keys of a workspace, oldest first."""
    async with db.transaction(workspace) as connection:
        return [_key(row) for row in await connection.execute(select(api_keys).order_by(api_keys.c.id))]


async def revoke(db: Database, workspace: str, key_id: str) -> KeyRow:
    """At once and for good; again is fine. Raises NotFound."""
    revoked = (
        update(api_keys)
        .where(api_keys.c.id == key_id)
        .values(revoked_at=func.coalesce(api_keys.c.revoked_at, func.now()))
        .returning(api_keys)
    )
    async with db.transaction(workspace) as connection:
        row = (await connection.execute(revoked)).one_or_none()
    if row is None:
        raise NotFound(f"no key {key_id}")
    return _key(row)


def derived(secret: str, purpose: str) -> str:
    """A token that whoever has the secret can make again, and nobody else: HMAC-SHA-256 of what it is for."""
    prefix, rest = (
        hmac.digest(secret.encode(), f"{part} {purpose}".encode(), "sha256") for part in ("prefix", "secret")
    )
    return f"auricle_{prefix.hex()[:8]}_{base64.urlsafe_b64encode(rest).decode().rstrip('=')}"


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _scopes(row: Row[Any]) -> frozenset[Scope]:
    return frozenset(Scope(scope) for scope in row.scopes)


def _key(row: Row[Any]) -> KeyRow:
    return KeyRow(
        row.id, row.name, row.prefix, _scopes(row), row.created_at, row.revoked_at, row.made_by_name, row.last_used_at
    )
