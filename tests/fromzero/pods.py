"""Pods as processes: pending until their node is there, SIGTERM to process 1, SIGKILL to all of it when the grace is over."""

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass, field

from auricle_cli.stack.processes import Process
from fromzero.workloads import GRACE_S, SPOT_NOTICE_S, Workload

Make = Callable[[int], Process]


@dataclass
class Pod:
    """One life. Times are real seconds."""

    process: Process
    starts_s: float
    dies_s: float | None = None
    node_goes: bool = False

    @property
    def is_ending(self) -> bool:
        return self.dies_s is not None

    @property
    def has_begun(self) -> bool:
        return self.process.pid is not None

    def begin_to_end(self, now_s: float, grace_s: float) -> None:
        """SIGTERM as a container's process 1 gets it: not to its children."""
        self.dies_s = now_s + grace_s
        if self.process.is_running() and self.process.pid:
            os.kill(self.process.pid, signal.SIGTERM)


@dataclass
class Deployment:
    """The pods of one workload and the nodes that they leave behind. `speed`: modelled seconds in a real one."""

    workload: Workload
    make: Make
    speed: float
    pods: list[Pod] = field(default_factory=list)
    over: list[Pod] = field(default_factory=list)
    restarts: int = 0
    killed_after_grace: int = 0
    _free_nodes: list[float] = field(default_factory=list)

    @property
    def wanted(self) -> list[Pod]:
        """Pods that are not on their way out."""
        return [pod for pod in self.pods if not pod.is_ending]

    @property
    def running(self) -> int:
        return sum(pod.process.is_running() for pod in self.pods)

    @property
    def nodes(self) -> int:
        """Nodes that are paid for: a pod's own, and empty ones that are not gone yet."""
        return sum(pod.has_begun for pod in self.pods) + len(self._free_nodes) if self.workload.node_s else 0

    def reconcile(self, now_s: float, replicas: int) -> None:
        """What the deployment, the scheduler and the kubelets do about it."""
        self._bury(now_s)
        self._free_nodes = [until for until in self._free_nodes if until > now_s]
        least_dear = sorted(self.wanted, key=lambda one: (one.has_begun, -one.starts_s))
        for pod in least_dear[: max(0, len(self.wanted) - replicas)]:
            pod.begin_to_end(now_s, GRACE_S)
        for _ in range(replicas - len(self.wanted)):
            self._schedule(now_s)
        for pod in self.wanted:
            self._run(pod, now_s)

    def spot_notice(self, now_s: float, busy: Callable[[int], bool]) -> bool:
        """A busy pod's node goes in 120 s: Karpenter drains it at once, and the pod's own grace is shorter than that."""
        return self._take(busy, lambda pod: pod.begin_to_end(now_s, min(GRACE_S, SPOT_NOTICE_S)))

    def lose_node(self, now_s: float, busy: Callable[[int], bool]) -> bool:
        """A busy pod's node vanishes without a word."""

        def vanish(pod: Pod) -> None:
            pod.dies_s = now_s
            pod.process.signal(signal.SIGKILL)

        return self._take(busy, vanish)

    def _take(self, busy: Callable[[int], bool], deed: Callable[[Pod], None]) -> bool:
        alive = [pod for pod in self.wanted if pod.process.is_running()]
        victim = next((pod for pod in alive if pod.process.pid and busy(pod.process.pid)), None)
        if victim is None:
            return False
        victim.node_goes = True
        deed(victim)
        return True

    def _schedule(self, now_s: float) -> None:
        wait_s = self.workload.node_s / self.speed
        if self._free_nodes:
            self._free_nodes.pop()
            wait_s = 0.0
        self.pods.append(Pod(self.make(len(self.pods) + len(self.over)), now_s + wait_s))

    def _run(self, pod: Pod, now_s: float) -> None:
        if now_s < pod.starts_s or pod.process.is_running():
            return
        self.restarts += pod.has_begun
        pod.process.start()

    def _bury(self, now_s: float) -> None:
        for pod in [one for one in self.pods if one.dies_s is not None]:
            if pod.process.is_running() and now_s >= (pod.dies_s or 0.0):
                self.killed_after_grace += not pod.node_goes
                pod.process.signal(signal.SIGKILL)
            elif not pod.process.is_running():
                self.pods.remove(pod)
                self.over.append(pod)
                if pod.has_begun and self.workload.node_s and not pod.node_goes:
                    self._free_nodes.append(now_s + self.workload.node_stays_s / self.speed)
