"""Labels: the verdicts of people on answers. Writes the table `labels`, which only grows: each verdict is a row.

put ── answer unknown in this workspace ────────────────────► not among what comes back
   ├── no verdict of this author there ─────────────────────► NEW
   ├── its newest has the same state, value and comment ────► SAME, nothing is written
   └── its newest is another one ───────────────────────────► CHANGED, the older rows stay

An author is an authenticated identity. Of an author's verdicts on an answer the newest counts; of all authors' the newest is the
answer's effective value (the view `effective_answers`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from auricle_contracts import AnswerState, AnswerValue, Evaluation, Label, LabelSource
from sqlalchemy import Row, bindparam, exists, or_, select, text, tuple_
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection

from auricle_records import evaluations
from auricle_records.callers import CallerKind
from auricle_records.database import Database, new_id
from auricle_records.errors import NotFound
from auricle_records.storable import Words
from auricle_records.tables import conversations, effective_answers, labels
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
_SAME_AUTHOR = (
    "{0}.evaluation_id = e.id AND {0}.criterion = a.criterion AND ({0}.author_kind, {0}.author) = (:kind, :author)"
)
# The kind and the answer that is judged come from the answer's own row, never from the caller.
_PUT = text(
    f"""
    INSERT INTO labels (workspace_id, id, conversation_id, evaluation_id, criterion, kind, state, value, old_state, old_value,
                        comment, author_kind, author, author_name, source)
    SELECT DISTINCT ON (r.evaluation_id, r.criterion)
           e.workspace_id, r.id, e.conversation_id, e.id, a.criterion, a.kind, r.state, r.value, a.state, a.value, r.comment,
           :kind, :author, :name, :source
    FROM jsonb_to_recordset(:rows) AS r(id text, evaluation_id text, criterion text, state text, value jsonb, comment text)
    JOIN evaluations e ON e.id = r.evaluation_id
    JOIN answers a ON a.evaluation_id = e.id AND a.criterion = r.criterion
    WHERE (r.state, r.value, r.comment) IS DISTINCT FROM (
        SELECT (l.state, l.value, l.comment) FROM labels l WHERE {_SAME_AUTHOR.format("l")} ORDER BY l.updated_at DESC, l.id DESC LIMIT 1)
    ORDER BY r.evaluation_id, r.criterion, a.position
    RETURNING id
    """  # noqa: S608 - a condition of ours
).bindparams(
    bindparam("rows", type_=JSONB), *(bindparam(name, type_=Words) for name in ("kind", "author", "name", "source"))
)
_NEWER = labels.alias("newer")
_SUPERSEDED = exists().where(
    _NEWER.c.evaluation_id == labels.c.evaluation_id,
    _NEWER.c.criterion == labels.c.criterion,
    _NEWER.c.author_kind == labels.c.author_kind,
    _NEWER.c.author == labels.c.author,
    tuple_(_NEWER.c.updated_at, _NEWER.c.id) > tuple_(labels.c.updated_at, labels.c.id),
)
_LABELS = select(labels, _SUPERSEDED.label("superseded"))


@dataclass(frozen=True, slots=True)
class Author:
    """The API key or the person that a verdict comes from. The name shown beside a key proves nothing; beside a person it is theirs."""

    id: str
    name: str | None = None
    kind: CallerKind = "api_key"


@dataclass(frozen=True, slots=True)
class NewLabel:
    """A verdict as a person gives it. Two of one evaluation and criterion: the first counts."""

    evaluation_id: str
    criterion: str
    state: AnswerState
    value: AnswerValue = None
    comment: str | None = None

    @property
    def answer(self) -> tuple[str, str]:
        """Which answer it judges."""
        return self.evaluation_id, self.criterion


@dataclass(frozen=True, slots=True)
class Verdict:
    """What counts of an answer in the model's place: the newest verdict of anybody."""

    state: AnswerState
    value: AnswerValue
    judged_by: str
    judged_at: datetime


