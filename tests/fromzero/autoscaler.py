"""KEDA's operator and the HPA's controller as their documents and sources describe them, without a clock: the caller brings the time.

    every `poll_s`   KEDA   0 → max(1, least) when a metric exceeds its activation; → `least` after `cooldown_s` without such a metric
    every 15 s       HPA    1..N: ceil(metric / target), the largest of all triggers, unless within a tenth of the target;
                            then the stabilisation window, then the policies, then the limits

Sources: kubernetes.io "Horizontal Pod Autoscaling" (algorithm, scaling policies, stabilization window) and the controller's
`GetExternalPerPodMetricReplicas` and `convertDesiredReplicasWithBehaviorRate`;
keda.sh "Scaling Deployments" and 2.20's `scale_scaledobjects.go`.
Left out: missing metrics, pods that are not ready (they do not count for external metrics), fallback, paused objects.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

TOLERANCE = 0.1
HPA_SYNC_S = 15.0


@dataclass(frozen=True)
class Policy:
    """At most so many pods, or so many percent of the pods, in so many seconds."""

    kind: Literal["Pods", "Percent"]
    value: int
    period_s: float


@dataclass(frozen=True)
class Behaviour:
    """One direction's window and policies; `Max` takes the policy that changes most."""

    window_s: float
    policies: tuple[Policy, ...]
    select: Literal["Max", "Min", "Disabled"] = "Max"


UP = Behaviour(0.0, (Policy("Percent", 100, 15.0), Policy("Pods", 4, 15.0)))
DOWN = Behaviour(300.0, (Policy("Percent", 100, 15.0),))
"""Kubernetes' defaults."""


@dataclass(frozen=True)
class Trigger:
    """The AverageValue that one pod should have, and what wakes: active when the metric is above it."""

    target: float
    activation: float = 0.0


@dataclass(frozen=True)
class ScaledObject:
    """What the manifest of the same name says."""

    triggers: tuple[Trigger, ...]
    least: int = 0
    most: int = 100
    poll_s: float = 30.0
    cooldown_s: float = 300.0
    up: Behaviour = UP
    down: Behaviour = DOWN


def desired(metric: float, target: float, current: int) -> int:
    """Pods that one AverageValue trigger wants; `current` pods within a tenth of the target stay."""
    if current and abs(metric / (target * current) - 1.0) <= TOLERANCE:
        return current
    return math.ceil(metric / target)


@dataclass
class Autoscaler:
    """Both controllers of one ScaledObject; `replicas` is the scale subresource that they write."""

    scaled: ScaledObject
    replicas: int = 0
    _last_active_s: float | None = None
    _polled_s: float | None = None
    _synced_s: float | None = None
    _wanted: list[tuple[float, int]] = field(default_factory=list)
    _changes: list[tuple[float, int]] = field(default_factory=list)

    def tick(self, now_s: float, metrics: Sequence[float]) -> int:
        """Run what is due; the replicas afterwards. `metrics` are in the order of the triggers."""
        if self._polled_s is None or now_s - self._polled_s >= self.scaled.poll_s:
            self._polled_s = now_s
            self._poll(now_s, metrics)
        if self._synced_s is None or now_s - self._synced_s >= HPA_SYNC_S:
            self._synced_s = now_s
            self._sync(now_s, metrics)
        return self.replicas

    def _poll(self, now_s: float, metrics: Sequence[float]) -> None:
        """KEDA: a new object that was never active goes to its least at once."""
        scaled = self.scaled
        if any(metric > trigger.activation for metric, trigger in zip(metrics, scaled.triggers, strict=True)):
            self._last_active_s = now_s
            if self.replicas == 0:
                self._scale(now_s, max(1, scaled.least))
        elif self.replicas > scaled.least and scaled.least == 0 and self._is_cool(now_s):
            self.replicas = 0
            self._wanted.clear()
            self._changes.clear()

    def _is_cool(self, now_s: float) -> bool:
        return self._last_active_s is None or now_s - self._last_active_s >= self.scaled.cooldown_s

    def _sync(self, now_s: float, metrics: Sequence[float]) -> None:
        """The HPA, which is off while its target has no replicas."""
        if self.replicas == 0:
            return
        pairs = zip(metrics, self.scaled.triggers, strict=True)
        wanted = max(desired(metric, trigger.target, self.replicas) for metric, trigger in pairs)
        self._wanted.append((now_s, wanted))
        calm = self._stabilised(now_s, wanted)
        self._scale(now_s, self._limited(now_s, calm))

    def _stabilised(self, now_s: float, wanted: int) -> int:
        """Up: the lowest wish of its window; down: the highest of its window; between the two nothing changes."""
        windows = (self.scaled.up.window_s, self.scaled.down.window_s)
        self._wanted = [one for one in self._wanted if now_s - one[0] <= max(windows)]
        least = min([wanted, *(count for at, count in self._wanted if now_s - at < windows[0])])
        most = max([wanted, *(count for at, count in self._wanted if now_s - at < windows[1])])
        return min(max(self.replicas, least), most)

    def _limited(self, now_s: float, wanted: int) -> int:
        bounded = min(max(wanted, 1, self.scaled.least), self.scaled.most)
        if bounded > self.replicas:
            return min(bounded, max(self.replicas, self._ceiling(now_s)))
        return max(bounded, min(self.replicas, self._floor(now_s)))

    def _ceiling(self, now_s: float) -> int:
        behaviour = self.scaled.up
        if behaviour.select == "Disabled":
            return self.replicas
        limits = [self._after(now_s, policy, +1) for policy in behaviour.policies]
        return max(limits) if behaviour.select == "Max" else min(limits)

    def _floor(self, now_s: float) -> int:
        behaviour = self.scaled.down
        if behaviour.select == "Disabled":
            return self.replicas
        limits = [self._after(now_s, policy, -1) for policy in behaviour.policies]
        return min(limits) if behaviour.select == "Max" else max(limits)

    def _after(self, now_s: float, policy: Policy, sign: int) -> int:
        """What the policy allows, counted from the replicas at the beginning of its period."""
        recent = sum(change for at, change in self._changes if now_s - at < policy.period_s)
        start = self.replicas - recent
        if policy.kind == "Pods":
            return start + sign * policy.value
        share = start * (1 + sign * policy.value / 100)
        return math.ceil(share) if sign > 0 else int(share)

    def _scale(self, now_s: float, replicas: int) -> None:
        if replicas != self.replicas:
            self._changes.append((now_s, replicas - self.replicas))
            self.replicas = replicas
