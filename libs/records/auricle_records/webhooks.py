"""Where events are sent. Writes the table `webhook_endpoints`; a secret leaves it only towards the sender, never in a listing.

With a keyring it is kept sealed. One from before, or from an installation without keys, is kept plain until `seal_secrets` comes by.
"""

import base64
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from auricle_kit.sealing import Keyring, Owner
from sqlalchemy import Row, delete, false, insert, not_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from auricle_records import row_secrets
from auricle_records.database import Database, new_id
from auricle_records.errors import NotFound
from auricle_records.row_secrets import kept
from auricle_records.tables import webhook_endpoints


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A target without its secret. An empty `events` hears every type. `failures` in a row; nothing is sent before `paused_until`."""

    id: str
    url: str
    events: tuple[str, ...]
    active: bool
    created_at: datetime
    failures: int
    paused_until: datetime | None


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
    words = secret or f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}"
    endpoint_id = new_id()
    values = {"workspace_id": workspace, "id": endpoint_id, "url": url, "events": list(events)}
    values |= kept(words, keyring, owner(workspace, endpoint_id))
    async with db.transaction(workspace) as connection:
        row = (await connection.execute(insert(webhook_endpoints).values(values).returning(*_SHOWN))).one()
    return _endpoint(row), words


def owner(workspace: str, endpoint_id: str) -> Owner:
    """Whose secret it is: what is sealed for one endpoint opens for no other."""
    return Owner(workspace, "webhook secret", endpoint_id)


async def seal_secrets(db: Database, workspace: str, keyring: Keyring) -> int:
    """Seal what is plain or under an older key; how many. A secret whose key is gone is left as it is."""
    return await row_secrets.seal_stale(db, workspace, webhook_endpoints, update(webhook_endpoints), keyring, owner)


async def counts_by_key(db: Database, workspace: str) -> dict[str, int]:
    """How many secrets each key seals; "" are plain ones."""
    return await row_secrets.counts_by_key(db, workspace, webhook_endpoints)


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


async def observe(connection: AsyncConnection, endpoint_id: str, values: Mapping[str, object]) -> None:
    """Keep what an attempt says of its receiver: `failures` in a row and `paused_until`."""
    healthy = (webhook_endpoints.c.failures == 0) & webhook_endpoints.c.paused_until.is_(None)
    unchanged = healthy if values["failures"] == 0 else false()
    mine = webhook_endpoints.c.id == endpoint_id
    await connection.execute(update(webhook_endpoints).where(mine, not_(unchanged)).values(dict(values)))


_SHOWN = [webhook_endpoints.c[field.name] for field in fields(Endpoint)]


def _endpoint(row: Row[Any]) -> Endpoint:
    return Endpoint(row.id, row.url, tuple(row.events), row.active, row.created_at, row.failures, row.paused_until)
