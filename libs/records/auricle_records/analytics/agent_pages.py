"""One agent's weeks, quotes and findings, and the weeks of the colleagues to see them against. Read only.

What is asked about the agent stands under the caller's own row security. Colleagues' means alone are read past its second predicate
(`database.unlimited`): sums over at least COLLEAGUES agents, which name nobody.
"""

# ruff: noqa: S608 (the texts are put together here, from constants only)
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from auricle_contracts.agent_pages import Acknowledgement, AgentFinding, AgentQuote, Mean, Trend, WeekMean
from sqlalchemy import Row, text

from auricle_records import database
from auricle_records.database import Database

COLLEAGUES = 3
"""Fewer agents than that are not shown together: one of them could be told from the others' sum."""
QUOTES, FINDINGS = 5, 50
GOOD, POOR = 70, 50
"""A quote is among the best from the one on, among the worst below the other."""

_KNOWN_AS = "coalesce(nullif(p.person->>'reference', ''), nullif(p.person->>'name', ''), p.person->>'id')"
_SEEN = f"""
WITH seen AS (
    SELECT c.id AS conversation_id, c.happened_at, e.id AS evaluation_id, p.person->>'id' AS participant, {_KNOWN_AS} AS agent,
           date_trunc('week', c.happened_at AT TIME ZONE 'UTC')::date AS week
    FROM conversations c CROSS JOIN LATERAL jsonb_array_elements(c.participants) AS p(person)
    JOIN evaluations e ON e.conversation_id = c.id AND e.current
    WHERE c.state = 'stored' AND p.person->>'role' = 'agent' AND c.happened_at >= :since AND c.happened_at < :until AND {{whose}}
)"""
_OWN = _SEEN.format(whose=f"c.agents && CAST(:agents AS text[]) AND {_KNOWN_AS} = ANY(CAST(:agents AS text[]))")
_OTHERS = _SEEN.format(
    whose=f"{_KNOWN_AS} <> ALL(CAST(:agents AS text[])) AND (CAST(:team AS text[]) IS NULL OR {_KNOWN_AS} = ANY(CAST(:team AS text[])))"
)
_THEIRS = "a.evaluation_id = s.evaluation_id AND coalesce(a.participant, s.participant) = s.participant"
_JUDGED = "a.layer = 'model' AND a.kind = 'score' AND a.state = 'answered' AND jsonb_typeof(a.value) = 'number'"
_NUMBER = "(CASE WHEN jsonb_typeof(a.value) = 'number' THEN a.value::float8 END)"
_MEANS = f"""
, judged AS (
    SELECT s.week, s.agent, s.conversation_id, a.criterion, a.title, a.position, {_NUMBER} AS value
    FROM seen s JOIN effective_answers a ON {_THEIRS} WHERE {_JUDGED}
), valued AS (
    SELECT week, agent, criterion, title, position, value FROM judged
    UNION ALL
    SELECT week, agent, NULL, '', -1, avg(value) FROM judged GROUP BY week, agent, conversation_id
)
SELECT criterion, max(title) AS title, min(position) AS position, week, avg(value) AS mean, count(*) AS n,
       auricle_half_width(stddev_samp(value), count(*)) AS plus_minus
FROM valued GROUP BY GROUPING SETS ((criterion, week), (criterion)) HAVING count(DISTINCT agent) >= :least
ORDER BY position, criterion, week
"""
_QUOTES = """
SELECT s.conversation_id, s.happened_at, a.criterion, a.title, {number} AS value, q.quotes->0 AS quote
FROM seen s JOIN effective_answers a ON {theirs} AND {judged}
JOIN answers q ON q.evaluation_id = a.evaluation_id AND q.position = a.position AND jsonb_array_length(q.quotes) > 0
WHERE {within} ORDER BY value {order}, a.confidence DESC NULLS LAST, s.happened_at DESC, s.conversation_id LIMIT {most}
"""
_FINDINGS = f"""
SELECT s.conversation_id, s.happened_at, f.id AS finding_id, f.error_class, f.severity, f.fatal, f.comment, f.quotes, f.citation,
       f.grade, f.note, f.judged_by, k.person_name, k.created_at
FROM seen s JOIN effective_findings f ON f.evaluation_id = s.evaluation_id AND f.counts AND NOT f.experimental
    AND coalesce(f.participant, s.participant) = s.participant
LEFT JOIN acknowledgements k ON k.conversation_id = f.conversation_id AND k.revision = f.revision AND k.error_class = f.error_class
    AND k.participant = s.participant
ORDER BY s.happened_at DESC, s.conversation_id, f.position LIMIT {FINDINGS}
"""


