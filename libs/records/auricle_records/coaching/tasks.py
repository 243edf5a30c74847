"""Coaching tasks: given, read, done, withdrawn, listed; each step with its event in the same transaction."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from auricle_contracts import EventData, Quote
from auricle_contracts.coaching import CoachingTask
from auricle_contracts.vocabulary import CoachingState
from auricle_contracts.webhooks import EventType
from sqlalchemy import ColumnElement, Row, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from auricle_records import conversations, outbox
from auricle_records.callers import Actor
from auricle_records.database import Database, new_id
from auricle_records.errors import CoachingClosed, NotFound
from auricle_records.findings.acknowledgements import own_participants
from auricle_records.findings.labels import find
from auricle_records.tables import answers, coaching_tasks, evaluations

WAITING = frozenset({CoachingState.OPEN, CoachingState.ACKNOWLEDGED})
Happened = Literal["assigned", "acknowledged", "done"]


@dataclass(frozen=True, slots=True)
class NewTask:
    """For whom, about what, what is to be done, until when."""

    person: Actor
    criterion: str | None
    finding_id: str | None
    text: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class TaskFilters:
    """All given ones must hold; `overdue`: waiting, and its time is over."""

    state: CoachingState | None = None
    person_id: str | None = None
    overdue: bool = False


@dataclass(frozen=True, slots=True)
class TaskPage:
    """The newest first. `cursor` asks for the next page; None on the last."""

    items: tuple[CoachingTask, ...]
    cursor: str | None


async def assign(
    db: Database, workspace: str, conversation_id: str, wanted: NewTask, *, by: Actor, traceparent: str = ""
) -> CoachingTask:
    """An open task from the current evaluation; `coaching.assigned` goes out with it.

    Raises NotFound, Gone: no such conversation, answer or finding, or the person is no agent of it or not the finding's.
    """
    await conversations.get(db, workspace, conversation_id)
    async with db.transaction(workspace) as connection:
        own = await own_participants(connection, conversation_id, wanted.person.id)
        if not own:
            raise NotFound("this person is no agent of the conversation")
        subject = await _subject(connection, conversation_id, wanted, own)
        values = {
            "id": new_id(),
            "conversation_id": conversation_id,
            "person_id": wanted.person.id,
            "person_name": wanted.person.name or wanted.person.id,
            "text": wanted.text,
            "due_at": wanted.due_at,
            "assigned_by": by.id,
            "assigned_by_name": by.name or by.id,
        }
        added = insert(coaching_tasks).values(workspace_id=workspace, **values, **subject).returning(coaching_tasks)
        task = _task((await connection.execute(added)).one())
        await _announce(connection, workspace, task, "assigned", traceparent)
    return task


async def acknowledge(
    db: Database, workspace: str, task_id: str, *, by: str, traceparent: str = ""
) -> tuple[CoachingTask, bool]:
    """The agent read it; and whether this is the first time. Raises NotFound (another's too), CoachingClosed."""
    async with db.transaction(workspace) as connection:
        row = await _locked(connection, task_id, by)
        if row.state == CoachingState.ACKNOWLEDGED:
            return _task(row), False
        task = await _change(
            connection, _waiting(row), state=CoachingState.ACKNOWLEDGED.value, acknowledged_at=func.now()
        )
        await _announce(connection, workspace, task, "acknowledged", traceparent)
    return task, True


async def finish(
    db: Database, workspace: str, task_id: str, *, by: str | None = None, traceparent: str = ""
) -> CoachingTask:
    """Done, by the agent `by`, or by who coaches (None). Raises NotFound, CoachingClosed."""
    async with db.transaction(workspace) as connection:
        row = _waiting(await _locked(connection, task_id, by))
        task = await _change(connection, row, state=CoachingState.DONE.value, done_at=func.now())
        await _announce(connection, workspace, task, "done", traceparent)
    return task


async def withdraw(db: Database, workspace: str, task_id: str) -> CoachingTask:
    """Raises NotFound, CoachingClosed."""
    async with db.transaction(workspace) as connection:
        row = _waiting(await _locked(connection, task_id))
        return await _change(connection, row, state=CoachingState.WITHDRAWN.value)


async def get(db: Database, workspace: str, task_id: str) -> CoachingTask:
    """Raises NotFound."""
    async with db.transaction(workspace) as connection:
        row = (await connection.execute(select(coaching_tasks).where(coaching_tasks.c.id == task_id))).one_or_none()
    if row is None:
        raise NotFound("no such coaching task")
    return _task(row)


async def page(
    db: Database, workspace: str, filters: TaskFilters, *, cursor: str | None = None, limit: int = 50
) -> TaskPage:
    """The newest first. The cursor is the last task's id."""
    statement = select(coaching_tasks).where(*_conditions(filters)).order_by(coaching_tasks.c.id.desc())
    if cursor is not None:
        statement = statement.where(coaching_tasks.c.id < cursor)
    async with db.transaction(workspace) as connection:
        found = [_task(row) for row in await connection.execute(statement.limit(limit + 1))]
    return TaskPage(tuple(found[:limit]), found[limit - 1].id if len(found) > limit else None)


def _conditions(filters: TaskFilters) -> list[ColumnElement[bool]]:
    task = coaching_tasks.c
    conditions: list[ColumnElement[bool]] = []
    if filters.state is not None:
        conditions.append(task.state == filters.state)
    if filters.person_id is not None:
        conditions.append(task.person_id == filters.person_id)
    if filters.overdue:
        conditions += [task.state.in_(sorted(WAITING)), task.due_at < func.now()]
    return conditions


async def _subject(
    connection: AsyncConnection, conversation_id: str, wanted: NewTask, own: Collection[str]
) -> dict[str, Any]:
    """The columns that name it, and its first quote. Raises NotFound."""
    current = select(evaluations.c.id).where(evaluations.c.conversation_id == conversation_id, evaluations.c.current)
    evaluation_id = await connection.scalar(current)
    if evaluation_id is None:
        raise NotFound("the conversation has no evaluation yet")
    if wanted.finding_id is not None:
        finding = await find(connection, conversation_id, wanted.finding_id)
        if finding is None or finding.evaluation_id != evaluation_id or finding.participant not in {None, *own}:
            raise NotFound("the current evaluation has no such finding about this person")
        about = {"finding_id": finding.id, "error_class": finding.error_class, "quote": _first(finding.quotes)}
    else:
        about = {"criterion": wanted.criterion, "quote": _first(await _quotes(connection, evaluation_id, wanted, own))}
    return about | {"evaluation_id": evaluation_id}


async def _quotes(connection: AsyncConnection, evaluation_id: str, wanted: NewTask, own: Collection[str]) -> Any:
    answer = answers.c
    asked = select(answer.quotes, answer.participant).where(
        answer.evaluation_id == evaluation_id, answer.criterion == wanted.criterion
    )
    found = [
        row for row in await connection.execute(asked.order_by(answer.position)) if row.participant in {None, *own}
    ]
    if not found:
        raise NotFound("the current evaluation has no such answer about this person")
    return found[0].quotes


def _first(quotes: Any) -> dict[str, Any] | None:
    return Quote.model_validate(quotes[0]).model_dump(mode="json") if quotes else None


async def _locked(connection: AsyncConnection, task_id: str, person_id: str | None = None) -> Row[Any]:
    """Raises NotFound, also for a task of somebody else than the person."""
    chosen = select(coaching_tasks).where(coaching_tasks.c.id == task_id).with_for_update()
    row = (await connection.execute(chosen)).one_or_none()
    if row is None or person_id not in {None, row.person_id}:
        raise NotFound("no such coaching task")
    return row


def _waiting(row: Row[Any]) -> Row[Any]:
    """Raises CoachingClosed."""
    if row.state not in WAITING:
        raise CoachingClosed(row.state)
    return row


async def _change(connection: AsyncConnection, row: Row[Any], **values: object) -> CoachingTask:
    changed = update(coaching_tasks).where(coaching_tasks.c.id == row.id).values(**values).returning(coaching_tasks)
    return _task((await connection.execute(changed)).one())


async def _announce(
    connection: AsyncConnection, workspace: str, task: CoachingTask, what: Happened, traceparent: str
) -> None:
    data = EventData(
        workspace=workspace, conversation_id=task.conversation_id, evaluation_id=task.evaluation_id, coaching_task_id=task.id
    )  # fmt: skip
    kinds: dict[Happened, EventType] = {
        "assigned": "coaching.assigned",
        "acknowledged": "coaching.acknowledged",
        "done": "coaching.done",
    }
    await outbox.add(connection, kinds[what], f"evt_{task.id}_{what}", data, traceparent=traceparent)


def _task(row: Row[Any]) -> CoachingTask:
    return CoachingTask.model_validate({name: getattr(row, name) for name in CoachingTask.model_fields})
