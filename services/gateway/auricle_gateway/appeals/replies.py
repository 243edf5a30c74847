"""Replies of the appeals routes."""

from auricle_contracts import Contract
from auricle_contracts.appeals import Appeal


class AppealPage(Contract):
    """Newest first. `next_cursor` asks for the next page; null on the last."""

    items: tuple[Appeal, ...]
    next_cursor: str | None


class AppealStatisticsView(Contract):
    """Appeals against one criterion or error class, by how they ended; `median_hours` from opening to decision, null before any."""

    criterion: str | None
    error_class: str | None
    opened: int
    open: int
    accepted: int
    partly: int
    rejected: int
    withdrawn: int
    overdue: int
    median_hours: float | None


class AppealStatisticsList(Contract):
    """What was contested most comes first."""

    items: tuple[AppealStatisticsView, ...]
