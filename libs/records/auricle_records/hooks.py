"""Hooks: where a vendor posts what it recorded. Writes the table `hooks`; a secret leaves it only towards the check of a signature.

With a keyring it is kept sealed, as secrets of webhooks are; `seal_secrets` brings older ones under the newest key.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from auricle_kit.sealing import Keyring, Owner, Sealed
from sqlalchemy import Row, bindparam, delete, insert, select, text, update

from auricle_records import row_secrets
from auricle_records.database import Database, new_id
from auricle_records.errors import NotFound
from auricle_records.row_secrets import kept, opened, secret_of
from auricle_records.storable import Words
from auricle_records.tables import hooks

_WORKSPACE = text("SELECT auricle_workspace_of_hook(:hook)").bindparams(bindparam("hook", type_=Words))


@dataclass(frozen=True, slots=True)
class Hook:
    """A hook as it is listed. `settings` are read by the expressions of its integration."""

    id: str
    workspace: str
    integration: str
    settings: Mapping[str, str]
    created_at: datetime
    secret: str | Sealed = field(repr=False)


async def add(
    db: Database,
    workspace: str,
    *,
    integration: str,
    settings: Mapping[str, str],
    secret: str | None = None,
    keyring: Keyring | None = None,
) -> tuple[Hook, str]:
    """The hook and its secret (made here when None): the only moment at which it is shown."""
    hook_id, words = new_id(), secret or secrets.token_urlsafe(32)
    values = {"workspace_id": workspace, "id": hook_id, "integration": integration, "settings": dict(settings)}
    values |= kept(words, keyring, owner(workspace, hook_id))
    async with db.transaction(workspace) as connection:
        row = (await connection.execute(insert(hooks).values(values).returning(hooks))).one()
    return _hook(row), words


def owner(workspace: str, hook_id: str) -> Owner:
    """Whose secret it is."""
    return Owner(workspace, "hook secret", hook_id)


def secret_words(hook: Hook, keyring: Keyring | None) -> str:
    """The secret itself. Raises Unreadable."""
    return opened(hook.secret, keyring, owner(hook.workspace, hook.id))


async def find(db: Database, hook_id: str) -> Hook | None:
    """By its id alone, over all active workspaces: what a post without a key names."""
    async with db.walk() as connection:
        workspace = await connection.scalar(_WORKSPACE, {"hook": hook_id})
    if workspace is None:
        return None
    async with db.transaction(workspace) as connection:
        row = (await connection.execute(select(hooks).where(hooks.c.id == hook_id))).one_or_none()
    return _hook(row) if row is not None else None


async def get(db: Database, workspace: str, hook_id: str) -> Hook:
    """Raises NotFound."""
    async with db.transaction(workspace) as connection:
        row = (await connection.execute(select(hooks).where(hooks.c.id == hook_id))).one_or_none()
    if row is None:
        raise NotFound(f"no hook {hook_id}")
    return _hook(row)


async def list_hooks(db: Database, workspace: str) -> list[Hook]:
    """Oldest first."""
    async with db.transaction(workspace) as connection:
        return [_hook(row) for row in await connection.execute(select(hooks).order_by(hooks.c.id))]


async def remove(db: Database, workspace: str, hook_id: str) -> None:
    """With its events; conversations that came through it stay. Raises NotFound."""
    async with db.transaction(workspace) as connection:
        if (await connection.execute(delete(hooks).where(hooks.c.id == hook_id))).rowcount == 0:
            raise NotFound(f"no hook {hook_id}")


async def seal_secrets(db: Database, workspace: str, keyring: Keyring) -> int:
    """Seal what is plain or under an older key; how many. A secret whose key is gone is left as it is."""
    return await row_secrets.seal_stale(db, workspace, hooks, update(hooks), keyring, owner)


async def counts_by_key(db: Database, workspace: str) -> dict[str, int]:
    """How many secrets each key seals; "" are plain ones."""
    return await row_secrets.counts_by_key(db, workspace, hooks)


def _hook(row: Row[Any]) -> Hook:
    return Hook(row.id, row.workspace_id, row.integration, row.settings, row.created_at, secret_of(row))
