"""The table that a head of a contact centre asks for first: each agent's conversations, answers and findings."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from auricle_contracts import ConversationState, CriterionKind, Role
from sqlalchemy import CTE, Row, column, func, literal, select, text, true
from sqlalchemy.dialects.postgresql import JSONB

from auricle_records.conversations.filters import Filters
from auricle_records.database import Database
from auricle_records.storable import Words
from auricle_records.tables import conversations, evaluations

AGREED_POINTS = 10
"""Two scores that lie no further apart than this agree."""

# One row per conversation and agent in it: everything below starts from it. The name rules are those of `columns.known_as`.
_PERSON = column("person", JSONB)
_PEOPLE = func.jsonb_array_elements(conversations.c.participants).table_valued(_PERSON, name="p").render_derived()
_AGENT = func.coalesce(
    func.nullif(_PEOPLE.c.person["reference"].astext, ""),
    func.nullif(_PEOPLE.c.person["name"].astext, ""),
    _PEOPLE.c.person["id"].astext,
)
_TOTALS = """
    SELECT agent, max(name) AS name, count(DISTINCT seen.id) AS conversations, count(DISTINCT evaluation_id) AS evaluated,
           coalesce(sum(heard.duration_ms), 0)::bigint AS duration_ms
    FROM seen LEFT JOIN LATERAL (
        SELECT t.duration_ms FROM transcripts t WHERE t.conversation_id = seen.id ORDER BY t.run_id DESC LIMIT 1
    ) heard ON true
    GROUP BY agent ORDER BY agent
"""
_CRITERIA = """
    SELECT agent, a.criterion, max(a.title) AS title, max(a.kind) AS kind,
           count(*) FILTER (WHERE a.state = 'answered') AS answered,
           count(*) FILTER (WHERE a.state = 'not_applicable') AS not_applicable,
           count(*) FILTER (WHERE a.state = 'undetermined') AS undetermined,
           avg(CASE jsonb_typeof(a.value) WHEN 'number' THEN a.value::float8 WHEN 'boolean' THEN a.value::bool::int END)
               FILTER (WHERE a.state = 'answered') AS mean
    FROM seen JOIN answers a ON a.evaluation_id = seen.evaluation_id AND coalesce(a.participant, seen.participant) = seen.participant
    GROUP BY agent, a.criterion ORDER BY agent, min(a.position)
"""
# A label judges the answer that it was given for: one of an older evaluation says nothing about the current one.
_AGREEMENT = f"""
    SELECT agent, l.criterion, count(*) AS labelled, avg((
        l.state = l.old_state AND (l.state <> 'answered' OR CASE l.kind
            WHEN 'score' THEN abs(l.value::float8 - l.old_value::float8) <= {AGREED_POINTS} ELSE l.value = l.old_value END)
    )::int)::float8 AS agreed
    FROM seen JOIN labels l ON l.evaluation_id = seen.evaluation_id
    JOIN answers a ON a.evaluation_id = l.evaluation_id AND a.criterion = l.criterion
         AND coalesce(a.participant, seen.participant) = seen.participant
    GROUP BY agent, l.criterion
"""  # noqa: S608 - a number of ours
_FINDINGS = """
    SELECT agent, f.severity, count(*) AS seen_times
    FROM seen JOIN findings f ON f.evaluation_id = seen.evaluation_id AND coalesce(f.participant, seen.participant) = seen.participant
    GROUP BY agent, f.severity
"""


@dataclass(frozen=True, slots=True)
class AgentCriterion:
    """One criterion over an agent's conversations. `mean` is of scores and counts, of yes/no the share of yes; None without answers.

    `agreed` is the share (0-1) of its `labelled` answers with which people agree; None without labels.
    """

    title: str
    kind: CriterionKind
    answered: int
    not_applicable: int
    undetermined: int
    mean: float | None
    labelled: int = 0
    agreed: float | None = None


@dataclass(frozen=True, slots=True)
class AgentSummary:
    """`agent` is the participant's reference, or name or id; `findings` counts by severity; `evaluated` have a current evaluation."""

    agent: str
    name: str | None
    conversations: int
    evaluated: int
    duration_ms: int
    criteria: Mapping[str, AgentCriterion]
    findings: Mapping[str, int]


async def agents(db: Database, workspace: str, filters: Filters | None = None) -> list[AgentSummary]:
    """By agent, over the conversations that the filters leave; with a filter `agent` that agent alone.

    Answers and findings that name another participant do not count for the agent.
    """
    seen = _seen(filters or Filters())
    async with db.transaction(workspace) as connection:
        totals, criteria, agreement, findings = [
            (await connection.execute(text(part).columns().add_cte(seen))).all()
            for part in (_TOTALS, _CRITERIA, _AGREEMENT, _FINDINGS)
        ]
    agreed = {(row.agent, row.criterion): row for row in agreement}
    return [
        AgentSummary(
            agent=row.agent,
            name=row.name,
            conversations=row.conversations,
            evaluated=row.evaluated,
            duration_ms=row.duration_ms,
            criteria={
                part.criterion: _criterion(part, agreed.get((part.agent, part.criterion)))
                for part in criteria
                if part.agent == row.agent
            },
            findings={part.severity: part.seen_times for part in findings if part.agent == row.agent},
        )
        for row in totals
    ]


def _seen(filters: Filters) -> CTE:
    """Agents in conversations: id, participant, name, agent, evaluation_id."""
    statement = (
        select(
            conversations.c.id,
            _PEOPLE.c.person["id"].astext.label("participant"),
            _PEOPLE.c.person["name"].astext.label("name"),
            _AGENT.label("agent"),
            evaluations.c.id.label("evaluation_id"),
        )
        .select_from(conversations.join(_PEOPLE, true()))
        .outerjoin(evaluations, (evaluations.c.conversation_id == conversations.c.id) & evaluations.c.current)
        .where(_PEOPLE.c.person["role"].astext == Role.AGENT, conversations.c.state == ConversationState.STORED)
        .where(*filters.conditions())
    )
    if filters.agent is not None:
        statement = statement.where(literal(filters.agent, Words) == _AGENT)
    return statement.cte("seen")


def _criterion(row: Row[Any], agreement: Row[Any] | None) -> AgentCriterion:
    return AgentCriterion(
        title=row.title,
        kind=CriterionKind(row.kind),
        answered=row.answered,
        not_applicable=row.not_applicable,
        undetermined=row.undetermined,
        mean=row.mean,
        labelled=agreement.labelled if agreement else 0,
        agreed=agreement.agreed if agreement else None,
    )
