"""Names and products of a workspace that speech engines are told. Writes `vocabularies`, for the gateway."""

from typing import Any

from auricle_contracts.vocabularies import Vocabulary, VocabularyView, version_of
from sqlalchemy import Row, func, select
from sqlalchemy.dialects.postgresql import insert

from auricle_records.database import Database
from auricle_records.tables import vocabularies


async def get(db: Database, workspace: str) -> VocabularyView:
    """The workspace's terms; none where it made no choice."""
    async with db.transaction(workspace) as connection:
        row = (await connection.execute(select(vocabularies))).one_or_none()
    return VocabularyView() if row is None else _view(row)


async def choose(db: Database, workspace: str, chosen: Vocabulary, chosen_by: str) -> VocabularyView:
    """Replace the terms: `chosen_by` is the id of the key or the person."""
    values = {"workspace_id": workspace, "terms": list(chosen.terms), "chosen_by": chosen_by}
    put = insert(vocabularies).values(values)
    replaced = {"terms": put.excluded.terms, "chosen_by": put.excluded.chosen_by, "chosen_at": func.now()}
    done = put.on_conflict_do_update(index_elements=["workspace_id"], set_=replaced).returning(vocabularies)
    async with db.transaction(workspace) as connection:
        row = (await connection.execute(done)).one()
    return _view(row)


def _view(row: Row[Any]) -> VocabularyView:
    return VocabularyView(
        terms=tuple(row.terms), version=version_of(row.terms), chosen_by=row.chosen_by, chosen_at=row.chosen_at
    )
