"""What a rule looks at, over conversations that were evaluated within a period: counts, shares and means with their intervals. Read only.

A conversation counts when its current evaluation was made, so a late recording is not missed. A share of undetermined answers is the mean
of the conversations' shares: answers of one conversation go together, and taken one by one they would feign a narrow interval.
"""

# ruff: noqa: S608 (the texts are put together here, from constants only)
from datetime import datetime, timedelta
from typing import Any

from auricle_contracts.alerts import COUNTS, AlertRuleIn, Measure, Reading
from sqlalchemy import Row, select, text

from auricle_records.alerts.judging import Measured
from auricle_records.analytics.breakdown import FOUND, JUDGED, MEAN, OUTCOMES, SCORED, VALUE, Mean, Share, seen
from auricle_records.analytics.reviewed import reviewed
from auricle_records.conversations.filters import Filters
from auricle_records.database import Database
from auricle_records.tables import conversations, evaluations, runs

_CLASS = f"SELECT {FOUND} FROM {OUTCOMES} WHERE error_class = :error_class"
_FATAL = """
    SELECT count(*) FILTER (WHERE EXISTS (SELECT FROM effective_findings f WHERE f.evaluation_id = seen.evaluation_id
        AND f.fatal AND f.counts AND NOT f.experimental)) AS found, count(*) AS looked FROM seen
"""
_SCORE = f"SELECT {MEAN.format('score')} FROM {SCORED}"
_CRITERION = f"SELECT {MEAN.format(VALUE)} FROM {JUDGED} WHERE a.criterion = :criterion"
_UNDETERMINED = f"""
    SELECT {MEAN.format("share")} FROM (
        SELECT avg((a.state = 'undetermined')::int)::float8 AS share FROM seen
        JOIN effective_answers a ON a.evaluation_id = seen.evaluation_id AND a.layer = 'model' GROUP BY seen.id
    ) AS shares
"""
_FAILED = "SELECT count(*) FILTER (WHERE state = 'dead') AS found, count(*) AS looked FROM ended"
_QUERIES = {
    Measure.CLASS_COUNT: _CLASS,
    Measure.CLASS_SHARE: _CLASS,
    Measure.FATAL_COUNT: _FATAL,
    Measure.FATAL_SHARE: _FATAL,
    Measure.UNDETERMINED_SHARE: _UNDETERMINED,
    Measure.FAILED_SHARE: _FAILED,
}
_MEANS = frozenset({Measure.MEAN_SCORE, Measure.UNDETERMINED_SHARE})


async def measure(
    db: Database, workspace: str, rule: AlertRuleIn, *, now: datetime
) -> tuple[Measured, Measured | None]:
    """Of the rule's window up to `now`, and of the one before where it compares with that."""
    window = timedelta(minutes=rule.window_minutes)
    last = await _measured(db, workspace, rule, now - window, now)
    if rule.compared != "previous":
        return last, None
    return last, await _measured(db, workspace, rule, now - 2 * window, now - window)


def reading(rule: AlertRuleIn, last: Measured, before: Measured | None) -> Reading:
    """As it is shown and kept."""
    if rule.measure in COUNTS and isinstance(last, Share):
        return Reading(value=last.found, n=last.looked)
    value, low, high = _figures(last)
    earlier = None if before is None else _figures(before)[0]
    return Reading(
        value=value,
        n=_count(last),
        low=low,
        high=high,
        before=earlier,
        before_n=None if before is None else _count(before),
    )


async def _measured(db: Database, workspace: str, rule: AlertRuleIn, since: datetime, until: datetime) -> Measured:
    filters = Filters(channel=rule.channel, line=rule.line, team=rule.team)
    if rule.measure is Measure.CHANGED_SHARE:
        found = await reviewed(db, workspace, filters, audited=True, since=since, until=until)
        return Share(sum(one.is_changed for one in found), len(found))
    if rule.measure is Measure.FAILED_SHARE:
        at, of_runs = runs.c.updated_at, runs.c.conversation_id == conversations.c.id
        ended = select(runs.c.state).select_from(runs.join(conversations, of_runs))
        over = ended.where(at >= since, at < until, runs.c.state.in_(("done", "dead")), *filters.conditions()).cte(
            "ended"
        )
    else:
        at = evaluations.c.created_at
        over = seen(filters, at >= since, at < until)
    query = text(_query(rule)).columns().add_cte(over)
    named = {"error_class": rule.error_class, "criterion": rule.criterion}
    values = {name: value for name, value in named.items() if value is not None}
    async with db.transaction(workspace) as connection:
        row = (await connection.execute(query, values)).one()
    return _mean(row) if rule.measure in _MEANS else Share(row.found, row.looked)


def _query(rule: AlertRuleIn) -> str:
    if rule.measure is Measure.MEAN_SCORE:
        return _CRITERION if rule.criterion else _SCORE
    return _QUERIES[rule.measure]


def _mean(row: Row[Any]) -> Mean:
    return Mean(row.mean, row.n, row.plus_minus)


def _count(one: Measured) -> int:
    return one.looked if isinstance(one, Share) else one.n


def _figures(one: Measured) -> tuple[float | None, float | None, float | None]:
    if isinstance(one, Share):
        low, high = one.interval
        return one.share, low if one.looked else None, high if one.looked else None
    if one.mean is None or one.plus_minus is None:
        return one.mean, None, None
    return one.mean, one.mean - one.plus_minus, one.mean + one.plus_minus
