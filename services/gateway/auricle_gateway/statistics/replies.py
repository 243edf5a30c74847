"""Bodies and replies of the statistics routes."""

from datetime import datetime
from typing import Literal

from auricle_contracts import Contract, CriterionKind, Layer


class AgentCriterionView(Contract):
    """`mean` is of scores and counts, the share of yes for yes/no; null without answers. A person's verdict counts before the model's
    answer; `model_mean` is what the model alone said. `plus_minus` is half of the mean's 95 % interval, null below two answers.

    `agreed` is the share (0-1) of the `labelled` answers with which people agree: scores within ten points, all others exactly;
    where the model or the person could not tell, nothing is counted.
    """

    title: str
    layer: Layer
    kind: CriterionKind
    answered: int
    not_applicable: int
    undetermined: int
    mean: float | None
    model_mean: float | None
    plus_minus: float | None
    labelled: int
    agreed: float | None


class AgentView(Contract):
    """One agent's conversations; `findings` counts by severity.

    `score` is the mean of the conversations' mean judged scores (by the model or a person, never a percentage that a rule measures),
    over `judged` conversations that have one, with `plus_minus` as half of its 95 % interval.
    """

    agent: str
    name: str | None
    conversations: int
    evaluated: int
    duration_ms: int
    score: float | None
    judged: int
    plus_minus: float | None
    criteria: dict[str, AgentCriterionView]
    findings: dict[str, int]


class AgentList(Contract):
    """By name."""

    items: tuple[AgentView, ...]


Cell = str | int | float | None


class PanelView(Contract):
    """One panel's rows, at most 1,000. `unit` is Grafana's name of it."""

    name: str
    shape: Literal["stat", "series", "table"]
    unit: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


class DashboardView(Contract):
    """Panels in the order in which they are shown."""

    name: str
    since: datetime
    until: datetime
    panels: tuple[PanelView, ...]
