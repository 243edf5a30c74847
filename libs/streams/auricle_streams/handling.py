"""What a service gives to the loop: its handler, and optionally a stage that runs ahead. What the handler sees of the delivery."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol, TypeVar

from auricle_streams.delivery import Delivery
from auricle_streams.desk import NextRun, Run

RunT = TypeVar("RunT", bound=Run)


class Held(Protocol):
    """What a handler is given beside the run."""

    @property
    def delivery(self) -> Delivery: ...

    @property
    def prepared(self) -> object | None:
        """What `prepare` returned, None without one."""
        ...

    @property
    def lost(self) -> bool:
        """True when the lease is gone; look between long pieces of work that run in threads."""
        ...

    async def confirm(self) -> None:
        """Renew now; raises LeaseLost. Call it right before the commit. Redis not answering is not a loss."""
        ...


Handler = Callable[[RunT, Held], Awaitable[Sequence[NextRun]]]
"""Does the work and commits its own Postgres transaction; returns the runs to publish next. Cancelled when the lease is lost:
one that works in threads returns only when they rest."""
Prepare = Callable[[RunT], Awaitable[object]]
"""Runs ahead for the next item while another is worked on (decode a recording). Must be free of effects."""
