"""Where alerts are told. Writes `alert_destinations`; a secret leaves it only towards the sender, never in a listing."""

import base64
import secrets
from typing import Any
from urllib.parse import urlsplit

from auricle_contracts.alerts import Destination, DestinationIn, DestinationKind
from auricle_kit.sealing import Keyring, Owner
from sqlalchemy import Row, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from auricle_records import row_secrets
from auricle_records.database import Database, new_id
from auricle_records.errors import NameTaken, NotFound
from auricle_records.row_secrets import kept
from auricle_records.tables import alert_destinations

_SHOWN = [alert_destinations.c[name] for name in Destination.model_fields]


def owner(workspace: str, destination_id: str) -> Owner:
    """Whose secret it is: what is sealed for one destination opens for no other."""
    return Owner(workspace, "alert destination", destination_id)


async def add(
    db: Database, workspace: str, wanted: DestinationIn, *, keyring: Keyring | None = None
) -> tuple[Destination, str | None]:
    """The destination, and the secret of a webhook (made here when None): the only moment at which it is shown. Raises NameTaken."""
    destination_id = new_id()
    secret = _secret(wanted)
    values = wanted.model_dump(mode="json", include={"name", "kind", "roles", "person_ids", "language"})
    values |= {"workspace_id": workspace, "id": destination_id, "url": _shown_url(wanted)}
    values |= kept(secret, keyring, owner(workspace, destination_id))
    try:
        async with db.transaction(workspace) as connection:
            row = (await connection.execute(insert(alert_destinations).values(values).returning(*_SHOWN))).one()
    except IntegrityError:
        raise NameTaken("there is a destination of this name already") from None
    return _destination(row), secret if wanted.kind is DestinationKind.WEBHOOK else None


async def list_destinations(db: Database, workspace: str) -> list[Destination]:
    """By name."""
    listed = select(*_SHOWN).order_by(func.lower(alert_destinations.c.name), alert_destinations.c.id)
    async with db.transaction(workspace) as connection:
        return [_destination(row) for row in await connection.execute(listed)]


async def get(db: Database, workspace: str, destination_id: str) -> Destination:
    """Raises NotFound."""
    async with db.transaction(workspace) as connection:
        asked = select(*_SHOWN).where(alert_destinations.c.id == destination_id)
        row = (await connection.execute(asked)).one_or_none()
    if row is None:
        raise NotFound(f"no alert destination {destination_id}")
    return _destination(row)


async def remove(db: Database, workspace: str, destination_id: str) -> None:
    """With what was told there; rules that name it tell the others. Raises NotFound."""
    async with db.transaction(workspace) as connection:
        done = await connection.execute(delete(alert_destinations).where(alert_destinations.c.id == destination_id))
        if done.rowcount == 0:
            raise NotFound(f"no alert destination {destination_id}")


async def seal_secrets(db: Database, workspace: str, keyring: Keyring) -> int:
    """Seal what is plain or under an older key; how many. A secret whose key is gone is left as it is."""
    change = update(alert_destinations)
    return await row_secrets.seal_stale(db, workspace, alert_destinations, change, keyring, owner)


async def counts_by_key(db: Database, workspace: str) -> dict[str, int]:
    """How many secrets each key seals; "" are plain ones."""
    return await row_secrets.counts_by_key(db, workspace, alert_destinations)


def _secret(wanted: DestinationIn) -> str:
    """What is sealed: a webhook's signing secret, the whole address of Slack, nothing of mails."""
    if wanted.kind is DestinationKind.WEBHOOK:
        return wanted.secret or f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}"
    return wanted.url or ""


def _shown_url(wanted: DestinationIn) -> str | None:
    if wanted.kind is not DestinationKind.SLACK or wanted.url is None:
        return wanted.url
    parts = urlsplit(wanted.url)
    return f"{parts.scheme}://{parts.hostname}"


def _destination(row: Row[Any]) -> Destination:
    return Destination.model_validate({name: getattr(row, name) for name in Destination.model_fields})
