"""What came of a coaching task: the same criterion or class on the agent's conversations before it was given and after it was read."""

# ruff: noqa: S608 (the texts are put together here, from constants only)
from math import sqrt

from auricle_contracts.coaching import CoachingEffect, CoachingTask, EffectSide
from auricle_kit.shares import wilson
from sqlalchemy import text

from auricle_records.database import Database

WINDOW_DAYS = 28
ENOUGH = 10
_KNOWN_AS = "coalesce(nullif(p.person->>'reference', ''), nullif(p.person->>'name', ''), p.person->>'id')"
_SEEN = f"""
WITH seen AS (
    SELECT c.id AS conversation_id, e.id AS evaluation_id, p.person->>'id' AS participant, c.happened_at < :assigned AS is_before
    FROM conversations c CROSS JOIN LATERAL jsonb_array_elements(c.participants) AS p(person)
    JOIN evaluations e ON e.conversation_id = c.id AND e.current
    WHERE c.state = 'stored' AND p.person->>'role' = 'agent'
      AND {_KNOWN_AS} IN (SELECT reference FROM agent_references WHERE person_id = :person)
      AND (c.happened_at >= :assigned - make_interval(days => :days) AND c.happened_at < :assigned
           OR c.happened_at >= :read AND c.happened_at < :read + make_interval(days => :days))
)"""
_MEANS = f"""{_SEEN}, judged AS (
    SELECT s.is_before, s.conversation_id,
           avg(CASE jsonb_typeof(a.value) WHEN 'number' THEN a.value::float8 WHEN 'boolean' THEN 100 * a.value::bool::int END) AS value
    FROM seen s JOIN effective_answers a ON a.evaluation_id = s.evaluation_id AND coalesce(a.participant, s.participant) = s.participant
    WHERE a.criterion = :subject AND a.state = 'answered' GROUP BY s.is_before, s.conversation_id
)
SELECT is_before, count(value) AS n, avg(value) AS value, auricle_half_width(stddev_samp(value), count(value)) AS half
FROM judged GROUP BY is_before
"""
_SHARES = f"""{_SEEN}
SELECT is_before, count(DISTINCT s.conversation_id) AS n, count(DISTINCT f.conversation_id) AS found
FROM seen s LEFT JOIN effective_findings f ON f.evaluation_id = s.evaluation_id AND f.error_class = :subject AND f.counts
    AND coalesce(f.participant, s.participant) = s.participant
GROUP BY is_before
"""
NOTHING = EffectSide(n=0, value=None, low=None, high=None)


async def effect_of(db: Database, workspace: str, task: CoachingTask) -> CoachingEffect:
    """While nobody read the task, nothing is after it."""
    read = task.acknowledged_at or task.done_at
    asked = {"person": task.person_id, "assigned": task.assigned_at, "days": WINDOW_DAYS}
    asked |= {"read": read or task.assigned_at, "subject": task.criterion or task.error_class}
    async with db.transaction(workspace) as connection:
        rows = (await connection.execute(text(_MEANS if task.criterion else _SHARES), asked)).all()
    if task.criterion:
        sides = {row.is_before: mean_side(row.n, row.value, row.half) for row in rows}
    else:
        sides = {row.is_before: share_side(row.n, row.found) for row in rows}
    before, after = sides.get(True, NOTHING), sides.get(False, NOTHING) if read else NOTHING
    change, low, high = difference(before, after)
    return CoachingEffect(
        unit="points" if task.criterion else "per_cent",
        window_days=WINDOW_DAYS,
        before=before,
        after=after,
        change=change,
        change_low=low,
        change_high=high,
        is_enough=min(before.n, after.n) >= ENOUGH,
    )


def mean_side(n: int, value: float | None, half: float | None) -> EffectSide:
    """A mean with half of its interval."""
    if value is None or half is None:
        return EffectSide(n=n, value=value, low=None, high=None)
    return EffectSide(n=n, value=value, low=value - half, high=value + half)


def share_side(n: int, found: int) -> EffectSide:
    """A share in per cent with Wilson's interval."""
    if n == 0:
        return NOTHING
    share, (low, high) = found / n, wilson(found, n)
    return EffectSide(n=n, value=100 * share, low=100 * min(share, low), high=100 * max(share, high))


def difference(before: EffectSide, after: EffectSide) -> tuple[float | None, float | None, float | None]:
    """After minus before, and its interval from those of both (Newcombe 1998, method 10; for means the same by Zou and Donner 2008)."""
    if before.value is None or after.value is None:
        return None, None, None
    change = after.value - before.value
    if before.low is None or before.high is None or after.low is None or after.high is None:
        return change, None, None
    down = sqrt((after.value - after.low) ** 2 + (before.high - before.value) ** 2)
    up = sqrt((after.high - after.value) ** 2 + (before.value - before.low) ** 2)
    return change, change - down, change + up
