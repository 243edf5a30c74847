"""What is asked, reported and ended. Writes `trainings` and `training_states`: the gateway what people and jobs say, keeper what it starts
and loses. A training's key is open from its launch to its end, and sees the golden test split only once training is over.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from auricle_contracts import Scope
from auricle_contracts.problems import Code
from auricle_contracts.trainings import (
    FOLLOWING,
    UNDER_WAY,
    TrainingNumbers,
    TrainingProgress,
    TrainingState,
    TrainingStep,
)
from sqlalchemy import Select, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from auricle_records import keys
from auricle_records.callers import Actor
from auricle_records.database import Database, new_id
from auricle_records.errors import NotFound, TooFewExamples, TrainingOpen, TrainingOver
from auricle_records.golden import settings as golden
from auricle_records.tables import artefacts, training_states, trainings
from auricle_records.trainings import settings
from auricle_records.trainings.examples import learnable
from auricle_records.trainings.models import Training, training_of

MOST_SHOWN = 50
TRAINING_SCOPES = (Scope.READ, Scope.TRAIN, Scope.PROMOTE)
GATING_SCOPES = (*TRAINING_SCOPES, Scope.AUDIT)
"""The gate measures on the test split, which a key without `audit` cannot read."""
SHOWN: Select[tuple[object, ...]] = select(
    trainings, artefacts.c.name, artefacts.c.hash, artefacts.c.state.label("artefact_state")
).outerjoin(artefacts, artefacts.c.id == trainings.c.artefact_id)
_OPEN = trainings.c.state.in_([state.value for state in UNDER_WAY])
CUT_SHORT = frozenset({TrainingState.STOPPED, TrainingState.FAILED})
"""Ends that the job may not know of."""
_TOLD = ("step", "steps", "loss", "seconds", "data", "examples", "artefact_id", "verdict", "detail")


async def ask(db: Database, workspace: str, base: str, numbers: TrainingNumbers, actor: Actor) -> Training:
    """Raises GoldenConsentMissing, TooFewExamples, TrainingOpen."""
    training_id = new_id()
    try:
        async with db.transaction(workspace) as connection:
            await golden.require_consent(connection)
            found, fewest = await learnable(connection), (await settings.load(connection)).settings.fewest
            if found.examples < fewest:
                raise TooFewExamples(found.examples, fewest)
            values = _asked(workspace, training_id, base, numbers, found.labels, actor)
            await connection.execute(insert(trainings).values(values | {"state": TrainingState.ASKED}))
            await _came(connection, workspace, training_id, TrainingState.ASKED, by=actor.name)
    except IntegrityError:
        raise TrainingOpen from None
    return await get(db, workspace, training_id)


async def ask_in_vain(
    db: Database, workspace: str, base: str, numbers: TrainingNumbers, actor: Actor, error: Code, detail: str
) -> None:
    """A schedule's turn came and could not be taken: it stands in the list with its reason."""
    training_id = new_id()
    async with db.transaction(workspace) as connection:
        labels = (await learnable(connection)).labels
        ended = {
            "state": TrainingState.FAILED,
            "error": error,
            "detail": detail,
            "ended_at": func.now(),
            "released": True,
        }
        values = _asked(workspace, training_id, base, numbers, labels, actor) | ended
        await connection.execute(insert(trainings).values(values))
        await _came(connection, workspace, training_id, TrainingState.FAILED, by=actor.name, detail=detail)


async def get(db: Database, workspace: str, training_id: str) -> Training:
    """Raises NotFound."""
    async with db.transaction(workspace) as connection:
        return await _get(connection, training_id)


async def listed(db: Database, workspace: str) -> list[Training]:
    """Newest first, at most MOST_SHOWN."""
    statement = SHOWN.order_by(trainings.c.id.desc()).limit(MOST_SHOWN)
    async with db.transaction(workspace) as connection:
        return [training_of(row) for row in await connection.execute(statement)]


