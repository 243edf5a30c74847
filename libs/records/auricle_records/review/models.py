"""An item of the review queue, as records hand it out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from auricle_contracts import MemberRole
from auricle_contracts.review import Disagreement, Outlier, ReviewReason, ReviewState, SkipReason
from sqlalchemy import Row

REVIEWERS = (MemberRole.ADMIN, MemberRole.QUALITY_MANAGER, MemberRole.REVIEWER)
"""Whose role has the scope `review`; a test keeps it equal to `auricle_identity.roles`, which records do not import."""


@dataclass(frozen=True, slots=True)
class ReviewItem:
    """A conversation that waits for a person, or waited. `reasons` by weight; `details` names the criteria, classes or agents of each.

    `outlier` says from what it lies how far, `disagreements` who said different things of what, where that is a reason.
    `risk` is 0-1. `closed_by` is None of a stale item, which nobody closed.
    """

    id: str
    conversation_id: str
    evaluation_id: str
    reasons: tuple[ReviewReason, ...]
    details: Mapping[str, tuple[str, ...]]
    outlier: Outlier | None
    disagreements: tuple[Disagreement, ...]
    risk: float
    state: ReviewState
    assignee: str | None
    assignee_name: str | None
    assigned_at: datetime | None
    skip_reason: SkipReason | None
    note: str | None
    closed_by: str | None
    closed_by_name: str | None
    closed_at: datetime | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Claim:
    """The item that a reviewer has now; not `is_new`: had already."""

    item: ReviewItem
    is_new: bool


def item_of(row: Row[Any]) -> ReviewItem:
    """From a row of the table."""
    names = ReviewItem.__dataclass_fields__
    given = {name: getattr(row, name) for name in names} | {
        "reasons": tuple(ReviewReason(one) for one in row.reasons),
        "details": {reason: tuple(subjects) for reason, subjects in row.details.items()},
        "outlier": Outlier.model_validate(row.outlier) if row.outlier else None,
        "disagreements": tuple(Disagreement.model_validate(one) for one in row.disagreements),
        "state": ReviewState(row.state),
        "skip_reason": SkipReason(row.skip_reason) if row.skip_reason else None,
    }
    return ReviewItem(**given)
