"""The shapes that only the gateway answers with; all others are contracts."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal

from auricle_contracts import (
    AnswerState,
    AnswerValue,
    CompressionSettings,
    Contract,
    ConversationView,
    CriterionKind,
    Label,
    MetadataValue,
    Participant,
    Priority,
    RunView,
    Scope,
    Step,
    TurnIn,
)
from auricle_contracts.conversations import MAX_TURNS
from pydantic import Field, StringConstraints

EventType = Literal["evaluation.completed", "conversation.dead", "conversation.deleted"]


class ConversationPage(Contract):
    """Newest first. `next_cursor` asks for the next page; null on the last."""

    items: tuple[ConversationView, ...]
    next_cursor: str | None


class UnmaskingView(Contract):
    """Somebody was shown what is hidden in a conversation."""

    conversation_id: str
    key_id: str
    what: str
    created_at: datetime


class CompressionView(CompressionSettings):
    """The choice, the key that made it, and when; null where nobody did."""

    chosen_by: str | None = None
    chosen_at: datetime | None = None


class UnmaskingPage(Contract):
    """Newest first."""

    items: tuple[UnmaskingView, ...]


class RunPage(Contract):
    """Newest first."""

    items: tuple[RunView, ...]
    next_cursor: str | None


class RevisionIn(Contract):
    """A grown chat or thread: all its turns, the old ones too. Without participants the earlier ones stay."""

    turns: Annotated[tuple[TurnIn, ...], Field(max_length=MAX_TURNS)]
    participants: Annotated[tuple[Participant, ...], Field(max_length=32)] | None = None
    metadata: dict[str, MetadataValue] = Field(default_factory=dict)
    expected_revision: Annotated[int, Field(ge=1, le=1_000_000)] | None = None


class UploadIn(Contract):
    """What will be uploaded. With a size, exactly that many bytes must come."""

    size_bytes: Annotated[int, Field(ge=1)] | None = None


class UploadView(Contract):
    """Send the file to `url` by `method`: PUT the bytes, or POST a form with `fields` before the part `file`.

    Then name `id` as the upload_id of a conversation.
    """

    id: str
    url: str
    method: Literal["PUT", "POST"]
    fields: dict[str, str]
    max_bytes: int
    expires_at: datetime


class AgentCriterionView(Contract):
    """`mean` is of scores and counts, the share of yes for yes/no; null without answers.

    `agreed` is the share (0-1) of the `labelled` answers with which people agree: scores within ten points, all others exactly.
    """

    title: str
    kind: CriterionKind
    answered: int
    not_applicable: int
    undetermined: int
    mean: float | None
    labelled: int
    agreed: float | None


class AgentView(Contract):
    """One agent's conversations; `findings` counts by severity."""

    agent: str
    name: str | None
    conversations: int
    evaluated: int
    duration_ms: int
    criteria: dict[str, AgentCriterionView]
    findings: dict[str, int]


class AgentList(Contract):
    """By name."""

    items: tuple[AgentView, ...]


class LabelPage(Contract):
    """Newest first."""

    items: tuple[Label, ...]
    next_cursor: str | None


class ImportedLabel(Contract):
    """A cell of the sheet that is a label. `kept` is null where nothing was to be written (`dry_run`)."""

    cell: str
    conversation_id: str
    evaluation_id: str
    criterion: str
    old_state: AnswerState
    old_value: AnswerValue
    state: AnswerState
    value: AnswerValue
    kept: Literal["new", "changed", "same"] | None


class RefusedCell(Contract):
    """A cell of the sheet that is no label, and why."""

    cell: str
    why: str


class LabelImport(Contract):
    """What came of a sheet: answers read, those of which nothing is said, and counts of labels; the lists hold the first 1,000.

    Refused cells stop nothing: what can be read is written, all in one transaction.
    """

    author: str
    dry_run: bool
    answers_read: int
    unchanged: int
    new: int
    changed: int
    same: int
    refused: int
    labels: tuple[ImportedLabel, ...]
    refused_cells: tuple[RefusedCell, ...]


class WebhookIn(Contract):
    """Where to send events (Standard Webhooks). No `events` hears all; without a `secret` one is made."""

    url: Annotated[str, StringConstraints(min_length=1, max_length=2048)]
    events: Annotated[tuple[EventType, ...], Field(max_length=3)] = ()
    secret: Annotated[str, StringConstraints(pattern=r"^whsec_[A-Za-z0-9+/]{32,88}={0,2}$")] | None = None


class WebhookView(Contract):
    """An endpoint; its secret is never shown again."""

    id: str
    url: str
    events: tuple[str, ...]
    active: bool
    created_at: datetime


class NewWebhook(WebhookView):
    """The only answer that holds the secret."""

    secret: str


class WebhookList(Contract):
    """Oldest first."""

    items: tuple[WebhookView, ...]


class QueueView(Contract):
    """One stream: waiting plus in flight, and the age of the oldest entry. Null where Redis does not answer."""

    stream: str
    step: Step
    priority: Priority
    length: int | None
    oldest_age_ms: int | None


class QueueList(Contract):
    """All streams of the house. The truth about runs is in Postgres: an empty or silent Redis loses nothing.

    `workers` says by step `ok` or what they wait for, where the gateway was told their health pages.
    """

    answering: bool
    workers: dict[Step, str]
    items: tuple[QueueView, ...]


class ShiftView(Contract):
    """A worker process at its device, until its last report; `over`: it ended or fell silent, and what was open is wasted."""

    id: str
    service: str
    host: str
    device: str
    started_at: datetime
    seen_at: datetime
    over: bool
    alive_seconds: float
    attributed_seconds: float
    wasted_seconds: float
    open_seconds: float
    idle_seconds: float


class ShiftSum(Contract):
    """All shifts of a service at a device. alive = attributed + wasted + open + idle; money is null where the device has no price."""

    service: str
    device: str
    shifts: int
    alive_seconds: float
    attributed_seconds: float
    wasted_seconds: float
    open_seconds: float
    idle_seconds: float
    attributed_usd: Decimal | None
    wasted_usd: Decimal | None
    open_usd: Decimal | None
    idle_usd: Decimal | None


class ShiftList(Contract):
    """Newest first, and their sums."""

    sums: tuple[ShiftSum, ...]
    items: tuple[ShiftView, ...]


class WhoAmI(Contract):
    """What the key that came with the request may do."""

    workspace: str
    key_id: str
    scopes: tuple[Scope, ...]


Cell = str | int | float | None


class PanelView(Contract):
    """One panel's rows, at most 1,000. `unit` is Grafana's name of it."""

    name: str
    shape: Literal["stat", "series", "table"]
    unit: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


class DashboardView(Contract):
    """Panels in the order in which they are shown."""

    name: str
    since: datetime
    until: datetime
    panels: tuple[PanelView, ...]
