"""One delivery in a worker's hands, as its handler sees it and as the loop ends it."""

import asyncio
from dataclasses import dataclass, field

from auricle_streams.claims import Claims
from auricle_streams.delivery import Delivery
from auricle_streams.errors import LeaseLost, QueueUnavailable


@dataclass(slots=True)
class Item:
    """Implements `worker.Held`. The handler's task is cancelled through it, for one of two reasons that the loop tells apart."""

    delivery: Delivery
    claims: Claims
    prepared: object | None = None
    working: bool = False
    _lost: bool = False
    _abandoned: bool = False
    _task: asyncio.Task[None] | None = field(default=None, repr=False)

    @property
    def lost(self) -> bool:
        """True when another worker has the entry; commit nothing."""
        return self._lost

    @property
    def abandoned(self) -> bool:
        """True when the drain ran out of time for it."""
        return self._abandoned

    async def confirm(self) -> None:
        """Renew now; LeaseLost if that fails. Redis not answering is not a loss: the transaction's own fence decides."""
        try:
            lost = self._lost or await self.claims.renew(self.delivery.stream, [self.delivery.entry_id])
        except QueueUnavailable:
            return
        if lost:
            self._lost = True
            raise LeaseLost("the lease was lost before the commit")

    async def attempt(self, task: asyncio.Task[None]) -> None:
        """Wait for the task; LeaseLost when it was cancelled for that, CancelledError when it was abandoned."""
        self._task = task
        if self._lost or self._abandoned:
            task.cancel()
        try:
            await task
        except asyncio.CancelledError:
            if self._lost:
                raise LeaseLost("the lease was lost while the handler worked") from None
            raise

    def lose(self) -> None:
        """The lease is gone: stop the handler."""
        self._lost = True
        self._cancel()

    def abandon(self) -> None:
        """The drain's time is over: stop the handler, the entry will be handed back."""
        self._abandoned = True
        self._cancel()

    def _cancel(self) -> None:
        if self._task:
            self._task.cancel()
