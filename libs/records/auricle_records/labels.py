"""What people say about answers. Writes the table `labels`: one row per answer and author, changed in place.

put ── answer unknown in this workspace ──► not among what comes back
   ├── nothing of this author there ───────► NEW
   ├── the same state, value and comment ──► SAME, nothing is written
   └── another ────────────────────────────► CHANGED
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from auricle_contracts import AnswerState, AnswerValue, Evaluation, Label, LabelSource
from sqlalchemy import Row, bindparam, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from auricle_records import evaluations
from auricle_records.database import Database
from auricle_records.errors import NotFound
from auricle_records.ids import new_id
from auricle_records.storable import Words
from auricle_records.tables import conversations, labels
from auricle_records.tables import evaluations as evaluation_rows

CHUNK = 1000
_LOCK = (
    select(conversations.c.id)
    .where(
        conversations.c.id.in_(
            select(evaluation_rows.c.conversation_id).where(
                evaluation_rows.c.id.in_(bindparam("evaluations", expanding=True))
            )
        )
    )
    .order_by(conversations.c.id)
    .with_for_update(key_share=True)
)
# The kind and the answer that is judged come from the answer's own row, never from the caller.
_PUT = text(
    """
    INSERT INTO labels AS l (workspace_id, id, conversation_id, evaluation_id, criterion, kind, state, value, old_state, old_value,
                             comment, author, source)
    SELECT DISTINCT ON (r.evaluation_id, r.criterion)
           e.workspace_id, r.id, e.conversation_id, e.id, a.criterion, a.kind, r.state, r.value, a.state, a.value, r.comment,
           :author, :source
    FROM jsonb_to_recordset(:rows) AS r(id text, evaluation_id text, criterion text, state text, value jsonb, comment text)
    JOIN evaluations e ON e.id = r.evaluation_id
    JOIN answers a ON a.evaluation_id = e.id AND a.criterion = r.criterion
    ORDER BY r.evaluation_id, r.criterion, a.position
    ON CONFLICT (evaluation_id, criterion, author) DO UPDATE
    SET state = excluded.state, value = excluded.value, comment = excluded.comment, source = excluded.source, updated_at = now()
    WHERE (l.state, l.value, l.comment) IS DISTINCT FROM (excluded.state, excluded.value, excluded.comment)
    RETURNING l.evaluation_id, l.criterion, (l.xmax = 0) AS is_new
    """
).bindparams(bindparam("rows", type_=JSONB), bindparam("author", type_=Words), bindparam("source", type_=Words))


@dataclass(frozen=True, slots=True)
class Wanted:
    """One answer as a person gives it. Two of one evaluation and criterion: the first counts."""

    evaluation_id: str
    criterion: str
    state: AnswerState
    value: AnswerValue = None
    comment: str | None = None

    @property
    def answer(self) -> tuple[str, str]:
        """Which answer it judges."""
        return self.evaluation_id, self.criterion


class Kept(StrEnum):
    """What became of a wanted label."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class LabelPage:
    """Newest first. `cursor` asks for the next page; None on the last."""

    items: tuple[Label, ...]
    cursor: str | None


async def put(
    db: Database, workspace: str, wanted: Sequence[Wanted], *, author: str, source: LabelSource
) -> dict[tuple[str, str], Kept]:
    """Write labels, all or none. What became of each, by (evaluation, criterion); answers that are not there are not in it."""
    kept: dict[tuple[str, str], Kept] = {}
    async with db.transaction(workspace) as connection:
        for start in range(0, len(wanted), CHUNK):
            kept |= await _put(connection, wanted[start : start + CHUNK], author, source)
    return kept


async def _put(
    connection: AsyncConnection, wanted: Sequence[Wanted], author: str, source: LabelSource
) -> dict[tuple[str, str], Kept]:
    asked = {one.evaluation_id for one in wanted}
    await connection.execute(_LOCK, {"evaluations": list(asked)})
    rows = [_row(one) for one in wanted]
    done = (await connection.execute(_PUT, {"rows": rows, "author": author, "source": source})).all()
    written = {(row.evaluation_id, row.criterion): Kept.NEW if row.is_new else Kept.CHANGED for row in done}
    there = select(labels.c.evaluation_id, labels.c.criterion).where(
        labels.c.evaluation_id.in_(asked), labels.c.author == bindparam("author", type_=Words)
    )
    ours = {one.answer for one in wanted}
    found = {(row.evaluation_id, row.criterion) for row in await connection.execute(there, {"author": author})}
    return {answer: written.get(answer, Kept.SAME) for answer in found & ours}


def _row(one: Wanted) -> dict[str, Any]:
    return {
        "id": new_id(),
        "evaluation_id": one.evaluation_id,
        "criterion": one.criterion,
        "state": one.state.value,
        "value": one.value,
        "comment": one.comment,
    }


async def judged(db: Database, workspace: str, evaluation_ids: Iterable[str]) -> dict[str, Evaluation]:
    """The evaluations of this workspace among these ids, in full."""
    ids = sorted(set(evaluation_ids))
    found: dict[str, Evaluation] = {}
    async with db.transaction(workspace) as connection:
        for start in range(0, len(ids), CHUNK):
            chosen = select(evaluation_rows).where(evaluation_rows.c.id.in_(ids[start : start + CHUNK]))
            rows = (await connection.execute(chosen)).all()
            found |= {one.id: one for one in await evaluations.load(connection, rows)}
    return found


async def get(db: Database, workspace: str, evaluation_id: str, criterion: str, author: str) -> Label:
    """One author's label of one answer. Raises NotFound."""
    chosen = select(labels).filter_by(evaluation_id=evaluation_id, criterion=criterion, author=author)
    async with db.transaction(workspace) as connection:
        row = (await connection.execute(chosen)).one_or_none()
    if row is None:
        raise NotFound(f"nobody of that name labelled {criterion} of evaluation {evaluation_id}")
    return label_of(row)


async def page(
    db: Database,
    workspace: str,
    *,
    conversation_id: str | None = None,
    criterion: str | None = None,
    author: str | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> LabelPage:
    """The cursor is the last label's id; a strange one gives the page that would follow it."""
    equal = {"conversation_id": conversation_id, "criterion": criterion, "author": author}
    statement = select(labels).order_by(labels.c.id.desc()).limit(limit + 1)
    statement = statement.where(*(labels.c[name] == value for name, value in equal.items() if value is not None))
    if cursor is not None:
        statement = statement.where(labels.c.id < cursor)
    async with db.transaction(workspace) as connection:
        found = [label_of(row) for row in await connection.execute(statement)]
    items = tuple(found[:limit])
    return LabelPage(items, items[-1].id if len(found) > limit else None)


async def of_conversations(
    connection: AsyncConnection, conversation_ids: Sequence[str]
) -> Mapping[str, tuple[Label, ...]]:
    """The labels of these conversations, oldest first."""
    found: dict[str, list[Label]] = {conversation_id: [] for conversation_id in conversation_ids}
    chosen = select(labels).where(labels.c.conversation_id.in_(conversation_ids)).order_by(labels.c.id)
    for row in await connection.execute(chosen):
        found[row.conversation_id].append(label_of(row))
    return {conversation_id: tuple(items) for conversation_id, items in found.items()}


def label_of(row: Row[Any]) -> Label:
    """A row of the table, as the API shows it."""
    return Label.model_validate({name: getattr(row, name) for name in Label.model_fields})
