"""Bodies and replies of the operations routes."""

from datetime import datetime
from decimal import Decimal

from auricle_contracts import Contract, Priority, RunView, Step


class RunPage(Contract):
    """Newest first."""

    items: tuple[RunView, ...]
    next_cursor: str | None


class QueueView(Contract):
    """One stream: waiting plus in flight, and the age of the oldest entry. Null where Redis does not answer."""

    stream: str
    step: Step
    priority: Priority
    length: int | None
    oldest_age_ms: int | None


class QueueList(Contract):
    """All work streams. The truth about runs is in Postgres: an empty or silent Redis loses nothing.

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
