"""Masking settings, sealed pseudonym maps, and the audit log of unmasking. Writes `masking_settings`, `reverse_maps` and `unmaskings`.

Bodies come sealed and leave sealed; `reseal` is handed the keys by keeper.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from auricle_contracts.masking import MaskingSettings, PersonalKind
from auricle_kit.sealing import Keyring, Owner, Sealed, Unreadable
from sqlalchemy import Row, any_, bindparam, func, select, tuple_, update
from sqlalchemy.dialects.postgresql import ARRAY, distinct_on, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from auricle_records.database import Database, new_id
from auricle_records.storable import Words
from auricle_records.tables import masking_settings, reverse_maps, unmaskings

What = Literal["transcript", "evaluation", "digest", "recording", "secrets"]
# Built once: building a statement costs more than running it.
_SETTINGS = select(masking_settings)
_NEWEST_MAPS = (
    select(reverse_maps)
    .where(reverse_maps.c.conversation_id == any_(bindparam("wanted", type_=ARRAY(Words))))
    .ext(distinct_on(reverse_maps.c.conversation_id))
    .order_by(reverse_maps.c.conversation_id, reverse_maps.c.revision.desc())
)
_PUT_MAP = insert(reverse_maps)
_REPLACE_MAP = _PUT_MAP.on_conflict_do_update(
    index_elements=["conversation_id", "revision"],
    set_={"key_id": _PUT_MAP.excluded.key_id, "body": _PUT_MAP.excluded.body, "updated_at": func.now()},
)


@dataclass(frozen=True, slots=True)
class SealedMap:
    """A reverse map as it is kept: the id of the key that opens it, and its bytes."""

    conversation_id: str
    revision: int
    key_id: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Unmasking:
    """Somebody saw what was hidden."""

    id: str
    conversation_id: str
    api_key_id: str
    what: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class UnmaskingPage:
    """Newest first. `cursor` asks for the next page; None on the last."""

    items: tuple[Unmasking, ...]
    cursor: str | None


async def settings(db: Database, workspace: str) -> MaskingSettings:
    """The workspace's choice; everything is hidden where it made none."""
    async with db.transaction(workspace) as connection:
        row = (await connection.execute(_SETTINGS)).one_or_none()
    if row is None:
        return MaskingSettings()
    return MaskingSettings(
        kinds=tuple(PersonalKind(kind) for kind in row.kinds),
        prompts=row.prompts,
        exports=row.exports,
        views=row.views,
        recordings=row.recordings,
    )


async def choose(db: Database, workspace: str, chosen: MaskingSettings) -> None:
    """Replace the workspace's choice."""
    values = chosen.model_dump(mode="json") | {"workspace_id": workspace}
    put = insert(masking_settings).values(values)
    replaced = {name: put.excluded[name] for name in values} | {"updated_at": func.now()}
    async with db.transaction(workspace) as connection:
        await connection.execute(put.on_conflict_do_update(index_elements=["workspace_id"], set_=replaced))


async def add(connection: AsyncConnection, workspace: str, sealed: SealedMap) -> None:
    """Keep a map in the transaction of the result that it belongs to; a later one of the revision replaces it."""
    values = {
        "workspace_id": workspace,
        "conversation_id": sealed.conversation_id,
        "revision": sealed.revision,
        "key_id": sealed.key_id,
        "body": sealed.body,
    }
    await connection.execute(_REPLACE_MAP, values)


async def maps(db: Database, workspace: str, conversation_ids: Sequence[str]) -> dict[str, SealedMap]:
    """The newest map of each of these conversations that has one."""
    async with db.transaction(workspace) as connection:
        rows = (await connection.execute(_NEWEST_MAPS, {"wanted": list(conversation_ids)})).all()
    return {row.conversation_id: SealedMap(row.conversation_id, row.revision, row.key_id, row.body) for row in rows}


@dataclass(frozen=True, slots=True)
class Resealed:
    """One batch: how many maps were sealed anew and how many could not be opened; `last` is where the next one begins, None at the end."""

    done: int
    unreadable: int
    last: tuple[str, int] | None


async def reseal(
    db: Database, workspace: str, keyring: Keyring, *, after: tuple[str, int] | None = None, limit: int = 100
) -> Resealed:
    """Seal maps under an older key that is here anew under the first one. A map that does not open is left as it is."""
    older = keyring.opens - {keyring.seals_with}
    place = tuple_(reverse_maps.c.conversation_id, reverse_maps.c.revision)
    stale = select(reverse_maps).where(reverse_maps.c.key_id.in_(older)).order_by(place).limit(limit)
    if after is not None:
        stale = stale.where(place > after)
    done = 0
    async with db.transaction(workspace) as connection:
        rows = (await connection.execute(stale.with_for_update(skip_locked=True))).all() if older else []
        for row in rows:
            with suppress(Unreadable):
                await _reseal(connection, row, keyring)
                done += 1
    last = (rows[-1].conversation_id, rows[-1].revision) if len(rows) == limit else None
    return Resealed(done, len(rows) - done, last)


async def _reseal(connection: AsyncConnection, row: Row[Any], keyring: Keyring) -> None:
    whose = Owner.of_reverse_map(row.workspace_id, row.conversation_id, row.revision)
    sealed = keyring.seal(keyring.open(Sealed(row.key_id, row.body), whose), whose)
    of = (reverse_maps.c.conversation_id == row.conversation_id) & (reverse_maps.c.revision == row.revision)
    await connection.execute(update(reverse_maps).where(of).values(key_id=sealed.key_id, body=sealed.body))


async def counts_by_key(db: Database, workspace: str) -> dict[str, int]:
    """How many maps each key seals."""
    counted = select(reverse_maps.c.key_id, func.count()).group_by(reverse_maps.c.key_id)
    async with db.transaction(workspace) as connection:
        return {key_id: int(count) for key_id, count in (await connection.execute(counted)).all()}


async def audit(db: Database, workspace: str, conversation_id: str, api_key_id: str, what: What) -> None:
    """Write down who is about to see what was hidden; called before it is shown.

    A recording is read by ranges, and is written down once a minute and key: a player's hundred seeks hide no earlier look.
    """
    minute = func.date_trunc("minute", func.now()) if what == "recording" else None
    values = {
        "workspace_id": workspace,
        "id": new_id(),
        "conversation_id": conversation_id,
        "api_key_id": api_key_id,
        "what": what,
        "minute": minute,
    }
    async with db.transaction(workspace) as connection:
        await connection.execute(insert(unmaskings).values(values).on_conflict_do_nothing())


async def audited(db: Database, workspace: str, *, cursor: str | None = None, limit: int = 100) -> UnmaskingPage:
    """The cursor is the last look's id; a strange one gives the page that would follow it."""
    statement = select(unmaskings).order_by(unmaskings.c.id.desc()).limit(limit + 1)
    if cursor is not None:
        statement = statement.where(unmaskings.c.id < cursor)
    async with db.transaction(workspace) as connection:
        rows = (await connection.execute(statement)).all()
    items = tuple(
        Unmasking(row.id, row.conversation_id, row.api_key_id, row.what, row.created_at) for row in rows[:limit]
    )
    return UnmaskingPage(items, items[-1].id if len(rows) > limit else None)
