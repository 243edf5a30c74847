"""The review queue as the pages see it: the gateway's replies, and one method a route."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from auricle_contracts import ListedConversation
from auricle_contracts.review import Disagreement, Outlier, ReviewSettings

from auricle_console.gateway import Gateway
from auricle_console.replies import Reply


class ReviewItem(Reply):
    """A conversation that waits for a person, or waited; `details` names what each reason is about."""

    id: str
    conversation_id: str
    reasons: tuple[str, ...]
    details: dict[str, tuple[str, ...]]
    outlier: Outlier | None
    disagreements: tuple[Disagreement, ...]
    risk: float
    state: str
    assignee: str | None
    assignee_name: str | None
    skip_reason: str | None
    note: str | None
    closed_by_name: str | None
    closed_at: datetime | None
    conversation: ListedConversation | None


class ReviewItems(Reply):
    """One page; `total` counts all of them."""

    items: tuple[ReviewItem, ...]
    next_cursor: str | None
    total: int


class ReviewNext(Reply):
    """The item that is one's own now; None where nothing waits."""

    item: ReviewItem | None


class ReviewerProgress(Reply):
    """One who reviews."""

    id: str
    name: str
    assigned: int
    done: int
    skipped: int


class ReviewProgress(Reply):
    """What waits, and what was done and skipped since a moment."""

    open: int
    assigned: int
    mine: int
    done: int
    skipped: int
    done_by_me: int
    by_reason: dict[str, int]
    reviewers: tuple[ReviewerProgress, ...]

    @property
    def waiting(self) -> int:
        """Open or assigned."""
        return self.open + self.assigned


class Accuracy(Reply):
    """A share of right answers with its interval, 0-1; `few`: too few to tell."""

    n: int
    right: int
    share: float | None
    low: float
    high: float
    few: bool


class SubjectAccuracy(Reply):
    """Of one criterion or error class."""

    kind: str
    subject: str
    accuracy: Accuracy


class ReviewerAccuracy(Reply):
    """One reviewer over so many blind items."""

    name: str
    items: int
    overall: Accuracy
    subjects: tuple[SubjectAccuracy, ...]


class ReviewerAccuracies(Reply):
    """Those who were measured."""

    few: int
    items: tuple[ReviewerAccuracy, ...]


class GoldenGap(Reply):
    """Of one criterion or error class and channel: what is missing of both sides, and conversations that could fill it."""

    kind: str
    subject: str
    channel: str
    with_it: int
    without_it: int
    missing_with_it: int
    missing_without_it: int
    waiting_with: int
    waiting_without: int
    waiting_undetermined: int
    hunted: int
    judged_with: int
    judged_without: int


class GoldenGaps(Reply):
    """Where most is missing first."""

    quota: int
    days: int
    most: int
    items: tuple[GoldenGap, ...]
    untouched: tuple[str, ...]


class ChosenReviewSettings(ReviewSettings):
    """What is sampled, and when that was chosen."""

    chosen_by: str | None = None
    chosen_at: datetime | None = None


class GoldenConsent(Reply):
    """Of what a workspace chose about golden items, its consent."""

    consent: bool


@dataclass(frozen=True)
class ReviewQueue:
    """The routes of review; each raises what `Gateway.ask` raises."""

    gateway: Gateway

    async def page(self, query: Mapping[str, str]) -> ReviewItems:
        """By risk, or what is closed newest first."""
        reply = await self.gateway.ask("GET", "/v1/review-items", params=dict(query))
        return ReviewItems.model_validate_json(reply.content)

    async def get(self, item: str) -> ReviewItem:
        """One."""
        return ReviewItem.model_validate_json((await self.gateway.ask("GET", _path(item))).content)

    async def take_next(self, query: Mapping[str, str]) -> ReviewItem | None:
        """It becomes one's own."""
        reply = await self.gateway.ask("POST", "/v1/review-items/next", params=dict(query))
        return ReviewNext.model_validate_json(reply.content).item

    async def done(self, item: str) -> None:
        """It was reviewed."""
        await self.gateway.ask("POST", f"{_path(item)}/done")

    async def keeps_golden(self) -> bool:
        """Whether the workspace consents to golden items."""
        reply = await self.gateway.ask("GET", "/v1/golden-settings")
        return GoldenConsent.model_validate_json(reply.content).consent

    async def to_golden(self, conversation: str) -> None:
        """A copy of the whole conversation as it counts now."""
        body = {"conversation_id": conversation, "whole": True}
        await self.gateway.ask("POST", "/v1/golden-items", json=body)

    async def skip(self, item: str, reason: str, note: str) -> None:
        """It was not, and why."""
        await self.gateway.ask("POST", f"{_path(item)}/skip", json={"reason": reason, "note": note or None})

    async def assign(self, item: str, person: str) -> None:
        """To a person; to nobody where `person` is empty."""
        if person:
            await self.gateway.ask("PUT", f"{_path(item)}/assignee", json={"person_id": person})
        else:
            await self.gateway.ask("DELETE", f"{_path(item)}/assignee")

    async def progress(self, since: str) -> ReviewProgress:
        """Done and skipped since the moment."""
        reply = await self.gateway.ask("GET", "/v1/review-progress", params={"since": since})
        return ReviewProgress.model_validate_json(reply.content)

    async def accuracy(self) -> ReviewerAccuracies:
        """Of everybody, or of oneself."""
        return ReviewerAccuracies.model_validate_json((await self.gateway.ask("GET", "/v1/review-accuracy")).content)

    async def gaps(self) -> GoldenGaps:
        """What the golden set lacks, and where such conversations wait."""
        return GoldenGaps.model_validate_json((await self.gateway.ask("GET", "/v1/golden-gaps")).content)

    async def settings(self) -> ChosenReviewSettings:
        """What goes to review."""
        return ChosenReviewSettings.model_validate_json((await self.gateway.ask("GET", "/v1/review-settings")).content)

    async def choose(self, chosen: ReviewSettings) -> None:
        """From now on."""
        await self.gateway.ask("PUT", "/v1/review-settings", json=chosen.model_dump())


def _path(item: str) -> str:
    return f"/v1/review-items/{quote(item, safe='') if item.strip('.') else 'none'}"
