"""Scores and error classes of many conversations, by team, agent, line, channel or week, each with its n and interval. Read only.

A conversation's score is the mean of its judged scores as they count (see `panels`). Of a class, `looked` are conversations in which it was
decided: it was found, or a step looked and did not find it. What could not be told, or could not happen, is in neither; nor is a class
under a recipe that has it experimental.
"""

# ruff: noqa: S608 (the texts are put together here, from constants only)
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from auricle_contracts import ConversationState
from auricle_kit.shares import wilson
from sqlalchemy import CTE, ColumnElement, Date, Row, cast, func, select, text

from auricle_records.conversations.filters import Filters
from auricle_records.database import Database
from auricle_records.tables import conversations, evaluations

MOST_GROUPS = 200


class By(StrEnum):
    """What groups conversations. One of several agents, or of several teams, counts in each."""

    TEAM = "team"
    AGENT = "agent"
    LINE = "line"
    CHANNEL = "channel"
    WEEK = "week"


@dataclass(frozen=True, slots=True)
class Mean:
    """`plus_minus` is half of the mean's 95 % interval by Student's t, None below two."""

    mean: float | None
    n: int
    plus_minus: float | None


@dataclass(frozen=True, slots=True)
class Share:
    """`found` of `looked`, with Wilson's 95 % interval; `share` is None where nobody looked."""

    found: int
    looked: int

    @property
    def share(self) -> float | None:
        """Between 0 and 1."""
        return self.found / self.looked if self.looked else None

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's; everything where nobody looked."""
        return wilson(self.found, self.looked)


@dataclass(frozen=True, slots=True)
class Group:
    """`name` is the group's: "" without a line or a team; the Monday of a week. `evaluated` conversations are in it."""

    name: str
    evaluated: int
    score: Mean


@dataclass(frozen=True, slots=True)
class CriterionMean:
    """One judged score; in one week where `week`, a Monday in UTC, names it."""

    criterion: str
    title: str
    mean: Mean
    week: date | None = None


@dataclass(frozen=True, slots=True)
class ClassShare:
    """How often an error class is found: in all, or in one group."""

    error_class: str
    group: str | None
    share: Share


@dataclass(frozen=True, slots=True)
class Breakdown:
    """`groups` by size; `criteria` in the scorecard's order, `weeks` the same by week; `classes` the most frequent first.

    `cells` are the classes by group.
    """

    evaluated: int
    score: Mean
    groups: tuple[Group, ...]
    criteria: tuple[CriterionMean, ...]
    weeks: tuple[CriterionMean, ...]
    classes: tuple[ClassShare, ...]
    cells: tuple[ClassShare, ...]


