"""Opening an appeal: whose conversation it is, whether it is in time, what exactly is contested, and its event."""

from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from auricle_contracts import EventData
from auricle_contracts.appeals import Appeal, AppealSettings
from auricle_contracts.vocabulary import AppealState
from auricle_contracts.webhooks import EventType
from sqlalchemy import Row, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from auricle_records import conversations, outbox
from auricle_records.appeals import settings
from auricle_records.appeals.models import NewAppeal, appeal_of
from auricle_records.database import Database, new_id
from auricle_records.errors import AppealExists, AppealWindowClosed, NotFound, NotOwnConversation
from auricle_records.findings.labels import find, lock
from auricle_records.labels import Author
from auricle_records.tables import agent_references, answers, appeals, evaluations
from auricle_records.tables import conversations as conversation_rows


async def open_appeal(
    db: Database, workspace: str, conversation_id: str, wanted: NewAppeal, *, by: Author, traceparent: str = ""
) -> Appeal:
    """An open appeal against the current evaluation, once a subject and revision; `appeal.opened` goes out with it.

    Raises NotFound, Gone, NotOwnConversation, AppealWindowClosed, AppealExists.
    """
    await conversations.get(db, workspace, conversation_id)
    async with db.transaction(workspace) as connection:
        await lock(connection, conversation_id)
        if not await _is_own(connection, conversation_id, by):
            raise NotOwnConversation
        chosen = await settings.load(connection)
        evaluation = await _contested(connection, conversation_id, chosen)
        subject = await _subject(connection, conversation_id, evaluation, wanted)
        await _refuse_second(connection, evaluation, subject)
        appeal = await _open(connection, workspace, evaluation, subject, wanted, by, chosen)
        await announce(connection, workspace, appeal, "opened", traceparent)
    return appeal


async def announce(
    connection: AsyncConnection, workspace: str, appeal: Appeal, what: Literal["opened", "decided"], traceparent: str
) -> None:
    """`appeal.opened` or `appeal.decided` for whoever hears it."""
    data = EventData(
        workspace=workspace, conversation_id=appeal.conversation_id, evaluation_id=appeal.evaluation_id, appeal_id=appeal.id
    )  # fmt: skip
    kind: EventType = "appeal.opened" if what == "opened" else "appeal.decided"
    await outbox.add(connection, kind, f"evt_{appeal.id}_{what}", data, traceparent=traceparent)


async def _is_own(connection: AsyncConnection, conversation_id: str, by: Author) -> bool:
    references = select(func.array_agg(agent_references.c.reference)).where(agent_references.c.person_id == by.id)
    own = select(conversation_rows.c.id).where(
        conversation_rows.c.id == conversation_id, conversation_rows.c.agents.overlap(references.scalar_subquery())
    )
    return await connection.scalar(own) is not None


async def _contested(connection: AsyncConnection, conversation_id: str, chosen: AppealSettings) -> Row[Any]:
    """The current evaluation. Raises NotFound, AppealWindowClosed."""
    current = select(evaluations).where(evaluations.c.conversation_id == conversation_id, evaluations.c.current)
    found = (await connection.execute(current)).one_or_none()
    if found is None:
        raise NotFound("the conversation has no evaluation yet")
    if found.created_at + timedelta(days=chosen.window_days) < datetime.now(UTC):
        raise AppealWindowClosed(chosen.window_days)
    return found


async def _subject(
    connection: AsyncConnection, conversation_id: str, evaluation: Row[Any], wanted: NewAppeal
) -> dict[str, str | None]:
    """The columns that name it. Raises NotFound."""
    if wanted.finding_id is not None:
        finding = await find(connection, conversation_id, wanted.finding_id)
        if finding is None or finding.evaluation_id != evaluation.id:
            raise NotFound("the current evaluation has no such finding")
        return {"finding_id": finding.id, "error_class": finding.error_class, "participant": finding.participant}
    asked = select(answers.c.criterion, answers.c.participant).where(
        answers.c.evaluation_id == evaluation.id, answers.c.criterion == wanted.criterion
    )
    answer = (await connection.execute(asked.order_by(answers.c.position).limit(1))).one_or_none()
    if answer is None:
        raise NotFound("the current evaluation has no such answer")
    return {"criterion": answer.criterion, "participant": answer.participant}


async def _refuse_second(connection: AsyncConnection, evaluation: Row[Any], subject: dict[str, str | None]) -> None:
    same = [
        appeals.c[name].is_not_distinct_from(subject.get(name)) for name in ("criterion", "error_class", "participant")
    ]
    earlier = select(appeals.c.id, appeals.c.state).where(
        appeals.c.conversation_id == evaluation.conversation_id,
        appeals.c.revision == evaluation.revision,
        appeals.c.state != AppealState.WITHDRAWN,
        *same,
    )
    found = (await connection.execute(earlier.limit(1))).one_or_none()
    if found is not None:
        raise AppealExists(found.id, found.state)


async def _open(
    connection: AsyncConnection,
    workspace: str,
    evaluation: Row[Any],
    subject: dict[str, str | None],
    wanted: NewAppeal,
    by: Author,
    chosen: AppealSettings,
) -> Appeal:
    values = {name: getattr(evaluation, name) for name in ("conversation_id", "revision")} | subject
    values |= {"id": new_id(), "evaluation_id": evaluation.id, "state": AppealState.OPEN.value, "text": wanted.text}
    values |= {
        "opened_by": by.id,
        "opened_by_name": by.name,
        "quote": wanted.quote and wanted.quote.model_dump(mode="json"),
    }
    due = datetime.now(UTC) + timedelta(days=chosen.answer_days)
    added = insert(appeals).values(workspace_id=workspace, due_at=due, **values).returning(appeals)
    return appeal_of((await connection.execute(added)).one())
