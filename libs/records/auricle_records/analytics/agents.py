"""The table that a head of a contact centre asks for first: each agent's conversations, answers and findings."""

# ruff: noqa: S608 (the texts are put together here, from constants only)
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from auricle_contracts import ConversationState, CriterionKind, Layer, Role
from sqlalchemy import CTE, Row, column, func, or_, select, text, true
from sqlalchemy.dialects.postgresql import JSONB

from auricle_records.conversations.filters import Filters, has_part
from auricle_records.database import Database
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
_THEIRS = "a.evaluation_id = seen.evaluation_id AND coalesce(a.participant, seen.participant) = seen.participant"
_NUMBER = """(CASE WHEN a.{0}state = 'answered' THEN
    CASE jsonb_typeof(a.{0}value) WHEN 'number' THEN a.{0}value::float8 WHEN 'boolean' THEN a.{0}value::bool::int END END)"""
_VALUE, _MODEL_VALUE = _NUMBER.format(""), _NUMBER.format("model_")
_SCORES = f"""
    SELECT agent, avg(score) AS score, count(score) AS judged, auricle_half_width(stddev_samp(score), count(score)) AS plus_minus
    FROM (
        SELECT agent, seen.id, avg({_VALUE}) AS score FROM seen JOIN effective_answers a ON {_THEIRS}
        WHERE a.layer = 'model' AND a.kind = 'score' GROUP BY agent, seen.id
    ) AS conversation GROUP BY agent
"""
_CRITERIA = f"""
    SELECT agent, a.criterion, max(a.title) AS title, max(a.layer) AS layer, max(a.kind) AS kind,
           count(*) FILTER (WHERE a.state = 'answered') AS answered,
           count(*) FILTER (WHERE a.state = 'not_applicable') AS not_applicable,
           count(*) FILTER (WHERE a.state = 'undetermined') AS undetermined,
           avg({_VALUE}) AS mean, avg({_MODEL_VALUE}) AS model_mean,
           auricle_half_width(stddev_samp({_VALUE}), count({_VALUE})) AS plus_minus
    FROM seen JOIN effective_answers a ON {_THEIRS}
    GROUP BY agent, a.criterion ORDER BY agent, min(a.position)
"""
# A label judges the answer that it was given for: of an older evaluation it says nothing about how often the current one is right.
# Where the model or the person could not tell, nobody was contradicted.
_AGREEMENT = f"""
    SELECT agent, l.criterion, count(*) AS labelled, avg((
        l.state = l.old_state AND (l.state <> 'answered' OR CASE l.kind
            WHEN 'score' THEN abs(l.value::float8 - l.old_value::float8) <= {AGREED_POINTS} ELSE l.value = l.old_value END)
    )::int)::float8 AS agreed
    FROM seen JOIN answers a ON {_THEIRS} JOIN labels l ON l.evaluation_id = a.evaluation_id AND l.criterion = a.criterion
    WHERE 'undetermined' NOT IN (l.state, l.old_state) AND NOT EXISTS (
        SELECT FROM labels newer WHERE (newer.evaluation_id, newer.criterion, newer.author_kind, newer.author)
            = (l.evaluation_id, l.criterion, l.author_kind, l.author) AND (newer.updated_at, newer.id) > (l.updated_at, l.id))
    GROUP BY agent, l.criterion
"""
_FINDINGS = """
    SELECT agent, f.severity, count(*) AS seen_times
    FROM seen JOIN effective_findings f ON f.evaluation_id = seen.evaluation_id AND f.counts AND NOT f.experimental
        AND coalesce(f.participant, seen.participant) = seen.participant
    GROUP BY agent, f.severity
"""


@dataclass(frozen=True, slots=True)
class AgentCriterion:
    """One criterion over an agent's conversations, by the answers that count: a person's verdict before the model's.

    `mean` is of scores and counts, of yes/no the share of yes; None without answers; `model_mean` is what the model alone said.
    `plus_minus` is half of the mean's two-sided 95 % interval by Student's t, None below two answers. `agreed` is the share (0-1) of
    its `labelled` answers with which people agree, where neither said that it cannot be told; None without such labels.
    """

    title: str
    layer: Layer
    kind: CriterionKind
    answered: int
    not_applicable: int
    undetermined: int
    mean: float | None
    model_mean: float | None = None
    plus_minus: float | None = None
    labelled: int = 0
    agreed: float | None = None


@dataclass(frozen=True, slots=True)
class AgentSummary:
    """`agent` is the participant's reference, or name or id; `findings` counts those of live classes that are not rejected, by severity;
    `evaluated` have a current evaluation.

    `score` is the mean of the conversations' mean judged scores (layer `model`, kind `score`), over `judged` conversations that have
    one, with `plus_minus` as in AgentCriterion.
    """

    agent: str
    name: str | None
    conversations: int
    evaluated: int
    duration_ms: int
    criteria: Mapping[str, AgentCriterion]
    findings: Mapping[str, int]
    score: float | None = None
    judged: int = 0
    plus_minus: float | None = None


async def agents(db: Database, workspace: str, filters: Filters | None = None) -> list[AgentSummary]:
    """By agent, over the conversations that the filters leave; with a filter `agent` the agents that it names.

    Answers and findings that name another participant do not count for the agent.
    """
    seen = _seen(filters or Filters())
    async with db.transaction(workspace) as connection:
        totals, scores, criteria, agreement, findings = [
            (await connection.execute(text(part).columns().add_cte(seen))).all()
            for part in (_TOTALS, _SCORES, _CRITERIA, _AGREEMENT, _FINDINGS)
        ]
    score_of = {row.agent: row for row in scores}
    agreed = {(row.agent, row.criterion): row for row in agreement}
    criteria_of: dict[str, dict[str, AgentCriterion]] = defaultdict(dict)
    for row in criteria:
        criteria_of[row.agent][row.criterion] = _criterion(row, agreed.get((row.agent, row.criterion)))
    findings_of: dict[str, dict[str, int]] = defaultdict(dict)
    for row in findings:
        findings_of[row.agent][row.severity] = row.seen_times
    return [_summary(row, score_of.get(row.agent), criteria_of[row.agent], findings_of[row.agent]) for row in totals]


def _summary(
    row: Row[Any], score: Row[Any] | None, criteria: Mapping[str, AgentCriterion], findings: Mapping[str, int]
) -> AgentSummary:
    return AgentSummary(
        agent=row.agent,
        name=row.name,
        conversations=row.conversations,
        evaluated=row.evaluated,
        duration_ms=row.duration_ms,
        criteria=criteria,
        findings=findings,
        score=score.score if score else None,
        judged=score.judged if score else 0,
        plus_minus=score.plus_minus if score else None,
    )


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
        name = _PEOPLE.c.person["name"].astext
        statement = statement.where(or_(has_part(_AGENT, filters.agent), has_part(name, filters.agent)))
    return statement.cte("seen")


def _criterion(row: Row[Any], agreement: Row[Any] | None) -> AgentCriterion:
    return AgentCriterion(
        title=row.title,
        layer=Layer(row.layer),
        kind=CriterionKind(row.kind),
        answered=row.answered,
        not_applicable=row.not_applicable,
        undetermined=row.undetermined,
        mean=row.mean,
        model_mean=row.model_mean,
        plus_minus=row.plus_minus,
        labelled=agreement.labelled if agreement else 0,
        agreed=agreement.agreed if agreement else None,
    )
