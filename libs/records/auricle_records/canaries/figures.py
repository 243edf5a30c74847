"""What differs between the two groups of a canary: the model's own answers, and what people said of them. Read only.

A conversation counts once, by the run of its newest revision, where it came in while the canary ran. MOST newest ones are looked at.
"""

# ruff: noqa: S608 (the texts are put together here, from constants only)
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

from auricle_contracts.canaries import Side
from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncConnection

from auricle_records.analytics import differences
from auricle_records.analytics.breakdown import VALUE, Breakdown, ClassShare, CriterionMean, Mean, Share
from auricle_records.analytics.differences import ClassCompared, Difference, MeanCompared
from auricle_records.canaries import choices
from auricle_records.canaries.choices import ChoiceCompared
from auricle_records.database import Database

MOST = 5000
FEWEST = 10
"""Conversations of each group below which nothing stops a canary."""
STRICT = 3.25
"""Standard errors: Student's two-sided 99 % of ten values, and 99.9 % of many, because keeper looks again and again."""
_SEEN = f"""
    WITH seen AS MATERIALIZED (
        SELECT s.side, c.id, e.id AS evaluation_id, e.overall
        FROM canaries k JOIN conversations c ON c.created_at >= k.created_at AND (k.ended_at IS NULL OR c.created_at < k.ended_at)
        JOIN runs r ON r.conversation_id = c.id AND r.revision = c.revision AND r.step = 'evaluate'
            AND r.reason IN ('ingest', 'revision') AND r.state IN ('done', 'dead')
        JOIN canary_recipes s ON s.canary_id = k.id AND s.recipe = r.recipe
        LEFT JOIN evaluations e ON e.run_id = r.id
        WHERE k.id = :canary AND c.state = 'stored' AND c.workspace_id = current_setting('auricle.workspace')
        ORDER BY c.created_at DESC LIMIT {MOST}
    )
"""
_BROKEN = f"""
    {_SEEN}, told AS (
        SELECT seen.side, seen.id, count(*) AS asked, count(*) FILTER (WHERE a.state = 'undetermined') AS broken
        FROM seen JOIN answers a ON a.evaluation_id = seen.evaluation_id AND a.layer = 'model' GROUP BY 1, 2
        UNION ALL
        SELECT seen.side, seen.id, count(*), count(*) FILTER (WHERE o ->> 'state' = 'undetermined')
        FROM seen JOIN evaluations e ON e.id = seen.evaluation_id CROSS JOIN jsonb_array_elements(e.outcomes) AS o GROUP BY 1, 2
        UNION ALL
        SELECT side, id, 1, 1 FROM seen WHERE evaluation_id IS NULL
    ), each AS (SELECT side, id, 100.0 * sum(broken) / sum(asked) AS share FROM told GROUP BY 1, 2)
    SELECT side, avg(share)::float8 AS mean, count(*) AS n, auricle_half_width(stddev_samp(share)::float8, count(*)) AS plus_minus,
           stddev_samp(share)::float8 AS spread
    FROM each GROUP BY side
"""
_OVERALL = "(overall ->> 'points')::float8"
_MEAN = "avg({0}) AS mean, count({0}) AS n, auricle_half_width(stddev_samp({0}), count({0})) AS plus_minus"
_WHOLE = f"{_SEEN} SELECT side, count(*) AS seen, {_MEAN.format(_OVERALL)} FROM seen GROUP BY side"
_CRITERIA = f"""
    {_SEEN} SELECT seen.side, a.criterion, max(a.title) AS title, {_MEAN.format(VALUE)}
    FROM seen JOIN answers a ON a.evaluation_id = seen.evaluation_id AND a.kind = 'score'
    GROUP BY seen.side, a.criterion ORDER BY min(a.position), a.criterion
"""
_CLASSES = f"""
    {_SEEN} SELECT seen.side, o ->> 'error_class' AS error_class, count(*) FILTER (WHERE o ->> 'state' = 'found') AS found,
                   count(*) AS looked
    FROM seen JOIN evaluations e ON e.id = seen.evaluation_id CROSS JOIN jsonb_array_elements(e.outcomes) AS o
    WHERE o ->> 'state' IN ('found', 'not_found') GROUP BY 1, 2 ORDER BY 2
"""
_CHOICES = f"""
    {_SEEN}, first_ones AS (
        SELECT DISTINCT ON (seen.side, seen.id, a.criterion) seen.side, a.criterion, a.title, a.position, a.value, a.state
        FROM seen JOIN answers a ON a.evaluation_id = seen.evaluation_id AND a.kind IN ('choice', 'yes_no') AND a.layer <> 'metadata'
        ORDER BY seen.side, seen.id, a.criterion, a.position
    )
    SELECT side, criterion, max(title) AS title, value, count(*) AS n FROM first_ones WHERE state = 'answered'
    GROUP BY side, criterion, value ORDER BY min(min(position)) OVER (PARTITION BY criterion), criterion, side
"""
_PEOPLE = f"""
    {_SEEN}, said AS (
        SELECT seen.side, seen.id,
            EXISTS (SELECT FROM labels l WHERE l.evaluation_id = seen.evaluation_id AND NOT l.blind)
                OR EXISTS (SELECT FROM finding_labels f WHERE f.evaluation_id = seen.evaluation_id AND NOT f.blind)
                OR EXISTS (SELECT FROM added_findings d WHERE d.evaluation_id = seen.evaluation_id AND NOT d.blind) AS reviewed,
            EXISTS (SELECT FROM labels l WHERE l.evaluation_id = seen.evaluation_id AND NOT l.blind
                    AND (l.state, l.value) IS DISTINCT FROM (l.old_state, l.old_value))
                OR EXISTS (SELECT FROM finding_labels f WHERE f.evaluation_id = seen.evaluation_id AND NOT f.blind AND f.verdict = 'reject')
                OR EXISTS (SELECT FROM added_findings d WHERE d.evaluation_id = seen.evaluation_id AND NOT d.blind) AS corrected,
            EXISTS (SELECT FROM appeals p WHERE p.evaluation_id = seen.evaluation_id) AS appealed
        FROM seen WHERE seen.evaluation_id IS NOT NULL
    )
    SELECT side, count(*) AS judged, count(*) FILTER (WHERE reviewed) AS reviewed, count(*) FILTER (WHERE corrected) AS corrected,
           count(*) FILTER (WHERE appealed) AS appealed
    FROM said GROUP BY side
"""


