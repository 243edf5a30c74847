"""Bodies and replies of the review routes."""

from datetime import datetime
from typing import Annotated, Literal

from auricle_contracts import Contract, ListedConversation
from auricle_contracts.conversations import Reference
from auricle_contracts.golden import GoldenKind
from auricle_contracts.review import Disagreement, Outlier, ReviewReason, ReviewSettings, ReviewState, SkipReason
from pydantic import Field, StringConstraints


class ReviewItemView(Contract):
    """A conversation that waits for a person, or waited. `reasons` by weight; `details` names the criteria, classes or agents of each.

    `outlier` says from what it lies how far, `disagreements` who said different things of what, where that is a reason.
    `risk` (0-1) orders the queue. `conversation` is null where it went while this was read.
    """

    id: str
    conversation_id: str
    evaluation_id: str
    reasons: tuple[ReviewReason, ...]
    details: dict[ReviewReason, tuple[str, ...]]
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
    conversation: ListedConversation | None


class ReviewItemPage(Contract):
    """What waits by risk, what is closed newest first. `total` counts all pages. `next_cursor` asks for the next; null on the last."""

    items: tuple[ReviewItemView, ...]
    next_cursor: str | None
    total: int


class ReviewNext(Contract):
    """The item that is the caller's now; null where nothing waits."""

    item: ReviewItemView | None


class ReviewAssignee(Contract):
    """Who is to review it: a person with the scope `review`."""

    person_id: Reference


class ReviewSkip(Contract):
    """Why it was not reviewed; `other` needs a `note`."""

    reason: SkipReason
    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] | None = None


class ReviewRequest(Contract):
    """Conversations for the review queue; `note` says why, `person_id` who is to review them."""

    conversation_ids: Annotated[tuple[Reference, ...], Field(min_length=1, max_length=100)]
    note: Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)] | None = None
    person_id: Reference | None = None


class JuryDisagreement(Contract):
    """A conversation, and the criteria and error classes of which judges said different things."""

    conversation_id: Reference
    subjects: Annotated[tuple[Reference, ...], Field(min_length=1, max_length=200)]


class JuryDisagreements(Contract):
    """What a jury came to; a conversation stands there once."""

    items: Annotated[tuple[JuryDisagreement, ...], Field(min_length=1, max_length=100)]


class RequestedItem(Contract):
    """What became of one: `added`, `reopened`, it `waits` already, or it cannot: `not_evaluated`, `not_found`."""

    conversation_id: str
    item_id: str | None
    outcome: Literal["added", "reopened", "waits", "not_evaluated", "not_found"]
    is_assigned: bool


class ReviewRequested(Contract):
    """Each conversation that was named, once, in that order."""

    items: tuple[RequestedItem, ...]


class ReviewerProgress(Contract):
    """One who reviews: what they have, and what they did since the moment asked for."""

    id: str
    name: str
    assigned: int
    done: int
    skipped: int


class ReviewProgress(Contract):
    """Numbers of items; those done and skipped since `since`. Of `by_reason` each waits, and counts once for each of its reasons.

    `reviewers` are the people with the scope `review`, at most 200, by name.
    """

    since: datetime
    open: int
    assigned: int
    mine: int
    done: int
    skipped: int
    done_by_me: int
    skipped_by_me: int
    by_reason: dict[ReviewReason, int]
    reviewers: Annotated[tuple[ReviewerProgress, ...], Field(max_length=200)]


class Accuracy(Contract):
    """A share of right answers with its 95 % interval (Wilson), 0-1. `few`: too few to tell; of nothing `share` is null."""

    n: int
    right: int
    share: float | None
    low: float
    high: float
    few: bool


class SubjectAccuracy(Contract):
    """Of one criterion or error class."""

    kind: GoldenKind
    subject: str
    accuracy: Accuracy


class ReviewerAccuracy(Contract):
    """One reviewer over `items` blind items; `subjects` by kind and name."""

    person_id: str
    name: str
    items: int
    overall: Accuracy
    subjects: tuple[SubjectAccuracy, ...]


class ReviewerAccuracies(Contract):
    """Those who were measured, by name. Fewer than `few` answers tell nothing of anybody."""

    few: int
    items: tuple[ReviewerAccuracy, ...]


class ReviewSettingsView(ReviewSettings):
    """The choice, who made it, and when; null where nobody did."""

    chosen_by: str | None = None
    chosen_at: datetime | None = None
