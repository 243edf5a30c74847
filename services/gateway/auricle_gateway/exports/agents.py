"""The sheet of agents: one row each, a column for the mean of every score and yes/no of the scorecard. Pure."""

from collections.abc import Sequence

from auricle_contracts import CriterionKind
from auricle_records.analytics import AgentSummary

from auricle_gateway.exports.columns import Column, Kind
from auricle_gateway.exports.tables import Row

SEVERITIES = ("critical", "major", "minor")
MEASURED = (CriterionKind.SCORE, CriterionKind.YES_NO)
FIXED = (
    Column("agent", Kind.TEXT, {"ru": "Оператор", "en": "Agent"}, 18),
    Column("name", Kind.WORDS, {"ru": "Имя", "en": "Name"}, 20),
    Column("conversations", Kind.NUMBER, {"ru": "Разговоров", "en": "Conversations"}, 12),
    Column("evaluated", Kind.NUMBER, {"ru": "Оценено", "en": "Evaluated"}, 10),
    Column("minutes", Kind.NUMBER, {"ru": "Минут", "en": "Minutes"}, 10, unit="min", digits=1),
    Column("critical", Kind.NUMBER, {"ru": "Критичных ошибок", "en": "Critical findings"}, 11),
    Column("major", Kind.NUMBER, {"ru": "Серьёзных ошибок", "en": "Major findings"}, 11),
    Column("minor", Kind.NUMBER, {"ru": "Мелких ошибок", "en": "Minor findings"}, 11),
    Column("labelled", Kind.NUMBER, {"ru": "Ответов проверено людьми", "en": "Answers labelled by people"}, 13),
    Column("agreed", Kind.NUMBER, {"ru": "Люди согласны, %", "en": "People agree, %"}, 11, unit="%", digits=1),
)


def columns_of(agents: Sequence[AgentSummary]) -> tuple[Column, ...]:
    """The fixed columns, then one a measured criterion, in the order of first sight."""
    titles = {key: one.title for agent in agents for key, one in agent.criteria.items() if one.kind in MEASURED}
    return FIXED + tuple(
        Column(key, Kind.NUMBER, {"ru": title, "en": title}, 14, digits=2) for key, title in titles.items()
    )


def rows_of(agents: Sequence[AgentSummary], columns: Sequence[Column]) -> list[Row]:
    """Means are of answered criteria only; yes/no is a share of 1."""
    keys = [column.key for column in columns[len(FIXED) :]]
    return [
        (
            agent.agent,
            agent.name,
            agent.conversations,
            agent.evaluated,
            round(agent.duration_ms / 60_000, 1),
            *(agent.findings.get(severity, 0) for severity in SEVERITIES),
            sum(one.labelled for one in agent.criteria.values()),
            _agreed(agent),
            *(agent.criteria[key].mean if key in agent.criteria else None for key in keys),
        )
        for agent in agents
    ]


def _agreed(agent: AgentSummary) -> float | None:
    """Over all criteria, each label with the same weight; None without labels."""
    asked = [one for one in agent.criteria.values() if one.agreed is not None]
    labelled = sum(one.labelled for one in asked)
    return round(100 * sum((one.agreed or 0) * one.labelled for one in asked) / labelled, 1) if labelled else None