@dataclass(frozen=True, slots=True)
class Broken:
    """What stayed undetermined, in per cent of a conversation, live's and the canary's; `certain` where the canary has more, for sure."""

    live: Mean
    canary: Mean
    difference: Difference
    certain: bool


@dataclass(frozen=True, slots=True)
class ShareCompared:
    """A share of conversations: live's and the canary's."""

    live: Share
    canary: Share

    @property
    def difference(self) -> Difference:
        """The canary's less live's."""
        return differences.of_shares(self.live, self.canary)


@dataclass(frozen=True, slots=True)
class Figures:
    """Of so many conversations, `live` and `canary`."""

    live: int
    canary: int
    broken: Broken
    means: tuple[MeanCompared, ...]
    classes: tuple[ClassCompared, ...]
    choices: tuple[ChoiceCompared, ...]
    reviewed: ShareCompared
    corrected: ShareCompared
    appealed: ShareCompared


async def broken(db: Database, workspace: str, canary_id: str) -> Broken:
    """All that may stop it."""
    async with db.transaction(workspace) as connection:
        return _broken(_by_side(await _rows(connection, _BROKEN, canary_id)))


async def figures(db: Database, workspace: str, canary_id: str) -> Figures:
    """Of one canary, running or over. Six statements."""
    queries = (_BROKEN, _WHOLE, _CRITERIA, _CLASSES, _CHOICES, _PEOPLE)
    async with db.transaction(workspace) as connection:
        found = [await _rows(connection, query, canary_id) for query in queries]
    told, whole, criteria, classes, chosen, people = found
    sides = {side: _breakdown(side, whole, criteria, classes) for side in Side}
    means, shares = differences.compared(sides[Side.LIVE], sides[Side.CANARY])
    said = _by_side(people)
    return Figures(
        live=sides[Side.LIVE].evaluated,
        canary=sides[Side.CANARY].evaluated,
        broken=_broken(_by_side(told)),
        means=means,
        classes=shares,
        choices=choices.compared(chosen),
        reviewed=_share(said, "reviewed", "judged"),
        corrected=_share(said, "corrected", "reviewed"),
        appealed=_share(said, "appealed", "judged"),
    )


async def _rows(connection: AsyncConnection, query: str, canary_id: str) -> Sequence[Row[Any]]:
    return (await connection.execute(text(query), {"canary": canary_id})).all()


def _by_side(rows: Sequence[Row[Any]]) -> Mapping[Side, Row[Any]]:
    return {Side(row.side): row for row in rows}


def _broken(rows: Mapping[Side, Row[Any]]) -> Broken:
    nothing = Mean(None, 0, None)
    live, canary = (_mean(rows[side]) if side in rows else nothing for side in (Side.LIVE, Side.CANARY))
    certain = min(live.n, canary.n) >= FEWEST and _is_above(rows[Side.LIVE], rows[Side.CANARY])
    return Broken(live, canary, differences.of_means(live, canary), certain)


def _is_above(live: Row[Any], canary: Row[Any]) -> bool:
    error = sqrt(sum((row.spread or 0.0) ** 2 / row.n for row in (live, canary)))
    return bool(canary.mean - live.mean > STRICT * error)


def _breakdown(
    side: Side, whole: Sequence[Row[Any]], criteria: Sequence[Row[Any]], classes: Sequence[Row[Any]]
) -> Breakdown:
    mine = _by_side(whole).get(side)
    return Breakdown(
        evaluated=mine.seen if mine else 0,
        score=_mean(mine) if mine else Mean(None, 0, None),
        groups=(),
        criteria=tuple(CriterionMean(row.criterion, row.title, _mean(row)) for row in criteria if row.side == side),
        weeks=(),
        classes=tuple(
            ClassShare(row.error_class, None, Share(row.found, row.looked)) for row in classes if row.side == side
        ),
        cells=(),
    )


def _mean(row: Row[Any]) -> Mean:
    return Mean(row.mean, row.n, row.plus_minus)


def _share(said: Mapping[Side, Row[Any]], found: str, of: str) -> ShareCompared:
    sides = [
        Share(getattr(said[side], found), getattr(said[side], of)) if side in said else Share(0, 0)
        for side in (Side.LIVE, Side.CANARY)
    ]
    return ShareCompared(*sides)
