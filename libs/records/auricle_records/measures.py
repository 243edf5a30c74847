"""What operators watch of one workspace: dead runs, and events that wait."""

from dataclasses import dataclass

from auricle_contracts import RunState, Step
from sqlalchemy import func, select

from auricle_records.database import Database
from auricle_records.tables import outbox, runs


@dataclass(frozen=True, slots=True)
class Measures:
    """`unsent_age_s` is the age of the oldest pending event, 0 without one."""

    dead_runs: dict[Step, int]
    unsent_events: int
    unsent_age_s: float


async def measure(db: Database, workspace: str) -> Measures:
    """Three counts over partial indexes."""
    dead = select(runs.c.step, func.count()).where(runs.c.state == RunState.DEAD).group_by(runs.c.step)
    age_s = func.coalesce(func.extract("epoch", func.now() - func.min(outbox.c.created_at)), 0.0)
    unsent = select(func.count(), age_s).where(outbox.c.state == "pending")
    async with db.transaction(workspace) as connection:
        by_step = {Step(step): int(count) for step, count in (await connection.execute(dead)).all()}
        count, oldest_s = (await connection.execute(unsent)).one()
    return Measures(by_step, int(count), float(oldest_s))
