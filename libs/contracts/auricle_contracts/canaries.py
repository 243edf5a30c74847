"""A candidate on a share of live traffic, and what differs between the two groups of conversations."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from auricle_contracts.artefacts import ArtefactKind
from auricle_contracts.breakdowns import ClassComparedView, DifferenceView, MeanComparedView, MeanOf, ShareOf
from auricle_contracts.contract import Contract

MOST_SHARE = 50
"""Per cent: what is live keeps at least half."""
Share = Annotated[int, Field(ge=0, le=MOST_SHARE, description="Per cent of new conversations; 0: none for now.")]
Why = Annotated[str, StringConstraints(min_length=3, max_length=1000, strip_whitespace=True)]


class CanaryState(StrEnum):
    """running ─► ended (by a person, or because another version became live), promoted (it became live itself), or stopped (by itself)."""

    RUNNING = "running"
    ENDED = "ended"
    PROMOTED = "promoted"
    STOPPED = "stopped"


class Side(StrEnum):
    """Which of the two judges a conversation."""

    CANARY = "canary"
    LIVE = "live"


class CanaryIn(Contract):
    """So much of what comes in from now on is judged by the candidate, and why."""

    share: Annotated[int, Field(ge=1, le=MOST_SHARE, description="Per cent of new conversations.")]
    reason: Why


class CanaryChange(Contract):
    """Another share, or its end (`share` null), and why."""

    share: Share | None = None
    reason: Why


class CanaryView(Contract):
    """A candidate on a share of new conversations. `end_reason` says why it is over; `live_hash` is of what was live when it began."""

    id: str
    artefact_id: str
    kind: ArtefactKind
    name: str
    hash: str
    live_hash: str | None
    share: int
    state: CanaryState
    reason: str
    end_reason: str | None
    actor_kind: Literal["api_key", "person"]
    actor: str
    actor_name: str | None
    created_at: datetime
    ended_at: datetime | None


class Canaries(Contract):
    """Newest first (50 at most)."""

    items: tuple[CanaryView, ...]


class ShareComparedView(Contract):
    """A share of conversations: live, canary, and the second less the first."""

    first: ShareOf
    second: ShareOf
    difference: DifferenceView


class ChoiceComparedView(Contract):
    """How often a value (a choice, or a yes and a no) was chosen of all answers to its criterion: live, canary, and the second less the
    first. The sides judged different conversations.
    """

    criterion: str
    title: str
    value: str | bool
    first: ShareOf
    second: ShareOf
    difference: DifferenceView


class CanaryReport(CanaryView):
    """`first` is what is live, `second` the canary: conversations that came in while it ran, counted once, by the model's own answers.

    `broken` is the mean share of answers and classes that stayed undetermined, in per cent of a conversation; one that could not be
    judged at all counts as 100. `reviewed` are conversations of which people judged something, `corrected` of these those in which they
    said otherwise, `appealed` those with an appeal. `class_titles` are by class and language.
    """

    first: int
    second: int
    broken_first: MeanOf
    broken_second: MeanOf
    broken: DifferenceView
    means: tuple[MeanComparedView, ...]
    classes: tuple[ClassComparedView, ...]
    choices: tuple[ChoiceComparedView, ...]
    reviewed: ShareComparedView
    corrected: ShareComparedView
    appealed: ShareComparedView
    class_titles: dict[str, dict[str, str]]
