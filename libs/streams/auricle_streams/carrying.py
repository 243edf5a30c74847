"""One delivery's life in a worker, from `begin` to the last script.

    begin ─┬─ nothing to do ──────────────────────────────────────────► finish (passed)
           └─ prepare ─► work ─┬─ done ───────────────────────────────► finish, hand over the next runs (done)
                               ├─ the item's fault ──► desk.fail ─┬───► finish (dead)
                               │                                  └───► hand back, a lease's rest (failed)
                               ├─ the conversation was deleted ───────► finish (passed)
                               ├─ the house's fault, or drained ──────► hand back, nothing counted (returned)
                               └─ lease lost ─────────────────────────► nothing (lost)

When the last script itself cannot reach Redis, nothing is lost: the lease runs out, and the next `begin` sees what was committed.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Generic

from auricle_contracts import Code, Message
from auricle_kit import failpoints, log, tracing
from auricle_kit.errors import AuricleError

from auricle_streams.consumer import Consumer
from auricle_streams.delivery import Delivery, Why
from auricle_streams.desk import Desk, NextRun
from auricle_streams.errors import LeaseLost, QueueUnavailable
from auricle_streams.gate import Gate
from auricle_streams.handling import Handler, Prepare, RunT
from auricle_streams.item import Item
from auricle_streams.leases import Leases
from auricle_streams.metrics import RUN_SECONDS
from auricle_streams.outcomes import HOUSE_FAULTS, Outcome, TooLong, charge_of, log_outcome

PATIENCE = 50
"""Deliveries of one entry after which even an unavailable dependency is charged to it: it may be the item that breaks it."""
logger = log.get("streams.worker")


@dataclass
class Carrier(Generic[RunT]):
    """Everything that a delivery needs on its way; one per worker."""

    consumer: Consumer
    desk: Desk[RunT]
    handler: Handler[RunT]
    prepare: Prepare[RunT] | None
    leases: Leases
    gate: Gate
    items: dict[str, Item] = field(default_factory=dict)

    async def carry(self, delivery: Delivery) -> Outcome:
        """Never raises: whatever happens ends in an outcome."""
        item = Item(delivery, self.consumer.claims)
        self.items[delivery.entry_id] = item
        name = f"{self.consumer.step} run"
        try:
            with tracing.span(name, delivery.message.traceparent, run_id=delivery.message.run_id) as span:
                outcome = await self._ending(item)
                span.set_attribute("outcome", outcome)
        finally:
            self.leases.drop(delivery.entry_id)
            del self.items[delivery.entry_id]
        log_outcome(delivery, outcome)
        return outcome

    async def _ending(self, item: Item) -> Outcome:
        try:
            return await self._begin(item)
        except LeaseLost:
            self.consumer.forget(item.delivery)
            return Outcome.LOST
        except asyncio.CancelledError:
            if not item.abandoned:
                raise
            return await self._return(item.delivery, "drained")
        except AuricleError as error:
            return await self._return(item.delivery, error.code)
        except Exception as error:
            logger.exception("desk_failed", run_id=item.delivery.message.run_id)
            return await self._return(item.delivery, type(error).__name__)

    async def _begin(self, item: Item) -> Outcome:
        delivery = item.delivery
        begun = await self.desk.begin(
            delivery.message.run_id,
            entry_id=delivery.entry_id,
            lost_lease=delivery.lost_lease,
            crash=delivery.crash,
        )
        if begun.run is None:
            return await self._finish(delivery, begun.next_runs, Outcome.PASSED)
        failpoints.passed("during_work")
        try:
            following = await self._work(item, begun.run)
        except LeaseLost:
            raise
        except Exception as error:  # noqa: BLE001 - a handler may raise anything, and its worker lives
            return await self._fail(delivery, error)
        failpoints.passed("after_result")
        return await self._finish(delivery, following, Outcome.DONE)

    async def _work(self, item: Item, run: RunT) -> Sequence[NextRun]:
        following: list[NextRun] = []
        await item.attempt(asyncio.create_task(self._attempt(item, run, following)))
        return following

    async def _attempt(self, item: Item, run: RunT, following: list[NextRun]) -> None:
        """Under the soft deadline; the supervisor has a hard one, for a handler that does not let the loop run."""
        limit_s = self.leases.policy.deadline_ms / 1000
        try:
            async with asyncio.timeout(limit_s) as scope, self._place(item, run):
                following.extend(await self.handler(run, item))
        except TimeoutError as error:
            if scope.expired():
                raise TooLong(f"worked for more than {limit_s:g} s") from error
            raise

    @asynccontextmanager
    async def _place(self, item: Item, run: RunT) -> AsyncIterator[None]:
        if run.attempts or run.lost_leases or item.delivery.suspect:
            async with self.gate.alone():
                await self._start(item)
                item.prepared = await self._prepared(run)
                with RUN_SECONDS.labels(self.consumer.step).time():
                    yield
            return
        if self.prepare:
            async with self.gate.preparing():
                if self.gate.idle:
                    await self._start(item)
                item.prepared = await self._prepared(run)
                self._only_hold(item)
        async with self.gate.working():
            await self._start(item)
            with RUN_SECONDS.labels(self.consumer.step).time():
                yield

    async def _start(self, item: Item) -> None:
        item.working = True
        self.leases.work(item.delivery.entry_id)
        await asyncio.sleep(0)  # the word goes out while the loop turns

    def _only_hold(self, item: Item) -> None:
        """Until it has a place, what happens is not its doing."""
        item.working = False
        self.leases.hold(item.delivery)

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
        """A desk that cannot be told is no harm: the next `begin` adopts the entry."""
        try:
            if not await self.desk.published(run_id, expected=None, entry_id=entry_id):
                await self.consumer.streams.drop(stream, entry_id)
        except Exception as error:  # noqa: BLE001
            logger.warning("published_untold", run_id=run_id, error_type=type(error).__name__)

    async def _fail(self, delivery: Delivery, error: Exception) -> Outcome:
        code, detail, fatal = charge_of(error)
        if code is Code.DELETED_MEANWHILE:
            return await self._finish(delivery, (), Outcome.PASSED)
        if code in HOUSE_FAULTS and delivery.deliveries < PATIENCE:
            return await self._return(delivery, code)
        dead = await self.desk.fail(delivery.message.run_id, code=code, detail=detail, fatal=fatal)
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
