"""The execution of one run, from `begin` to the entry's XACK: every delivery ends in exactly one outcome.

    begin ─┬─ nothing to do ──────────────────────────────────────────► finish (passed)
           └─ prepare ─► work ─┬─ done ───────────────────────────────► finish, hand over the next runs (done)
                               ├─ the item's fault ──► run_store.fail ─┬► finish (dead)
                               │                                       └► hand back, a lease's rest (failed)
                               ├─ the conversation was deleted ───────► finish (passed)
                               ├─ a dependency's fault, or drained ───► hand back, nothing counted (returned)
                               └─ lease lost ─────────────────────────► nothing (lost)

When the last script itself cannot reach Redis, nothing is lost: the lease runs out, and the next `begin` sees what was committed.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from auricle_contracts import Code, Message
from auricle_kit import failpoints, log, metrics, tracing
from auricle_kit.errors import AuricleError

from auricle_streams.consumer import Consumer
from auricle_streams.delivery import Delivery, Why
from auricle_streams.errors import LeaseLost, QueueUnavailable
from auricle_streams.leases import Claims, Leases
from auricle_streams.outcomes import DEPENDENCY_FAULTS, Outcome, TooLong, charge_of, log_outcome
from auricle_streams.run_store import NextRun, Run, RunStore
from auricle_streams.slots import Slots

RunT = TypeVar("RunT", bound=Run)
PATIENCE = 50
"""Deliveries of one entry after which even an unavailable dependency is charged to it: it may be the item that breaks it."""
RUN_SECONDS = metrics.histogram(
    "auricle_run_seconds", "Time on one run from the handler's start to its end.", ("step",)
)
logger = log.get("streams.worker")


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


@dataclass(slots=True)
class RunExecution:
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


@dataclass
class RunExecutor(Generic[RunT]):
    """Everything that a delivery needs on its way; one per worker."""

    consumer: Consumer
    run_store: RunStore[RunT]
    handler: Handler[RunT]
    prepare: Prepare[RunT] | None
    leases: Leases
    slots: Slots
    executions: dict[str, RunExecution] = field(default_factory=dict)

    async def execute(self, delivery: Delivery) -> Outcome:
        """Never raises: whatever happens ends in an outcome."""
        execution = RunExecution(delivery, self.consumer.claims)
        self.executions[delivery.entry_id] = execution
        name = f"{self.consumer.step} run"
        try:
            with tracing.span(name, delivery.message.traceparent, run_id=delivery.message.run_id) as span:
                outcome = await self._ending(execution)
                span.set_attribute("outcome", outcome)
        finally:
            self.leases.drop(delivery.entry_id)
            del self.executions[delivery.entry_id]
        log_outcome(delivery, outcome)
        return outcome

    async def _ending(self, execution: RunExecution) -> Outcome:
        try:
            return await self._begin(execution)
        except LeaseLost:
            self.consumer.forget(execution.delivery)
            return Outcome.LOST
        except asyncio.CancelledError:
            if not execution.abandoned:
                raise
            return await self._return(execution.delivery, "drained")
        except AuricleError as error:
            return await self._return(execution.delivery, error.code)
        except Exception as error:
            logger.exception("run_store_failed", run_id=execution.delivery.message.run_id)
            return await self._return(execution.delivery, type(error).__name__)

    async def _begin(self, execution: RunExecution) -> Outcome:
        delivery = execution.delivery
        begun = await self.run_store.begin(
            delivery.message.run_id,
            entry_id=delivery.entry_id,
            lost_lease=delivery.lost_lease,
            crash=delivery.crash,
        )
        if begun.run is None:
            return await self._finish(delivery, begun.next_runs, Outcome.PASSED)
        failpoints.passed("during_work")
        try:
            following = await self._work(execution, begun.run)
        except LeaseLost:
            raise
        except Exception as error:  # noqa: BLE001 - a handler may raise anything, and its worker lives
            return await self._fail(delivery, error)
        failpoints.passed("after_result")
        return await self._finish(delivery, following, Outcome.DONE)

    async def _work(self, execution: RunExecution, run: RunT) -> Sequence[NextRun]:
        following: list[NextRun] = []
        await execution.attempt(asyncio.create_task(self._attempt(execution, run, following)))
        return following

    async def _attempt(self, execution: RunExecution, run: RunT, following: list[NextRun]) -> None:
        async with self._slot(execution, run):
            following.extend(await self.handler(run, execution))

    @asynccontextmanager
    async def _slot(self, execution: RunExecution, run: RunT) -> AsyncIterator[None]:
        """Room to work. Waiting for it is not charged to the run: no clock runs but while the run is prepared or worked on."""
        if run.attempts or run.lost_leases or execution.delivery.suspect:
            async with self.slots.alone(), self._working(execution):
                execution.prepared = await self._prepared(run)
                with RUN_SECONDS.labels(self.consumer.step).time():
                    yield
            return
        if self.prepare:
            async with self.slots.preparing(), self._deadline():
                if self.slots.idle:
                    await self._start(execution)
                execution.prepared = await self._prepared(run)
                self._only_hold(execution)
        async with self.slots.working(), self._working(execution):
            with RUN_SECONDS.labels(self.consumer.step).time():
                yield

    @asynccontextmanager
    async def _working(self, execution: RunExecution) -> AsyncIterator[None]:
        async with self._deadline():
            await self._start(execution)
            yield

    @asynccontextmanager
    async def _deadline(self) -> AsyncIterator[None]:
        """The soft one; the supervisor has a hard one, for a handler that does not let the loop run."""
        limit_s = self.leases.policy.deadline_ms / 1000
        try:
            async with asyncio.timeout(limit_s) as scope:
                yield
        except TimeoutError as error:
            if scope.expired():
                raise TooLong(f"worked for more than {limit_s:g} s") from error
            raise

    async def _start(self, execution: RunExecution) -> None:
        execution.working = True
        self.leases.work(execution.delivery.entry_id)
        await asyncio.sleep(0)  # the word goes out while the loop turns

    def _only_hold(self, execution: RunExecution) -> None:
        """Waiting for a slot is not charged to the run."""
        execution.working = False
        self.leases.hold(execution.delivery)

    async def _prepared(self, run: RunT) -> object | None:
        return await self.prepare(run) if self.prepare else None

    async def _finish(self, delivery: Delivery, following: Sequence[NextRun], outcome: Outcome) -> Outcome:
        traceparent = tracing.traceparent()
        messages = [(stream, Message(run_id=run_id, traceparent=traceparent)) for run_id, stream in following]
        self.leases.drop(delivery.entry_id)
        try:
            entries = await self.consumer.finish(delivery, messages)
        except QueueUnavailable as error:
            logger.warning("finish_failed", run_id=delivery.message.run_id, detail=error.detail)
            return outcome
        if entries is None:
            return Outcome.LOST
        for (stream, message), entry_id in zip(messages, entries, strict=True):
            await self._tell_published(stream, message.run_id, entry_id)
        return outcome

    async def _tell_published(self, stream: str, run_id: str, entry_id: str) -> None:
        """A run store that cannot be told is no harm: the next `begin` adopts the entry."""
        try:
            if not await self.run_store.published(run_id, expected=None, entry_id=entry_id):
                await self.consumer.streams.drop(stream, entry_id)
        except Exception as error:  # noqa: BLE001
            logger.warning("published_untold", run_id=run_id, error_type=type(error).__name__)

    async def _fail(self, delivery: Delivery, error: Exception) -> Outcome:
        code, detail, fatal = charge_of(error)
        if code is Code.DELETED_MEANWHILE:
            return await self._finish(delivery, (), Outcome.PASSED)
        if code in DEPENDENCY_FAULTS and delivery.deliveries < PATIENCE:
            return await self._return(delivery, code)
        dead = await self.run_store.fail(delivery.message.run_id, code=code, detail=detail, fatal=fatal)
        if dead:
            return await self._finish(delivery, (), Outcome.DEAD)
        await self._hand_back(delivery, Why.FAILED)
        return Outcome.FAILED

    async def _return(self, delivery: Delivery, reason: str) -> Outcome:
        logger.warning("run_returned", run_id=delivery.message.run_id, reason=reason)
        await self._hand_back(delivery, Why.RETURNED)
        return Outcome.RETURNED

    async def _hand_back(self, delivery: Delivery, why: Why) -> None:
        try:
            await self.consumer.hand_back(delivery, why)
        except QueueUnavailable as error:
            logger.warning("hand_back_failed", run_id=delivery.message.run_id, detail=error.detail)
