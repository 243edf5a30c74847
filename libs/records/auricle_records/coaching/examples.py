"""Good examples: words, masked when they were marked, which everybody of the workspace reads until their conversation is deleted."""

from dataclasses import dataclass
from typing import Any

from auricle_contracts.coaching import GoodExample
from sqlalchemy import Row, delete, insert, select

from auricle_records.callers import Actor
from auricle_records.database import Database, new_id
from auricle_records.errors import NotFound
from auricle_records.tables import good_examples


@dataclass(frozen=True, slots=True)
class ExamplePage:
    """The newest first. `cursor` asks for the next page; None on the last."""

    items: tuple[GoodExample, ...]
    cursor: str | None


async def add(
    db: Database, workspace: str, conversation_id: str, criterion: str, words: str, note: str, *, by: Actor
) -> GoodExample:
    """`words` hold no personal data: that is the caller's matter."""
    values = {"id": new_id(), "source_id": conversation_id, "criterion": criterion, "text": words, "note": note}
    values |= {"added_by": by.id, "added_by_name": by.name or by.id}
    added = insert(good_examples).values(workspace_id=workspace, **values).returning(good_examples)
    async with db.transaction(workspace) as connection:
        return _example((await connection.execute(added)).one())


async def remove(db: Database, workspace: str, example_id: str) -> None:
    """Raises NotFound."""
    async with db.transaction(workspace) as connection:
        gone = await connection.execute(delete(good_examples).where(good_examples.c.id == example_id))
    if not gone.rowcount:
        raise NotFound("no such example")


async def page(
    db: Database, workspace: str, *, criterion: str | None = None, cursor: str | None = None, limit: int = 50
) -> ExamplePage:
    """The cursor is the last example's id."""
    statement = select(good_examples).order_by(good_examples.c.id.desc()).limit(limit + 1)
    if criterion is not None:
        statement = statement.where(good_examples.c.criterion == criterion)
    if cursor is not None:
        statement = statement.where(good_examples.c.id < cursor)
    async with db.transaction(workspace) as connection:
        found = [_example(row) for row in await connection.execute(statement)]
    return ExamplePage(tuple(found[:limit]), found[limit - 1].id if len(found) > limit else None)


def _example(row: Row[Any]) -> GoodExample:
    return GoodExample.model_validate({name: getattr(row, name) for name in GoodExample.model_fields})
