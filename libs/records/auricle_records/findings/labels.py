"""Verdicts on findings. Writes the table `finding_labels`, which only grows: of an author's verdicts on a finding the newest counts.

put ── the conversation has no such finding ────► NotFound
   ├── the author's newest says the same ───────► that one, nothing is written
   └── it says something else, or there is none ► a new row, which counts in the view `effective_findings` from now on
"""

from dataclasses import dataclass
from typing import Any

from auricle_contracts import FindingLabel, FindingVerdict, Grade, LabelSource
from sqlalchemy import Row, Select, exists, insert, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from auricle_records import conversations
from auricle_records.database import Database, new_id
from auricle_records.errors import NotFound
from auricle_records.labels import Author
from auricle_records.tables import conversations as conversation_rows
from auricle_records.tables import effective_findings, finding_labels

_NEWER = finding_labels.alias("newer")
_SUPERSEDED = exists().where(
    _NEWER.c.conversation_id == finding_labels.c.conversation_id,
    _NEWER.c.revision == finding_labels.c.revision,
    _NEWER.c.error_class == finding_labels.c.error_class,
    _NEWER.c.participant.is_not_distinct_from(finding_labels.c.participant),
    _NEWER.c.author_kind == finding_labels.c.author_kind,
    _NEWER.c.author == finding_labels.c.author,
    tuple_(_NEWER.c.created_at, _NEWER.c.id) > tuple_(finding_labels.c.created_at, finding_labels.c.id),
)
_LABELS = select(finding_labels, _SUPERSEDED.label("superseded"))
_JUDGED = ("conversation_id", "evaluation_id", "revision", "error_class", "participant")


@dataclass(frozen=True, slots=True)
class NewFindingLabel:
    """A verdict as a person gives it."""

    verdict: FindingVerdict
    grade: Grade | None = None
    comment: str | None = None


async def put(
    db: Database,
    workspace: str,
    conversation_id: str,
    finding_id: str,
    wanted: NewFindingLabel,
    *,
    author: Author,
    source: LabelSource,
) -> FindingLabel:
    """The author's verdict as it is kept now. Raises NotFound, Gone."""
    async with db.transaction(workspace) as connection:
        await lock(connection, conversation_id)
        finding = await find(connection, conversation_id, finding_id)
        label = await write(connection, workspace, finding, wanted, author, source) if finding is not None else None
    if label is None:
        raise await missing(db, workspace, conversation_id)
    return label


async def write(
    connection: AsyncConnection,
    workspace: str,
    finding: Row[Any],
    wanted: NewFindingLabel,
    author: Author,
    source: LabelSource,
) -> FindingLabel:
    """The same inside of a transaction that holds the conversation's lock."""
    said = {"verdict": wanted.verdict.value, "grade": wanted.grade, "comment": wanted.comment}
    newest = await _newest(connection, finding, author)
    if newest is None or any(getattr(newest, name) != value for name, value in said.items()):
        values = said | {name: getattr(finding, name) for name in _JUDGED} | {"finding_id": finding.id}
        values |= {"author": author.id, "author_kind": author.kind, "author_name": author.name, "source": source}
        await connection.execute(insert(finding_labels).values(workspace_id=workspace, id=new_id(), **values))
        newest = await _newest(connection, finding, author)
    return label_of(newest)


async def _newest(connection: AsyncConnection, finding: Row[Any], author: Author) -> Any:
    theirs = (finding_labels.c.author_kind == author.kind, finding_labels.c.author == author.id)
    statement = newest_first(of_finding(finding)).where(*theirs).limit(1)
    return (await connection.execute(statement)).one_or_none()


async def history(db: Database, workspace: str, conversation_id: str, finding_id: str) -> tuple[FindingLabel, ...]:
    """All verdicts on the finding, newest first, superseded ones too. Raises NotFound, Gone."""
    async with db.transaction(workspace) as connection:
        finding = await find(connection, conversation_id, finding_id)
        rows = [] if finding is None else (await connection.execute(newest_first(of_finding(finding)))).all()
    if finding is None:
        raise await missing(db, workspace, conversation_id)
    return tuple(label_of(row) for row in rows)


async def lock(connection: AsyncConnection, conversation_id: str) -> None:
    """Verdicts on a conversation are written one after the other, so that "the newest" is the same for everybody."""
    chosen = select(conversation_rows.c.id).where(conversation_rows.c.id == conversation_id)
    await connection.execute(chosen.with_for_update(key_share=True))


async def find(connection: AsyncConnection, conversation_id: str, finding_id: str) -> Row[Any] | None:
    """The finding as it counts; one that was added stands beside each evaluation of its revision, of which the current one is meant."""
    view = effective_findings.c
    chosen = select(effective_findings).where(view.conversation_id == conversation_id, view.id == finding_id)
    return (await connection.execute(chosen.order_by(view.current.desc(), view.evaluation_id.desc()).limit(1))).first()


async def missing(db: Database, workspace: str, conversation_id: str) -> NotFound:
    """Why there is no such finding. Raises NotFound, Gone where there is no such conversation."""
    await conversations.get(db, workspace, conversation_id)
    return NotFound("the conversation has no such finding")


def of_finding(finding: Row[Any]) -> Select[Any]:
    """The labels of the finding: of its class and participant in its revision, whichever evaluation they were given for."""
    label = finding_labels.c
    return _LABELS.where(
        label.conversation_id == finding.conversation_id,
        label.revision == finding.revision,
        label.error_class == finding.error_class,
        label.participant.is_not_distinct_from(finding.participant),
    )


def newest_first(statement: Select[Any]) -> Select[Any]:
    """In the order in which the view chooses."""
    return statement.order_by(finding_labels.c.created_at.desc(), finding_labels.c.id.desc())


def label_of(row: Row[Any]) -> FindingLabel:
    """A row of the table, as the API shows it."""
    return FindingLabel.model_validate({name: getattr(row, name) for name in FindingLabel.model_fields})
