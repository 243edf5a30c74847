"""What happens to an open appeal: an owner, a withdrawal, or a decision, which is a verdict on what was contested.

decide ── finding ── accepted ──► rejected as wrong      ── answer ── accepted, partly ──► what the decision says it is
                ├─── partly ────► accepted as doubtful             └─ rejected ──────────► what counts already, confirmed
                └─── rejected ──► accepted
"""

from typing import Any

from auricle_contracts import AnswerState, FindingVerdict, Grade
from auricle_contracts.appeals import Appeal
from auricle_contracts.vocabulary import AppealState, AppealVerdict
from sqlalchemy import Row, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from auricle_records import labels
from auricle_records.appeals.models import Decision, appeal_of
from auricle_records.appeals.opening import announce
from auricle_records.callers import Actor
from auricle_records.database import Database
from auricle_records.errors import AppealClosed, NotFound, OwnAppeal
from auricle_records.findings.labels import NewFindingLabel, find, lock
from auricle_records.findings.labels import write as write_finding_label
from auricle_records.labels import Author, NewLabel
from auricle_records.tables import appeals, effective_answers

_OF_FINDING: dict[AppealVerdict, tuple[FindingVerdict, Grade | None]] = {
    AppealVerdict.ACCEPTED: (FindingVerdict.REJECT, 0),
    AppealVerdict.PARTLY: (FindingVerdict.ACCEPT, 1),
    AppealVerdict.REJECTED: (FindingVerdict.ACCEPT, None),
}


async def assign(db: Database, workspace: str, appeal_id: str, owner: Actor | None) -> Appeal:
    """Who is to decide it; None: anybody. Raises NotFound, AppealClosed."""
    values = {"owner": owner and owner.id, "owner_name": owner and owner.name}
    async with db.transaction(workspace) as connection:
        row = await _open_row(connection, appeal_id)
        return await _change(connection, row, **values)


async def withdraw(db: Database, workspace: str, appeal_id: str, by: Author) -> Appeal:
    """By who opened it; to others it is not there. Raises NotFound, AppealClosed."""
    async with db.transaction(workspace) as connection:
        row = await _open_row(connection, appeal_id)
        if row.opened_by != by.id:
            raise NotFound("this person has no such appeal")
        return await _change(connection, row, state=AppealState.WITHDRAWN.value)


async def decide(
    db: Database, workspace: str, appeal_id: str, decision: Decision, *, by: Author, traceparent: str = ""
) -> Appeal:
    """The verdict on what was contested, the appeal's end and `appeal.decided` in one transaction.

    Raises NotFound, AppealClosed, OwnAppeal.
    """
    async with db.transaction(workspace) as connection:
        about = await connection.scalar(select(appeals.c.conversation_id).where(appeals.c.id == appeal_id))
        await lock(connection, about or "")  # before the appeal's own, as a deletion takes them
        row = await _open_row(connection, appeal_id)
        if row.opened_by == by.id:
            raise OwnAppeal
        if row.criterion is None:
            await _judge_finding(connection, workspace, row, decision, by)
        else:
            await _judge_answer(connection, row, decision, by)
        decided = {"decided_by": by.id, "decided_by_name": by.name, "decided_at": func.now(), "reason": decision.reason}
        appeal = await _change(connection, row, state=decision.verdict.value, **decided)
        await announce(connection, workspace, appeal, "decided", traceparent)
    return appeal


async def _judge_finding(
    connection: AsyncConnection, workspace: str, row: Row[Any], decision: Decision, author: Author
) -> None:
    finding = await find(connection, row.conversation_id, row.finding_id)
    if finding is None:
        raise NotFound("what was contested is not there any more")
    verdict, grade = _OF_FINDING[decision.verdict]
    said = NewFindingLabel(verdict, grade, decision.reason)
    await write_finding_label(connection, workspace, finding, said, author, decision.source)


async def _judge_answer(connection: AsyncConnection, row: Row[Any], decision: Decision, author: Author) -> None:
    state, value = decision.state, decision.value
    if state is None:
        answer = effective_answers.c
        counting = select(effective_answers).where(
            answer.evaluation_id == row.evaluation_id, answer.criterion == row.criterion
        )
        found = (await connection.execute(counting.order_by(answer.position).limit(1))).one()
        state, value = AnswerState(found.state), found.value
    said = NewLabel(row.evaluation_id, row.criterion, state, value, decision.reason)
    await labels.write(connection, [said], author, decision.source)


async def _open_row(connection: AsyncConnection, appeal_id: str) -> Row[Any]:
    """Locked. Raises NotFound, AppealClosed."""
    row = (await connection.execute(select(appeals).where(appeals.c.id == appeal_id).with_for_update())).one_or_none()
    if row is None:
        raise NotFound("no such appeal")
    if row.state != AppealState.OPEN:
        raise AppealClosed(row.state)
    return row


async def _change(connection: AsyncConnection, row: Row[Any], **values: object) -> Appeal:
    changed = update(appeals).where(appeals.c.id == row.id).values(**values).returning(appeals)
    return appeal_of((await connection.execute(changed)).one())
