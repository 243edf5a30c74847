"""What a pod has to ask for: memory and CPU of the real processes, idle and per conversation. Writes docs/evidence/resources.json.

PYTHONPATH=tests python -m bench.resources      minutes; the engines of speech and language are the demo weights on a CPU

A container is charged for what its processes hold together, so memory is the sum of their proportional shares (PSS); CPU time counts
children that have ended too. Chats go through a stack with scripted engines, calls through the demo's own.
"""

import json
import os
import random
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import av
import psutil
from auricle_cli.stack.local_stack import LocalStack
from fixtures.scripted_stack import ROOT, scripted_stack, state_folder
from fixtures.storm import load
from fixtures.storm.proofs import Proofs

TARGET = ROOT / "docs" / "evidence" / "resources.json"
CPU_SERVICES = ("compressor", "rules", "gateway", "keeper", "console", "scorer")
CHATS, CALLS = 200, 4
IDLE_SECONDS, EVERY_SECONDS, PATIENCE_SECONDS = 10.0, 0.25, 500.0
MIB = 1024.0 * 1024.0
NOT_DONE = "SELECT count(*) AS open FROM runs WHERE state <> 'done'"


def tree(pid: int) -> list[psutil.Process]:
    """A process and everything below it."""
    parent = psutil.Process(pid)
    return [parent, *parent.children(recursive=True)]


def cpu_seconds(processes: Sequence[psutil.Process]) -> float:
    """User and system time, ended children included."""
    times = [one.cpu_times() for one in processes]
    return sum(one.user + one.system + one.children_user + one.children_system for one in times)


def memory_mib(processes: Sequence[psutil.Process]) -> float:
    """Proportional share of memory, summed."""
    return sum(one.memory_full_info().pss for one in processes) / MIB


@dataclass
class Watch:
    """Samples a stack; the largest memory of each service is kept."""

    stack: LocalStack
    names: Sequence[str]
    peak_mib: dict[str, float] = field(default_factory=dict)
    _ended: threading.Event = field(default_factory=threading.Event)

    def trees(self) -> Iterator[tuple[str, list[psutil.Process]]]:
        """Each service with its processes; one that is just being replaced is left out."""
        for name in self.names:
            pid = self.stack.processes[name].pid
            if pid is not None:
                yield name, tree(pid)

    def sample(self) -> None:
        """Once; a child may end while it is read."""
        for name, processes in self.trees():
            try:
                self.peak_mib[name] = max(self.peak_mib.get(name, 0.0), memory_mib(processes))
            except psutil.NoSuchProcess:
                continue

    def cpu(self) -> dict[str, float]:
        """Seconds so far."""
        return {name: cpu_seconds(processes) for name, processes in self.trees()}

    @contextmanager
    def sampling(self) -> Iterator[None]:
        """In a thread of its own."""

        def forever() -> None:
            while not self._ended.wait(EVERY_SECONDS):
                self.sample()

        thread = threading.Thread(target=forever, daemon=True)
        thread.start()
        yield
        self._ended.set()
        thread.join()


def wait_done(stack: LocalStack) -> None:
    """Until no run is open."""
    end, proofs = time.monotonic() + PATIENCE_SECONDS, Proofs(stack)
    while proofs.sql(NOT_DONE)[0]["open"]:
        if time.monotonic() > end:
            raise TimeoutError(f"runs are still open after {PATIENCE_SECONDS} s")
        time.sleep(0.5)


def measured(stack: LocalStack, names: Sequence[str], items: Sequence[load.Item]) -> dict[str, dict[str, float]]:
    """Idle first, then with all items posted and judged."""
    watch = Watch(stack, names)
    idle_from = watch.cpu()
    time.sleep(IDLE_SECONDS)
    idle_to = watch.cpu()
    watch.sample()
    idle_mib = dict(watch.peak_mib)
    began = time.monotonic()
    with watch.sampling():
        load.post_all(stack.plan.url("gateway"), stack.key, items)
        wait_done(stack)
    after, seconds = watch.cpu(), time.monotonic() - began
    idle = {name: (idle_to[name] - idle_from[name]) / IDLE_SECONDS for name in names}
    return {
        name: {
            "idle_mib": round(idle_mib[name]),
            "peak_mib": round(watch.peak_mib[name]),
            "idle_cores": round(idle[name], 4),
            "cpu_ms_per_conversation": round(
                (after[name] - idle_to[name] - idle[name] * seconds) / len(items) * 1000, 1
            ),
        }
        for name in names
    }


def recordings() -> list[Path]:
    """The first sample calls."""
    return sorted((ROOT / "tests" / "data" / "calls").glob("*.wav"))[:CALLS]


def spoken(rng: random.Random) -> list[load.Item]:
    """Them whole, as they are posted."""
    return [
        load.Item(f"spoken-{number}", path.read_bytes(), load.call(rng, number).headers)
        for number, path in enumerate(recordings())
    ]


def audio_seconds() -> float:
    """Mean length of one."""
    with ExitStack() as files:
        lengths = [files.enter_context(av.open(str(path))).duration or 0 for path in recordings()]
    return sum(lengths) / len(lengths) / av.time_base


def everything() -> dict[str, object]:
    """Both stacks, one after the other."""
    rng = random.Random(7)
    with state_folder() as state, scripted_stack(state, services=CPU_SERVICES) as stack:
        chats = measured(stack, CPU_SERVICES, [load.chat(rng, number) for number in range(CHATS)])
    names = ("asr", "llm")
    with state_folder() as state, LocalStack(ROOT, state, lambda _: None, (*CPU_SERVICES, *names)) as stack:
        calls = measured(stack, (*CPU_SERVICES, *names), spoken(rng))
    return {
        "chats": CHATS,
        "scripted_engines": chats,
        "calls": CALLS,
        "seconds_of_a_call": round(audio_seconds(), 1),
        "demo_engines": calls,
    }


def main() -> None:
    """Write the file."""
    made = {
        "command": "PYTHONPATH=tests python -m bench.resources",
        "date": datetime.now(UTC).strftime("%Y-%m-%d"),
        "machine": f"{os.cpu_count()} cores, Linux x86-64, shared with other work, load {os.getloadavg()[0]:.1f} at the start",
    }
    found = everything()
    TARGET.write_text(json.dumps(made | found, indent=1) + "\n", encoding="utf-8")
    print(f"wrote {Path(TARGET).relative_to(ROOT)}")


if __name__ == "__main__":
    main()
