"""Statistics over many conversations, read only: agents, and the panels of Quality and Economics."""

from auricle_records.analytics.agents import AgentCriterion, AgentSummary, agents
from auricle_records.analytics.panels import (
    DASHBOARDS,
    ECONOMICS,
    QUALITY,
    Price,
    Rows,
    ask,
    price_rows,
)

__all__ = [
    "DASHBOARDS",
    "ECONOMICS",
    "QUALITY",
    "AgentCriterion",
    "AgentSummary",
    "Price",
    "Rows",
    "agents",
    "ask",
    "price_rows",
]
