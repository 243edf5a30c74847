"""Words of the review queue: why a conversation waits for a person, how far it is, and what a workspace samples."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from auricle_contracts.contract import Contract
from auricle_contracts.transcripts import Confidence


class ReviewReason(StrEnum):
    """Why a conversation waits for a person.

    `fatal`: a class or criterion that fails the conversation; `contested`: a verdict from outside the review says otherwise than the
    model; `undetermined`: an answer or a class that nobody could tell; `unsure`: answered with little confidence; `rare_class`: an error
    of a class that is seldom found; `hunted`: it says what such errors said, and none was found; `disagreeing`: two versions, judges of
    a jury or people said different things of it; `outlier`: its score, duration or length lies far from that of others of its kind;
    `audited`: of the random share; `agent_week`: drawn so that each agent is heard each week; `requested`: somebody asked for it.
    """

    FATAL = "fatal"
    CONTESTED = "contested"
    UNDETERMINED = "undetermined"
    UNSURE = "unsure"
    RARE_CLASS = "rare_class"
    DISAGREEING = "disagreeing"
    HUNTED = "hunted"
    OUTLIER = "outlier"
    AUDITED = "audited"
    AGENT_WEEK = "agent_week"
    REQUESTED = "requested"


class OutlierMeasure(StrEnum):
    """`score`: the mean of its judged scores as they count; `duration` of a call in seconds; `length` of what is written in characters."""

    SCORE = "score"
    DURATION = "duration"
    LENGTH = "length"


class OutlierGroup(StrEnum):
    """What a conversation is held against: those of the same agent, team or line, in the same channel."""

    AGENT = "agent"
    TEAM = "team"
    LINE = "line"


class Outlier(Contract):
    """How far from its group a conversation lies: its `value` against the `median` of the `n` of the group `name`."""

    measure: OutlierMeasure
    value: float
    group: OutlierGroup
    name: str
    median: float
    n: Annotated[int, Field(ge=1)]


class DisagreementBetween(StrEnum):
    """Who said different things: what is live and another version, the judges of a jury, or two people."""

    VERSIONS = "versions"
    JURY = "jury"
    PEOPLE = "people"


class Disagreement(Contract):
    """Of which criterion or error class two said different things; `version` is the one that is not live (`kind/name@hash`).

    What each of them said is not told: whoever reviews should not begin from it.
    """

    between: DisagreementBetween
    subject: str
    version: str | None = None


class ReviewState(StrEnum):
    """open ⇄ assigned ─► done | skipped ─► open, when contested afterwards;  open | assigned ─► stale, when evaluated again."""

    OPEN = "open"
    ASSIGNED = "assigned"
    DONE = "done"
    SKIPPED = "skipped"
    STALE = "stale"


class SkipReason(StrEnum):
    """Why a reviewer passed an item on. `other` says it in words."""

    CANNOT_HEAR = "cannot_hear"
    WRONG_LANGUAGE = "wrong_language"
    NOT_A_CONVERSATION = "not_a_conversation"
    CONFLICT_OF_INTEREST = "conflict_of_interest"
    OTHER = "other"


class ReviewSettings(Contract):
    """What a workspace sends to review beside what is fatal, contested or undetermined. Zero switches a rule off.

    `audited_share` (0-1) of all evaluated conversations, at random. `agent_week`: conversations of each agent and week, at least.
    `unsure_below`: confidence (0-1) under which an answer of the model is looked at. `rare_class_below`: an error is rare while its class
    was found in fewer conversations than this in the 28 days before. `hunted_week`: of last week's conversations, at most so many that
    say what rare errors said. `disagree_points`: scores (0-100) that lie further apart than this disagree. `disagreeing_week`: at most so
    many conversations a week of which a version that is not live says otherwise. `outliers_week`: of last week's conversations, at most
    so many of those that lie farthest from others of their kind. `blind_share`: of what reviewers are given, conversations whose right
    answers are known already (golden items), to measure the reviewers. `weights`: how likely a person changes something for each reason
    (0 to below 1), where it is not the usual one: the queue is in that order.
    """

    audited_share: Annotated[float, Field(ge=0, le=1)] = 0.02
    agent_week: Annotated[int, Field(ge=0, le=50)] = 1
    unsure_below: Confidence = 0.6
    rare_class_below: Annotated[int, Field(ge=0, le=1000)] = 5
    hunted_week: Annotated[int, Field(ge=0, le=200)] = 5
    disagree_points: Annotated[float, Field(ge=0, le=100)] = 25
    disagreeing_week: Annotated[int, Field(ge=0, le=200)] = 20
    outliers_week: Annotated[int, Field(ge=0, le=200)] = 10
    blind_share: Annotated[float, Field(ge=0, le=0.5)] = 0.05
    weights: dict[ReviewReason, Annotated[float, Field(ge=0, lt=1)]] = Field(default_factory=dict)
