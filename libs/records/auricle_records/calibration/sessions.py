"""Sessions: opened with their conversations and reviewers, extended, listed with who answered how much, closed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from auricle_contracts.calibration import MOST_CONVERSATIONS, MOST_REVIEWERS, Calibration, CalibrationReviewer
from auricle_contracts.vocabulary import CalibrationState
from auricle_kit.errors import InvalidRequest
from sqlalchemy import Row, exists, func, insert, select, text, update
from sqlalchemy.dialects.postgresql import insert as put
from sqlalchemy.ext.asyncio import AsyncConnection

from auricle_records.callers import Actor
from auricle_records.database import Database, new_id
from auricle_records.errors import CalibrationClosed, NotFound
from auricle_records.tables import (
    answers,
    calibration_answers,
    calibration_items,
    calibration_reviewers,
    calibrations,
    evaluations,
)

SAMPLE_DAYS = 28
ASKED = (answers.c.layer == "model") & (answers.c.kind != "text")
"""What a session asks: what the model judged, but free texts, of which no agreement can be told."""
# By a digest of the session's id and the conversation's, so that nobody chooses.
_DRAWN = text(
    """
    SELECT e.conversation_id FROM evaluations e JOIN conversations c ON c.id = e.conversation_id AND c.state = 'stored'
    WHERE e.current AND e.created_at >= now() - make_interval(days => :days)
    ORDER BY md5(:session || e.conversation_id) LIMIT :size
    """
)


@dataclass(frozen=True, slots=True)
class NewCalibration:
    """Conversations by id, or how many are drawn; `expert` is a reviewer's id."""

    title: str
    due_at: datetime
    reviewers: tuple[Actor, ...]
    expert: str | None = None
    conversations: tuple[str, ...] = ()
    sample: int | None = None


@dataclass(frozen=True, slots=True)
class CalibrationPage:
    """The newest first. `cursor` asks for the next page; None on the last."""

    items: tuple[Calibration, ...]
    cursor: str | None


async def open_session(db: Database, workspace: str, wanted: NewCalibration, *, by: Actor) -> Calibration:
    """Raises NotFound where a conversation has no evaluation, or nothing was evaluated lately."""
    session = new_id()
    async with db.transaction(workspace) as connection:
        chosen = wanted.conversations or await _drawn(connection, session, wanted.sample or 0)
        judged = await _evaluations(connection, chosen)
        values = {
            "title": wanted.title,
            "due_at": wanted.due_at,
            "created_by": by.id,
            "created_by_name": by.name or by.id,
        }
        await connection.execute(insert(calibrations).values(workspace_id=workspace, id=session, **values))
        row = {"workspace_id": workspace, "calibration_id": session}
        items = [row | {"conversation_id": name, "evaluation_id": judged[name]} for name in chosen]
        await connection.execute(insert(calibration_items), items)
        people = [
            row | {"person_id": one.id, "name": one.name or one.id, "is_expert": one.id == wanted.expert}
            for one in wanted.reviewers
        ]
        await connection.execute(insert(calibration_reviewers), people)
        return await _get(connection, session)


async def get(db: Database, workspace: str, session: str) -> Calibration:
    """Raises NotFound."""
    async with db.transaction(workspace) as connection:
        return await _get(connection, session)


async def page(
    db: Database, workspace: str, *, reviewer: str | None = None, cursor: str | None = None, limit: int = 50
) -> CalibrationPage:
    """All of them, or those in which somebody takes part."""
    statement = select(calibrations).order_by(calibrations.c.id.desc()).limit(limit + 1)
    if reviewer is not None:
        mine = (calibration_reviewers.c.calibration_id == calibrations.c.id) & (
            calibration_reviewers.c.person_id == reviewer
        )
        statement = statement.where(exists().where(mine))
    if cursor is not None:
        statement = statement.where(calibrations.c.id < cursor)
    async with db.transaction(workspace) as connection:
        found = (await connection.execute(statement)).all()
        shown = await _shown(connection, found[:limit])
    return CalibrationPage(tuple(shown), found[limit - 1].id if len(found) > limit else None)


