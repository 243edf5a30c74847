"""Errors that people add where the model missed one. Writes the table `added_findings`, which only grows; a verdict takes one back.

A finding is one of a class and a participant, so what the evaluation already has is judged, not added again.
"""

from dataclasses import dataclass

from auricle_contracts import Finding, LabelSource, Quote, Severity
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from auricle_records import conversations
from auricle_records.database import Database, new_id
from auricle_records.errors import FindingExists, NotFound, RevisionConflict
from auricle_records.findings.labels import lock
from auricle_records.labels import Author
from auricle_records.tables import added_findings, effective_findings, evaluations


@dataclass(frozen=True, slots=True)
class NewFinding:
    """An error as a person found it in the words of a revision; `version` is the pin of its class."""

    error_class: str
    version: str
    category: str | None
    severity: Severity
    fatal: bool
    quotes: tuple[Quote, ...]
    comment: str
    knowledge: str | None
    participant: str | None
    revision: int


async def add(
    db: Database, workspace: str, conversation_id: str, wanted: NewFinding, *, author: Author, source: LabelSource
) -> Finding:
    """The finding, beside the current evaluation. Raises NotFound (no evaluation yet), Gone, FindingExists, RevisionConflict."""
    async with db.transaction(workspace) as connection:
        await lock(connection, conversation_id)
        evaluation = await _current(connection, conversation_id)
        if evaluation is not None:
            if evaluation[1] != wanted.revision:
                raise RevisionConflict("the conversation has grown since", action="Read the evaluation again.")
            await _refuse_second(connection, evaluation[0], wanted)
            finding = await _add(connection, workspace, conversation_id, evaluation[0], wanted, author, source)
    if evaluation is None:
        await conversations.get(db, workspace, conversation_id)
        raise NotFound("the conversation has no evaluation yet")
    return finding


async def _current(connection: AsyncConnection, conversation_id: str) -> tuple[str, int] | None:
    """Its id and revision."""
    current = select(evaluations.c.id, evaluations.c.revision).where(
        evaluations.c.conversation_id == conversation_id, evaluations.c.current
    )
    found = (await connection.execute(current)).one_or_none()
    return (found.id, found.revision) if found else None


async def _refuse_second(connection: AsyncConnection, evaluation_id: str, wanted: NewFinding) -> None:
    view = effective_findings.c
    same = select(view.id).where(
        view.evaluation_id == evaluation_id,
        view.error_class == wanted.error_class,
        view.participant.is_not_distinct_from(wanted.participant),
    )
    found = await connection.scalar(same.limit(1))
    if found is not None:
        raise FindingExists(found)


async def _add(
    connection: AsyncConnection,
    workspace: str,
    conversation_id: str,
    evaluation_id: str,
    wanted: NewFinding,
    author: Author,
    source: LabelSource,
) -> Finding:
    told = {name: getattr(wanted, name) for name in wanted.__slots__ if name != "quotes"}
    values = told | {"id": new_id(), "quotes": [one.model_dump(mode="json") for one in wanted.quotes]}
    values |= {"conversation_id": conversation_id, "evaluation_id": evaluation_id}
    values |= {"author": author.id, "author_kind": author.kind, "author_name": author.name, "source": source}
    await connection.execute(insert(added_findings).values(workspace_id=workspace, **values))
    view = effective_findings.c
    chosen = select(effective_findings).where(view.id == values["id"], view.evaluation_id == evaluation_id)
    row = (await connection.execute(chosen)).one()
    return Finding.model_validate({name: getattr(row, name) for name in Finding.model_fields})
