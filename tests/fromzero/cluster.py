"""The control loop: read XLEN, ask the autoscalers, reconcile the pods, plant the losses, write down what was seen."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import redis
from auricle_contracts import GROUP
from fromzero.autoscaler import Autoscaler
from fromzero.pods import Deployment

STEP_S = 0.25
Length = Callable[[str], int]
Busy = Callable[[Sequence[str], int], bool]
"""Whether a process holds an entry of these streams."""


@dataclass(frozen=True)
class Sample:
    """One look; `seconds` is modelled time."""

    seconds: float
    waiting: dict[str, int]
    desired: dict[str, int]
    running: dict[str, int]
    nodes: dict[str, int]


@dataclass(frozen=True)
class Loss:
    """A node that goes under work in flight, while its workload has at least `pods` running pods."""

    workload: str
    kind: str
    pods: int


LOSSES = (Loss("asr", "spot notice", 2), Loss("scorer", "node lost", 2))


@dataclass
class Cluster:
    """`speed`: modelled seconds in a real one; the processes themselves live in real time."""

    deployments: Sequence[Deployment]
    length: Length
    busy: Busy
    speed: float
    samples: list[Sample] = field(default_factory=list)
    events: list[tuple[float, str]] = field(default_factory=list)
    _left: list[Loss] = field(default_factory=lambda: list(LOSSES))

    def __post_init__(self) -> None:
        """Both controllers have just looked at empty queues, as they do for hours: the backlog comes right behind that."""
        self._scalers = [Autoscaler(one.workload.scaled) for one in self.deployments]
        for one, scaler in zip(self.deployments, self._scalers, strict=True):
            scaler.tick(0.0, [0.0] * len(one.workload.streams))

    def run(self, timeout_s: float) -> bool:
        """Until the queues are empty and no pod is left; False when real time runs out first."""
        began_s = time.monotonic()
        while (now_s := time.monotonic() - began_s) < timeout_s:
            self._step(now_s)
            if self._is_asleep():
                return True
            time.sleep(STEP_S)
        return False

    def _step(self, now_s: float) -> None:
        lengths = {name: self.length(name) for one in self.deployments for name in one.workload.streams}
        for deployment, scaler in zip(self.deployments, self._scalers, strict=True):
            metrics = [float(lengths[name]) for name in deployment.workload.streams]
            deployment.reconcile(now_s, scaler.tick(now_s * self.speed, metrics))
        self._lose(now_s)
        self._look(now_s * self.speed, lengths)

    def _lose(self, now_s: float) -> None:
        for loss in list(self._left):
            deployment = next(one for one in self.deployments if one.workload.name == loss.workload)
            if deployment.running < loss.pods or len(deployment.wanted) < loss.pods:
                continue
            deed = deployment.spot_notice if loss.kind == "spot notice" else deployment.lose_node
            if deed(now_s, partial(self.busy, deployment.workload.streams)):
                self._left.remove(loss)
                self.events.append((now_s * self.speed, f"{loss.kind}: {loss.workload}"))

    def _look(self, seconds: float, lengths: dict[str, int]) -> None:
        named = {one.workload.name: one for one in self.deployments}
        desired = {
            one.workload.name: scaler.replicas for one, scaler in zip(self.deployments, self._scalers, strict=True)
        }
        running = {name: one.running for name, one in named.items()}
        nodes = {name: one.nodes for name, one in named.items()}
        self.samples.append(Sample(round(seconds, 1), lengths, desired, running, nodes))

    def _is_asleep(self) -> bool:
        last = self.samples[-1]
        quiet = not any([*last.waiting.values(), *last.desired.values(), *last.nodes.values()])
        return quiet and not any(one.pods for one in self.deployments)


def lengths_of(url: str) -> Length:
    """XLEN on a real Redis: what KEDA's scaler reads without a consumer group."""
    client = redis.Redis.from_url(url, socket_timeout=5)
    return lambda stream: int(str(client.xlen(stream)))


def busy_of(url: str) -> Busy:
    """A worker's consumer carries its process id in its name."""
    client: Any = redis.Redis.from_url(url, socket_timeout=5, decode_responses=True)

    def rows(stream: str) -> list[dict[str, Any]]:
        try:
            found: list[dict[str, Any]] = client.xinfo_consumers(stream, GROUP)
        except redis.ResponseError:  # the first worker makes the group
            return []
        return found

    def holds(streams: Sequence[str], pid: int) -> bool:
        return any(f"-{pid}-" in one["name"] and one["pending"] for stream in streams for one in rows(stream))

    return holds