async def history(db: Database, workspace: str, training_id: str) -> tuple[TrainingStep, ...]:
    """Its states, oldest first."""
    asked = select(training_states).where(training_states.c.training_id == training_id).order_by(training_states.c.id)
    async with db.transaction(workspace) as connection:
        rows = (await connection.execute(asked)).all()
    return tuple(TrainingStep(state=TrainingState(row.state), at=row.at, by=row.by, detail=row.detail) for row in rows)


async def of_key(db: Database, workspace: str, key_id: str) -> Training | None:
    """The training whose job has this key."""
    async with db.transaction(workspace) as connection:
        row = (await connection.execute(SHOWN.where(trainings.c.key_id == key_id))).one_or_none()
    return training_of(row) if row is not None else None


async def report(db: Database, workspace: str, training_id: str, told: TrainingProgress) -> Training:
    """What its job says. Raises NotFound, TrainingOver for what is over, or does not follow: the job ends itself then."""
    values: dict[str, Any] = {name: getattr(told, name) for name in _TOLD if getattr(told, name) is not None}
    values |= {"reported_at": func.now()} | ({"cost": told.cost.model_dump()} if told.cost else {})
    async with db.transaction(workspace) as connection:
        before = await _locked(connection, training_id)
        follows = told.state in (before.state, TrainingState.FAILED) or told.state in FOLLOWING.get(before.state, ())
        if not before.is_under_way or not follows:
            raise TrainingOver(f"it is {before.state.value}", action="End the job: nobody waits for it.")
        if told.state is not before.state:
            ended = told.state not in UNDER_WAY
            values |= {"state": told.state} | ({"ended_at": func.now()} if ended else {}) | _error(told)
            await _came(connection, workspace, training_id, told.state, detail=told.detail)
        await connection.execute(update(trainings).where(trainings.c.id == training_id).values(values))
        await _fit_key(connection, before, told.state)
        return await _get(connection, training_id)


async def stop(db: Database, workspace: str, training_id: str, by: Actor) -> Training:
    """By a person; keeper ends the job. Raises NotFound, TrainingOver."""
    async with db.transaction(workspace) as connection:
        before = await _locked(connection, training_id)
        if not before.is_under_way:
            raise TrainingOver(f"it is {before.state.value} already")
        await _end(connection, workspace, before, {"state": TrainingState.STOPPED}, by=by.name)
        return await _get(connection, training_id)


async def refuse(db: Database, workspace: str, training_id: str, reason: str, by: Actor) -> Training:
    """A proposal, by a person. Raises NotFound, TrainingOver."""
    async with db.transaction(workspace) as connection:
        before = await _locked(connection, training_id)
        if before.state is not TrainingState.PROPOSED:
            raise TrainingOver(f"it is {before.state.value}: nothing is proposed")
        values = {"state": TrainingState.REFUSED, "detail": reason}
        await connection.execute(update(trainings).where(trainings.c.id == training_id).values(values))
        await _came(connection, workspace, training_id, TrainingState.REFUSED, by=by.name, detail=reason)
        return await _get(connection, training_id)


async def fail(db: Database, workspace: str, training_id: str, error: Code, detail: str) -> bool:
    """By keeper; False where it was over already."""
    async with db.transaction(workspace) as connection:
        before = await _locked(connection, training_id)
        if not before.is_under_way:
            return False
        values = {"state": TrainingState.FAILED, "error": error, "detail": detail}
        await _end(connection, workspace, before, values, detail=detail)
        return True


async def launch(db: Database, workspace: str, training_id: str, token: str) -> None:
    """Its job is to be started now, once more where it was lost: its key opens, and the attempt is counted. Raises NotFound."""
    async with db.transaction(workspace) as connection:
        before = await _locked(connection, training_id)
        key_id = before.key_id or await keys.adopt(
            connection, workspace, token, name=f"training {training_id}", scopes=TRAINING_SCOPES
        )
        values = {
            "key_id": key_id,
            "launched_at": func.coalesce(trainings.c.launched_at, func.now()),
            "attempts": trainings.c.attempts + 1,
        }
        await connection.execute(update(trainings).where(trainings.c.id == training_id).values(values))


