"""Dry runs: what a version would change of conversations that were judged already, told without changing anything."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from auricle_contracts.artefacts import DryRunMethod
from auricle_contracts.breakdowns import ShareOf
from auricle_contracts.contract import Contract
from auricle_contracts.conversations import Moment
from auricle_contracts.evaluations import AnswerValue
from auricle_contracts.vocabulary import Channel, CriterionKind

MOST_CONVERSATIONS = 200
USUAL_CONVERSATIONS = 50


class DryRunIn(Contract):
    """So many conversations that have an evaluation, the newest or `random` ones (the same ones when asked again); of one channel and line,
    and of a period (`since` included, `until` not), where these are given. A class is tried on conversations of its own channels.

    With `budget_tokens` nothing is started that is estimated to use more (409 `over_budget`).
    """

    conversations: Annotated[int, Field(ge=1, le=MOST_CONVERSATIONS)] = USUAL_CONVERSATIONS
    channel: Channel | None = None
    line: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    since: Moment | None = None
    until: Moment | None = None
    drawn: Literal["newest", "random"] = "newest"
    budget_tokens: Annotated[int, Field(ge=1)] | None = None


class DryRunEstimate(Contract):
    """What a dry run would use, by what the same conversations used when they were judged (`known` of them; the others as these on
    average). All null where that is known of none; `amount_usd` also without a price. A `stored` one uses nothing.
    """

    method: DryRunMethod
    conversations: int
    in_period: int
    known: int
    tokens_in: int | None
    tokens_out: int | None
    seconds: float | None
    amount_usd: Decimal | None


class ShadowIn(Contract):
    """`share` per cent of new conversations once they are judged, at most so many a day (UTC), and no more on a day whose runs used
    `seconds_per_day`; for so many days.
    """

    share: Annotated[int, Field(ge=1, le=100)] = 10
    conversations_per_day: Annotated[int, Field(ge=1, le=500)] = 50
    seconds_per_day: Annotated[float, Field(gt=0)] | None = None
    days: Annotated[int, Field(ge=1, le=30)] = 7


class ShadowView(Contract):
    """A dry run that grows: its budget, when it ends, and that it has."""

    share: int
    conversations_per_day: int
    seconds_per_day: float | None
    ends_at: datetime
    ended_at: datetime | None


class DryRunView(Contract):
    """How far it has come. `stored`: only weights, sections or conditions differ, so answers that are there were counted anew at once.
    `shadow`: it takes up new conversations as they are judged.
    `stopped` conversations were left out by a stop; `running` while what was at work then is finished.
    """

    id: str
    artefact_id: str
    method: DryRunMethod
    state: Literal["running", "done", "stopped"]
    of: int
    judged: int
    failed: int
    stopped: int = 0
    stopped_at: datetime | None = None
    stopped_by_name: str | None = None
    actor_kind: Literal["api_key", "person"]
    actor: str
    actor_name: str | None
    created_at: datetime
    shadow: ShadowView | None = None


class DryRuns(Contract):
    """Of a version, newest first (20 at most)."""

    items: tuple[DryRunView, ...]


class PairedMeans(Contract):
    """Of the `n` conversations that have both. `low` to `high` is the 95 % interval of the mean change (Student's t of differences)."""

    n: int
    before: float | None
    after: float | None
    change: float | None
    low: float | None
    high: float | None


class ClassChange(Contract):
    """An error class: found how often of how many in which it was decided, and where the two differ (`changed` of those compared)."""

    error_class: str
    before: ShareOf
    after: ShareOf
    appeared: int
    vanished: int
    changed: ShareOf


class CriterionChange(Contract):
    """A criterion other than free text: how often its answer differs; of scores their means too."""

    criterion: str
    title: str
    kind: CriterionKind
    changed: ShareOf
    means: PairedMeans | None


class ScoreChange(Contract):
    """The score of the whole, and how many passed and failed."""

    points: PairedMeans
    passed_before: int
    failed_before: int
    passed_after: int
    failed_after: int


class QuotedWords(Contract):
    """What was said, without personal data, and in which turn."""

    turn: int
    text: str


class Side(Contract):
    """What was said of one thing. `state` is an answer's or a detection's, `not_asked` where nobody looked; of a score `passed`, `failed`
    or `open`.
    """

    state: str
    value: AnswerValue = None
    quotes: tuple[QuotedWords, ...] = ()


class GroupChange(Contract):
    """Conversations of an agent, or of a week (its Monday, UTC): how many differ in anything, and their scores."""

    by: Literal["agent", "week"]
    name: str
    changed: ShareOf
    points: PairedMeans


class Change(Contract):
    """One thing that differs in one conversation."""

    about: Literal["error_class", "criterion", "score"]
    subject: str
    title: str
    before: Side
    after: Side


class ConversationChange(Contract):
    """What differs in a conversation. `same_recipe`: it had been judged by what is live, so that nothing else can differ than the version
    and the model's mood.
    """

    conversation_id: str
    external_id: str | None
    happened_at: datetime
    channel: Channel
    same_recipe: bool
    changes: tuple[Change, ...]


class DryRunCost(Contract):
    """What it used; `amount_usd` is null without a price."""

    seconds: float
    tokens_in: int
    tokens_out: int
    tokens_cached: int
    amount_usd: Decimal | None


class DryRunReport(DryRunView):
    """What the version changes, over the conversations that are judged so far. `same_recipe` of `compared` had been judged by what is
    live; `changed` is the share of conversations in which anything differs. `class_titles` are by class and language.
    """

    compared: int
    same_recipe: int
    changed: ShareOf
    score: ScoreChange | None
    classes: tuple[ClassChange, ...]
    criteria: tuple[CriterionChange, ...]
    groups: tuple[GroupChange, ...] = ()
    conversations: tuple[ConversationChange, ...]
    class_titles: dict[str, dict[str, str]]
    cost: DryRunCost
