"""Alerts: rules on what is found, scored or failed, where they are told, and what rang."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from auricle_contracts.contract import Contract
from auricle_contracts.notices import MailLanguage
from auricle_contracts.vocabulary import Channel, MemberRole
from auricle_contracts.webhooks import WebhookSecret

Name = Annotated[str, StringConstraints(min_length=1, max_length=80, strip_whitespace=True)]
Word = Annotated[str, StringConstraints(min_length=1, max_length=256, strip_whitespace=True)]
Id = Annotated[str, StringConstraints(min_length=1, max_length=64)]
Clock = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]


class Measure(StrEnum):
    """What a rule looks at, of conversations that were evaluated within its window. `failed_share`: of runs that ended in it;
    `changed_share`: of conversations that were drawn at random and whose review ended in it.
    """

    CLASS_COUNT = "class_count"
    CLASS_SHARE = "class_share"
    FATAL_COUNT = "fatal_count"
    FATAL_SHARE = "fatal_share"
    MEAN_SCORE = "mean_score"
    UNDETERMINED_SHARE = "undetermined_share"
    FAILED_SHARE = "failed_share"
    CHANGED_SHARE = "changed_share"


COUNTS = frozenset({Measure.CLASS_COUNT, Measure.FATAL_COUNT})
OF_A_CLASS = frozenset({Measure.CLASS_COUNT, Measure.CLASS_SHARE})


class AlertSeverity(StrEnum):
    """`urgent` is told in quiet hours too."""

    NORMAL = "normal"
    URGENT = "urgent"


class AlertState(StrEnum):
    """Of what rang: nobody looked yet; somebody does; it is over."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    CLOSED = "closed"


class DestinationKind(StrEnum):
    """How it is told: a signed webhook, JSON as Slack takes it, a mail."""

    WEBHOOK = "webhook"
    SLACK = "slack"
    EMAIL = "email"


class AlertEvent(StrEnum):
    """What a destination hears of."""

    OPENED = "alert.opened"
    RECOVERED = "alert.recovered"
    TEST = "alert.test"


class AlertRuleIn(Contract):
    """Counts ring at `threshold` or more. Shares (0 to 1) ring above it and the mean score below it, with their whole 95 % interval and
    over at least `minimum`. Against the `previous` period of the same length a share must have risen, or the mean fallen, by at least
    `threshold`, with an interval on one side of nothing. `team`, `line` (a part of it) and `channel` narrow what is looked at.
    """

    name: Name
    measure: Measure
    error_class: Word | None = None
    criterion: Word | None = None
    compared: Literal["threshold", "previous"] = "threshold"
    threshold: Annotated[float, Field(ge=0, le=1_000_000, allow_inf_nan=False)]
    minimum: Annotated[int, Field(ge=1, le=100_000)] = 20
    window_minutes: Annotated[int, Field(ge=5, le=44_640)] = 1440
    team: Word | None = None
    line: Word | None = None
    channel: Channel | None = None
    severity: AlertSeverity = AlertSeverity.NORMAL
    cooldown_minutes: Annotated[int, Field(ge=0, le=43_200)] = 240
    destination_ids: Annotated[tuple[Id, ...], Field(max_length=10)] = ()
    active: bool = True

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if (self.measure in OF_A_CLASS) != (self.error_class is not None):
            raise ValueError("error_class: class_count and class_share need one, no other measure has one")
        if self.criterion is not None and self.measure is not Measure.MEAN_SCORE:
            raise ValueError("criterion: only mean_score has one")
        if self.compared == "previous" and self.measure in COUNTS:
            raise ValueError("compared: a count has no interval; compare its share")
        if self.measure in COUNTS and self.threshold < 1:
            raise ValueError("threshold: a count rings at 1 or more")
        if self.measure not in {*COUNTS, Measure.MEAN_SCORE} and self.threshold > 1:
            raise ValueError("threshold: a share is at most 1")
        return self


class Reading(Contract):
    """What a measure came to: `low` and `high` are its 95 % interval, null for a count and where it cannot be told; `value` is null
    where there was nothing. `before` is the period before, where a rule compares with it.
    """

    value: float | None
    n: int
    low: float | None = None
    high: float | None = None
    before: float | None = None
    before_n: int | None = None


class AlertRule(AlertRuleIn):
    """With who wrote it last, and the alert that it has open."""

    id: str
    updated_at: datetime
    updated_by_name: str | None
    alert_id: str | None = None
    alert_state: AlertState | None = None


class DestinationIn(Contract):
    """`url` is where webhooks and Slack's JSON are posted; a webhook without a `secret` gets one. A mail goes to everybody with one of
    the `roles` and to `person_ids`.
    """

    name: Name
    kind: DestinationKind
    url: Annotated[str, StringConstraints(min_length=1, max_length=2048)] | None = None
    secret: WebhookSecret | None = None
    roles: Annotated[tuple[MemberRole, ...], Field(max_length=len(MemberRole))] = ()
    person_ids: Annotated[tuple[Id, ...], Field(max_length=50)] = ()
    language: MailLanguage = "ru"

    @model_validator(mode="after")
    def _fits(self) -> Self:
        by_mail = self.kind is DestinationKind.EMAIL
        if by_mail != (self.url is None):
            raise ValueError("url: webhook and slack need one, email has none")
        if by_mail != bool(self.roles or self.person_ids):
            raise ValueError("roles: email needs roles or person_ids, no other kind has them")
        if self.secret is not None and self.kind is not DestinationKind.WEBHOOK:
            raise ValueError("secret: only a webhook has one")
        return self


class Destination(Contract):
    """Without its secret. Of a Slack address only the host is shown: the rest of it is what lets one post."""

    id: str
    name: str
    kind: DestinationKind
    url: str | None
    roles: tuple[MemberRole, ...]
    person_ids: tuple[str, ...]
    language: MailLanguage
    created_at: datetime


class AlertDelivery(Contract):
    """One event to one destination. `answer` is the destination's: a status, a code of the mail server, an error's name."""

    id: str
    destination_id: str
    destination: str
    kind: DestinationKind
    alert_id: str | None
    rule: str
    event: AlertEvent
    state: Literal["pending", "sent", "dead"]
    attempts: int
    answer: str | None
    next_at: datetime
    created_at: datetime
    sent_at: datetime | None


class Alert(Contract):
    """What rang, from when until when, with the reading that opened it and the last one. It outlives its rule."""

    id: str
    rule_id: str
    rule: str
    measure: Measure
    severity: AlertSeverity
    state: AlertState
    first: Reading
    last: Reading
    opened_at: datetime
    seen_at: datetime
    acknowledged_by_name: str | None
    acknowledged_at: datetime | None
    closed_by_name: str | None
    closed_at: datetime | None


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"no time zone is called {name}; give an IANA name, as Europe/Moscow") from None
    return name


class AlertSettings(Contract):
    """Quiet hours of the workspace, from `quiet_from` until `quiet_until` in its zone, over midnight too; null: none. What rings in them
    is told when they end, unless it is urgent.
    """

    time_zone: Annotated[str, StringConstraints(max_length=64), AfterValidator(_known_zone)] = "UTC"
    quiet_from: Clock | None = None
    quiet_until: Clock | None = None

    @model_validator(mode="after")
    def _both(self) -> Self:
        if (self.quiet_from is None) != (self.quiet_until is None) or (
            self.quiet_from is not None and self.quiet_from == self.quiet_until
        ):
            raise ValueError("quiet_from and quiet_until: both, and not the same")
        return self
