"""Golden items written and read. Writes the tables `golden_items` and `golden_labels`.

add ── the workspace does not consent ─────────────────────► GoldenConsentMissing
    ├── a dialogue of the same words is there ─────────────► its labels join that item
    └── of each label ── the author said the same ─────────► nothing; a proposal becomes golden where it now comes as golden
                     ├── the author said something else ──► the earlier one is withdrawn
                     └── else ────────────────────────────► a new row
"""

from collections.abc import AsyncIterator, Sequence
from typing import Any

from auricle_contracts.golden import (
    GoldenItem,
    GoldenLabel,
    GoldenSplit,
    GoldenStatus,
    StoredGoldenLabel,
)
from sqlalchemy import ColumnElement, Row, delete, exists, func, or_, select, update
from sqlalchemy import insert as plain_insert
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from auricle_records.database import Database, new_id
from auricle_records.errors import NotFound
from auricle_records.golden import settings
from auricle_records.golden.models import (
    AddedItem,
    GoldenFilters,
    GoldenPage,
    NewItem,
    contested,
    fingerprint,
    item_of,
    label_of,
)
from auricle_records.golden.splits import pseudonym, split_of
from auricle_records.tables import golden_items, golden_labels

_ITEM = [column for column in golden_items.c if column is not golden_items.c.terms]
_SAID = ("state", "value", "comment", "grade")
_ONE, _OTHER = golden_labels.alias("one").c, golden_labels.alias("other").c
_CONTESTED = exists().where(
    _ONE.item_id == golden_items.c.id, _OTHER.item_id == _ONE.item_id, _ONE.kind == _OTHER.kind, _ONE.subject == _OTHER.subject,
    _ONE.status == GoldenStatus.GOLDEN.value, _OTHER.status == GoldenStatus.GOLDEN.value,
    or_(_ONE.state != _OTHER.state, _ONE.value.is_distinct_from(_OTHER.value)),
)  # fmt: skip


async def add(db: Database, workspace: str, new: NewItem) -> AddedItem:
    """Raises GoldenConsentMissing."""
    async with db.transaction(workspace) as connection:
        await settings.require_consent(connection)
        row, is_new = await _item(connection, workspace, new)
        written = [await _write(connection, workspace, row.id, one, new) for one in new.dialogue.labels]
        labels = await _labels(connection, [row.id])
    return AddedItem(
        row.id, is_new, GoldenSplit(row.split), sum(written), len(written) - sum(written), contested(labels[row.id])
    )


async def _item(connection: AsyncConnection, workspace: str, new: NewItem) -> tuple[Row[Any], bool]:
    """The item of these words, and whether it was made now."""
    said, mark = new.dialogue, fingerprint(new.dialogue.turns)
    agent = pseudonym(workspace, said.agent) if said.agent else None
    values = {
        "workspace_id": workspace,
        "id": new_id(),
        "fingerprint": mark,
        "conversation_id": new.conversation_id,
        "reference": said.reference,
        "channel": said.channel.value,
        "language": said.language,
        "agent": agent,
        "started_at": said.started_at,
        "split": split_of(workspace, agent, said.started_at, mark).value,
        "turns": [one.model_dump(mode="json", exclude_none=True) for one in said.turns],
        "added_by": new.by,
    }
    put = insert(golden_items).values(values).on_conflict_do_nothing().returning(golden_items.c.id)
    is_new = await connection.scalar(put) is not None
    found = select(*_ITEM).where(golden_items.c.fingerprint == mark)
    return (await connection.execute(found)).one(), is_new


async def _write(connection: AsyncConnection, workspace: str, item_id: str, label: GoldenLabel, new: NewItem) -> bool:
    """Whether a row was written or a proposal became golden."""
    author = label.decided_by or new.by
    table = golden_labels.c
    same_author = (
        table.item_id == item_id, table.kind == label.kind.value, table.subject == label.subject, table.decided_by == author,
        table.status != GoldenStatus.WITHDRAWN.value,
    )  # fmt: skip
    standing = (await connection.execute(select(golden_labels).where(*same_author))).one_or_none()
    values = label.model_dump(mode="json", exclude={"decided_by"}) | {"decided_by": author}
    if standing is not None and all(getattr(standing, name) == values[name] for name in _SAID):
        accepts = new.status is GoldenStatus.GOLDEN and standing.status == GoldenStatus.PROPOSED
        if accepts:
            await _settle(connection, [table.id == standing.id], GoldenStatus.GOLDEN, new.by)
        return accepts
    if standing is not None:
        await _settle(connection, [table.id == standing.id], GoldenStatus.WITHDRAWN, new.by)
    values |= {"workspace_id": workspace, "id": new_id(), "item_id": item_id}
    values |= {"status": new.status.value, "source": new.source.value}
    await connection.execute(plain_insert(golden_labels).values(values))
    return True


