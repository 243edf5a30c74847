"""Replies of the coaching routes."""

from auricle_contracts import Contract
from auricle_contracts.coaching import CoachingTask, GoodExample


class CoachingTaskPage(Contract):
    """Newest first. `next_cursor` asks for the next page; null on the last."""

    items: tuple[CoachingTask, ...]
    next_cursor: str | None


class GoodExamplePage(Contract):
    """Newest first. `next_cursor` asks for the next page; null on the last."""

    items: tuple[GoodExample, ...]
    next_cursor: str | None