async def extend(
    db: Database, workspace: str, session: str, chosen: Sequence[str], reviewers: Sequence[Actor]
) -> Calibration:
    """With these conversations, judged as they are evaluated now, and these reviewers; who is in it already stays as it was.

    Raises NotFound, CalibrationClosed, and InvalidRequest where it would be more than a session holds.
    """
    async with db.transaction(workspace) as connection:
        await lock(connection, session)
        row = {"workspace_id": workspace, "calibration_id": session}
        if chosen:
            judged = await _evaluations(connection, chosen)
            items = [row | {"conversation_id": name, "evaluation_id": judged[name]} for name in chosen]
            await connection.execute(put(calibration_items).on_conflict_do_nothing(), items)
        if reviewers:
            people = [row | {"person_id": one.id, "name": one.name or one.id, "is_expert": False} for one in reviewers]
            await connection.execute(put(calibration_reviewers).on_conflict_do_nothing(), people)
        extended = await _get(connection, session)
        if extended.conversations > MOST_CONVERSATIONS or len(extended.reviewers) > MOST_REVIEWERS:
            raise InvalidRequest(
                f"a session holds {MOST_CONVERSATIONS} conversations and {MOST_REVIEWERS} reviewers at most",
                action="Open another session.",
            )
        return extended


async def close(db: Database, workspace: str, session: str) -> Calibration:
    """Raises NotFound, CalibrationClosed."""
    async with db.transaction(workspace) as connection:
        await lock(connection, session)
        ended = {"state": CalibrationState.CLOSED.value, "closed_at": func.now()}
        await connection.execute(update(calibrations).where(calibrations.c.id == session).values(**ended))
        return await _get(connection, session)


async def lock(connection: AsyncConnection, session: str) -> None:
    """An open session stays open until the transaction ends. Raises NotFound, CalibrationClosed."""
    chosen = select(calibrations.c.state).where(calibrations.c.id == session).with_for_update()
    state = await connection.scalar(chosen)
    if state is None:
        raise NotFound("no such calibration session")
    if state != CalibrationState.OPEN:
        raise CalibrationClosed


async def _drawn(connection: AsyncConnection, session: str, size: int) -> tuple[str, ...]:
    asked = {"days": SAMPLE_DAYS, "session": session, "size": size}
    found = tuple((await connection.scalars(_DRAWN, asked)).all())
    if not found:
        raise NotFound(f"nothing was evaluated in {SAMPLE_DAYS} days")
    return found


async def _evaluations(connection: AsyncConnection, names: Sequence[str]) -> Mapping[str, str]:
    current = select(evaluations.c.conversation_id, evaluations.c.id).where(
        evaluations.c.current, evaluations.c.conversation_id.in_(names)
    )
    found = {row.conversation_id: row.id for row in await connection.execute(current)}
    if missing := sorted(set(names) - set(found)):
        raise NotFound(f"no evaluation of conversation {missing[0]}")
    return found


async def _get(connection: AsyncConnection, session: str) -> Calibration:
    row = (await connection.execute(select(calibrations).where(calibrations.c.id == session))).one_or_none()
    if row is None:
        raise NotFound("no such calibration session")
    (found,) = await _shown(connection, [row])
    return found


async def _shown(connection: AsyncConnection, rows: Sequence[Row[Any]]) -> list[Calibration]:
    names = [row.id for row in rows]
    items = (
        select(
            calibration_items.c.calibration_id,
            func.count(calibration_items.c.conversation_id.distinct()).label("conversations"),
            func.count(func.distinct(calibration_items.c.conversation_id, answers.c.criterion))
            .filter(answers.c.criterion.is_not(None))
            .label("questions"),
        )
        .outerjoin(answers, (answers.c.evaluation_id == calibration_items.c.evaluation_id) & ASKED)
        .where(calibration_items.c.calibration_id.in_(names))
        .group_by(calibration_items.c.calibration_id)
    )
    sizes = {row.calibration_id: row for row in await connection.execute(items)}
    given = (
        select(func.count())
        .select_from(calibration_answers)
        .where(
            calibration_answers.c.calibration_id == calibration_reviewers.c.calibration_id,
            calibration_answers.c.person_id == calibration_reviewers.c.person_id,
        )
        .scalar_subquery()
        .label("answered")
    )
    taking_part = select(calibration_reviewers, given).where(calibration_reviewers.c.calibration_id.in_(names))
    people: dict[str, list[CalibrationReviewer]] = {}
    for row in await connection.execute(taking_part.order_by(calibration_reviewers.c.name)):
        one = CalibrationReviewer(
            person_id=row.person_id, name=row.name, is_expert=row.is_expert, answered=row.answered
        )
        people.setdefault(row.calibration_id, []).append(one)
    return [_session(row, sizes.get(row.id), people.get(row.id, [])) for row in rows]


def _session(row: Row[Any], size: Row[Any] | None, people: Sequence[CalibrationReviewer]) -> Calibration:
    return Calibration(
        id=row.id,
        title=row.title,
        state=CalibrationState(row.state),
        conversations=size.conversations if size else 0,
        questions=size.questions if size else 0,
        reviewers=tuple(people),
        created_by_name=row.created_by_name,
        created_at=row.created_at,
        due_at=row.due_at,
        closed_at=row.closed_at,
    )
