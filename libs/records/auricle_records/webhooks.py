"""Where events are sent. Writes the table `webhook_endpoints`; a secret leaves it only towards the sender, never in a listing.

With a keyring it is kept sealed. One from before, or from a house without keys, is kept plain until `seal_secrets` comes by.
"""

import base64
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from auricle_kit.sealing import Keyring, Owner, Sealed, Unreadable
from sqlalchemy import Row, delete, func, insert, or_, select, update

from auricle_records.database import Database
from auricle_records.errors import NotFound
from auricle_records.ids import new_id
from auricle_records.tables import webhook_endpoints


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A target without its secret. An empty `events` hears every type."""

    id: str
    url: str
    events: tuple[str, ...]
    active: bool
    created_at: datetime


async def add(
    db: Database,
    workspace: str,
    *,
    url: str,
    secret: str | None = None,
    events: tuple[str, ...] = (),
    keyring: Keyring | None = None,
) -> tuple[Endpoint, str]:
    """The endpoint and its secret (`whsec_…` of Standard Webhooks, made here when None): the only moment at which it is shown."""
    kept = secret or f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}"
    endpoint_id = new_id()
    values = {"workspace_id": workspace, "id": endpoint_id, "url": url, "events": list(events)}
    values |= _kept(kept, keyring, owner(workspace, endpoint_id))
    async with db.transaction(workspace) as connection:
        row = (await connection.execute(insert(webhook_endpoints).values(values).returning(*_SHOWN))).one()
    return _endpoint(row), kept


def owner(workspace: str, endpoint_id: str) -> Owner:
    """Whose secret it is: what is sealed for one endpoint opens for no other."""
    return Owner(workspace, "webhook secret", endpoint_id)


def _kept(secret: str, keyring: Keyring | None, whose: Owner) -> dict[str, Any]:
    if keyring is None:
        return {"secret": secret, "secret_key_id": None, "sealed_secret": None}
    sealed = keyring.seal(secret.encode(), whose)
    return {"secret": None, "secret_key_id": sealed.key_id, "sealed_secret": sealed.body}


def opened(secret: str | Sealed, keyring: Keyring | None, whose: Owner) -> str:
    """The secret itself. Raises Unreadable, also where it is sealed and nobody has a key."""
    if isinstance(secret, str):
        return secret
    if keyring is None:
        raise Unreadable(f"no masking key {secret.key_id!r}")
    return keyring.open(secret, whose).decode()


async def seal_secrets(db: Database, workspace: str, keyring: Keyring) -> int:
    """Seal what is plain or under an older key; how many. A secret whose key is gone is left as it is."""
    stale = select(webhook_endpoints).where(
        or_(webhook_endpoints.c.sealed_secret.is_(None), webhook_endpoints.c.secret_key_id != keyring.seals_with)
    )
    sealed = 0
    async with db.transaction(workspace) as connection:
        for row in (await connection.execute(stale.with_for_update())).all():
            whose = owner(workspace, row.id)
            with suppress(Unreadable):
                values = _kept(opened(secret_of(row), keyring, whose), keyring, whose)
                await connection.execute(
                    update(webhook_endpoints).where(webhook_endpoints.c.id == row.id).values(values)
                )
                sealed += 1
    return sealed


async def counts_by_key(db: Database, workspace: str) -> dict[str, int]:
    """How many secrets each key seals; "" are plain ones."""
    key = func.coalesce(webhook_endpoints.c.secret_key_id, "")
    async with db.transaction(workspace) as connection:
        rows = (await connection.execute(select(key, func.count()).group_by(key))).all()
    return {key_id: int(count) for key_id, count in rows}


def secret_of(row: Row[Any]) -> str | Sealed:
    """As its row keeps it: plain or sealed."""
    return str(row.secret) if row.sealed_secret is None else Sealed(row.secret_key_id, row.sealed_secret)


async def list_endpoints(db: Database, workspace: str) -> list[Endpoint]:
    """Oldest first."""
    async with db.transaction(workspace) as connection:
        rows = await connection.execute(select(*_SHOWN).order_by(webhook_endpoints.c.id))
        return [_endpoint(row) for row in rows]


async def remove(db: Database, workspace: str, endpoint_id: str) -> None:
    """With its unsent events. Raises NotFound."""
    async with db.transaction(workspace) as connection:
        done = await connection.execute(delete(webhook_endpoints).where(webhook_endpoints.c.id == endpoint_id))
        if done.rowcount == 0:
            raise NotFound(f"no webhook endpoint {endpoint_id}")


async def disable(db: Database, workspace: str, endpoint_id: str) -> None:
    """The receiver said that it is gone (410): no new event is written for it; one already written dies at its own answer."""
    statement = update(webhook_endpoints).where(webhook_endpoints.c.id == endpoint_id).values(active=False)
    async with db.transaction(workspace) as connection:
        await connection.execute(statement)


_SHOWN = [column for column in webhook_endpoints.c if column.name in {"id", "url", "events", "active", "created_at"}]


def _endpoint(row: Row[Any]) -> Endpoint:
    return Endpoint(row.id, row.url, tuple(row.events), row.active, row.created_at)