async def settle(
    db: Database, workspace: str, item_id: str, status: GoldenStatus, *, by: str, label_ids: Sequence[str] = ()
) -> GoldenItem:
    """Accept or withdraw an item's labels: those named, or all proposals. Raises NotFound, also for a label that is not the item's."""
    table = golden_labels.c
    chosen = [table.item_id == item_id, table.status != GoldenStatus.WITHDRAWN.value]
    chosen.append(table.id.in_(label_ids) if label_ids else table.status == GoldenStatus.PROPOSED.value)
    async with db.transaction(workspace) as connection:
        await _row(connection, item_id)
        changed = await _settle(connection, chosen, status, by)
        if label_ids and changed != len(set(label_ids)):
            raise NotFound("the item has no such label, or it was withdrawn")
        return await _one(connection, item_id)


async def _settle(
    connection: AsyncConnection, conditions: Sequence[ColumnElement[bool]], status: GoldenStatus, by: str
) -> int:
    values = {"status": status.value, "settled_by": by, "settled_at": func.now()}
    changed = await connection.execute(
        update(golden_labels).where(*conditions).values(values).returning(golden_labels.c.id)
    )
    return len(changed.all())


async def get(db: Database, workspace: str, item_id: str) -> GoldenItem:
    """With all its labels. Raises NotFound."""
    async with db.transaction(workspace) as connection:
        return await _one(connection, item_id)


async def page(
    db: Database, workspace: str, filters: GoldenFilters, *, cursor: str | None = None, limit: int = 50
) -> GoldenPage:
    """The newest first. The cursor is the last item's id."""
    statement = select(*_ITEM).where(*_conditions(filters)).order_by(golden_items.c.id.desc()).limit(limit + 1)
    if cursor is not None:
        statement = statement.where(golden_items.c.id < cursor)
    async with db.transaction(workspace) as connection:
        rows = (await connection.execute(statement)).all()
        labels = await _labels(connection, [row.id for row in rows])
    found = [item_of(row, labels[row.id]) for row in rows]
    return GoldenPage(tuple(found[:limit]), found[limit - 1].id if len(found) > limit else None)


async def iterate(
    db: Database, workspace: str, filters: GoldenFilters, *, batch: int = 200
) -> AsyncIterator[GoldenItem]:
    """All that the filters leave, holding one batch in memory and no transaction between batches."""
    cursor: str | None = None
    while True:
        found = await page(db, workspace, filters, cursor=cursor, limit=batch)
        for one in found.items:
            yield one
        cursor = found.cursor
        if cursor is None:
            return


async def remove(db: Database, workspace: str, item_id: str) -> None:
    """With its labels. Raises NotFound."""
    async with db.transaction(workspace) as connection:
        await _row(connection, item_id)
        await connection.execute(delete(golden_items).where(golden_items.c.id == item_id))


async def forget(db: Database, workspace: str, conversation_id: str) -> int:
    """Copies of a conversation that somebody asks to be deleted; how many there were."""
    gone = delete(golden_items).where(golden_items.c.conversation_id == conversation_id).returning(golden_items.c.id)
    async with db.transaction(workspace) as connection:
        return len((await connection.execute(gone)).all())


async def _one(connection: AsyncConnection, item_id: str) -> GoldenItem:
    return item_of(await _row(connection, item_id), (await _labels(connection, [item_id]))[item_id])


async def _row(connection: AsyncConnection, item_id: str) -> Row[Any]:
    row = (await connection.execute(select(*_ITEM).where(golden_items.c.id == item_id))).one_or_none()
    if row is None:
        raise NotFound("no such golden item")
    return row


async def _labels(connection: AsyncConnection, item_ids: Sequence[str]) -> dict[str, list[StoredGoldenLabel]]:
    """By item, in the order in which they came."""
    statement = select(golden_labels).where(golden_labels.c.item_id.in_(item_ids)).order_by(golden_labels.c.id)
    found: dict[str, list[StoredGoldenLabel]] = {item_id: [] for item_id in item_ids}
    for row in await connection.execute(statement):
        found[row.item_id].append(label_of(row))
    return found


def _conditions(filters: GoldenFilters) -> list[ColumnElement[bool]]:
    item, label = golden_items.c, golden_labels.c
    equal = {name: getattr(filters, name) for name in ("split", "channel", "language", "conversation_id")}
    conditions: list[ColumnElement[bool]] = [item[name] == value for name, value in equal.items() if value is not None]
    of_label = {name: getattr(filters, name) for name in ("subject", "state", "status")}
    wanted = [label[name] == value for name, value in of_label.items() if value is not None]
    if wanted:
        standing = [] if filters.status else [label.status != GoldenStatus.WITHDRAWN.value]
        conditions.append(exists().where(label.item_id == item.id, *wanted, *standing))
    if filters.contested is not None:
        conditions.append(_CONTESTED if filters.contested else ~_CONTESTED)
    return conditions
