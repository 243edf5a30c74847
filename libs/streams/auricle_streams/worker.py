"""The loop that asr and scorer share: takes entries while there is room, executes each, drains. `execution` has one run's states."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Generic

from auricle_kit import log, metrics
from auricle_kit.coldstart import ColdStart
from auricle_kit.drain import Drain

from auricle_streams.consumer import Consumer
from auricle_streams.delivery import Delivery
from auricle_streams.errors import QueueUnavailable
from auricle_streams.execution import Handler, Held, Prepare, RunExecutor, RunT
from auricle_streams.leases import Leases
from auricle_streams.outcomes import Outcome
from auricle_streams.run_store import RunStore
from auricle_streams.slots import Slots

__all__ = ["Handler", "Held", "Prepare", "Ready", "Worker"]

Ready = Callable[[], str | None]
"""None: take work. A word such as `waiting_for_model`: healthy, but takes nothing and reclaims nothing. Must be quick."""
BLOCK_MS = 500
LOOK_AGAIN_S = 0.25
MAX_PAUSE_S = 30.0
HAND_BACK_S = 2.0
"""Kept from the drain's time for handing back what did not end."""
RUNS = metrics.counter("auricle_runs", "Deliveries by step and how they ended.", ("step", "outcome"))
PICKUP_SECONDS = metrics.histogram("auricle_pickup_seconds", "From XADD to the first hand that took it.", ("step",))
IN_FLIGHT = metrics.gauge("auricle_runs_in_flight", "Deliveries in this worker's hands.", ("step",))
logger = log.get("streams.worker")


class Worker(Generic[RunT]):
    """`concurrency` items are worked on at once; `prefetch` more are begun and prepared beside them."""

    def __init__(
        self,
        consumer: Consumer,
        run_store: RunStore[RunT],
        handler: Handler[RunT],
        *,
        leases: Leases,
        drain: Drain,
        ready: Ready = lambda: None,
        prepare: Prepare[RunT] | None = None,
        concurrency: int = 1,
        prefetch: int = 0,
        drain_seconds: float = 20.0,
    ) -> None:
        self._consumer = consumer
        self._executor = RunExecutor(consumer, run_store, handler, prepare, leases, Slots(concurrency))
        self._leases = leases
        self._drain = drain
        self._ready = ready
        self._room = concurrency + prefetch
        self._drain_seconds = drain_seconds
        self._tasks: set[asyncio.Task[None]] = set()
        self._pause_s = 0.0
        self._cold_start = ColdStart(consumer.step)
        leases.on_lost(self._lose)

    @property
    def state(self) -> str:
        """`ok`, `draining`, or the word that `ready` said: for `/readyz`."""
        return "draining" if self._drain.stopping.is_set() else self._ready() or "ok"

    async def run(self) -> None:
        """Work until the drain, then finish what is in flight or hand it back within `drain_seconds`."""
        while not self._drain.stopping.is_set():
            if self._ready() is not None:
                await self._drain.wait(LOOK_AGAIN_S)
            elif len(self._tasks) >= self._room:
                await self._wait_for_room()
            else:
                await self._take()
        await self._finish_or_hand_back()

    async def _take(self) -> None:
        self._cold_start.reached("engine_ready")
        try:
            deliveries = await self._consumer.take_many(self._room - len(self._tasks), BLOCK_MS)
        except QueueUnavailable as error:
            logger.warning("queue_unavailable", detail=error.detail)
            await self._drain.wait(1.0)
            return
        for delivery in deliveries:
            self._leases.hold(delivery)
            task = asyncio.create_task(self._execute(delivery))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        if self._pause_s:
            await self._drain.wait(self._pause_s)

    async def _execute(self, delivery: Delivery) -> None:
        step = self._consumer.step
        if delivery.deliveries == 1:
            PICKUP_SECONDS.labels(step).observe(delivery.age_seconds())
        with IN_FLIGHT.labels(step).track_inprogress():
            outcome = await self._executor.execute(delivery)
        RUNS.labels(step, outcome).inc()
        if outcome is Outcome.DONE:
            self._cold_start.reached("first_item")
        self._pace(outcome)

    def _pace(self, outcome: Outcome) -> None:
        """While what we depend on is down every run comes back: ask less and less often, and go on at the first that does not."""
        if outcome is not Outcome.RETURNED:
            self._pause_s = 0.0
        elif not self._drain.stopping.is_set():
            self._pause_s = min(max(1.0, self._pause_s * 2), MAX_PAUSE_S)

    def _lose(self, entry_id: str) -> None:
        if execution := self._executor.executions.get(entry_id):
            execution.lose()

    async def _wait_for_room(self) -> None:
        stopping = asyncio.create_task(self._drain.stopping.wait())
        await asyncio.wait({*self._tasks, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        with suppress(asyncio.CancelledError):
            await stopping

    async def _finish_or_hand_back(self) -> None:
        for execution in self._executor.executions.values():
            if not execution.working:
                execution.abandon()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=max(0.0, self._drain_seconds - HAND_BACK_S))
        for execution in self._executor.executions.values():
            execution.abandon()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=HAND_BACK_S)
        logger.info("drained", left=len(self._tasks))