@dataclass(frozen=True, slots=True)
class Period:
    """From `since` up to `until`, which is excluded."""

    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Whose:
    """The references of the agent, and those of the team; None: everybody of the workspace is a colleague."""

    agents: tuple[str, ...]
    team: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class AgentFacts:
    """What is known of one agent in a period; words as they are stored, personal data and all."""

    conversations: int
    trends: tuple[Trend, ...]
    best: tuple[AgentQuote, ...]
    worst: tuple[AgentQuote, ...]
    findings: tuple[AgentFinding, ...]


@dataclass(slots=True)
class _Series:
    title: str = ""
    weeks: list[WeekMean] = field(default_factory=list)
    whole: Mean | None = None


async def agent_facts(db: Database, workspace: str, whose: Whose, period: Period) -> AgentFacts:
    """Of conversations that the transaction may see; colleagues' means of all."""
    asked = {"agents": list(whose.agents), "since": period.since, "until": period.until}
    async with db.transaction(workspace) as connection:
        count = await connection.scalar(text(f"{_OWN} SELECT count(DISTINCT conversation_id) FROM seen"), asked)
        own = (await connection.execute(text(_OWN + _MEANS), asked | {"least": 1})).all()
        best, worst = [
            (await connection.execute(text(_OWN + _quoted(within, order)), asked)).all()
            for within, order in ((f">= {GOOD}", "DESC"), (f"< {POOR}", "ASC"))
        ]
        findings = (await connection.execute(text(_OWN + _FINDINGS), asked)).all()
    team = None if whose.team is None else list(whose.team)
    with database.unlimited():
        async with db.transaction(workspace) as connection:
            given = asked | {"team": team, "least": COLLEAGUES}
            others = (await connection.execute(text(_OTHERS + _MEANS), given)).all()
    return AgentFacts(
        count or 0, _trends(own, others), _quotes(best), _quotes(worst), tuple(_finding(row) for row in findings)
    )


def _quoted(within: str, order: str) -> str:
    return _QUOTES.format(
        number=_NUMBER, theirs=_THEIRS, judged=_JUDGED, within=f"{_NUMBER} {within}", order=order, most=QUOTES
    )


async def is_known(db: Database, workspace: str, agent: str) -> bool:
    """Whether the workspace has a conversation of this agent that the transaction may see."""
    async with db.transaction(workspace) as connection:
        found = "SELECT EXISTS (SELECT FROM conversations WHERE agents && CAST(:agents AS text[]))"
        return bool(await connection.scalar(text(found), {"agents": [agent]}))


def _trends(own: Iterable[Row[Any]], others: Iterable[Row[Any]]) -> tuple[Trend, ...]:
    """In the scorecard's order, the whole first. A criterion that the agent has no value of is left out."""
    mine, theirs = _series(own), _series(others)
    return tuple(_trend(criterion, one, theirs.get(criterion, _Series())) for criterion, one in mine.items())


def _trend(criterion: str | None, own: _Series, others: _Series) -> Trend:
    return Trend(
        criterion=criterion,
        title=own.title,
        own=tuple(own.weeks),
        colleagues=tuple(others.weeks),
        own_whole=own.whole,
        colleagues_whole=others.whole,
    )


def _series(rows: Iterable[Row[Any]]) -> Mapping[str | None, _Series]:
    found: dict[str | None, _Series] = defaultdict(_Series)
    for row in sorted(rows, key=lambda one: (one.position, one.criterion or "", one.week is None, str(one.week))):
        series = found[row.criterion]
        series.title = series.title or row.title
        if row.week is None:
            series.whole = Mean(mean=row.mean, n=row.n, plus_minus=row.plus_minus)
        else:
            series.weeks.append(WeekMean(week=row.week, mean=row.mean, n=row.n, plus_minus=row.plus_minus))
    return found


def _quotes(rows: Sequence[Row[Any]]) -> tuple[AgentQuote, ...]:
    return tuple(
        AgentQuote.model_validate({name: getattr(row, name) for name in AgentQuote.model_fields}) for row in rows
    )


def _finding(row: Row[Any]) -> AgentFinding:
    told = {name: getattr(row, name) for name in AgentFinding.model_fields if name != "acknowledgement"}
    read = None
    if row.created_at is not None:
        read = Acknowledgement(finding_id=row.finding_id, by=row.person_name, at=row.created_at)
    return AgentFinding.model_validate(told | {"acknowledgement": read})
