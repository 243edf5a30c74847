"""Statistics over many conversations, read only: agents, the page of one, and the panels of Quality and Economics."""

from auricle_records.analytics.agent_pages import AgentFacts, Period, Whose, agent_facts, is_known
from auricle_records.analytics.agents import AgentCriterion, AgentSummary, agents
from auricle_records.analytics.breakdown import Breakdown, By, breakdown
from auricle_records.analytics.differences import compared
from auricle_records.analytics.panels import (
    DASHBOARDS,
    ECONOMICS,
    QUALITY,
    Price,
    Rows,
    ask,
    price_rows,
)
from auricle_records.analytics.parity import Parity, parity
from auricle_records.analytics.word_use import Choice, word_uses

__all__ = [
    "DASHBOARDS",
    "ECONOMICS",
    "QUALITY",
    "AgentCriterion",
    "AgentFacts",
    "AgentSummary",
    "Breakdown",
    "By",
    "Choice",
    "Parity",
    "Period",
    "Price",
    "Rows",
    "Whose",
    "agent_facts",
    "agents",
    "ask",
    "breakdown",
    "compared",
    "is_known",
    "parity",
    "price_rows",
    "word_uses",
]
