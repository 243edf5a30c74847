"""The loop in one process: how each ending of a handler is counted, how it drains, and what it takes when."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from auricle_contracts import Code, Message, Priority, Step, stream_of
from auricle_kit.drain import Drain
from auricle_kit.errors import AuricleError, DependencyUnavailable
from auricle_streams import Consumer, Held, LeaseLost, LeasePolicy, OwnLeases, Streams, Worker
from fixtures.patience import eventually
from fixtures.sqlite_run_store import SqliteRunStore, TwinRun
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider

ASR = stream_of(Step.TRANSCRIBE, Priority.LIVE)
SCORE = stream_of(Step.EVALUATE, Priority.LIVE)
LEASE = LeasePolicy(renew_ms=100, missed=3, deadline_ms=5_000)
Work = Callable[[TwinRun, Held], Awaitable[Sequence[tuple[str, str]]]]


class Hiccup(AuricleError):
    code = Code.SPEECH_ENGINE_FAILED
    retryable = True


class Broken(AuricleError):
    code = Code.NOT_AUDIO


class Deleted(AuricleError):
    code = Code.DELETED_MEANWHILE


@dataclass
class Loop:
    """A worker that can be started, asked and stopped within a test."""

    streams: Streams
    run_store: SqliteRunStore
    drain: Drain = field(default_factory=Drain)
    waiting_for: str | None = None
    tasks: list[asyncio.Task[None]] = field(default_factory=list)

    async def commit(self, run: TwinRun, _: Held) -> Sequence[tuple[str, str]]:
        self.run_store.start(run.id)
        return self.run_store.commit(run.id)

    async def publish(self, *run_ids: str, **following: str) -> None:
        self.run_store.add(*run_ids, **following)
        for run_id in run_ids:
            await self.streams.publish(ASR, Message(run_id=run_id))

    def start(self, handler: Work | None = None, *, lease: LeasePolicy = LEASE, **options: object) -> Worker[TwinRun]:
        leases = OwnLeases(self.streams, f"w{len(self.tasks)}", lease)
        worker = Worker(
            Consumer(self.streams, Step.TRANSCRIBE, leases.consumer, lease),
            self.run_store,
            handler or self.commit,
            leases=leases,
            drain=self.drain,
            ready=lambda: self.waiting_for,
            **options,  # type: ignore[arg-type]
        )

        async def run() -> None:
            async with leases:
                await worker.run()

        self.tasks.append(asyncio.create_task(run()))
        return worker

    async def until(self, expected: dict[str, str], seconds: float = 60) -> None:
        await eventually(lambda: self.run_store.states() == expected, seconds)

    async def stop(self) -> None:
        self.drain.stopping.set()
        await asyncio.gather(*self.tasks)


@pytest.fixture
async def loop(streams: Streams, tmp_path: Path) -> AsyncIterator[Loop]:
    made = Loop(streams, SqliteRunStore(tmp_path / "runs.sqlite"))
    yield made
    await asyncio.wait_for(made.stop(), 60)


def raising(error: Exception) -> Work:
    async def handler(run: TwinRun, held: Held) -> Sequence[tuple[str, str]]:
        raise error

    return handler


async def test_a_run_is_done_and_the_next_one_published_and_told(loop: Loop) -> None:
    await loop.publish("r1", following="r2", stream=SCORE)
    loop.start()
    await loop.until({"r1": "done", "r2": "waiting"})
    await loop.stop()
    entry_id = loop.run_store.row("r2").entry_id
    assert entry_id is not None
    assert await loop.streams.present(SCORE, [entry_id]) == {entry_id}
    assert await loop.streams.length(ASR) == 0


async def test_a_done_run_is_passed_on_without_the_handler(loop: Loop) -> None:
    """The worker died after its commit and before its script."""
    await loop.publish("r1", following="r2", stream=SCORE)
    await loop.run_store.begin("r1", entry_id=await first_entry(loop), lost_lease=False, crash=None)
    loop.run_store.commit("r1")
    loop.start()
    await until_length(loop, ASR, 0)
    assert loop.run_store.diary("starts") == []
    assert await loop.streams.length(SCORE) == 1
    assert loop.run_store.row("r2").entry_id is not None


async def test_a_second_entry_of_one_run_is_dropped(loop: Loop) -> None:
    await loop.publish("r1")
    await loop.streams.publish(ASR, Message(run_id="r1"))
    loop.start(slowly(loop, 0.3), concurrency=4)
    await loop.until({"r1": "done"})
    await until_length(loop, ASR, 0)
    assert len(loop.run_store.diary("starts")) == 1


async def test_an_entry_of_an_unknown_run_is_dropped(loop: Loop) -> None:
    await loop.streams.publish(ASR, Message(run_id="nobody"))
    loop.start()
    await until_length(loop, ASR, 0)


async def test_the_items_fault_is_tried_three_times(loop: Loop) -> None:
    await loop.publish("r1")
    loop.start(raising(Hiccup("it hiccuped")))
    await loop.until({"r1": "dead"})
    await until_length(loop, ASR, 0)
    row = loop.run_store.row("r1")
    assert (row.attempts, row.last_error) == (3, "speech_engine_failed: it hiccuped")


async def test_a_hopeless_item_dies_at_once(loop: Loop) -> None:
    await loop.publish("r1", "r2")
    broken = raising(Broken("it is no audio"))
    loop.start(lambda run, held: broken(run, held) if run.id == "r1" else loop.commit(run, held))
    await loop.until({"r1": "dead", "r2": "done"})
    assert loop.run_store.row("r1").attempts == 1


async def test_a_bug_is_counted_and_its_words_are_not_kept(loop: Loop) -> None:
    await loop.publish("r1")
    loop.start(raising(ValueError("words of a customer")))
    await loop.until({"r1": "dead"})
    assert loop.run_store.row("r1").last_error == "internal: unexpected ValueError"


async def test_a_deleted_conversation_ends_the_run_quietly(loop: Loop) -> None:
    await loop.publish("r1")
    loop.start(raising(Deleted("deleted")))
    await until_length(loop, ASR, 0)
    assert loop.run_store.row("r1").attempts == 0


async def test_a_dependency_that_is_down_costs_no_attempt(loop: Loop) -> None:
    down = True

    async def handler(run: TwinRun, held: Held) -> Sequence[tuple[str, str]]:
        if down:
            raise DependencyUnavailable("the store does not answer")
        return await loop.commit(run, held)

    await loop.publish("r1")
    loop.start(handler)
    await asyncio.sleep(1.5)
    down = False
    await loop.until({"r1": "done"})
    row = loop.run_store.row("r1")
    assert (row.attempts, row.lost_leases) == (0, 0)


async def test_a_desk_that_is_down_costs_nothing(loop: Loop) -> None:
    await loop.publish("r1")
    loop.run_store.down = True
    loop.start()
    await asyncio.sleep(1.0)
    loop.run_store.down = False
    await loop.until({"r1": "done"})
    assert len(loop.run_store.diary("starts")) == 1


async def test_a_worker_that_waits_takes_nothing_and_reclaims_nothing(loop: Loop) -> None:
    loop.waiting_for = "waiting_for_model"
    await loop.publish("r1", "r2")
    dead = Consumer(loop.streams, Step.TRANSCRIBE, "dead", LEASE)
    assert await dead.take(10)
    worker = loop.start()
    await asyncio.sleep(1.0)
    assert worker.state == "waiting_for_model"
    assert loop.run_store.diary("starts") == []
    (row,) = await loop.streams.redis.xpending_range(ASR, "workers", "-", "+", 10)
    assert (row["consumer"], row["times_delivered"]) == (b"dead", 1)
    loop.waiting_for = None
    await loop.until({"r1": "done", "r2": "done"})
    assert worker.state == "ok"


async def test_live_work_goes_before_backfill(loop: Loop) -> None:
    loop.run_store.add("old", "new", "newer")
    await loop.streams.publish(stream_of(Step.TRANSCRIBE, Priority.BACKFILL), Message(run_id="old"))
    for run_id in ("new", "newer"):
        await loop.streams.publish(ASR, Message(run_id=run_id))
    loop.start()
    await loop.until({"old": "done", "new": "done", "newer": "done"})
    assert [run_id for run_id, _, _ in loop.run_store.diary("starts")] == ["new", "newer", "old"]


async def test_the_next_item_is_prepared_while_one_is_worked_on(loop: Loop) -> None:
    told: list[str] = []

    async def prepare(run: TwinRun) -> str:
        told.append(f"prepare {run.id}")
        return f"prepared {run.id}"

    async def handler(run: TwinRun, held: Held) -> Sequence[tuple[str, str]]:
        assert held.prepared == f"prepared {run.id}"
        told.append(f"begin {run.id}")
        await asyncio.sleep(0.3)
        told.append(f"end {run.id}")
        return await loop.commit(run, held)

    await loop.publish("r1", "r2")
    loop.start(handler, prepare=prepare, prefetch=1)
    await loop.until({"r1": "done", "r2": "done"})
    assert told.index("prepare r2") < told.index("end r1") < told.index("begin r2")


async def test_waiting_for_a_slot_is_not_charged_to_the_prefetched_run(loop: Loop) -> None:
    """Together the runs take longer than the deadline of one; so does the wait of a run that failed before and goes alone."""
    await loop.publish("r1", "r2", "r3")
    await loop.run_store.fail("r3", code=Code.SPEECH_ENGINE_FAILED, detail="", fatal=False)
    loop.start(slowly(loop, 0.4), lease=LeasePolicy(renew_ms=100, missed=3, deadline_ms=700), prefetch=2)
    await loop.until({"r1": "done", "r2": "done", "r3": "done"})
    assert [loop.run_store.row(run_id).attempts for run_id in ("r1", "r2", "r3")] == [0, 0, 1]


@pytest.mark.parametrize("prepared", [False, True])
async def test_work_past_the_soft_deadline_is_charged(loop: Loop, prepared: bool) -> None:
    async def prepare(run: TwinRun) -> None:
        await asyncio.sleep(60 if prepared else 0)

    await loop.publish("r1")
    lease = LeasePolicy(renew_ms=100, missed=3, deadline_ms=300)
    loop.start(slowly(loop, 60), lease=lease, prepare=prepare, prefetch=1)
    await loop.until({"r1": "dead"})
    assert loop.run_store.row("r1").last_error == "worker_crashed: worked for more than 0.3 s"


async def test_a_drain_lets_work_end_and_hands_the_prefetched_back(loop: Loop) -> None:
    await loop.publish("r1", "r2")
    loop.start(slowly(loop, 0.5), prefetch=1)
    await eventually(lambda: bool(loop.run_store.diary("starts")))
    await asyncio.sleep(0.1)
    await loop.stop()
    assert loop.run_store.states() == {"r1": "done", "r2": "working"}
    (row,) = await loop.streams.redis.xpending_range(ASR, "workers", "-", "+", 10)
    assert row["consumer"] == b"~returned"
    assert loop.run_store.row("r2").attempts == 0


async def test_a_drain_without_time_hands_work_back(loop: Loop) -> None:
    await loop.publish("r1")
    loop.start(slowly(loop, 60), drain_seconds=2.2)
    await eventually(lambda: bool(loop.run_store.diary("starts")))
    await loop.stop()
    again = await Consumer(loop.streams, Step.TRANSCRIBE, "next", LEASE).claims.pending(ASR)
    assert again == []
    (row,) = await loop.streams.redis.xpending_range(ASR, "workers", "-", "+", 10)
    assert row["consumer"] == b"~returned"


async def test_a_lost_lease_cancels_the_handler_and_commits_nothing(loop: Loop) -> None:
    ended: list[str] = []

    async def handler(run: TwinRun, held: Held) -> Sequence[tuple[str, str]]:
        loop.run_store.start(run.id)
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            ended.append("lost" if held.lost else "cancelled")
            raise
        return ()

    await loop.publish("r1")
    loop.start(handler)
    await eventually(lambda: bool(loop.run_store.diary("starts")))
    await loop.streams.redis.flushall()
    await eventually(lambda: bool(ended))
    assert ended == ["lost"]
    assert loop.run_store.row("r1").state == "working"
    assert loop.run_store.row("r1").attempts == 0


async def test_confirm_finds_a_loss_before_the_commit(loop: Loop) -> None:
    """Between two renewals another worker took the entry."""
    told: list[str] = []

    async def handler(run: TwinRun, held: Held) -> Sequence[tuple[str, str]]:
        await held.confirm()
        await loop.streams.drop(ASR, held.delivery.entry_id)
        try:
            await held.confirm()
        except LeaseLost:
            told.append("lost")
            raise
        return loop.run_store.commit(run.id)

    await loop.publish("r1")
    loop.start(handler)
    await eventually(lambda: bool(told))
    await loop.stop()
    assert loop.run_store.diary("effects") == []


async def test_the_trace_goes_on_in_the_next_message(loop: Loop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trace, "get_tracer", TracerProvider().get_tracer)
    loop.run_store.add("r1", following="r2", stream=SCORE)
    parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    await loop.streams.publish(ASR, Message(run_id="r1", traceparent=parent))
    loop.start()
    await loop.until({"r1": "done", "r2": "waiting"})
    await until_length(loop, SCORE, 1)
    ((_, fields),) = await loop.streams.redis.xrange(SCORE)
    version, trace_id, span_id, _ = fields[b"traceparent"].decode().split("-")
    assert (version, trace_id) == ("00", "0af7651916cd43dd8448eb211c80319c")
    assert span_id != "b7ad6b7169203331"


async def test_two_workers_share_many_runs_and_double_none(loop: Loop) -> None:
    runs = [f"r{number}" for number in range(200)]
    await loop.publish(*runs)
    for _ in range(2):
        loop.start(concurrency=8, prefetch=4)
    await loop.until(dict.fromkeys(runs, "done"), 60)
    await until_length(loop, ASR, 0)
    assert len(loop.run_store.diary("starts")) == len(loop.run_store.diary("effects")) == 200


def slowly(loop: Loop, seconds: float) -> Work:
    async def handler(run: TwinRun, held: Held) -> Sequence[tuple[str, str]]:
        loop.run_store.start(run.id)
        await asyncio.sleep(seconds)
        return loop.run_store.commit(run.id)

    return handler


async def first_entry(loop: Loop) -> str:
    ((entry_id, _),) = await loop.streams.redis.xrange(ASR, count=1)
    return str(entry_id, "ascii")


async def until_length(loop: Loop, stream: str, length: int) -> None:
    async def holds() -> bool:
        return await loop.streams.length(stream) == length

    await eventually(holds, 10, f"length {length} of {stream}")
