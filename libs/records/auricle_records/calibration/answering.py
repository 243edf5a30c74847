"""Blind answers: what a reviewer is asked and said, and, of a closed session, what everybody and the model said."""

from dataclasses import dataclass
from typing import Any

from auricle_contracts import AnswerState, AnswerValue, CriterionKind
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from auricle_records.calibration.sessions import ASKED, lock
from auricle_records.database import Database
from auricle_records.errors import NotFound
from auricle_records.tables import answers, calibration_answers, calibration_items, calibration_reviewers

MODEL = None
"""Who the model is among those who answered."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of a session: a criterion of one conversation, in the scorecard's order. `state` and `value` are the model's answer."""

    conversation_id: str
    evaluation_id: str
    criterion: str
    title: str
    kind: CriterionKind
    state: AnswerState
    value: AnswerValue


@dataclass(frozen=True, slots=True)
class Given:
    """What somebody said."""

    conversation_id: str
    criterion: str
    person_id: str | None
    state: AnswerState
    value: AnswerValue


async def questions(db: Database, workspace: str, session: str) -> list[Asked]:
    """Of all conversations of the session."""
    async with db.transaction(workspace) as connection:
        return await _questions(connection, session)


async def given(db: Database, workspace: str, session: str, person_id: str | None = None) -> list[Given]:
    """By one reviewer, or by all."""
    statement = select(calibration_answers).where(calibration_answers.c.calibration_id == session)
    if person_id is not None:
        statement = statement.where(calibration_answers.c.person_id == person_id)
    async with db.transaction(workspace) as connection:
        rows = (await connection.execute(statement)).all()
    return [Given(row.conversation_id, row.criterion, row.person_id, AnswerState(row.state), row.value) for row in rows]


async def answer(db: Database, workspace: str, session: str, said: Given) -> None:
    """Kept in place of what the reviewer said before. Raises NotFound (no part in it, no such question), CalibrationClosed."""
    async with db.transaction(workspace) as connection:
        await lock(connection, session)
        await _check_part(connection, session, said)
        key = {"calibration_id": session, "conversation_id": said.conversation_id, "criterion": said.criterion}
        key |= {"person_id": said.person_id or ""}
        kept: dict[str, Any] = {"state": said.state.value, "value": said.value, "updated_at": func.now()}
        added = insert(calibration_answers).values(workspace_id=workspace, **key, **kept)
        await connection.execute(added.on_conflict_do_update(index_elements=list(key), set_=kept))


async def _check_part(connection: AsyncConnection, session: str, said: Given) -> None:
    part = select(calibration_reviewers.c.person_id).where(
        calibration_reviewers.c.calibration_id == session, calibration_reviewers.c.person_id == said.person_id
    )
    if await connection.scalar(part) is None:
        raise NotFound("this person has no part in the session")
    asked = {(one.conversation_id, one.criterion) for one in await _questions(connection, session)}
    if (said.conversation_id, said.criterion) not in asked:
        raise NotFound("the session does not ask this")


async def _questions(connection: AsyncConnection, session: str) -> list[Asked]:
    """Of several answers to a criterion the first, as everywhere."""
    item, one = calibration_items.c, answers.c
    columns = (one.criterion, one.title, one.kind, one.state, one.value)
    statement = (
        select(item.conversation_id, item.evaluation_id, *columns)
        .join_from(calibration_items, answers, (one.evaluation_id == item.evaluation_id) & ASKED)
        .where(item.calibration_id == session)
        .order_by(item.conversation_id, one.position)
    )
    found: dict[tuple[str, str], Asked] = {}
    for row in await connection.execute(statement):
        asked = Asked(
            row.conversation_id,
            row.evaluation_id,
            row.criterion,
            row.title,
            CriterionKind(row.kind),
            AnswerState(row.state),
            row.value,
        )
        found.setdefault((asked.conversation_id, asked.criterion), asked)
    return list(found.values())
