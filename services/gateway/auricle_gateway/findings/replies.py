"""Replies of the findings routes."""

from auricle_contracts import Channel, Contract, FindingLabel, Severity
from auricle_criteria import Category, ClassState, ErrorClass, Title
from auricle_criteria.classes import CATEGORY_TITLES, Text


class FindingLabelList(Contract):
    """All verdicts on one finding, newest first; the first of them counts."""

    items: tuple[FindingLabel, ...]


class ErrorClassView(Contract):
    """A class that a finding may be of. `definition` says what is the mistake, `is_not` what only looks like it (Russian)."""

    id: str
    category: Category
    category_title: Title
    title: Title
    definition: Text
    is_not: tuple[str, ...]
    severity: Severity
    fatal: bool
    state: ClassState
    channels: tuple[Channel, ...]

    @classmethod
    def of(cls, one: ErrorClass) -> "ErrorClassView":
        """As a picker needs it."""
        return cls(
            id=one.id,
            category=one.category,
            category_title=CATEGORY_TITLES[one.category],
            title=one.title,
            definition=one.definition,
            is_not=one.is_not,
            severity=one.severity,
            fatal=one.fatal,
            state=one.state,
            channels=one.opportunity.channels,
        )


class ErrorClassList(Contract):
    """In the order of the checklist: category by category."""

    items: tuple[ErrorClassView, ...]