class LabelOutcome(StrEnum):
    """What writing a label did."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class LabelPage:
    """Newest first. `cursor` asks for the next page; None on the last."""

    items: tuple[Label, ...]
    cursor: str | None


async def put(
    db: Database, workspace: str, wanted: Sequence[NewLabel], *, author: Author, source: LabelSource
) -> dict[tuple[str, str], LabelOutcome]:
    """Write labels, all or none. What became of each, by (evaluation, criterion); answers that are not there are not in it."""
    kept: dict[tuple[str, str], LabelOutcome] = {}
    async with db.transaction(workspace) as connection:
        for start in range(0, len(wanted), CHUNK):
            kept |= await write(connection, wanted[start : start + CHUNK], author, source)
    return kept


async def write(
    connection: AsyncConnection, wanted: Sequence[NewLabel], author: Author, source: LabelSource
) -> dict[tuple[str, str], LabelOutcome]:
    """The same inside of a transaction, at most CHUNK."""
    asked = {one.evaluation_id for one in wanted}
    await connection.execute(_LOCK, {"evaluations": list(asked)})
    earlier = await _judged_by(connection, asked, author)
    rows = [_row(one) for one in wanted]
    who = {"kind": author.kind, "author": author.id, "name": author.name, "source": source}
    written = set(await connection.scalars(_PUT, {"rows": rows, **who}))
    outcomes = {}
    for label, row in zip(wanted, rows, strict=True):
        if row["id"] in written:
            outcomes[label.answer] = LabelOutcome.CHANGED if label.answer in earlier else LabelOutcome.NEW
        elif label.answer in earlier:
            outcomes.setdefault(label.answer, LabelOutcome.SAME)
    return outcomes


async def _judged_by(
    connection: AsyncConnection, evaluation_ids: Iterable[str], author: Author
) -> set[tuple[str, str]]:
    """The answers of these evaluations on which the author has given a verdict."""
    theirs = select(labels.c.evaluation_id, labels.c.criterion).where(
        labels.c.evaluation_id.in_(list(evaluation_ids)),
        labels.c.author_kind == author.kind,
        labels.c.author == author.id,
    )
    return {(row.evaluation_id, row.criterion) for row in await connection.execute(theirs)}


def _row(one: NewLabel) -> dict[str, Any]:
    return {
        "id": new_id(),
        "evaluation_id": one.evaluation_id,
        "criterion": one.criterion,
        "state": one.state.value,
        "value": one.value,
        "comment": one.comment,
    }


async def judged(
    db: Database, workspace: str, evaluation_ids: Iterable[str]
) -> tuple[dict[str, Evaluation], dict[str, dict[str, Verdict]]]:
    """The evaluations of this workspace among these ids, in full, and the verdicts that count there."""
    ids = sorted(set(evaluation_ids))
    found: dict[str, Evaluation] = {}
    counting: dict[str, dict[str, Verdict]] = {}
    async with db.transaction(workspace) as connection:
        for start in range(0, len(ids), CHUNK):
            chosen = select(evaluation_rows).where(evaluation_rows.c.id.in_(ids[start : start + CHUNK]))
            rows = (await connection.execute(chosen)).all()
            found |= {one.id: one for one in await evaluations.load(connection, rows)}
            counting |= await verdicts(connection, ids[start : start + CHUNK])
    return found, counting


async def counting(db: Database, workspace: str, evaluation_id: str) -> Mapping[str, Verdict]:
    """The verdicts that count in one evaluation, by criterion."""
    async with db.transaction(workspace) as connection:
        return (await verdicts(connection, [evaluation_id])).get(evaluation_id, {})


async def verdicts(connection: AsyncConnection, evaluation_ids: Iterable[str]) -> dict[str, dict[str, Verdict]]:
    """By evaluation and criterion, where people have judged; inside of a transaction."""
    found: dict[str, dict[str, Verdict]] = {}
    chosen = select(effective_answers).where(
        effective_answers.c.evaluation_id.in_(list(evaluation_ids)), effective_answers.c.label_id.is_not(None)
    )
    for row in await connection.execute(chosen):
        verdict = Verdict(AnswerState(row.state), row.value, row.judged_by, row.judged_at)
        found.setdefault(row.evaluation_id, {})[row.criterion] = verdict
    return found


async def get(db: Database, workspace: str, evaluation_id: str, criterion: str, author: Author) -> Label:
    """The author's newest label of one answer. Raises NotFound."""
    chosen = (
        _LABELS.where(labels.c.evaluation_id == evaluation_id, labels.c.criterion == criterion)
        .where(labels.c.author_kind == author.kind, labels.c.author == author.id)
        .order_by(labels.c.updated_at.desc(), labels.c.id.desc())
        .limit(1)
    )
    async with db.transaction(workspace) as connection:
        row = (await connection.execute(chosen)).one_or_none()
    if row is None:
        raise NotFound(f"this author did not label {criterion} of evaluation {evaluation_id}")
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
    """The whole history, superseded ones too; `author` is an identity or a shown name.

    The cursor is the last label's id; a strange one gives the page that would follow it.
    """
    equal = {"conversation_id": conversation_id, "criterion": criterion}
    statement = _LABELS.order_by(labels.c.id.desc()).limit(limit + 1)
    if author is not None:
        statement = statement.where(or_(labels.c.author == author, labels.c.author_name == author))
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
    chosen = _LABELS.where(labels.c.conversation_id.in_(conversation_ids)).order_by(labels.c.id)
    for row in await connection.execute(chosen):
        found[row.conversation_id].append(label_of(row))
    return {conversation_id: tuple(items) for conversation_id, items in found.items()}


def label_of(row: Row[Any]) -> Label:
    """A row of the table, as the API shows it."""
    return Label.model_validate({name: getattr(row, name) for name in Label.model_fields})
