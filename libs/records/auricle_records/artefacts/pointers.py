"""Live pointers and their history. Writes `live_artefacts` and `artefact_promotions`, and the states of what they move.

One at a time in a workspace (its row is locked): a scorecard and the class that it names cannot be moved past each other.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from auricle_contracts.artefacts import ArtefactState, PromotionAction
from sqlalchemy import Select, delete, func, select, update
from sqlalchemy import insert as plain_insert
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from auricle_records.artefacts import versions
from auricle_records.artefacts.models import Evidence, Name, Promotion, StoredBody, Version, promotion_of
from auricle_records.canaries import shares
from auricle_records.database import Database, new_id
from auricle_records.dry_runs import shadows
from auricle_records.errors import LiveMoved, NothingBefore
from auricle_records.tables import appeal_changes, artefact_promotions, artefacts, live_artefacts, workspaces

Check = Callable[[Sequence[StoredBody]], None]
"""Raises where the bodies that would be held do not go together."""

Also = Callable[[AsyncConnection, Promotion, Version], Awaitable[None]]
"""What else happens in the transaction of a promotion; raised, nothing of it does."""

_FROM, _TO = artefacts.alias(), artefacts.alias()
_ANSWERED = func.array(
    select(appeal_changes.c.appeal_id)
    .where(appeal_changes.c.promotion_id == artefact_promotions.c.id)
    .order_by(appeal_changes.c.appeal_id)
    .scalar_subquery()
).label("appeals")
_SHOWN: Select[Any] = (
    select(artefact_promotions, _FROM.c.hash.label("from_hash"), _TO.c.hash.label("to_hash"), _ANSWERED)
    .outerjoin(_FROM, _FROM.c.id == artefact_promotions.c.from_id)
    .outerjoin(_TO, _TO.c.id == artefact_promotions.c.to_id)
)


@dataclass(frozen=True, slots=True)
class _LiveVersion:
    """What is live of a name: `held` by a pointer, or shipped."""

    id: str | None
    held: bool


async def held(db: Database, workspace: str) -> list[StoredBody]:
    """What pointers hold, by kind and name."""
    async with db.transaction(workspace) as connection:
        return await _held(connection)


async def held_ids(db: Database, workspace: str) -> frozenset[str]:
    """Ids of what pointers hold: another set is another recipe."""
    async with db.transaction(workspace) as connection:
        return frozenset(await connection.scalars(select(live_artefacts.c.artefact_id)))


async def promote(
    db: Database,
    workspace: str,
    artefact_id: str,
    evidence: Evidence,
    *,
    shipped: str | None,
    expected: str | None,
    check: Check,
    also: Also | None = None,
) -> Promotion:
    """Make a version live. `shipped` is the hash of what the release brought of its name, `expected` the id that the caller saw live;
    `also` is what else happens in the same transaction.

    Raises NotFound, LiveMoved, and what `check` and `also` raise.
    """
    async with db.transaction(workspace) as connection:
        await _lock(connection)
        wanted = await versions.one(connection, artefact_id)
        before = await _live_version(connection, wanted.of, shipped)
        if wanted.held:
            raise LiveMoved("this version is live already")
        if expected is not None and expected != before.id:
            raise LiveMoved("another version is live by now", action="Look at the history and compare again.")
        after = _LiveVersion(wanted.id, held=True)
        moved = await _move(connection, workspace, wanted.of, before, after, PromotionAction.PROMOTED, evidence, check)
        if also is None:
            return moved
        await also(connection, moved, wanted)
        return await _promotion(connection, moved.id)


async def roll_back(
    db: Database,
    workspace: str,
    artefact_id: str,
    evidence: Evidence,
    *,
    shipped: str | None,
    to_shipped: bool,
    check: Check,
) -> Promotion:
    """Take a live version back: what was live before it is live again, or what the release brought.

    Raises NotFound, LiveMoved where it is not live, NothingBefore where nobody promoted it, and what `check` raises.
    """
    async with db.transaction(workspace) as connection:
        await _lock(connection)
        wrong = await versions.one(connection, artefact_id)
        before = await _live_version(connection, wrong.of, shipped)
        if before.id != wrong.id:
            raise LiveMoved("this version is not live", action="Look at the history: another one may be live by now.")
        if not before.held:
            raise NothingBefore("this version came with the release: nobody promoted it")
        target = (
            await _shipped(connection, wrong.of, shipped) if to_shipped else await _before(connection, wrong, shipped)
        )
        return await _move(
            connection, workspace, wrong.of, before, target, PromotionAction.ROLLED_BACK, evidence, check
        )


async def promotions(db: Database, workspace: str, of: Name, *, limit: int = 200) -> list[Promotion]:
    """Newest first."""
    moved = artefact_promotions.c
    statement = _SHOWN.where(moved.kind == of.kind, moved.name == of.name).order_by(moved.id.desc()).limit(limit)
    async with db.transaction(workspace) as connection:
        return [promotion_of(row) for row in await connection.execute(statement)]


async def _lock(connection: AsyncConnection) -> None:
    await connection.execute(select(workspaces.c.workspace_id).with_for_update(key_share=True))


async def _held(connection: AsyncConnection) -> list[StoredBody]:
    return await versions.bodies(connection, await connection.scalars(select(live_artefacts.c.artefact_id)))


async def _live_version(connection: AsyncConnection, of: Name, shipped: str | None) -> _LiveVersion:
    pointer = await connection.scalar(
        select(live_artefacts.c.artefact_id).where(live_artefacts.c.kind == of.kind, live_artefacts.c.name == of.name)
    )
    return _LiveVersion(pointer, held=True) if pointer is not None else await _shipped(connection, of, shipped)


async def _shipped(connection: AsyncConnection, of: Name, shipped: str | None) -> _LiveVersion:
    found = select(artefacts.c.id).where(
        artefacts.c.kind == of.kind, artefacts.c.name == of.name, artefacts.c.hash == shipped
    )
    return _LiveVersion(await connection.scalar(found), held=False)


async def _before(connection: AsyncConnection, wrong: Version, shipped: str | None) -> _LiveVersion:
    """What the newest promotion of this version took the place of."""
    moved = artefact_promotions.c
    newest = (
        select(moved.from_id, moved.from_held)
        .where(moved.to_id == wrong.id, moved.action == PromotionAction.PROMOTED)
        .order_by(moved.id.desc())
        .limit(1)
    )
    row = (await connection.execute(newest)).one_or_none()
    if row is None:
        raise NothingBefore("nobody promoted this version")
    return _LiveVersion(row.from_id, held=True) if row.from_held else await _shipped(connection, wrong.of, shipped)


async def _move(
    connection: AsyncConnection,
    workspace: str,
    of: Name,
    before: _LiveVersion,
    after: _LiveVersion,
    action: PromotionAction,
    evidence: Evidence,
    check: Check,
) -> Promotion:
    """The pointer, the states of both versions, the end of what was tried beside it, and the line of the history."""
    await _point(connection, workspace, of, after)
    check(await _held(connection))
    for moved, state in ((before, ArtefactState.RETIRED), (after, ArtefactState.LIVE)):
        if moved.id is not None and moved.held:
            await connection.execute(update(artefacts).where(artefacts.c.id == moved.id).values(state=state))
    await shares.close_of(connection, of.kind, of.name, after.id)
    await shadows.close_of(connection, of.kind, of.name)
    moved_id = new_id()
    values = {
        "workspace_id": workspace, "id": moved_id, "kind": of.kind, "name": of.name, "action": action,
        "from_id": before.id, "from_held": before.held, "to_id": after.id, "to_held": after.held,
        "reason": evidence.reason, "evidence": dict(evidence.shown),
        "actor_kind": evidence.actor.kind, "actor": evidence.actor.id, "actor_name": evidence.actor.name,
    }  # fmt: skip
    await connection.execute(plain_insert(artefact_promotions).values(values))
    return await _promotion(connection, moved_id)


async def _promotion(connection: AsyncConnection, moved_id: str) -> Promotion:
    return promotion_of((await connection.execute(_SHOWN.where(artefact_promotions.c.id == moved_id))).one())


async def _point(connection: AsyncConnection, workspace: str, of: Name, live: _LiveVersion) -> None:
    """Without a held version the name follows the release."""
    if live.id is None or not live.held:
        here = (live_artefacts.c.kind == of.kind, live_artefacts.c.name == of.name)
        await connection.execute(delete(live_artefacts).where(*here))
        return
    values = {"workspace_id": workspace, "kind": of.kind, "name": of.name, "artefact_id": live.id}
    pointed = insert(live_artefacts).values(values)
    moved = {"artefact_id": pointed.excluded.artefact_id, "since": pointed.excluded.since}
    await connection.execute(pointed.on_conflict_do_update(constraint="pk_live_artefacts", set_=moved))
