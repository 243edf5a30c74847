"""An agent's own page: means by week beside the colleagues', quotes, findings that count and what was acknowledged."""

from datetime import date, datetime

from auricle_contracts.contract import Contract
from auricle_contracts.evaluations import Grade, Quote
from auricle_contracts.knowledge import Citation
from auricle_contracts.vocabulary import Severity


class Mean(Contract):
    """Of `n` values; `plus_minus` is half of the two-sided 95 % interval by Student's t, null below two values."""

    mean: float
    n: int
    plus_minus: float | None


class WeekMean(Mean):
    """Of the conversations of one week, which begins on Monday, UTC."""

    week: date


class Trend(Contract):
    """A judged criterion, or `criterion` null: the mean of each conversation's judged scores. All by the answers that count.

    `colleagues` are the other agents of the team, of the workspace where there is no team; a week in which fewer than three of them
    have a value is left out, and so is their whole.
    """

    criterion: str | None
    title: str
    own: tuple[WeekMean, ...]
    colleagues: tuple[WeekMean, ...]
    own_whole: Mean | None
    colleagues_whole: Mean | None


class AgentQuote(Contract):
    """The first quote of an answer that counts, without personal data, and the answer's value."""

    conversation_id: str
    happened_at: datetime
    criterion: str
    title: str
    value: float
    quote: Quote


class Acknowledgement(Contract):
    """That an agent read a finding about oneself; it says nothing of agreeing with it."""

    finding_id: str
    by: str
    at: datetime


class AgentFinding(Contract):
    """A finding that counts, without personal data. `acknowledgement` is the agent's, null before."""

    conversation_id: str
    happened_at: datetime
    finding_id: str
    error_class: str
    severity: Severity
    fatal: bool
    comment: str
    quotes: tuple[Quote, ...]
    citation: Citation | None
    grade: Grade | None
    note: str | None
    judged_by: str | None
    acknowledgement: Acknowledgement | None


class AgentPage(Contract):
    """One agent from `since` up to `until`. `best` and `worst` hold five quotes at most each, `findings` the newest fifty.

    `person_id` is who signs in as this agent, null where nobody does; `class_titles` are by error class and language.
    """

    agent: str
    person_id: str | None
    name: str | None
    team: str | None
    references: tuple[str, ...]
    since: datetime
    until: datetime
    conversations: int
    trends: tuple[Trend, ...]
    best: tuple[AgentQuote, ...]
    worst: tuple[AgentQuote, ...]
    findings: tuple[AgentFinding, ...]
    class_titles: dict[str, dict[str, str]]
