"""The table of agents: a row each, scores as columns, the judged ones first."""

from collections.abc import Sequence
from dataclasses import dataclass

from auricle_contracts import CriterionKind

from auricle_console.formatting import NOTHING, number
from auricle_console.gateway import Agent, AgentCriterion
from auricle_console.views.values import grade_of
from auricle_console.wording import Wording

JUDGED = ("politeness", "objection_handling", "sale_chance")


@dataclass(frozen=True)
class AgentCell:
    """A mean with the number of answers behind it; `left_out` were not applicable or undetermined and lower nothing."""

    text: str
    grade: str
    points: int | None
    answered: int
    left_out: int
    labelled: int = 0
    agreed_percent: int | None = None


@dataclass(frozen=True)
class AgentRow:
    """An agent; `cells` follow the columns."""

    agent: Agent
    name: str
    cells: tuple[AgentCell, ...]
    findings: int


@dataclass(frozen=True)
class AgentTable:
    """Columns as (criterion, title)."""

    columns: tuple[tuple[str, str], ...]
    rows: tuple[AgentRow, ...]


def agent_table(agents: Sequence[Agent], words: Wording) -> AgentTable:
    """Scores are columns: judged ones first, in the order of the analysts' sheet."""
    titles = {
        name: one.title for agent in agents for name, one in agent.criteria.items() if one.kind is CriterionKind.SCORE
    }
    order = [name for name in JUDGED if name in titles] + sorted(set(titles) - set(JUDGED))
    columns = tuple((name, words.known(f"column.{name}", titles[name])) for name in order)
    return AgentTable(columns, tuple(_row(agent, order, words) for agent in agents))


def _row(agent: Agent, order: Sequence[str], words: Wording) -> AgentRow:
    cells = tuple(_cell(name, agent.criteria.get(name), words) for name in order)
    return AgentRow(agent, agent.name or agent.agent, cells, sum(agent.findings.values()))


def _cell(name: str, criterion: AgentCriterion | None, words: Wording) -> AgentCell:
    if criterion is None or criterion.mean is None:
        return AgentCell(NOTHING, "", None, 0, criterion.not_applicable + criterion.undetermined if criterion else 0)
    points = round(criterion.mean)
    return AgentCell(
        text=number(criterion.mean, words.language, 0),
        grade=grade_of(criterion.mean) if name in JUDGED else "",
        points=max(0, min(100, points)),
        answered=criterion.answered,
        left_out=criterion.not_applicable + criterion.undetermined,
        labelled=criterion.labelled,
        agreed_percent=None if criterion.agreed is None else round(100 * criterion.agreed),
    )
