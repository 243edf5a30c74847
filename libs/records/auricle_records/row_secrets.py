"""Secrets of a row (`secret`, `secret_key_id`, `sealed_secret`): sealed where there is a keyring, else plain until `seal_stale` comes by.

One for all tables that keep a secret: receivers of webhooks, hooks of vendors.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from auricle_kit.sealing import Keyring, Owner, Sealed, Unreadable
from sqlalchemy import Row, Table, Update, func, or_, select

from auricle_records.database import Database


def kept(secret: str, keyring: Keyring | None, whose: Owner) -> dict[str, Any]:
    """The columns that keep a secret: sealed where there is a keyring."""
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


def secret_of(row: Row[Any]) -> str | Sealed:
    """As its row keeps it: plain or sealed."""
    return str(row.secret) if row.sealed_secret is None else Sealed(row.secret_key_id, row.sealed_secret)


async def seal_stale(
    db: Database, workspace: str, table: Table, change: Update, keyring: Keyring, owner: Callable[[str, str], Owner]
) -> int:
    """Seal what is plain or under an older key; how many. A secret whose key is gone is left as it is.

    `change` is `update(table)` of the module that writes the table.
    """
    old = or_(table.c.sealed_secret.is_(None), table.c.secret_key_id != keyring.seals_with)
    sealed = 0
    async with db.transaction(workspace) as connection:
        for row in (await connection.execute(select(table).where(old).with_for_update())).all():
            whose = owner(workspace, row.id)
            with suppress(Unreadable):
                values = kept(opened(secret_of(row), keyring, whose), keyring, whose)
                await connection.execute(change.where(table.c.id == row.id).values(values))
                sealed += 1
    return sealed


async def counts_by_key(db: Database, workspace: str, table: Table) -> dict[str, int]:
    """How many secrets of the table each key seals; "" are plain ones."""
    key = func.coalesce(table.c.secret_key_id, "")
    async with db.transaction(workspace) as connection:
        rows = (await connection.execute(select(key, func.count()).group_by(key))).all()
    return {key_id: int(count) for key_id, count in rows}
