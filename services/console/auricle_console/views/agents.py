"""The table of agents: a row each, judged scores as columns, each mean with the number behind it."""

from collections.abc import Sequence
from dataclasses import dataclass

from auricle_contracts import CriterionKind, Layer

from auricle_console.formatting import number
from auricle_console.gateway import Agent, AgentCriterion
from auricle_console.views.values import grade_of
from auricle_console.wording import Wording

ENOUGH = 10
"""A mean of fewer answers is a number, not a verdict: it has no colour."""


@dataclass(frozen=True)
class Mean:
    """A mean over `count` answers or conversations, with half of its 95 % interval; `points` 0-100 draw its bar."""

    text: str
    grade: str
    points: int
    count: int
    plus_minus: str


@dataclass(frozen=True)
class AgentCell:
    """One criterion of an agent; `left_out` were not applicable or undetermined and lower nothing."""

    mean: Mean | None
    left_out: int
    labelled: int = 0
    agreed_percent: int | None = None


@dataclass(frozen=True)
class AgentRow:
    """An agent with the mean of the conversations' judged scores; `cells` follow the columns."""

    agent: Agent
    name: str
    score: Mean | None
    cells: tuple[AgentCell, ...]
    findings: int


@dataclass(frozen=True)
class AgentTable:
    """Columns as (criterion, title)."""

    columns: tuple[tuple[str, str], ...]
    rows: tuple[AgentRow, ...]


def agent_table(agents: Sequence[Agent], words: Wording) -> AgentTable:
    """Judged scores are columns, in the scorecard's order; shares of silence or speech are measured, and no judgement of anybody."""
    titles = {
        name: one.title
        for agent in agents
        for name, one in agent.criteria.items()
        if one.kind is CriterionKind.SCORE and one.layer is Layer.MODEL
    }
    columns = tuple((name, words.known(f"column.{name}", title)) for name, title in titles.items())
    return AgentTable(columns, tuple(_row(agent, tuple(titles), words) for agent in agents))


def _row(agent: Agent, order: Sequence[str], words: Wording) -> AgentRow:
    cells = tuple(_cell(agent.criteria.get(name), words) for name in order)
    score = None if agent.score is None else _mean(agent.score, agent.judged, agent.plus_minus, words)
    return AgentRow(agent, agent.name or agent.agent, score, cells, sum(agent.findings.values()))


def _cell(criterion: AgentCriterion | None, words: Wording) -> AgentCell:
    if criterion is None:
        return AgentCell(None, 0)
    left_out = criterion.not_applicable + criterion.undetermined
    if criterion.mean is None:
        return AgentCell(None, left_out)
    return AgentCell(
        mean=_mean(criterion.mean, criterion.answered, criterion.plus_minus, words),
        left_out=left_out,
        labelled=criterion.labelled,
        agreed_percent=None if criterion.agreed is None else round(100 * criterion.agreed),
    )


def _mean(value: float, count: int, plus_minus: float | None, words: Wording) -> Mean:
    return Mean(
        text=number(value, words.language, 0),
        grade=grade_of(value) if count >= ENOUGH else "",
        points=max(0, min(100, round(value))),
        count=count,
        plus_minus="" if plus_minus is None else number(plus_minus, words.language, 0),
    )
