"""The consumers that `test_queue` compares, each run as a process of its own: `python queue_subjects.py NAME URL JOBS`.

Every one takes no-op jobs that are published before it starts, 16 at once, and prints one JSON line: seconds from its first look to its
last job, CPU of the process, and its pick-up times. Our own runs as it does in production: supervisor, leases, spans, metrics, scripts;
only the run store is empty, since Postgres is counted apart. It prefetches twice as many as it works on, which is dramatiq's default.
"""

# ruff: noqa: ARG002 (the empty run store has the arguments of the real one)

import asyncio
import json
import os
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import redis.asyncio
from auricle_contracts import Code, Priority, Step, stream_of
from auricle_kit.drain import Drain
from auricle_streams import Consumer, Held, Leases, Streams, Worker, WorkerSettings, supervisor

CONCURRENCY = 16
PREFETCH = 32
GROUP = "bench"
PICKUPS = 200
PICKUP_GAP_S = 0.01
OURS = stream_of(Step.TRANSCRIBE, Priority.LIVE)


@dataclass
class Tally:
    """Counts jobs; `finished` at the last. A job's payload is the time at which it was published, "" in the throughput part."""

    jobs: int
    pickup_ms: list[float] = field(default_factory=list)
    started_s: float = field(default_factory=time.perf_counter)
    seconds: float = 0.0
    cpu_s: float = field(default_factory=time.process_time)
    finished: asyncio.Event = field(default_factory=asyncio.Event)
    done: int = 0

    def job(self, payload: str) -> None:
        self.done += 1
        if payload:
            self.pickup_ms.append((time.time() - float(payload)) * 1000)
        if self.done == self.jobs:
            self.seconds = time.perf_counter() - self.started_s
            self.cpu_s = time.process_time() - self.cpu_s
            self.finished.set()

    def report(self) -> None:
        ordered = sorted(self.pickup_ms)
        middle = ordered[len(ordered) // 2] if ordered else None
        worst = ordered[int(len(ordered) * 0.99)] if ordered else None
        facts = {"seconds": self.seconds, "cpu_s": self.cpu_s, "pickup_p50_ms": middle, "pickup_p99_ms": worst}
        print(json.dumps(facts), flush=True)


async def measured(tally: Tally, publish_one: Callable[[str], Awaitable[object]]) -> None:
    """Wait for the prepared jobs, then publish single ones to an idle worker."""
    await tally.finished.wait()
    seconds, cpu_s = tally.seconds, tally.cpu_s
    tally.jobs += PICKUPS
    tally.finished.clear()
    for _ in range(PICKUPS):
        await asyncio.sleep(PICKUP_GAP_S)
        await publish_one(repr(time.time()))
    await asyncio.wait_for(tally.finished.wait(), 60)
    tally.seconds, tally.cpu_s = seconds, cpu_s
    tally.report()


# --- ours ---


@dataclass(frozen=True)
class NoRun:
    id: str
    attempts: int = 0
    lost_leases: int = 0


@dataclass(frozen=True)
class NoBegun:
    run: NoRun | None
    next_runs: Sequence[tuple[str, str]] = ()


class NoDesk:
    """Postgres is counted apart."""

    async def begin(self, run_id: str, *, entry_id: str, lost_lease: bool, crash: str | None) -> NoBegun:
        return NoBegun(NoRun(run_id))

    async def fail(self, run_id: str, *, code: Code, detail: str, fatal: bool) -> bool:
        return True

    async def published(self, run_id: str, *, expected: str | None, entry_id: str | None) -> bool:
        return True


async def ours(leases: Leases) -> None:
    drain = Drain()
    tally = Tally(int(sys.argv[3]))

    async def handler(run: NoRun, _: Held) -> Sequence[tuple[str, str]]:
        tally.job(run.id.partition("@")[2])
        return ()

    async with Streams.connect(sys.argv[2]) as streams:
        consumer = Consumer(streams, Step.TRANSCRIBE, leases.consumer, leases.policy)
        worker = Worker(
            consumer, NoDesk(), handler, leases=leases, drain=drain, concurrency=CONCURRENCY, prefetch=CONCURRENCY
        )
        running = asyncio.create_task(worker.run())
        await measured(tally, lambda payload: streams.redis.xadd(OURS, {"run_id": f"r@{payload}", "traceparent": ""}))
        drain.stopping.set()
        await running


# --- bare redis-py ---


async def bare(url: str, jobs: int) -> None:
    """What a careful person writes in an hour: 16 readers, MULTI XACK XDEL, a heartbeat that renews. No retry, no dead work."""
    tally = Tally(jobs)
    client: Any = redis.asyncio.Redis.from_url(url, protocol=2, socket_timeout=10)
    held: set[bytes] = set()

    async def read() -> None:
        while True:
            for _, entries in await client.xreadgroup(GROUP, "bare", {"bare": ">"}, count=1, block=1000) or ():
                for entry_id, fields in entries:
                    held.add(entry_id)
                    tally.job(fields[b"payload"].decode())
                    async with client.pipeline(transaction=True) as both:
                        both.xack("bare", GROUP, entry_id)
                        both.xdel("bare", entry_id)
                        await both.execute()
                    held.discard(entry_id)

    async def renew() -> None:
        while True:
            await asyncio.sleep(1)
            if held:
                await client.xclaim("bare", GROUP, "bare", 0, list(held), justid=True)

    await client.xgroup_create("bare", GROUP, id="0", mkstream=True)
    tasks = [asyncio.create_task(read()) for _ in range(CONCURRENCY)] + [asyncio.create_task(renew())]
    await measured(tally, lambda payload: client.xadd("bare", {"payload": payload}))
    os._exit(0 if tasks else 1)  # the readers block; there is nothing to tidy in a process that was one measurement


# --- libraries ---


def with_dramatiq(url: str, jobs: int) -> None:
    import dramatiq
    from dramatiq.brokers.redis import RedisBroker

    broker: Any = RedisBroker(url=url)  # type: ignore[no-untyped-call]
    broker.middleware = [one for one in broker.middleware if type(one).__name__ != "Prometheus"]
    dramatiq.set_broker(broker)

    async def run() -> None:
        tally = Tally(jobs)
        loop = asyncio.get_running_loop()

        @dramatiq.actor(actor_name="noop")
        def noop(payload: str) -> None:
            loop.call_soon_threadsafe(tally.job, payload)

        await asyncio.to_thread(lambda: [noop.send("") for _ in range(jobs)])
        tally.started_s, tally.cpu_s = time.perf_counter(), time.process_time()
        worker = dramatiq.Worker(broker, worker_threads=CONCURRENCY)
        worker.start()
        await measured(tally, lambda payload: asyncio.to_thread(noop.send, payload))
        worker.stop()

    asyncio.run(run())


async def with_taskiq(url: str, jobs: int) -> None:
    from concurrent.futures import ThreadPoolExecutor

    from taskiq.receiver import Receiver
    from taskiq_redis import RedisStreamBroker

    broker = RedisStreamBroker(url=url, consumer_id="0")
    tally = Tally(jobs)

    @broker.task(task_name="noop")
    async def noop(payload: str) -> None:
        tally.job(payload)

    broker.is_worker_process = True
    await broker.startup()
    for _ in range(jobs):
        await noop.kiq("")
    tally.started_s, tally.cpu_s = time.perf_counter(), time.process_time()
    with ThreadPoolExecutor() as pool:
        receiver = Receiver(broker, pool, max_async_tasks=CONCURRENCY, run_startup=False)
        stop = asyncio.Event()
        listening = asyncio.create_task(receiver.listen(stop))
        await measured(tally, noop.kiq)
        stop.set()
        listening.cancel()
    os._exit(0)


def main() -> None:
    name, url, jobs = sys.argv[1], sys.argv[2], int(sys.argv[3])
    if name == "ours":
        supervisor.run("bench", WorkerSettings(redis_url=url, log_level="WARNING"), ours)
    elif name == "bare":
        asyncio.run(bare(url, jobs))
    elif name == "dramatiq":
        with_dramatiq(url, jobs)
    elif name == "taskiq-redis":
        asyncio.run(with_taskiq(url, jobs))


if __name__ == "__main__":
    main()
