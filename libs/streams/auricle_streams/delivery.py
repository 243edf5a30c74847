"""What travels and what arrives: the fields of an entry, how long a lease lasts, and why an entry changed hands.

An entry keeps its id, and with it its place at the front, from XADD to XACK. Handing it back gives it to a reserved consumer
whose name says why; the next worker that reclaims reads the reason there.

    XADD ──► new ──read──► worker ──finish──► XACK + XDEL
                             │  ▲
              hand back,     │  └── reclaim (at once from a reserved consumer, else after three missed renewals)
              lost lease     ▼
                    ~returned  ~failed  ~suspect:SIGKILL  ~crashed:SIGKILL   or the silent worker's own name
"""

import time
from dataclasses import dataclass
from enum import StrEnum

from auricle_contracts import Message
from pydantic import ValidationError

RESERVED = "~"
MAX_FIELD_BYTES = 512
Fields = dict[bytes, bytes]


class Why(StrEnum):
    """Why an entry was handed back. Only `crashed` is charged to the run by the next `begin`."""

    RETURNED = "returned"
    """a drained worker, or a dependency that was down: nobody's fault"""
    FAILED = "failed"
    """the handler failed and the run store has counted it; reclaimed after a lease, so that a retry is not immediate"""
    SUSPECT = "suspect"
    """held, but not worked on, while its worker's process died: worked on alone next time"""
    CRASHED = "crashed"
    """worked on while its worker's process died"""


@dataclass(frozen=True, slots=True)
class LeasePolicy:
    """A lease lasts `missed` renewals of `renew_ms` each; after `deadline_ms` of work on one item nobody renews any more."""

    renew_ms: int = 1000
    missed: int = 3
    deadline_ms: int = 1_800_000

    @property
    def lease_ms(self) -> int:
        """How long an entry may stay silent before another worker takes it."""
        return self.renew_ms * self.missed


@dataclass(frozen=True, slots=True)
class Delivery:
    """An entry in this consumer's hands. `deliveries` counts how often it was handed out, this time included."""

    stream: str
    entry_id: str
    message: Message
    deliveries: int = 1
    lost_lease: bool = False
    crash: str | None = None
    suspect: bool = False

    def age_seconds(self) -> float:
        """Time since the entry was added: Redis's clock against ours, never below 0."""
        return max(0.0, time.time() - int(self.entry_id.partition("-")[0]) / 1000)


def reserved(why: Why, cause: str = "") -> str:
    """The name of the reserved consumer that takes a handed-back entry."""
    return f"{RESERVED}{why}:{cause}" if cause else f"{RESERVED}{why}"


def reclaimed(stream: str, entry_id: str, message: Message, deliveries: int, owner: str) -> Delivery:
    """A delivery that was `owner`'s before: what its name says about the reason, and a lost lease if it is a worker's."""
    if not owner.startswith(RESERVED):
        return Delivery(stream, entry_id, message, deliveries, lost_lease=True)
    why, _, cause = owner.removeprefix(RESERVED).partition(":")
    return Delivery(
        stream,
        entry_id,
        message,
        deliveries,
        crash=(cause or "unknown") if why == Why.CRASHED else None,
        suspect=why in (Why.SUSPECT, Why.CRASHED),
    )


def encode(message: Message) -> list[str]:
    """The message as the flat field list of XADD."""
    return ["run_id", message.run_id, "traceparent", message.traceparent]


def decode(fields: Fields) -> Message | None:
    """The message, or None when the entry cannot be read (it belongs in `<stream>:dead`)."""
    if any(len(value) > MAX_FIELD_BYTES for value in fields.values()):
        return None
    try:
        message = Message.model_validate({key.decode(): value.decode() for key, value in fields.items()})
    except (UnicodeDecodeError, ValidationError):
        return None
    return message if message.run_id.isprintable() and message.run_id else None
