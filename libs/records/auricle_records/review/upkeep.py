"""Items that wait no more as they did: of conversations evaluated again, and those that somebody took and left lying. Keeper's."""

from sqlalchemy import func, update

from auricle_records.database import Database, seconds
from auricle_records.tables import evaluations, review_items


async def withdraw(db: Database, workspace: str) -> int:
    """Close items whose conversation was evaluated again; how many."""
    again = (
        update(review_items)
        .where(review_items.c.evaluation_id == evaluations.c.id, ~evaluations.c.current)
        .where(review_items.c.state.in_(("open", "assigned")))
        .values(state="stale", assignee=None, assignee_name=None, closed_at=func.now(), updated_at=func.now())
    )
    async with db.transaction(workspace) as connection:
        return (await connection.execute(again)).rowcount


async def release(db: Database, workspace: str, *, claimed_s: float) -> int:
    """Give back what somebody took and left lying this long; what a person was given by another stays theirs. How many."""
    left = (
        update(review_items)
        .where(review_items.c.state == "assigned", review_items.c.assigned_by == review_items.c.assignee)
        .where(review_items.c.assigned_at < func.now() - seconds(claimed_s))
        .values(
            state="open", assignee=None, assignee_name=None, assigned_by=None, assigned_at=None, updated_at=func.now()
        )
    )
    async with db.transaction(workspace) as connection:
        return (await connection.execute(left)).rowcount
