"""The stack itself: start in order, wait until each answers, restart what dies, stop in the opposite order."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

import httpx

from auricle_cli.stack import keys, leftovers, ports
from auricle_cli.stack.plan import SERVICES, Plan
from auricle_cli.stack.processes import Process
from auricle_cli.stack.stores import Postgres, redis_process

START_SECONDS = 240.0  # for a process that hangs; one that ends is told at once
Say = Callable[[str], None]


class StackFailed(RuntimeError):
    """A process did not come up; the message holds the end of its log."""


Part = TypeVar("Part")


def _there(part: Part | None) -> Part:
    if part is None:
        raise StackFailed("the stack has not started")
    return part


class LocalStack:
    """A context manager: inside it every service runs and is watched."""

    def __init__(
        self,
        root: Path,
        state: Path,
        say: Say,
        services: Sequence[str] = SERVICES,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        self.root = root
        self.state = state.resolve()
        self.say = say
        self.services = services
        self.settings = dict(settings or {})
        self.processes: dict[str, Process] = {}
        self.leave_alone: set[str] = set()
        self.key = ""
        self._postgres: Postgres | None = None
        self._plan: Plan | None = None
        self._watcher = threading.Thread(target=self._watch, daemon=True)
        self._closing = threading.Event()
        self._claims = ExitStack()

    @property
    def postgres(self) -> Postgres:
        """The database of a stack that has started."""
        return _there(self._postgres)

    @property
    def plan(self) -> Plan:
        """What the processes of a stack that has started agree on."""
        return _there(self._plan)

    def __enter__(self) -> Self:
        self.state.mkdir(parents=True, exist_ok=True)
        for name in leftovers.sweep(self.state):
            self.say(f"ended {name}, left by an earlier crash")
        try:
            self._start()
        except BaseException:
            self.close()
            raise
        self._watcher.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _start(self) -> None:
        chosen = ports.choose(dict.fromkeys([*ports.USUAL, *self.services]), self._claims)
        for name, port in chosen.items():
            if port != ports.USUAL.get(name, port):
                self.say(f"port {ports.USUAL[name]} is taken: {name} listens on {port}")
        environment = dict(os.environ) | {"AURICLE_STATE": str(self.state)}
        self._add(redis_process(self.state, chosen["redis"], environment))
        self._postgres = Postgres(self.state / "postgres")
        self.say("stores are up: Redis with AOF, Postgres 18")
        database_url = self.postgres.prepare(environment)
        self._plan = Plan(self.root, self.state, chosen, database_url, keys.masking_keys(self.state), self.settings)
        self.key = self._make_key()
        for service in self.services:
            log = self.state / "logs" / f"{service}.log"
            self._add(Process(service, self.plan.command(service), self.plan.environment(service), log))
        for service in self.services:
            self._await(service)

    def _add(self, process: Process) -> None:
        process.start()
        self.processes[process.name] = process
        self._remember()

    def _remember(self) -> None:
        pids = {name: process.pid for name, process in self.processes.items() if process.pid}
        if self._postgres:
            pids["postgres"] = self._postgres.pid
        pages = [name for name in ("gateway", "console") if name in self.services]
        facts = {name: self._plan.url(name) for name in pages} if self._plan else {}
        leftovers.remember(self.state, pids, facts | {"key": self.key})

    def _make_key(self) -> str:
        """An API key of the workspace `demo`; kept in the state folder, readable by this user only."""
        kept = self.state / "key"
        if kept.exists():
            return kept.read_text().strip()
        command = [sys.executable, "-m", "auricle_records", "key", "--workspace", "demo"]
        environment = dict(os.environ) | self.plan.shared() | {"AURICLE_STATE": str(self.state)}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
        if done.returncode != 0:
            raise StackFailed(f"no API key could be made:\n{done.stderr[-2000:]}")
        kept.touch(mode=0o600)
        kept.write_text(done.stdout.strip().splitlines()[-1])
        return kept.read_text().strip()

    def _await(self, service: str) -> None:
        """Wait until its health page answers."""
        process = self.processes[service]
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            if not process.is_running():
                break
            try:
                if httpx.get(self.plan.url(service) + "/healthz", timeout=1.0).is_success:
                    self.say(f"{service} answers on {self.plan.url(service)}")
                    return
            except httpx.HTTPError:
                time.sleep(0.1)
        raise StackFailed(f"{service} did not come up; the end of {process.log}:\n{process.last_lines()}")

    def _watch(self) -> None:
        """What Kubernetes does in a cluster: start again whatever ended by itself."""
        while not self._closing.wait(0.2):
            for process in self.processes.values():
                if not process.is_running() and process.name not in self.leave_alone and not self._closing.is_set():
                    process.restarts += 1
                    process.start()
                    self._remember()

    def close(self) -> None:
        """Workers first, stores last; every process gets its grace."""
        self._closing.set()
        if self._watcher.is_alive():
            self._watcher.join()
        for name in reversed(self.processes):
            self.processes[name].stop()
        if self._postgres:
            self._postgres.stop()
        self._claims.close()
        (self.state / leftovers.FILE).unlink(missing_ok=True)