async def unreleased(db: Database, workspace: str) -> Sequence[Training]:
    """Those of which a driver may still have something, oldest first."""
    async with db.transaction(workspace) as connection:
        found = SHOWN.where(~trainings.c.released).order_by(trainings.c.id)
        return [training_of(row) for row in await connection.execute(found)]


async def release(db: Database, workspace: str, training_id: str) -> None:
    """No driver has anything of it any more."""
    async with db.transaction(workspace) as connection:
        await connection.execute(update(trainings).where(trainings.c.id == training_id).values(released=True))


async def pace(db: Database, workspace: str, base: str) -> tuple[float, int] | None:
    """Seconds that an example took in one pass, over trainings of this base that came to their end, and of how many; None: none did."""
    asked = select(trainings.c.seconds, trainings.c.examples, trainings.c.numbers).where(
        trainings.c.base == base,
        trainings.c.state.in_(["proposed", "refused"]),
        trainings.c.seconds.is_not(None),
        trainings.c.examples > 0,
    )
    async with db.transaction(workspace) as connection:
        rows = (await connection.execute(asked.order_by(trainings.c.id.desc()).limit(5))).all()
    if not rows:
        return None
    work = sum(row.examples * float(row.numbers["passes"]) for row in rows)
    return sum(row.seconds for row in rows) / work, len(rows)


def _asked(
    workspace: str, training_id: str, base: str, numbers: TrainingNumbers, labels: int, actor: Actor
) -> dict[str, Any]:
    return {
        "workspace_id": workspace, "id": training_id, "base": base, "numbers": numbers.model_dump(), "labels": labels,
        "asked_kind": actor.kind, "asked_by": actor.id, "asked_by_name": actor.name,
    }  # fmt: skip


def _error(told: TrainingProgress) -> dict[str, Any]:
    return {"error": told.error} if told.error is not None else {}


async def _get(connection: AsyncConnection, training_id: str) -> Training:
    row = (await connection.execute(SHOWN.where(trainings.c.id == training_id))).one_or_none()
    if row is None:
        raise NotFound(f"no training {training_id}", action="List them: GET /v1/trainings.")
    return training_of(row)


async def _locked(connection: AsyncConnection, training_id: str) -> Training:
    await connection.execute(select(trainings.c.id).where(trainings.c.id == training_id).with_for_update())
    return await _get(connection, training_id)


async def _end(
    connection: AsyncConnection, workspace: str, before: Training, values: Mapping[str, Any], *,
    by: str | None = None, detail: str | None = None,
) -> None:  # fmt: skip
    ended = dict(values) | {"ended_at": func.now()}
    await connection.execute(update(trainings).where(trainings.c.id == before.id).values(ended))
    await _came(connection, workspace, before.id, values["state"], by=by, detail=detail)
    await _fit_key(connection, before, values["state"])


async def _fit_key(connection: AsyncConnection, before: Training, state: TrainingState) -> None:
    """Its key ends with it, and reads the test split from the gate on."""
    if before.key_id is None or state is before.state:
        return
    if state not in UNDER_WAY:
        await keys.end(connection, before.key_id)
    elif state is TrainingState.GATED:
        await keys.widen(connection, before.key_id, GATING_SCOPES)


async def _came(
    connection: AsyncConnection, workspace: str, training_id: str, state: TrainingState, *,
    by: str | None = None, detail: str | None = None,
) -> None:  # fmt: skip
    values = {
        "workspace_id": workspace, "id": new_id(), "training_id": training_id, "state": state, "by": by, "detail": detail,
    }  # fmt: skip
    await connection.execute(insert(training_states).values(values))