VALUE = "(CASE WHEN a.state = 'answered' AND jsonb_typeof(a.value) = 'number' THEN (a.value #>> '{}')::float8 END)"
MEAN = "avg({0}) AS mean, count({0}) AS n, auricle_half_width(stddev_samp({0}), count({0})) AS plus_minus"
JUDGED = (
    "seen JOIN effective_answers a ON a.evaluation_id = seen.evaluation_id AND a.layer = 'model' AND a.kind = 'score'"
)
SCORED = f"(SELECT seen.id, avg({VALUE}) AS score FROM {JUDGED} GROUP BY seen.id) AS scored"
_GROUPED = {
    By.LINE: "SELECT id, coalesce(line, '') AS name FROM seen",
    By.CHANNEL: "SELECT id, channel AS name FROM seen",
    By.WEEK: "SELECT id, week::text AS name FROM seen",
    By.AGENT: "SELECT id, unnest(agents) AS name FROM seen",
    By.TEAM: """
        SELECT DISTINCT seen.id, coalesce(teams.name, '') AS name FROM seen CROSS JOIN unnest(seen.agents) AS agent
        LEFT JOIN agent_references r ON r.reference = agent LEFT JOIN people ON people.id = r.person_id
        LEFT JOIN teams ON teams.id = people.team_id
    """,
}
_WHOLE = f"SELECT count(*) AS evaluated, {MEAN.format('score')} FROM seen LEFT JOIN {SCORED} USING (id)"
_GROUPS = f"""
    SELECT name, count(*) AS evaluated, {MEAN.format("score")} FROM ({{0}}) AS grouped LEFT JOIN {SCORED} USING (id)
    GROUP BY name ORDER BY count(*) DESC, name LIMIT {MOST_GROUPS}
"""
_CRITERIA = f"""
    SELECT a.criterion, max(a.title) AS title, {MEAN.format(VALUE)} FROM {JUDGED}
    GROUP BY a.criterion HAVING count({VALUE}) > 0 ORDER BY min(a.position), a.criterion
"""
_WEEKS = f"""
    SELECT a.criterion, max(a.title) AS title, seen.week, {MEAN.format(VALUE)} FROM {JUDGED}
    GROUP BY a.criterion, seen.week HAVING count({VALUE}) > 0 ORDER BY min(a.position), a.criterion, seen.week
"""
ON_TRIAL = """EXISTS (
    SELECT FROM seen AS others JOIN evaluations judged ON judged.id = others.evaluation_id
    JOIN findings ON findings.evaluation_id = judged.id
    WHERE findings.experimental AND findings.error_class = o ->> 'error_class' AND judged.recipe = e.recipe
)"""
"""Whether the class of the outcome `o` of the evaluation `e` is experimental under its recipe, as far as it was found at all: its findings
count towards nothing, so its outcomes are no look either."""
OUTCOMES = f"""(
    SELECT id, error_class, bool_or(is_found) AS is_found FROM (
        SELECT seen.id, f.error_class, f.counts AS is_found FROM seen JOIN effective_findings f ON f.evaluation_id = seen.evaluation_id
        WHERE NOT f.experimental
        UNION ALL
        SELECT seen.id, o ->> 'error_class', false FROM seen JOIN evaluations e ON e.id = seen.evaluation_id
            CROSS JOIN jsonb_array_elements(e.outcomes) AS o
        WHERE o ->> 'state' IN ('found', 'not_found') AND NOT {ON_TRIAL}
    ) AS told GROUP BY id, error_class
) AS outcomes"""
FOUND = "count(*) FILTER (WHERE is_found) AS found, count(*) AS looked"
_CLASSES = f"""
    SELECT error_class, NULL AS name, {FOUND} FROM {OUTCOMES} GROUP BY error_class
    ORDER BY (count(*) FILTER (WHERE is_found))::float8 / count(*) DESC, error_class
"""
_CELLS = f"""
    SELECT error_class, name, {FOUND} FROM {OUTCOMES} JOIN ({{0}}) AS grouped USING (id)
    GROUP BY error_class, name ORDER BY error_class, name
"""


async def breakdown(db: Database, workspace: str, filters: Filters, by: By) -> Breakdown:
    """Of the conversations that the filters leave and that have a current evaluation. Six statements."""
    over = seen(filters)
    queries = [one.replace("{0}", _GROUPED[by]) for one in (_WHOLE, _GROUPS, _CRITERIA, _WEEKS, _CLASSES, _CELLS)]
    async with db.transaction(workspace) as connection:
        (whole,), groups, criteria, weeks, classes, cells = [
            (await connection.execute(text(query).columns().add_cte(over))).all() for query in queries
        ]
    return Breakdown(
        evaluated=whole.evaluated,
        score=_mean(whole),
        groups=tuple(Group(row.name, row.evaluated, _mean(row)) for row in groups),
        criteria=tuple(CriterionMean(row.criterion, row.title, _mean(row)) for row in criteria),
        weeks=tuple(CriterionMean(row.criterion, row.title, _mean(row), row.week) for row in weeks),
        classes=tuple(_class_share(row) for row in classes),
        cells=tuple(_class_share(row) for row in cells),
    )


def seen(filters: Filters, *conditions: ColumnElement[bool]) -> CTE:
    """Evaluated conversations that filters and conditions leave, as `seen`: id, evaluation_id, line, channel, agents, week."""
    columns = conversations.c
    week = cast(func.date_trunc("week", func.timezone("UTC", columns.happened_at)), Date).label("week")
    return (
        select(columns.id, evaluations.c.id.label("evaluation_id"), columns.line, columns.channel, columns.agents, week)
        .join(evaluations, (evaluations.c.conversation_id == columns.id) & evaluations.c.current)
        .where(columns.state == ConversationState.STORED, *filters.conditions(), *conditions)
        .cte("seen")
    )


def _mean(row: Row[Any]) -> Mean:
    return Mean(row.mean, row.n, row.plus_minus)


def _class_share(row: Row[Any]) -> ClassShare:
    return ClassShare(row.error_class, row.name, Share(row.found, row.looked))
